"""Accepted hunks reach the disk here: all files or none, also across ``kill -9``, and every write can be taken back.

A little over 300 lines because nothing else in beai writes to the tree; how it is written without loss: ``writing``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from beai.core.edits.change import Change, Decision, Receipt
from beai.core.edits.gate import Gate, Outside, shown
from beai.core.edits.handwork import Handwork, by_hand, readable, remembered
from beai.core.edits.opened import Opened
from beai.core.edits.policy import forbidden
from beai.core.edits.transaction import Image, Kind, Ledger, Transaction, gaps, hashed, named, standing
from beai.core.edits.twins import twin
from beai.core.edits.wanted import NOTHING, Refused, Wanted, alone, disk_fault, encoded, joined, stale, wanted_of
from beai.core.edits.writing import Left, Writing
from beai.core.fault import Fault, FaultKind


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a start found half done: paths put ``back``, and paths ``left`` because somebody changed them since.

    ``kept`` are copies, outside of the repository, of saves that came while a write was cut off and have no place.
    """

    back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """A committed write: what it changed, when (seconds since the epoch), in which session.

    ``undone`` names the write that took it back, in the order of which these sort, ``""`` while it stands.
    """

    receipt: Receipt
    at: float
    session: str
    undone: str


def _ignore(_: str) -> None:
    pass


class Store:
    """Writes below ``root``; images are kept below ``state``, which lies outside of it.

    ``step`` is called with a word before every write to the disk: a test stops or fails the writing there. ``never``
    says why a path may not be written: what a person brings may go further than a suggestion.
    """

    def __init__(
        self,
        root: Path,
        state: Path,
        step: Callable[[str], None] = _ignore,
        never: Callable[[str], str | None] = forbidden,
    ) -> None:
        self._gate = Gate(Path(os.path.realpath(root)), never)
        self._state = state
        self._ledger = Ledger(state / "writes")
        self._step = step
        self._writing = Writing(self._gate, self._ledger, state / "saves", step)

    def apply(
        self,
        change: Change,
        decisions: Sequence[Decision],
        changed: Callable[[str], None] = _ignore,
        session: str = "",
    ) -> Receipt | Fault:
        """Write exactly the accepted hunks; ``changed`` is called with each path as soon as its bytes are replaced.

        A file whose bytes are not those the change was computed from is a STALE fault. What is on disk already, from a
        committed write, gives that write's receipt again. With nothing accepted no file is touched.
        """

        def work() -> Receipt:
            chosen = {decision.hunk: decision for decision in decisions}
            wanted = tuple(one for file in change.files if (one := wanted_of(file, chosen)) is not None)
            return self._done(wanted) or self._write(Kind.APPLY, wanted, changed, session=session)

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

    def redo(self, receipt: Receipt) -> Receipt | Fault:
        """Write again what a restore took back, under the same guard: a path that changed since is a STALE fault.

        Only the newest restore of ``receipt`` counts; a write that stands is a REFUSED fault. Returns ``receipt``.
        """

        def work() -> Receipt:
            took = [one for one in self._ledger.committed() if one.kind is Kind.RESTORE and receipt.id in one.undoes]
            if not took:
                raise Refused(Fault(FaultKind.REFUSED, f"There is nothing to do again. {NOTHING}"))
            self._take_back({took[-1].id}, Kind.REDO)
            return receipt

        return alone(self._state, work)

    def history(self) -> tuple[Past, ...] | Fault:
        """Every committed write of accepted hunks, newest first."""

        try:
            every = self._ledger.every()
            gone = {name: one.id for one in standing(every) for name in one.undoes}
            applied = [(one, self._ledger.at(one)) for one in reversed(every) if one.kind is Kind.APPLY]
        except OSError as error:
            return disk_fault(str(self._state), error)
        return tuple(Past(one.receipt, at, one.session, gone.get(one.id, "")) for one, at in applied)

    def overwrite(self, path: str, text: str) -> Receipt | Fault:
        """Write one whole file as a probe: ``restore`` takes it back, or else the next ``recover`` does."""

        def work() -> Receipt:
            before = self._gate.read(self._gate.real(path))
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

    def images(self, receipt: Receipt) -> tuple[tuple[str, bytes | None, bytes | None], ...]:
        """The path, the bytes before and the bytes after of each file of a write; nothing where they are gone."""
        try:
            one = self._ledger.read(receipt.id)
            kept = self._ledger.image
            return tuple((i.path, kept(one, i, "before"), kept(one, i, "after")) for i in one.images) if one else ()
        except OSError:
            return ()

    def image(self, digest: str) -> bytes | None:
        """The bytes with this SHA-256 that some write of ours read or wrote, or None."""
        for transaction in reversed(self._ledger.committed() if digest else ()):
            for image in transaction.images:
                for side, known in (("before", image.before_hash), ("after", image.after_hash)):
                    if known == digest and (data := self._ledger.image(transaction, image, side)) is not None:
                        return data
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

    def recover(self, session: str = "") -> Recovery | Fault:
        """Finish what a crash left: unfinished writes are rolled back, probes that nobody took back are undone.

        Old images are forgotten beyond a bound (``Ledger.prune``), never those of ``session``. Call it at start, when
        no other instance works on the repository.
        """
        back, left = list[str](), Left()

        def work() -> Receipt:
            for name in self._ledger.litter():
                self._ledger.drop(name)
            for transaction in (every := self._ledger.every()):
                self._writing.sweep(transaction, left)
            for undone in every[-1].undoes if every else ():
                self._clear_folders(self._ledger.read(undone))
            for transaction in self._ledger.unfinished():
                if transaction.kind in (Kind.ADOPT, Kind.FOUND):  # the files are the person's: there is nothing to undo
                    self._ledger.drop(transaction.id)
                    continue
                already = len(left.paths)
                self._writing.roll_back(transaction, {}, left)
                back.extend(image.path for image in transaction.images if image.path not in left.paths[already:])
            for probe in reversed([one for one in self._ledger.committed() if one.kind is Kind.PROBE]):
                self._end_probe(probe, back, left)
            self._ledger.prune(session)
            return Receipt("", ())

        outcome = alone(self._state, work)
        return outcome if isinstance(outcome, Fault) else Recovery(tuple(back), tuple(left.paths), tuple(left.kept))

    def _end_probe(self, probe: Transaction, back: list[str], left: Left) -> None:
        try:
            back.extend(file.path for file in self._take_back({probe.id}).files)
        except Refused as refused:
            if refused.fault.kind is not FaultKind.STALE:
                raise
            left.paths.extend(image.path for image in probe.images)
            self._ledger.drop(probe.id)

    def _write(
        self,
        kind: Kind,
        wanted: tuple[Wanted, ...],
        changed: Callable[[str], None] = _ignore,
        undone: tuple[Transaction, ...] = (),
        session: str = "",
    ) -> Receipt:
        """One transaction over all files. Raises ``Refused`` with everything as it was."""
        with ExitStack() as stack:
            opened = self._checked(wanted, stack)
            wanted = tuple(one for one in wanted if hashed(one.data) != one.before_hash)
            if not wanted and not undone:
                return Receipt("", ())
            transaction = self._planned(kind, wanted, undone, session)
            before = {real: there.data for real, there in opened.items()}
            after = {
                i.real: one.data for i, one in zip(transaction.images, wanted, strict=True) if one.data is not None
            }
            try:
                self._step("plan")
                self._ledger.plan(transaction, before, after)
                self._writing.carry_out(transaction, after, opened, changed)
            except (OSError, Outside, Refused) as error:
                raise Refused(self._failed(transaction, opened, error)) from error
            self._finish(transaction, opened, undone)
            return transaction.receipt

    def _planned(
        self, kind: Kind, wanted: tuple[Wanted, ...], undone: tuple[Transaction, ...], session: str
    ) -> Transaction:
        name = self._ledger.next_id()
        images = tuple(
            Image(one.path, real, one.before_hash, hashed(one.data), named(real, name, number))
            for number, (one, real) in enumerate((one, self._gate.real(one.path)) for one in wanted)
        )
        missing = (folder for image in images if image.after_hash for folder in self._gate.missing_folders(image.real))
        return Transaction(
            name, kind, images, tuple(dict.fromkeys(missing)), tuple(one.id for one in undone), session=session
        )

    def _finish(self, transaction: Transaction, opened: Mapping[str, Opened], undone: tuple[Transaction, ...]) -> None:
        """The write stands; what fails from here on is only litter, and the next start removes it."""
        with suppress(OSError, Outside):
            self._writing.settle(transaction, opened)
            for one in reversed(undone):
                self._clear_folders(one)

    def _clear_folders(self, undone: Transaction | None) -> None:
        """Remove the folders that an undone write made, where they are empty."""
        for folder in reversed(undone.folders if undone else ()):
            self._gate.remove_folder(folder)

    def _checked(self, wanted: tuple[Wanted, ...], stack: ExitStack) -> dict[str, Opened]:
        """Every file that is there, open, by real path; all as they must be before a write."""
        found, seen = dict[str, Opened](), list[str]()
        for one in wanted:
            try:
                real = self._gate.real(one.path)
                there = self._gate.open(real)
                if there is not None:
                    stack.callback(there.close)
                    found[real] = there
                elif one.data is not None and (why := twin(self._gate, real, seen)):
                    raise Outside(f"{shown(one.path)} is not made: {why}.")
            except OSError as error:
                raise Refused(disk_fault(one.path, error)) from error
            if real in seen:
                raise Refused(Fault(FaultKind.REFUSED, f"{shown(one.path)} is named twice. {NOTHING}"))
            seen.append(real)
            if hashed(there.data if there else None) != one.before_hash:
                raise Refused(stale(one.path))
            if there is not None and not there.status.st_mode & 0o222:
                said = f"{shown(one.path)} is read-only. {NOTHING}"
                raise Refused(Fault(FaultKind.DISK, said, remedy="Make it writable and apply again."))
            if there is not None and there.status.st_nlink > 1:
                raise Refused(joined(one.path, there.status.st_nlink))
        return found

    def _failed(
        self, transaction: Transaction, opened: Mapping[str, Opened], error: OSError | Outside | Refused
    ) -> Fault:
        """The fault of a write that failed, after everything is back as it was."""
        try:
            self._ledger.reopen(transaction)
            self._writing.roll_back(transaction, opened, Left())
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

    def _take_back(self, names: Collection[str], kind: Kind = Kind.RESTORE) -> Receipt:
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
        return self._write(kind, wanted, undone=undone, session=undone[-1].session)

    def _done(self, wanted: tuple[Wanted, ...]) -> Receipt | None:
        """The receipt of the same write, where it is committed and still on disk."""
        content = {(one.path, one.before_hash, hashed(one.data)) for one in wanted}
        for one in reversed(self._ledger.committed() if wanted else ()):
            same = {(file.path, file.before_hash, file.after_hash) for file in one.content} == content
            if same and one.kind is Kind.APPLY and all(self._holds(image) for image in one.images):
                return one.receipt
        return None

    def _holds(self, image: Image) -> bool:
        return hashed(self._gate.read(image.real)) == image.after_hash
