"""Pasted texts become one change for a folder, with everything of them that has no place there said in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from beai.core.edits.change import Change, DeleteFile, Edit, Miss, PatchLines, SearchReplace, WholeFile
from beai.core.edits.match import THERE, placed
from beai.core.edits.policy import barred
from beai.core.fault import Fault, FaultKind
from beai.core.loop.alone.brought import Brought, Left
from beai.core.loop.alone.places import Places
from beai.core.suggest.reply.pasted import Pasted, read_any
from beai.core.suggest.reply.patch import Way
from beai.core.text import clip, one_line

_STUCK = "it cannot be taken back: the patch does not hold what was there before"
_WANTED = 4_000
_RATIONALE = 4_000
_PATH = 400
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,40}[mK]")
_COLOURED = re.compile(r"^\x1b\[[0-9;]{1,40}m(?:diff |--- |\+\+\+ |@@ )", re.MULTILINE)


def read(texts: Sequence[tuple[str, str]], places: Places, *, backwards: bool = False) -> Brought | Fault:
    """The change that ``texts`` (whence, and the text) make one after the other; a fault where one holds none.

    ``backwards`` takes back what a diff did.
    """
    pasted: list[Pasted] = []
    for source, text in texts:
        found = read_any(_uncoloured(text), places.text, Way.BACK if backwards else Way.ON)
        if isinstance(found, Fault):
            return found if len(texts) == 1 else replace(found, summary=f"{one_line(source)}: {found.summary}")
        pasted.append(found)
    notes = [note for one in pasted for note in one.notes]
    ordered = pasted[::-1] if backwards else pasted
    edits = [edit for one in ordered for edit in one.edits]
    left = [_left(edit, _STUCK) for one in ordered for edit in one.stuck]
    left += [Left(one_line(one.file, _PATH), one.why.what) for each in pasted for one in each.lost]
    located = [_located(edit, places) for edit in edits]
    refused = {file: _refused(file, places) for file in dict.fromkeys(edit.file for edit in located)}
    allowed = [edit for edit in located if not refused[edit.file]]
    left += [_left(edit, refused[edit.file]) for edit in located if refused[edit.file]]
    words = "\n\n".join(one.rationale for one in pasted if one.rationale)
    change, misses = placed(allowed, places.files.text, clip(words, _RATIONALE))
    left += [_missed(miss, places) for miss in misses]
    notes = [*notes, *places.notes, *_idle(allowed, change, misses)]
    source = ", ".join(one_line(source, 80) for source, _ in texts)
    total = sum(len(one.edits) + len(one.stuck) + sum(lost.places for lost in one.lost) for one in pasted)
    return Brought(source, change, total, tuple(left), tuple(dict.fromkeys(notes)))


def _uncoloured(text: str) -> str:
    """A diff without the colours that git gives it where it is told to (``git-diff(1)``, ``--color``)."""
    return _COLOUR.sub("", text) if _COLOURED.search(text) else text


def nothing(brought: Brought) -> Fault | None:
    """Why there is nothing to decide, None where there is something."""
    if brought.change.files:
        return None
    if brought.missing:
        said = (
            f"None of {brought.edits} edits has a place here." if brought.edits > 1 else "The edit has no place here."
        )
        return Fault(FaultKind.REFUSED, said, remedy="Run it in the folder that the patch was made for, or use --root.")
    return None


def _located(edit: Edit, places: Places) -> Edit:
    """The edit with the path of the file it means."""
    makes = isinstance(edit, WholeFile) or (isinstance(edit, PatchLines) and not edit.old)
    found = replace(edit, file=places.fresh(edit.file) if makes else places.existing(edit.file))
    if isinstance(found, WholeFile) and found.like:
        return replace(found, like=places.existing(found.like))
    return found


def _refused(file: str, places: Places) -> str:
    """Why nothing may be written there, or why what is there cannot be read; ``""`` where all is well."""
    if reason := barred(file):
        return f"it may not be written: {reason}"
    if places.files.text(file) is None and places.files.there(file):
        return (
            "the file is there and cannot be edited: it is binary, too large, secret, or no plain file of this folder"
        )
    return ""


def _idle(edits: Sequence[Edit], change: Change, misses: Sequence[Miss]) -> Iterator[str]:
    """That files are named which read so already."""
    touched = {file.path for file in change.files} | {miss.edit.file for miss in misses}
    same = dict.fromkeys(edit.file for edit in edits if edit.file not in touched)
    if same:
        listed = ", ".join(one_line(path, 80) for path in list(same)[:3])
        more = f" and {len(same) - 3} more" if len(same) > 3 else ""
        yield f"{listed}{more}: nothing changes, it reads so already."


def _missed(miss: Miss, places: Places) -> Left:
    gone = isinstance(miss.edit, DeleteFile) and not places.files.there(miss.edit.file)
    there = gone or miss.reason == THERE
    return Left(miss.edit.file, miss.reason, _wanted(miss.edit), miss.nearest, there)


def _left(edit: Edit, reason: str) -> Left:
    return Left(edit.file, reason, _wanted(edit))


def _wanted(edit: Edit) -> str:
    """The lines that an edit wanted, as a diff where it says what was there."""
    match edit:
        case PatchLines(_, at, old, new, last_end):
            head = [f"@@ line {at + 1} @@"] if at >= 0 else []
            tail = [f"(the line end of the file's last line is {last_end})"] if last_end else []
            lines = [*head, *_diff(old, new), *tail]
        case SearchReplace(_, search, new):
            lines = [*_diff(search.splitlines(), new.splitlines())]
        case DeleteFile():
            lines = ["(the whole file is to be removed)"]
        case _:
            lines = [f"+{line}" for line in str(getattr(edit, "text", getattr(edit, "code", ""))).splitlines()]
    return clip("\n".join(lines), _WANTED)


def _diff(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Both sides, with what begins and ends them alike as context."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    yield from (f" {line}" for line in old[:head])
    yield from (f"-{line}" for line in old[head : len(old) - tail])
    yield from (f"+{line}" for line in new[head : len(new) - tail])
    yield from (f" {line}" for line in old[len(old) - tail :])
