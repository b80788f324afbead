"""A start finishes what a crash left half done, and says of each file whether it is back or was left as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from beai.core.edits.change import Receipt
from beai.core.edits.store.faults import Refused
from beai.core.edits.store.gate import shown
from beai.core.edits.store.transaction import Kind, Transaction
from beai.core.edits.store.writing import Left, Writing
from beai.core.fault import FaultKind


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a start found half done: paths put ``back``, and paths ``left`` because somebody changed them since.

    ``kept`` are copies, outside of the repository, of saves that came while a write was cut off and have no place.
    """

    back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """All of it in sentences."""
        back, left = (", ".join(map(shown, dict.fromkeys(paths))) for paths in (self.back, self.left))
        return (
            *((f"A write that was interrupted was put back: {back}.",) if back else ()),
            *((f"A write that was interrupted was left as you saved it: {left}.",) if left else ()),
            *(f"A save of yours came while a write was interrupted; it is kept in {copy}." for copy in self.kept),
        )


def recovered(writing: Writing, take_back: Callable[[Transaction], Receipt]) -> Recovery:
    """Roll unfinished writes back, and undo the probes that stand by ``take_back``, the newest first.

    Raises ``OSError``, ``Outside``, ``Refused``.
    """
    ledger, back, left = writing.ledger, list[str](), Left()
    for name in ledger.litter():
        ledger.drop(name)
    for transaction in (every := ledger.every()):
        writing.sweep(transaction, left)
    for undone in every[-1].undoes if every else ():
        if (one := ledger.read(undone)) is not None:
            writing.clear_folders(one)
    for transaction in ledger.unfinished():
        if transaction.kind in (Kind.ADOPT, Kind.FOUND):  # the files are the person's: there is nothing to undo
            ledger.drop(transaction.id)
            continue
        already = len(left.paths)
        writing.roll_back(transaction, {}, left)
        back.extend(image.path for image in transaction.images if image.path not in left.paths[already:])
    for probe in reversed([one for one in ledger.committed() if one.kind is Kind.PROBE]):
        try:
            back.extend(file.path for file in take_back(probe).files)
        except Refused as refused:
            if refused.fault.kind is not FaultKind.STALE:
                raise
            left.paths.extend(image.path for image in probe.images)
            ledger.drop(probe.id)
    return Recovery(tuple(back), tuple(left.paths), tuple(left.kept))
