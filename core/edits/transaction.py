"""Write transactions on disk: before- and after-images are durable before the first file of the repository changes.

One folder per transaction below the state folder: ``0.before``, ``0.after``, … then ``plan.json``, then ``committed``.
No plan: nothing was touched. A plan that is not committed is rolled back. That makes a change whole across a crash.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from beai.core.edits.change import Receipt, Written

_PLAN, _COMMITTED = "plan.json", "committed"


class Kind(StrEnum):
    """What a transaction is for. A start undoes a probe that nobody took back; the last two write no file."""

    APPLY = "apply"
    RESTORE = "restore"
    PROBE = "probe"
    ADOPT = "adopt"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Image:
    """One file of a transaction; a hash of ``""`` means that the file is not there on that side."""

    path: str
    real: str
    before_hash: str
    after_hash: str
    temp: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """A planned write; it makes ``folders``, outermost first, and takes back the transactions ``undoes``."""

    id: str
    kind: Kind
    images: tuple[Image, ...]
    folders: tuple[str, ...] = ()
    undoes: tuple[str, ...] = ()
    session: str = ""  # whose beginning FOUND tells of

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

    def next_id(self) -> str:
        """An identifier that sorts after all others."""
        last = max((int(name.split("-")[0]) for name in self._names()), default=0)
        return f"{last + 1:06d}-{uuid4().hex[:8]}"

    def plan(self, transaction: Transaction, before: dict[str, bytes], after: dict[str, bytes]) -> None:
        """Make the transaction durable, images first; ``before`` and ``after`` are bytes by real path."""
        home = self.folder / transaction.id
        home.mkdir(parents=True, mode=0o700)
        for number, image in enumerate(transaction.images):
            for side, images in (("before", before), ("after", after)):
                if image.real in images:
                    _write(home / f"{number}.{side}", images[image.real])
        body = json.dumps(asdict(transaction), ensure_ascii=True, indent=1)
        _write(home / "plan.part", body.encode("ascii"))
        (home / "plan.part").rename(home / _PLAN)
        _sync(home)
        _sync(self.folder)

    def commit(self, transaction: Transaction) -> None:
        """Say for good that every file is written."""
        _write(self.folder / transaction.id / _COMMITTED, b"")
        _sync(self.folder / transaction.id)

    def drop(self, transaction_id: str) -> None:
        """Forget a transaction; the plan goes first, so that half a removal is not half a transaction."""
        home = self.folder / transaction_id
        (home / _PLAN).unlink(missing_ok=True)
        shutil.rmtree(home, ignore_errors=True)

    def image(self, transaction: Transaction, image: Image, side: str) -> bytes | None:
        """The bytes of a file before or after (``side``), None where there was no file."""
        if not (image.before_hash if side == "before" else image.after_hash):
            return None
        return (self.folder / transaction.id / f"{transaction.images.index(image)}.{side}").read_bytes()

    def read(self, transaction_id: str) -> Transaction | None:
        """A transaction with a plan, or None. A plan that cannot be read raises ``OSError``."""
        plan = self.folder / Path(transaction_id).name / _PLAN
        if not transaction_id or not plan.is_file():
            return None
        try:
            raw = json.loads(plan.read_bytes())
            images = tuple(Image(**image) for image in raw["images"])
            lists = (images, tuple(raw["folders"]), tuple(raw["undoes"]))
            return Transaction(raw["id"], Kind(raw["kind"]), *lists, raw["session"])
        except (ValueError, KeyError, TypeError) as error:
            raise OSError(f"{plan} is damaged: {error}") from error

    def committed(self) -> tuple[Transaction, ...]:
        """Committed transactions that nothing took back, oldest first."""
        every = tuple(self._all(committed=True))
        undone = {name for transaction in every for name in transaction.undoes}
        return tuple(transaction for transaction in every if transaction.id not in undone)

    def unfinished(self) -> tuple[Transaction, ...]:
        """Planned but not committed, newest first."""
        return tuple(self._all(committed=False))[::-1]

    def litter(self) -> tuple[str, ...]:
        """Identifiers of transactions that never got a plan."""
        return tuple(name for name in self._names() if not (self.folder / name / _PLAN).is_file())

    def _all(self, committed: bool) -> Iterator[Transaction]:
        for name in self._names():
            transaction = self.read(name)
            if transaction is not None and (self.folder / name / _COMMITTED).is_file() is committed:
                yield transaction

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(entry.name for entry in self.folder.iterdir() if entry.is_dir() and entry.name[:6].isdigit())


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


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
