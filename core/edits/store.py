"""Accepted hunks reach the disk here: all files or none, also across ``kill -9``, and every write can be taken back.

A little over 300 lines because nothing else in beai writes to the tree.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from beai.core.edits.change import Change, Decision, Receipt
from beai.core.edits.gate import Gate, Outside, shown
from beai.core.edits.handwork import Handwork, by_hand, readable, remembered
from beai.core.edits.transaction import Image, Kind, Ledger, Transaction, gaps, hashed
from beai.core.edits.wanted import NOTHING, Refused, Wanted, alone, disk_fault, encoded, stale, wanted_of
from beai.core.fault import Fault, FaultKind


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a start found half done: paths put ``back``, and paths ``left`` because somebody changed them since."""

    back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def _ignore(_: str) -> None:
    pass


class Store:
    """Writes below ``root``; images are kept below ``state``, which lies outside of it.

    ``step`` is called with a word before every write to the disk: a test stops or fails the writing there.
    """

    def __init__(self, root: Path, state: Path, step: Callable[[str], None] = _ignore) -> None:
        self._gate = Gate(Path(os.path.realpath(root)))
        self._state = state
        self._ledger = Ledger(state / "writes")
        self._step = step

    def apply(
        self, change: Change, decisions: Sequence[Decision], changed: Callable[[str], None] = _ignore
    ) -> Receipt | Fault:
        """Write exactly the accepted hunks; ``changed`` is called with each path as soon as its bytes are replaced.

        A file whose bytes are not those the change was computed from is a STALE fault. What is on disk already, from a
        committed write, gives that write's receipt again. With nothing accepted no file is touched.
        """

        def work() -> Receipt:
            chosen = {decision.hunk: decision for decision in decisions}
            wanted = tuple(one for file in change.files if (one := wanted_of(file, chosen)) is not None)
            done = self._done(wanted)
            return done or self._write(Kind.APPLY, wanted, changed)

        return alone(self._state, work)

    def restore(self, receipts: Sequence[Receipt]) -> tuple[Receipt, ...] | Fault:
        """Put back what ``receipts`` overwrote, all files or none, removing files they made; returns ``receipts``.

        A path goes back to what it was before the oldest of them. A path that somebody changed after the newest, or
        between two of them, is a STALE fault. What was put back already stays so.
        """

        def work() -> tuple[Receipt, ...]:
            undone = {name for one in self._ledger.committed() if one.kind is Kind.RESTORE for name in one.undoes}
            names = {receipt.id for receipt in receipts if receipt.files} - undone
            if names:
                self._take_back(names)
            return tuple(receipts)

        return alone(self._state, work)

    def overwrite(self, path: str, text: str) -> Receipt | Fault:
        """Write one whole file as a probe: ``restore`` takes it back, or else the next ``recover`` does."""

        def work() -> Receipt:
            there = self._gate.read(self._gate.real(path))
            before = there[0] if there else None
            data = encoded(path, text, None if before is None else before.decode("utf-8", "surrogateescape"))
            return self._write(Kind.PROBE, (Wanted(path, hashed(before), data),))

        return alone(self._state, work)

    def remember(self, session: str, dirty: Sequence[str]) -> Fault | None:
        """Keep what the files ``dirty`` hold as ``session`` begins; for a session that was told of it is free."""

        def work() -> None:
            if remembered(self._ledger, session) is None:
                now = readable(self._gate, dirty)
                self._book(Kind.FOUND, Handwork(now, now), session)

        return alone(self._state, work)

    def adopt(self, session: str, heads: Mapping[str, bytes | None], since: Sequence[Receipt]) -> Receipt | Fault:
        """Take files that a person wrote into the books: a receipt from what they held before to what is there.

        Before is what ``since`` wrote last, or else what ``session`` found, or else ``heads``. Files that nothing of
        ours may write are left out. Adopting again what is adopted already (after a crash) gives its receipt again.
        """

        def work() -> Receipt:
            work = by_hand(readable(self._gate, heads), heads, since, self._ledger, session, self.image)
            known = [one for one in self._ledger.committed() if one.kind is Kind.ADOPT and one.images == work.images]
            if known or not work.images:
                return known[-1].receipt if known else Receipt("", ())
            return self._book(Kind.ADOPT, work, session)

        return alone(self._state, work)

    def image(self, digest: str) -> bytes | None:
        """The bytes with this SHA-256 that some write of ours read or wrote, or None."""
        for transaction in reversed(self._ledger.committed()):
            for image in transaction.images:
                for side, known in (("before", image.before_hash), ("after", image.after_hash)):
                    if digest and known == digest:
                        return self._ledger.image(transaction, image, side)
        return None

    def _book(self, kind: Kind, work: Handwork, session: str) -> Receipt:
        """Make images durable of files that we do not write."""
        transaction = Transaction(self._ledger.next_id(), kind, work.images, session=session)
        before, now = ({p: d for p, d in side.items() if d is not None} for side in (work.before, work.now))
        self._step("plan")
        self._ledger.plan(transaction, before, now if kind is Kind.ADOPT else {})
        self._step("commit")
        self._ledger.commit(transaction)
        return transaction.receipt

    def recover(self) -> Recovery | Fault:
        """Finish what a crash left: unfinished writes are rolled back, probes that nobody took back are undone.

        Call it at start, when no other instance works on the repository.
        """
        back, left = list[str](), list[str]()

        def work() -> Receipt:
            for name in self._ledger.litter():
                self._ledger.drop(name)
            for transaction in self._ledger.unfinished():
                if transaction.kind in (Kind.ADOPT, Kind.FOUND):  # the files are the person's: there is nothing to undo
                    self._ledger.drop(transaction.id)
                    continue
                foreign = self._roll_back(transaction)
                paths = [image.path for image in transaction.images]
                back.extend(path for path in paths if path not in foreign)
                left.extend(foreign)
            for probe in reversed([one for one in self._ledger.committed() if one.kind is Kind.PROBE]):
                try:
                    back.extend(file.path for file in self._take_back({probe.id}).files)
                except Refused as refused:
                    if refused.fault.kind is not FaultKind.STALE:
                        raise
                    left.extend(image.path for image in probe.images)
                    self._ledger.drop(probe.id)
            return Receipt("", ())

        outcome = alone(self._state, work)
        return outcome if isinstance(outcome, Fault) else Recovery(tuple(back), tuple(left))

    def _write(
        self,
        kind: Kind,
        wanted: tuple[Wanted, ...],
        changed: Callable[[str], None] = _ignore,
        undone: tuple[Transaction, ...] = (),
    ) -> Receipt:
        """One transaction over all files. Raises ``Refused`` with everything as it was."""
        before, status = self._checked(wanted)
        wanted = tuple(one for one in wanted if hashed(one.data) != one.before_hash)
        if not wanted and not undone:
            return Receipt("", ())
        transaction_id = self._ledger.next_id()
        images = tuple(
            Image(one.path, real, one.before_hash, hashed(one.data), _temp(real, transaction_id))
            for one, real in ((one, self._gate.real(one.path)) for one in wanted)
        )
        missing = (folder for image in images if image.after_hash for folder in self._gate.missing_folders(image.real))
        undoes = tuple(one.id for one in undone)
        transaction = Transaction(transaction_id, kind, images, tuple(dict.fromkeys(missing)), undoes)
        after = {image.real: one.data for image, one in zip(images, wanted, strict=True) if one.data is not None}
        try:
            self._step("plan")
            self._ledger.plan(transaction, before, after)
            self._replace(transaction, after, status, changed)
            self._step("commit")
            self._ledger.commit(transaction)
        except (OSError, Outside, Refused) as error:
            raise Refused(self._failed(transaction, error)) from error
        for folder in reversed([folder for one in undone for folder in one.folders]):
            self._gate.remove_folder(folder)
        return transaction.receipt

    def _checked(self, wanted: tuple[Wanted, ...]) -> tuple[dict[str, bytes], dict[str, os.stat_result]]:
        """The bytes and status of every file that is there, by real path; all as they must be before a write."""
        before, status, seen = dict[str, bytes](), dict[str, os.stat_result](), set[str]()
        for one in wanted:
            try:
                real = self._gate.real(one.path)
                there = self._gate.read(real)
            except Outside as error:
                raise Refused(Fault(FaultKind.REFUSED, f"{error} {NOTHING}")) from error
            except OSError as error:
                raise Refused(disk_fault(one.path, error)) from error
            if real in seen:
                raise Refused(Fault(FaultKind.REFUSED, f"{shown(one.path)} is named twice. {NOTHING}"))
            seen.add(real)
            if hashed(there[0] if there else None) != one.before_hash:
                raise Refused(stale(one.path))
            if there is not None:
                before[real], status[real] = there
                if not there[1].st_mode & 0o222:
                    said = f"{shown(one.path)} is read-only. {NOTHING}"
                    raise Refused(Fault(FaultKind.DISK, said, remedy="Make it writable and apply again."))
        return before, status

    def _replace(
        self,
        transaction: Transaction,
        after: dict[str, bytes],
        status: dict[str, os.stat_result],
        changed: Callable[[str], None],
    ) -> None:
        """Everything that can fail for want of space comes first; then the renames."""
        for folder in transaction.folders:
            self._step(f"folder {folder}")
            self._gate.make_folder(folder)
        for image in transaction.images:
            if image.after_hash:
                self._step(f"temp {image.path}")
                self._gate.write(image.temp, after[image.real], status.get(image.real))
        for image in transaction.images:
            there = self._gate.read(image.real)
            if hashed(there[0] if there else None) != image.before_hash:
                raise Refused(stale(image.path))
            self._step(f"rename {image.path}")
            if image.after_hash:
                self._gate.rename(image.temp, image.real)
            else:
                self._gate.remove(image.real)
            changed(image.path)

    def _failed(self, transaction: Transaction, error: OSError | Outside | Refused) -> Fault:
        """The fault of a write that failed, after everything is back as it was."""
        try:
            self._roll_back(transaction)
        except (OSError, Outside) as worse:
            said = f"A write failed ({error}) and could not be rolled back ({worse})."
            return Fault(FaultKind.DISK, said, remedy="Make room, then start beai again: it finishes the roll-back.")
        match error:
            case Refused(fault=fault):
                return fault
            case Outside():
                return Fault(FaultKind.REFUSED, f"{error} {NOTHING}")
            case _:
                return disk_fault(", ".join(image.path for image in transaction.images), error)

    def _roll_back(self, transaction: Transaction) -> list[str]:
        """Every file as before ``transaction``; the paths that hold neither of its images are left and returned."""
        foreign: list[str] = []
        for image in transaction.images:
            with suppress(FileNotFoundError):
                self._gate.remove(image.temp)
            there = self._gate.read(image.real)
            now = hashed(there[0] if there else None)
            if now == image.before_hash:
                continue
            if now != image.after_hash:
                foreign.append(image.path)
                continue
            before = self._ledger.image(transaction, image, "before")
            self._step(f"back {image.path}")
            if before is None:
                self._gate.remove(image.real)
            else:
                self._gate.write(image.temp, before, there[1] if there else None)
                self._gate.rename(image.temp, image.real)
        for folder in reversed(transaction.folders):
            self._gate.remove_folder(folder)
        self._ledger.drop(transaction.id)
        return foreign

    def _take_back(self, names: Collection[str]) -> Receipt:
        found = {name: self._ledger.read(name) for name in sorted(names)}
        undone = tuple(transaction for transaction in found.values() if transaction is not None)
        if len(undone) < len(found):
            lost = ", ".join(repr(name) for name, transaction in found.items() if transaction is None)
            raise Refused(Fault(FaultKind.DISK, f"The images of write {lost} are gone. {NOTHING}"))
        if foreign := gaps(undone):
            raise Refused(stale(foreign[0]))
        newest = {image.real: image for transaction in undone for image in transaction.images}
        oldest = {image.real: (transaction, image) for transaction in reversed(undone) for image in transaction.images}
        wanted = tuple(
            Wanted(image.path, image.after_hash, self._ledger.image(*oldest[real], "before"))
            for real, image in newest.items()
        )
        return self._write(Kind.RESTORE, wanted, undone=undone)

    def _done(self, wanted: tuple[Wanted, ...]) -> Receipt | None:
        """The receipt of the same write, where it is committed and still on disk."""
        content = {(one.path, one.before_hash, hashed(one.data)) for one in wanted}
        for one in reversed(self._ledger.committed() if wanted else ()):
            same = {(file.path, file.before_hash, file.after_hash) for file in one.content} == content
            if same and one.kind is Kind.APPLY and all(self._holds(image) for image in one.images):
                return one.receipt
        return None

    def _holds(self, image: Image) -> bool:
        there = self._gate.read(image.real)
        return hashed(there[0] if there else None) == image.after_hash


def _temp(real: str, transaction_id: str) -> str:
    folder, slash, name = real.rpartition("/")
    return f"{folder}{slash}.{name[:120]}.{transaction_id}.part"
