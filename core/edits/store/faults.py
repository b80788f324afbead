"""The faults that stop a write before or while it is carried out, each one sentence with what helps."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import replace

from beai.core.edits.store.gate import shown
from beai.core.fault import Fault, FaultKind

NOTHING = "Nothing was written."

_TROUBLE = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "a folder on the way became a link",
    errno.ENOTDIR: "a folder on the way is a file",
}


class Refused(Exception):
    """Leaves a write before anything was touched."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.summary)
        self.fault = fault


def stale(path: str) -> Fault:
    """Somebody wrote to the file meanwhile."""
    said = f"{shown(path)} changed on disk meanwhile. {NOTHING}"
    return Fault(FaultKind.STALE, said, remedy="Ask again, so that the change is made from the file as it is now.")


def taken_back(fault: Fault) -> Fault:
    """A fault of a write, where it was to take another one back."""
    if fault.kind is not FaultKind.STALE:
        return fault
    return replace(fault, remedy="Later work is not overwritten; beai undo takes back what it leaves free.")


def later(paths: Sequence[str], free: Sequence[str], done: str) -> Fault:
    """Somebody went on in the very lines that a write changed; ``free`` are its files that could be ``done``."""
    names = ", ".join(shown(path) for path in paths)
    said = f"{names} changed since, in the lines that this write had changed. Nothing was {done}."
    if not free:
        return Fault(FaultKind.STALE, said, remedy="Look at it with git diff, and do it by hand.")
    but = " ".join(f"--but {shown(path)}" for path in paths)
    others, it = ", ".join(shown(path) for path in free), "it" if len(paths) == 1 else "them"
    return Fault(FaultKind.STALE, said, remedy=f"{but} leaves {it} as now; the rest ({others}) can be {done}.")


def busy(path: str) -> Fault:
    """Somebody has the file open for writing, so that what it will hold is not known."""
    said = f"{shown(path)} is being written by another program just now. {NOTHING}"
    return Fault(FaultKind.STALE, said, remedy="Apply again once it is saved.")


def joined(path: str, names: int) -> Fault:
    """A file with more names: written under one of them, it would no longer be the same file under the others."""
    said = f"{shown(path)} is one file under {names} names (hard links), which a write would part. {NOTHING}"
    return Fault(FaultKind.REFUSED, said, remedy="Make it a file of its own (cp, then mv over it) and apply again.")


def disk_fault(path: str, error: OSError) -> Fault:
    """The disk refused, in words."""
    why = _TROUBLE.get(error.errno or 0, "the disk reported an error")
    said = f"{shown(path)} could not be written: {why}. {NOTHING}"
    return Fault(FaultKind.DISK, said, detail=str(error), remedy="Put that right and apply again.")


def unreadable(path: str, error: OSError) -> Fault:
    """The record of what was written cannot be read."""
    why = _TROUBLE.get(error.errno or 0, "the disk reported an error")
    remedy = "Put that right and try again; the repository itself was not touched."
    return Fault(FaultKind.DISK, f"{shown(path)} could not be read: {why}.", detail=str(error), remedy=remedy)


def gone(write: str) -> Fault:
    """What a write overwrote is not kept any more."""
    return Fault(FaultKind.DISK, f"The images of write {write} are gone. {NOTHING}")
