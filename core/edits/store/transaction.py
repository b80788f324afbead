"""Write transactions on disk: before- and after-images are durable before the first file of the repository changes.

One file per transaction: a line of JSON, then the bytes of all images. Its name tells how far it is: ``….part`` was
never whole, so nothing was touched; ``….plan`` is rolled back; ``….done`` is committed. Two renames make a change whole
across a crash, also of the machine: the images are durable before the first name of the repository changes, the new
files and their names before the second rename.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from beai.core.edits.change import Receipt, Written
from beai.core.edits.store.attributes import Attributes
from beai.core.edits.store.kernel import flush

_PART, _PLAN, _DONE = ".part", ".plan", ".done"
KEPT, ROOM = 1000, 256 * 1024 * 1024
"""How many transactions are kept, and how many bytes of images."""


class Kind(StrEnum):
    """What a transaction is for. A start undoes a probe that nobody took back; the last two write no file."""

    APPLY = "apply"
    RESTORE = "restore"
    REDO = "redo"
    PROBE = "probe"
    ADOPT = "adopt"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Image:
    """One file of a transaction; a hash of ``""`` means that the file is not there on that side.

    ``attributes`` are what it has beside its bytes, None for a file that was never there.
    """

    path: str
    real: str
    before_hash: str
    after_hash: str
    temp: str
    attributes: Attributes | None = None

    @property
    def spare(self) -> str:
        """A second name of ours beside the file."""
        return f"{self.temp}~"


@dataclass(frozen=True, slots=True)
class Transaction:
    """A planned write; it makes ``folders``, outermost first, and takes back the transactions ``undoes``."""

    id: str
    kind: Kind
    images: tuple[Image, ...]
    folders: tuple[str, ...] = ()
    undoes: tuple[str, ...] = ()
    session: str = ""  # in which it was written, or whose beginning FOUND tells of

    @property
    def content(self) -> tuple[Written, ...]:
        """What it writes, as a receipt says it."""
        return tuple(Written(image.path, image.before_hash, image.after_hash) for image in self.images)

    @property
    def receipt(self) -> Receipt:
        """The proof that it is on disk."""
        return Receipt(self.id, self.content)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All transactions of one repository below ``folder``. Methods raise ``OSError``."""

    folder: Path
    _known: dict[str, Transaction] = field(default_factory=dict)

    def next_id(self) -> str:
        """An identifier that sorts after all others."""
        last = max((int(name[:6]) for name, _ in self._names()), default=0)
        return f"{last + 1:06d}-{uuid4().hex[:8]}"

    def plan(self, transaction: Transaction, before: dict[str, bytes], after: dict[str, bytes]) -> None:
        """Make the transaction durable with its images; ``before`` and ``after`` are bytes by real path."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
            _sync(self.folder.parent)
        pairs = [(before.get(image.real), after.get(image.real)) for image in transaction.images]
        sizes = [[None if data is None else len(data) for data in pair] for pair in pairs]
        head = json.dumps(asdict(transaction) | {"sizes": sizes}, ensure_ascii=True).encode("ascii")
        part, plan = (self._file(transaction.id, suffix) for suffix in (_PART, _PLAN))
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(b"\n".join([head, b"".join(data for pair in pairs for data in pair if data is not None)]))
            file.flush()
            flush((handle,))
        part.rename(plan)
        _sync(self.folder)

    def commit(self, transaction: Transaction) -> None:
        """Say for good that every file is written."""
        self._file(transaction.id, _PLAN).rename(self._file(transaction.id, _DONE))
        _sync(self.folder)

    def reopen(self, transaction: Transaction) -> None:
        """Take a commit back that could not be made durable."""
        with suppress(FileNotFoundError):
            self._file(transaction.id, _DONE).rename(self._file(transaction.id, _PLAN))

    def drop(self, transaction_id: str) -> None:
        """Forget a transaction."""
        for suffix in (_PART, _PLAN, _DONE):
            self._file(transaction_id, suffix).unlink(missing_ok=True)

    def image(self, transaction: Transaction, image: Image, side: str) -> bytes | None:
        """The bytes of a file before or after (``side``), None where there was no file or its bytes are not kept.

        Bytes that are not those that were there raise ``OSError``: they are never put back.
        """
        wanted = image.before_hash if side == "before" else image.after_hash
        if not wanted:
            return None
        file = self._find(transaction.id)
        if file is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), transaction.id)
        with file.open("rb") as opened:
            sizes = _sizes(opened.readline(), file)
            at = 2 * transaction.images.index(image) + (side == "after")
            if at >= len(sizes) or sizes[at] is None:
                return None
            opened.seek(sum(size or 0 for size in sizes[:at]), os.SEEK_CUR)
            data = opened.read(sizes[at])
        if hashed(data) != wanted:
            raise OSError(f"{file} is damaged: what it has of {image.path!r} is not what was there")
        return data

    def read(self, transaction_id: str) -> Transaction | None:
        """A transaction with a plan, or None. A plan that cannot be read raises ``OSError``."""
        file = self._find(Path(transaction_id).name) if transaction_id else None
        if file is None:
            return None
        if transaction_id not in self._known:
            with file.open("rb") as opened:
                self._known[transaction_id] = _parsed(opened.readline(), file)
        return self._known[transaction_id]

    def at(self, transaction: Transaction) -> float:
        """When it was planned, in seconds since the epoch."""
        file = self._find(transaction.id)
        return 0.0 if file is None else file.stat().st_mtime

    def every(self) -> tuple[Transaction, ...]:
        """All committed transactions, oldest first."""
        found = (self.read(name) for name, suffix in self._names() if suffix == _DONE)
        return tuple(transaction for transaction in found if transaction is not None)

    def committed(self) -> tuple[Transaction, ...]:
        """Committed transactions that nothing took back, oldest first; one that was redone counts again."""
        return standing(self.every())

    def unfinished(self) -> tuple[Transaction, ...]:
        """Planned but not committed, newest first."""
        found = (self.read(name) for name, suffix in self._names() if suffix == _PLAN)
        return tuple(transaction for transaction in found if transaction is not None)[::-1]

    def litter(self) -> tuple[str, ...]:
        """Identifiers of transactions that never got a plan."""
        return tuple(name for name, suffix in self._names() if suffix == _PART)

    def prune(self, session: str, most: int = KEPT, room: int = ROOM) -> None:
        """Forget the oldest committed transactions beyond ``most``, or beyond ``room`` bytes of images.

        Those of ``session``, which is open, stay, and so does what tells that a kept one was taken back.
        """
        every, needed, size = self.every(), set[str](), 0
        for number, one in enumerate(reversed(every)):
            file = self._find(one.id)
            size += file.stat().st_size if file else 0
            if (number < most and size <= room) or (session != "" and one.session == session):
                needed.add(one.id)
        for one in every:
            if one.id in needed or needed.intersection(one.undoes):
                needed.add(one.id)
            else:
                self.drop(one.id)

    def _file(self, transaction_id: str, suffix: str) -> Path:
        return self.folder / f"{transaction_id}{suffix}"

    def _find(self, transaction_id: str) -> Path | None:
        files = (self._file(transaction_id, suffix) for suffix in (_DONE, _PLAN))
        return next((file for file in files if file.is_file()), None)

    def _names(self) -> list[tuple[str, str]]:
        """Identifiers with the state that the name tells, sorted."""
        if not self.folder.is_dir():
            return []
        found = ((entry.stem, entry.suffix) for entry in self.folder.iterdir())
        return sorted(pair for pair in found if pair[1] in (_PART, _PLAN, _DONE) and pair[0][:6].isdigit())


def standing(transactions: Sequence[Transaction]) -> tuple[Transaction, ...]:
    """Those of ``transactions`` (oldest first) that no other took back which stands itself."""
    gone, found = set[str](), list[Transaction]()
    for one in reversed(transactions):
        if one.id not in gone:
            found.append(one)
            gone.update(one.undoes)
    return tuple(reversed(found))


def named(real: str, transaction_id: str, number: int) -> str:
    """A name of ours beside ``real``, of a sort that watchers leave out (as editors' backups)."""
    folder, slash, _ = real.rpartition("/")
    return f"{folder}{slash}.beai-{transaction_id}-{number}~"


def gaps(transactions: Sequence[Transaction]) -> tuple[str, ...]:
    """The paths that somebody else wrote between two of ``transactions`` (oldest first), by what their images say."""
    last: dict[str, str] = {}
    found: list[str] = []
    for image in (image for transaction in transactions for image in transaction.images):
        if last.get(image.real, image.before_hash) != image.before_hash:
            found.append(image.path)
        last[image.real] = image.after_hash
    return tuple(found)


def hashed(data: bytes | None) -> str:
    """SHA-256 in hexadecimal; ``""`` for no file."""
    return "" if data is None else sha256(data).hexdigest()


def _parsed(line: bytes, file: Path) -> Transaction:
    try:
        raw = json.loads(line)
        images = tuple(_image(image) for image in raw["images"])
        lists = (images, tuple(raw["folders"]), tuple(raw["undoes"]))
        return Transaction(raw["id"], Kind(raw["kind"]), *lists, raw["session"])
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(f"{file} is damaged: {error}") from error


def _sizes(line: bytes, file: Path) -> list[int | None]:
    try:
        return [size if size is None else int(size) for pair in json.loads(line)["sizes"] for size in pair]
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(f"{file} is damaged: {error}") from error


def _image(raw: dict[str, Any]) -> Image:
    has = raw["attributes"]
    more = [(str(name), str(value)) for name, value in has["more"]] if has else ()
    return Image(**raw | {"attributes": Attributes(**has | {"more": tuple(more)}) if has else None})


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
