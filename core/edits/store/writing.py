"""One write transaction is carried out, taken back or finished here, and no save of anybody else is lost by it.

The order is the promise. The images are durable; folders and finished new files, under names of ours, are durable;
then each file trades names with its new one (``Gate.trade``) while whoever would write to it waits (``Opened.hold``);
the new names are durable; the old files are looked at once more; the commit is durable; only then do the old files go.
Until the commit everything is put back where one of these fails, or the next start does it. A writer that held on to an
old file beyond the commit has its file put back in place: it saved after us, and its save is the last.

What no system call closes: a writer that found the old file by its name before the trade, and is stopped inside open(2)
until the old file is removed, milliseconds later, writes to a file without a name. Where there are no leases (macOS,
NFS, files of another owner) that holds for a writer which opens the file before the trade and writes after the commit;
where names cannot be exchanged (NFS, FAT) a save by rename within microseconds before ours is lost as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from beai.core.edits.store.attributes import Attributes
from beai.core.edits.store.faults import Refused, busy, stale
from beai.core.edits.store.gate import Gate, Outside, folder_of
from beai.core.edits.store.kernel import flush
from beai.core.edits.store.opened import Opened
from beai.core.edits.store.transaction import Image, Ledger, Transaction, hashed

Files = Mapping[str, Opened]
"""The files that were there when a write began, by real path."""


@dataclass(frozen=True, slots=True)
class Left:
    """What was not put back since somebody saved it meanwhile; ``kept`` are copies of saves that have no place."""

    paths: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Writing:
    """Carries transactions out below ``gate``; ``step`` is called with a word before every change of the disk."""

    gate: Gate
    ledger: Ledger
    strays: Path
    step: Callable[[str], None]

    def carry_out(
        self,
        transaction: Transaction,
        after: Mapping[str, bytes],
        opened: Files,
        changed: Callable[[str], None],
    ) -> None:
        """Everything of a planned transaction up to its commit. Raises ``OSError``, ``Outside``, ``Refused``."""
        for folder in transaction.folders:
            self.step(f"folder {folder}")
            self.gate.make_folder(folder)
        self._prepare(transaction, after)
        for image in transaction.images:
            there = opened.get(image.real)
            if there is not None and not there.hold():
                raise Refused(busy(image.path))
            self.step(f"rename {image.path}")
            if not self.gate.trade(image.real, image.temp, there, bool(image.after_hash)):
                raise Refused(stale(image.path))
            changed(image.path)
        self._sync(transaction)
        for image in transaction.images:
            if image.real in opened and opened[image.real].disturbed():
                raise Refused(stale(image.path))
        self.step("commit")
        self.ledger.commit(transaction)

    def settle(self, transaction: Transaction, opened: Files) -> None:
        """Remove the old files of a committed transaction; one that is written to even now comes back instead."""
        for image in transaction.images:
            there = opened.get(image.real)
            if there is not None and there.disturbed():
                self._hand_back(image, there.now)
            self.gate.remove(image.temp)

    def sweep(self, transaction: Transaction, left: Left) -> None:
        """What ``settle`` does, for a committed transaction whose process ended before it could."""
        for image in transaction.images:
            self.gate.remove(image.spare)
            if (old := self.gate.read(image.temp)) is not None:
                self._swept(image, old, left)

    def roll_back(self, transaction: Transaction, opened: Files, left: Left) -> None:
        """Every file as before ``transaction``, but for those that somebody saved since; then it is forgotten."""
        with ExitStack() as stack:
            for image in transaction.images:
                try:
                    self._put_back(transaction, image, opened.get(image.real), left, stack)
                except Outside:  # a link or a folder has its place: somebody was here
                    left.paths.append(image.path)
            self._sync(transaction)
        self.clear_folders(transaction)
        self._sync(transaction)
        self.ledger.drop(transaction.id)

    def clear_folders(self, transaction: Transaction) -> None:
        """Remove the folders that ``transaction`` made, where they are empty."""
        for folder in reversed(transaction.folders):
            self.gate.remove_folder(folder)

    def _prepare(self, transaction: Transaction, after: Mapping[str, bytes]) -> None:
        """Every new file is written, then all are made durable together: waiting for the disk is what costs time."""
        with ExitStack() as stack:
            handles: list[int] = []
            for image in transaction.images:
                if image.after_hash:
                    self.step(f"temp {image.path}")
                    handles.append(self.gate.write(image.temp, after[image.real], image.attributes))
                    stack.callback(os.close, handles[-1])
            flush(handles)

    def _put_back(
        self, transaction: Transaction, image: Image, was: Opened | None, left: Left, stack: ExitStack
    ) -> None:
        self.gate.remove(image.spare)
        now = self.gate.open(image.real)
        if now is not None:
            stack.callback(now.close)
        digest = hashed(now.data if now else None)
        if digest == image.before_hash:
            self.gate.remove(image.temp)
        elif digest == image.after_hash:
            self.step(f"back {image.path}")
            self._return(transaction, image, now, was, left, stack)
        else:
            left.paths.append(image.path)
            self._clear(transaction, image, left)

    def _return(
        self,
        transaction: Transaction,
        image: Image,
        now: Opened | None,
        was: Opened | None,
        left: Left,
        stack: ExitStack,
    ) -> None:
        """Put the old file, or none, in the place of ours, which is removed once ``stack`` ends, if nobody saves it."""
        free = now is None or now.hold()
        old = self.gate.read(image.temp) if image.before_hash else None
        source = image.temp
        if image.before_hash and old is None:  # names could not be exchanged, so that the old file has none
            old = was.now() if was is not None else self.ledger.image(transaction, image, "before")
            source = image.spare
            self._write(source, old or b"", image.attributes)
        placed = free and self.gate.trade(image.real, source, now, bool(image.before_hash))
        if (
            not placed or hashed(old) != image.before_hash
        ):  # written to after it was traded away: a save, in place again
            left.paths.append(image.path)
        stack.callback(self._remove, image, source, now if placed and image.before_hash else None)

    def _remove(self, image: Image, name: str, ours: Opened | None) -> None:
        """Remove what lies under a name of ours; a file of ours that is being saved after all has its place again."""
        if ours is not None and ours.disturbed() and (there := self.gate.open(image.real)) is not None:
            with closing(there):
                self.gate.trade(image.real, name, there, True)
        self.gate.remove(name)

    def _clear(self, transaction: Transaction, image: Image, left: Left) -> None:
        """Remove what lies under our name beside a file that somebody saved since; a save of its own is kept."""
        data = self.gate.read(image.temp)
        if data is not None and hashed(data) not in (image.before_hash, image.after_hash):
            ours = self.ledger.image(transaction, image, "after") or b""
            if not ours.startswith(data):
                self._keep(image, data, left)
        self.gate.remove(image.temp)

    def _swept(self, image: Image, old: bytes, left: Left) -> None:
        """Remove an old file that a crash left beside ours; one that was saved after the commit has its place again."""
        if hashed(old) not in (image.before_hash, image.after_hash):
            left.paths.append(image.path)
            if not self._hand_back(image, lambda: old):
                self._keep(image, old, left)
        self.gate.remove(image.temp)

    def _hand_back(self, image: Image, data: Callable[[], bytes]) -> bool:
        """Put an old file that was saved after the commit in the place of ours; False where ours is not there."""
        with ExitStack() as stack:
            ours = self.gate.open(image.real)
            if ours is not None:
                stack.callback(ours.close)
            if hashed(ours.data if ours else None) != image.after_hash:
                return False
            source = image.temp
            if self.gate.read(source) is None:
                source = image.spare
                self._write(source, data(), image.attributes)
            free = ours is None or ours.hold()
            done = free and self.gate.trade(image.real, source, ours, True)
            self.gate.sync(folder_of(image.real))
            self._remove(image, source, ours if done else None)
            return done

    def _write(self, path: str, data: bytes, like: Attributes | None) -> None:
        handle = self.gate.write(path, data, like)
        try:
            flush((handle,))
        finally:
            os.close(handle)

    def _keep(self, image: Image, data: bytes, left: Left) -> None:
        self.strays.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy = self.strays / image.temp.rpartition("/")[2].rstrip("~")
        copy.write_bytes(data)
        left.kept.append(str(copy))

    def _sync(self, transaction: Transaction) -> None:
        self.sync_folders((*(image.real for image in transaction.images), *transaction.folders))

    def sync_folders(self, paths: Iterable[str]) -> None:
        """Make the names in the folders that hold ``paths`` durable, each folder once."""
        for folder in dict.fromkeys(folder_of(path) for path in paths):
            self.gate.sync(folder)
