"""Before a write, every file is as the change found it, and is one that may be replaced; or nothing begins."""

from __future__ import annotations

from contextlib import ExitStack

from beai.core.edits.store.faults import NOTHING, Refused, disk_fault, joined, stale
from beai.core.edits.store.gate import Gate, Outside, shown
from beai.core.edits.store.opened import Opened
from beai.core.edits.store.transaction import hashed
from beai.core.edits.store.twins import twin
from beai.core.edits.store.wanted import Wanted
from beai.core.fault import Fault, FaultKind


def checked(gate: Gate, wanted: tuple[Wanted, ...], stack: ExitStack) -> dict[str, Opened]:
    """Every file that is there, open, by real path, for ``stack`` to close. Raises ``Outside`` and ``Refused``."""
    found, seen = dict[str, Opened](), list[str]()
    for one in wanted:
        try:
            real = gate.real(one.path)
            there = gate.open(real)
            if there is not None:
                stack.callback(there.close)
                found[real] = there
            elif one.data is not None and (why := twin(gate, real, seen)):
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
