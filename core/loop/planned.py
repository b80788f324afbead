"""A commit as it is planned, as it would be made, and as it was made."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.edits.change import Hunk, Receipt
from beai.core.loop.unit import Part


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """Exactly what to commit: the whole message, and for each path the bytes' SHA-256 that were reviewed.

    Only what ``receipts`` wrote is staged: other edits, also in the same file, stay as they were. ``whole`` are files
    that are committed as they are on disk, ``without`` the hunks that are left out, ``seen`` the SHA-256 of each file
    with all of its hunks as it was shown, and ``note`` a text that is kept beside the commit (git-notes).
    """

    message: str
    branch: str
    receipts: tuple[Receipt, ...]
    token: str = ""  # a trailer that makes the commit recognisable, so that a resumed commit is not made twice
    whole: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    seen: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file as a commit would hold it: its ``hunks`` against HEAD, none where it is too big to be told or no text.

    ``whole`` is the SHA-256 of its bytes with all of them, ``hash`` without those that are left out; ``""``: it goes.
    ``problem`` says why our lines cannot be told from other edits, ``remedy`` what can be done, ``closed`` is where
    taking the person's edits in would be of no use. ``more`` is whether there is more on disk than the commit holds,
    ``edited`` whether somebody saved it after our last write, ``same`` whether HEAD has it like that already.
    """

    path: str
    hunks: tuple[Hunk, ...] = ()
    whole: str = ""
    hash: str = ""
    problem: str = ""
    remedy: str = ""
    more: bool = False
    edited: bool = False
    closed: bool = False
    same: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """A commit as it would be made now: its files, without those that are as before the task, or ignored by git."""

    files: tuple[PlannedFile, ...]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made and read back; ``output`` is what its hooks printed, ``changed``
    the files that hooks changed in it, ``touched`` those that are other on disk since they ran.

    The loop adds what it is about: the ``part`` of the task, the ``cases``, the ``receipts`` whose writes it holds, and
    what ``rerun`` on the files as hooks left them showed.
    """

    sha: str
    branch: str
    subject: str
    paths: tuple[str, ...]
    output: str = ""
    changed: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    part: Part = Part.TASK
    cases: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    rerun: str = ""
