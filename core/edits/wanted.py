"""What accepted hunks want on disk, who may write it, and the faults that stop it before or while it is written."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from beai.core.edits.change import Decision, FileChange, Verdict
from beai.core.edits.ends import split_lines
from beai.core.edits.gate import Outside, shown
from beai.core.edits.hunks import assemble
from beai.core.fault import Fault, FaultKind
from beai.core.sizes import DOCUMENTS, most, spoken

Value = TypeVar("Value")

NOTHING = "Nothing was written."
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_WIDE = ("\udcff\udcfe", "\udcfe\udcff", "\0\0\udcfe\udcff")
"""Byte order marks of UTF-16 and UTF-32, as UTF-8 with ``surrogateescape`` reads them."""

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to write: ``data`` None removes it; ``before_hash`` is what must be there now."""

    path: str
    before_hash: str
    data: bytes | None


class Refused(Exception):
    """Leaves a write before anything was touched."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.summary)
        self.fault = fault


def alone(state: Path, work: Callable[[], Value]) -> Value | Fault:
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


def wanted_of(file: FileChange, chosen: Mapping[str, Decision]) -> Wanted | None:
    """The bytes that the accepted hunks of a file make, None where they change nothing. Raises ``Refused``."""
    accepted = (chosen[hunk.id].verdict is Verdict.ACCEPTED for hunk in file.hunks if hunk.id in chosen)
    if not any(accepted):
        return None
    text = assemble(file, chosen)
    if text is None:
        return Wanted(file.path, file.before_hash, None)
    return None if text == file.before else Wanted(file.path, file.before_hash, encoded(file.path, text, file.before))


def encoded(path: str, text: str, before: str | None) -> bytes:
    """The bytes of ``text``, of which those of ``before`` that are not UTF-8 stay as they are.

    Raises ``Refused`` for too many bytes, NUL, UTF-16, new lines that are not UTF-8, and characters brought into code
    that show it in another order than it runs.
    """
    old = frozenset(split_lines(before or ""))
    new = "".join(line for line in split_lines(text) if line not in old)
    if (before or text).startswith(_WIDE):
        raise Refused(Fault(FaultKind.REFUSED, f"{shown(path)} is UTF-16 or UTF-32, not UTF-8. {NOTHING}"))
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in new):
        raise Refused(Fault(FaultKind.REFUSED, f"The new text of {shown(path)} is not plain UTF-8 text. {NOTHING}"))
    if turns := turned(path, text, before):
        said = f"The new text of {shown(path)} brings in {turns}, which shows code in another order than it runs. "
        remedy = "Write the character as an escape, such as \\u202e, where it is wanted."
        raise Refused(Fault(FaultKind.REFUSED, f"{said}{NOTHING}", remedy=remedy))
    data = text.encode("utf-8", "surrogateescape")
    if len(data) > most(path):
        said = f"The new text of {shown(path)} is larger than {spoken(most(path))}. {NOTHING}"
        raise Refused(Fault(FaultKind.REFUSED, said))
    return data


def turned(path: str, text: str, before: str | None) -> str:
    """The bidirectional controls that ``text`` has more of than ``before``, by name; documents may have them.

    Those that the file had already stay: they are not this change's (Unicode Technical Report 36; CVE-2021-42574).
    """
    if path.lower().endswith(DOCUMENTS) or text.isascii():
        return ""
    more = (char for char in _TURNING if text.count(char) > (before or "").count(char))
    return ", ".join(f"U+{ord(char):04X}" for char in more)


def stale(path: str) -> Fault:
    """Somebody wrote to the file since the change was computed."""
    said = f"{shown(path)} changed on disk since this change was computed. {NOTHING}"
    return Fault(FaultKind.STALE, said, remedy="Ask again, so that the change is made from the file as it is now.")


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
