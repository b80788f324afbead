"""One beai writes to a repository at a time, by a lock that ends with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from beai.core.edits.store.faults import NOTHING, Refused, disk_fault
from beai.core.edits.store.gate import Outside
from beai.core.fault import Fault, FaultKind

Value = TypeVar("Value")


def locked(state: Path, work: Callable[[], Value]) -> Value | Fault:
    """Run ``work`` as the only writer, by a lock in ``state``; what it raises is a fault, except mistakes of ours."""
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(state / "writes.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        return disk_fault(str(state), error)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return work()
    except BlockingIOError:
        busy = "Another beai is writing to this repository just now."
        return Fault(FaultKind.REFUSED, f"{busy} {NOTHING}", remedy="Close it, or try again.")
    except Refused as refused:
        return refused.fault
    except Outside as error:
        return Fault(FaultKind.REFUSED, f"{error} {NOTHING}")
    except OSError as error:
        return disk_fault(str(error.filename or state), error)
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)  # a process that is just being started holds the file too: flock(2)
        os.close(handle)
