"""What takes a patch back, or single edits: only what they say themselves was there before, the last of it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from beai.core.edits.change import DeleteFile, Edit, LastEnd, PatchLines, SearchReplace, WholeFile
from beai.core.suggest.reply.patch import Act, FilePatch, Patch, PatchHunk

_ENDS = {LastEnd.ADDED: LastEnd.REMOVED, LastEnd.REMOVED: LastEnd.ADDED, LastEnd.KEPT: LastEnd.KEPT}


@dataclass(frozen=True, slots=True)
class Back:
    """The edits that take others back, and ``stuck``, those that cannot be: nobody says what was there before."""

    edits: tuple[Edit, ...]
    stuck: tuple[Edit, ...] = ()


def taken_back(edits: Sequence[Edit]) -> Back:
    """What takes ``edits`` back."""
    made: list[Edit] = []
    stuck: list[Edit] = []
    for edit in reversed(edits):
        match edit:
            case PatchLines(_, _, old, new, last_end):
                made.append(replace(edit, old=new, new=old, last_end=_ENDS[last_end]))
            case SearchReplace(_, search, new):
                made.append(replace(edit, search=new, replace=search))
            case WholeFile(file, text, _, True):
                made.append(DeleteFile(file, text))
            case DeleteFile(file, was) if was is not None:
                made.append(WholeFile(file, was, fresh=True))
            case _:
                stuck.append(edit)
    return Back(tuple(made), tuple(stuck))


def turned(patch: Patch) -> tuple[Patch, tuple[Edit, ...]]:
    """The patch that takes ``patch`` back, as ``git apply -R`` does, and what of it cannot be taken back."""
    files: list[FilePatch] = []
    stuck: list[Edit] = []
    for each in reversed(patch.files):
        hunks = [_turned(hunk) for hunk in each.hunks]
        match each.act:
            case Act.CHANGE:
                files.append(replace(each, hunks=hunks))
            case Act.MOVE:
                files.append(replace(each, hunks=hunks, file=each.source, source=each.file))
            case Act.ADD:
                files.append(replace(each, hunks=hunks, act=Act.DELETE, empty=not hunks))
            case Act.DELETE if hunks or each.empty:
                files.append(replace(each, hunks=hunks, act=Act.ADD))
            case Act.DELETE:
                stuck.append(DeleteFile(each.file))
            case Act.COPY:
                stuck.append(WholeFile(each.file, "", like=each.source))
    return replace(patch, files=tuple(files)), tuple(stuck)


def _turned(hunk: PatchHunk) -> PatchHunk:
    return replace(hunk, at=hunk.was, was=hunk.at, old=hunk.new, new=hunk.old, bare=hunk.bare[::-1])
