"""What the books tell: which writes there were, what they changed, and what takes them back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from beai.core.edits.change import Receipt
from beai.core.edits.store.faults import NOTHING, Refused, gone, stale, unreadable
from beai.core.edits.store.retreat import every
from beai.core.edits.store.transaction import Image, Kind, Ledger, Transaction, gaps, hashed, standing
from beai.core.edits.store.wanted import Wanted
from beai.core.fault import Fault, FaultKind

Sides = tuple[str, bytes | None, bytes | None]
"""A path, its bytes before a write and those after it, None where there was no file."""


@dataclass(frozen=True, slots=True)
class Past:
    """A committed write: what it changed, when (seconds since the epoch), in which session.

    ``undone`` names the write that took it back, in the order of which these sort, ``""`` while it stands.
    """

    receipt: Receipt
    at: float
    session: str
    undone: str


def history(ledger: Ledger) -> tuple[Past, ...] | Fault:
    """Every committed write of accepted hunks, newest first."""
    try:
        every = ledger.every()
        taken = {name: one.id for one in standing(every) for name in one.undoes}
        applied = [(one, ledger.at(one)) for one in reversed(every) if one.kind is Kind.APPLY]
    except OSError as error:
        return unreadable(str(ledger.folder), error)
    return tuple(Past(one.receipt, at, one.session, taken.get(one.id, "")) for one, at in applied)


def images(ledger: Ledger, receipt: Receipt) -> tuple[Sides, ...] | Fault:
    """The bytes before and after of each file of a write."""
    if not receipt.id:
        return ()
    try:
        one = ledger.read(receipt.id)
        if one is None:
            return gone(repr(receipt.id))
        return tuple((i.path, ledger.image(one, i, "before"), ledger.image(one, i, "after")) for i in one.images)
    except OSError as error:
        return unreadable(str(ledger.folder), error)


def image(ledger: Ledger, digest: str) -> bytes | None:
    """The bytes with this SHA-256 that some write read or wrote, or None. Raises ``OSError``."""
    for transaction in reversed(ledger.committed() if digest else ()):
        for one in transaction.images:
            for side, known in (("before", one.before_hash), ("after", one.after_hash)):
                if known == digest and (data := ledger.image(transaction, one, side)) is not None:
                    return data
    return None


def done(ledger: Ledger, wanted: Sequence[Wanted], holds: Callable[[Image], bool]) -> Receipt | None:
    """The receipt of the same write, where it is committed and, as ``holds`` says of each file, still on disk."""
    content = {(one.path, one.before_hash, hashed(one.data)) for one in wanted}
    for one in reversed(ledger.committed() if wanted else ()):
        same = {(file.path, file.before_hash, file.after_hash) for file in one.content} == content
        if same and one.kind is Kind.APPLY and all(holds(image) for image in one.images):
            return one.receipt
    return None


def newest_restore(ledger: Ledger, receipt: Receipt) -> str:
    """The write that took ``receipt`` back last. Raises ``Refused`` where it stands."""
    took = [one.id for one in ledger.committed() if one.kind is Kind.RESTORE and receipt.id in one.undoes]
    if not took:
        raise Refused(Fault(FaultKind.REFUSED, f"There is nothing to do again. {NOTHING}"))
    return took[-1]


def back(ledger: Ledger, names: Collection[str]) -> tuple[tuple[Transaction, ...], tuple[Wanted, ...]]:
    """The writes of these names, and what puts back what each path was before the oldest of them.

    Raises ``OSError``, and ``Refused`` where one is lost or somebody else wrote between two of them.
    """
    undone = every(ledger, names)
    if foreign := gaps(undone):
        raise Refused(stale(foreign[0]))
    newest = {one.real: one for transaction in undone for one in transaction.images}
    oldest = {one.real: (transaction, one) for transaction in reversed(undone) for one in transaction.images}
    wanted = (
        Wanted(one.path, one.after_hash, ledger.image(*oldest[real], "before"), one.attributes)
        for real, one in newest.items()
    )
    return undone, tuple(wanted)
