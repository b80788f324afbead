"""Accepted hunks reach the disk here: all files or none, also across ``kill -9``, and every write can be taken back.

Nothing else in beai writes to the tree. How it is written without loss: ``writing``; what the books tell: ``past``;
what a start does about a crash: ``recovery``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from beai.core.edits.change import Change, Decision, Receipt
from beai.core.edits.masks import would_write_mask
from beai.core.edits.policy import forbidden
from beai.core.edits.store.attributes import Attributes
from beai.core.edits.store.checked import checked
from beai.core.edits.store.encoding import encoded
from beai.core.edits.store.faults import NOTHING, Refused, disk_fault, taken_back
from beai.core.edits.store.gate import Gate, Outside
from beai.core.edits.store.handwork import Handwork, by_hand, readable, remembered
from beai.core.edits.store.lock import locked
from beai.core.edits.store.opened import Opened
from beai.core.edits.store.past import Past, Sides, back, done, history, image, images, newest_restore
from beai.core.edits.store.recovery import Recovery, recovered
from beai.core.edits.store.retreat import Retreat, every, retreat
from beai.core.edits.store.transaction import Image, Kind, Ledger, Transaction, hashed, named
from beai.core.edits.store.wanted import Wanted, wanted_of
from beai.core.edits.store.writing import Left, Writing
from beai.core.fault import Fault, FaultKind

__all__ = ["Recovery", "Store"]


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
            if (masked := would_write_mask(change, chosen)) is not None:
                raise Refused(masked)
            wanted = tuple(one for file in change.files if (one := wanted_of(file, chosen)) is not None)
            return done(self._ledger, wanted, self._holds) or self._write(Kind.APPLY, wanted, changed, session=session)

        return locked(self._state, work)

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

        return locked(self._state, work)

    def redo(self, receipt: Receipt) -> Receipt | Fault:
        """Write again what a restore took back, under the same guard: a path that changed since is a STALE fault.

        Only the newest restore of ``receipt`` counts; a write that stands is a REFUSED fault. Returns ``receipt``.
        """

        def work() -> Receipt:
            self._take_back({newest_restore(self._ledger, receipt)}, Kind.REDO)
            return receipt

        return locked(self._state, work)

    def retreat(
        self, receipts: Sequence[Receipt], kind: Kind = Kind.RESTORE, but: Collection[str] = ()
    ) -> Retreat | Fault:
        """What takes ``receipts`` back over later work, or writes the first again (``Kind.REDO``); nothing is written.

        So a person sees which of their lines stay before ``carry_out`` does it. The paths ``but`` stay as they are.
        """

        def work() -> Retreat:
            redo = kind is Kind.REDO
            names = {newest_restore(self._ledger, receipts[0])} if redo else {one.id for one in receipts if one.files}
            return retreat(self._ledger, self._gate, names, kind, but)

        return locked(self._state, work)

    def carry_out(self, made: Retreat) -> Receipt | Fault:
        """Do what ``made`` says, all files or none; a file that was saved since it was made is a STALE fault."""
        return locked(self._state, lambda: self._back(every(self._ledger, made.undone), made.wanted, made.kind))

    def history(self) -> tuple[Past, ...] | Fault:
        """Every committed write of accepted hunks, newest first."""
        return history(self._ledger)

    def overwrite(self, path: str, text: str) -> Receipt | Fault:
        """Write one whole file as a probe: ``restore`` takes it back, or else the next ``recover`` does."""

        def work() -> Receipt:
            before = self._gate.read(self._gate.real(path))
            data = encoded(path, text, None if before is None else before.decode("utf-8", "surrogateescape"))
            return self._write(Kind.PROBE, (Wanted(path, hashed(before), data),))

        return locked(self._state, work)

    def remember(self, session: str, dirty: Sequence[str]) -> Fault | None:
        """Keep what the files ``dirty`` hold as ``session`` begins; for a session that was told of it is free."""

        def work() -> None:
            if remembered(self._ledger, session) is None:
                now = readable(self._gate, dirty)
                self._book(Kind.FOUND, Handwork(now, now), session)

        return locked(self._state, work)

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

        return locked(self._state, work)

    def images(self, receipt: Receipt) -> tuple[Sides, ...] | Fault:
        """The path, the bytes before and the bytes after of each file of a write."""
        return images(self._ledger, receipt)

    def image(self, digest: str) -> bytes | None:
        """The bytes with this SHA-256 that some write of ours read or wrote, or None."""
        return image(self._ledger, digest)

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

        def work() -> Recovery:
            found = recovered(self._writing, lambda probe: self._take_back({probe.id}))
            self._ledger.prune(session)
            return found

        return locked(self._state, work)

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
            opened = checked(self._gate, wanted, stack)
            wanted = tuple(one for one in wanted if hashed(one.data) != one.before_hash)
            if not wanted and not undone:
                return Receipt("", ())
            transaction = self._planned(kind, wanted, opened, undone, session)
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
        self,
        kind: Kind,
        wanted: tuple[Wanted, ...],
        opened: Mapping[str, Opened],
        undone: tuple[Transaction, ...],
        session: str,
    ) -> Transaction:
        name = self._ledger.next_id()

        def beside(one: Wanted, real: str) -> Attributes | None:
            return opened[real].attributes() if real in opened else one.attributes or self._gate.attributes(one.like)

        images = tuple(
            Image(one.path, real, one.before_hash, hashed(one.data), named(real, name, number), beside(one, real))
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
                self._writing.clear_folders(one)

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
        return self._back(*back(self._ledger, names), kind)

    def _back(self, undone: tuple[Transaction, ...], wanted: tuple[Wanted, ...], kind: Kind) -> Receipt:
        try:
            return self._write(kind, wanted, undone=undone, session=undone[-1].session)
        except Refused as refused:
            raise Refused(taken_back(refused.fault)) from refused

    def _holds(self, image: Image) -> bool:
        return hashed(self._gate.read(image.real)) == image.after_hash
