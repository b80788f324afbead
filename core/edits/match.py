"""Edits become one change in memory, over all files or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from beai.core.edits.change import (
    AddImport,
    Change,
    Decision,
    DeleteFile,
    Edit,
    FileChange,
    Hunk,
    LastEnd,
    Miss,
    MountRouter,
    PatchLines,
    SearchReplace,
    UpsertEnum,
    UpsertField,
    UpsertModel,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)
from beai.core.edits.diff.hunks import as_edited, hunks
from beai.core.edits.masks import repeats_mask
from beai.core.edits.migrates import migrates
from beai.core.edits.place.enclosing import whole_around
from beai.core.edits.place.in_memory import Files, Texts
from beai.core.edits.place.search import Near, around, nearest, stands
from beai.core.edits.policy import alone
from beai.core.edits.tamper import Beside, marked, words_for
from beai.core.edits.unplaced import Already, Unplaced
from beai.core.edits.unseen import unseen

_NOTHING: Beside = {}

_FEW = 20
"""Edits without a place for which the nearest lines are looked for; nobody reads more."""

THERE = "its new lines are there already"
"""Why an edit has no place that somebody made before."""


def match(
    edits: Sequence[Edit],
    read: Callable[[str], str | None],
    cites: tuple[str, ...] = (),
    rationale: str = "",
    approved: Sequence[str] = (),
) -> Change | tuple[Miss, ...]:
    """The change that ``edits`` make, in order, or every edit that has no place; ``read`` gives a file or None.

    Files that end as they were are left out, and so are edits that were made before. Hunks carry ``cites``, and
    warnings where a schema is touched or tests are weakened; ``approved`` are test files that the change is
    held against.
    """
    before, now, missed = _texts(edits, read)
    misses = tuple(miss for miss in missed if miss.reason != THERE)
    if misses:
        return misses
    tests = tuple((path, text) for path, text in ((path, read(path)) for path in approved) if text is not None)
    return _alike(_change(before, now, cites, rationale, tests), edits)


def placed(
    edits: Sequence[Edit], read: Callable[[str], str | None], rationale: str = ""
) -> tuple[Change, tuple[Miss, ...]]:
    """The change that those of ``edits`` make that have a place, and every other one: a person decides on what is left.

    One whose new lines stand there already has the reason ``THERE``.
    """
    before, now, misses = _texts(edits, read)
    return _alike(_change(before, now, (), rationale), edits), tuple(misses)


def _texts(edits: Sequence[Edit], read: Callable[[str], str | None]) -> tuple[Texts, Texts, list[Miss]]:
    """The files before and after all edits that have a place, and those that have none."""
    files = Files(read)
    owed: dict[str, int] = {}
    misses: list[Miss] = []
    for edit in edits:
        lines = files.lines(edit.file) if isinstance(edit, PatchLines) else None
        try:
            if why := repeats_mask(edit, files.text(edit.file)):
                raise Unplaced(why)
            if len(misses) >= _FEW and isinstance(edit, PatchLines) and lines is not None and lines.lacks(edit.old):
                raise Unplaced("no lines of the file read like this")
            files.make(_less(edit, owed.get(edit.file, 0)))
        except Unplaced as reason:
            if isinstance(reason, Already) or _stands(edit, files):
                misses.append(Miss(edit, THERE))
                continue
            few = len(misses) < _FEW
            misses.append(_missed(edit, str(reason), files.text(edit.file)) if few else Miss(edit, str(reason)))
            if isinstance(edit, PatchLines) and edit.at >= 0:
                owed[edit.file] = owed.get(edit.file, 0) + len(edit.new) - len(edit.old)
    return files.before, files.ended(), misses


def _change(
    before: Texts, now: Texts, cites: tuple[str, ...], rationale: str, tests: tuple[tuple[str, str], ...] = ()
) -> Change:
    changed = tuple((path, before[path], text) for path, text in now.items() if text != before[path])
    beside = _beside(tests, changed)
    return Change(tuple(file_change(path, old, new, cites, beside) for path, old, new in changed), rationale, tests)


def _alike(change: Change, edits: Sequence[Edit]) -> Change:
    """``change``, whose new files have the permissions of those that they were made from."""
    like = {edit.file: edit.like for edit in edits if isinstance(edit, WholeFile) and edit.like}
    if not like:
        return change
    files = (replace(one, like=like.get(one.path, "")) if one.before is None else one for one in change.files)
    return replace(change, files=tuple(files))


def _beside(tests: Iterable[tuple[str, str]], changed: Iterable[tuple[str, str | None, str | None]]) -> Beside:
    same = {path: (text, text) for path, text in tests}
    return {**same, **{path: (before, after) for path, before, after in changed}}


def _less(edit: Edit, owed: int) -> Edit:
    """The edit with its line in a file that lacks the lines which hunks without a place would have brought."""
    counted = isinstance(edit, PatchLines) and edit.at >= 0 and owed
    return replace(edit, at=max(edit.at - owed, 0)) if counted and isinstance(edit, PatchLines) else edit


def _stands(edit: Edit, files: Files) -> bool:
    """Whether it is made already: its new lines stand where it says, or in one place that cannot be another."""
    match edit:
        case PatchLines(file, at, old, new, last_end) if old:
            if last_end and (files.text(file) or "").endswith("\n") == (last_end is LastEnd.REMOVED):
                return False
            lines = files.lines(file)
            return lines is not None and lines.hold(at, new)
        case SearchReplace(file, search, new):
            text = files.text(file)
            return text is not None and stands(text, search, new)
        case _:
            return False


def file_change(
    path: str, before: str | None, after: str | None, cites: tuple[str, ...] = (), beside: Beside = _NOTHING
) -> FileChange:
    """One file's change with its hunks; the hash is that of the bytes that ``before`` was decoded from.

    ``beside`` are the files that the change of this one is to be seen with.
    """
    found = marked(hunks(path, before, after, cites), words_for(path, before, after, beside))
    return FileChange(path, before, after, digest(before), _worded(path, found, after))


def rewarned(change: Change, decisions: Sequence[Decision]) -> Change:
    """``change`` with what the person wrote in place of hunks, and the warnings that its texts deserve then.

    A hunk that they wrote anew has those of their text only; any other keeps its own, and gets what is new in it.
    """
    edited = frozenset(one.hunk for one in decisions if one.edited is not None)
    now = as_edited(change, decisions)
    beside = _beside(now.tests, ((file.path, file.before, file.after) for file in now.files))
    return replace(now, files=tuple(_rewarned(file, beside, edited) for file in now.files))


def _rewarned(file: FileChange, beside: Beside, edited: frozenset[str]) -> FileChange:
    own = tuple(replace(hunk, warnings=()) if hunk.id in edited else hunk for hunk in file.hunks)
    found = marked(own, words_for(file.path, file.before, file.after, beside))
    return replace(file, hunks=_worded(file.path, found, file.after))


def _worded(path: str, found: Sequence[Hunk], after: str | None) -> tuple[Hunk, ...]:
    """Hunks that also warn of what their file does beyond the code, of migrations, and of characters nobody sees."""
    beyond = tuple(filter(None, [alone(path)]))
    told = ((hunk, (*beyond, *migrates(path, hunk.old, hunk.new, after))) for hunk in found)
    every = ((hunk, (*hunk.warnings, *words, *unseen(path, hunk.old, hunk.new))) for hunk, words in told)
    return tuple(replace(hunk, warnings=tuple(dict.fromkeys(words))) if words else hunk for hunk, words in every)


def digest(text: str | None) -> str:
    """SHA-256 in hexadecimal of the bytes that decode to ``text`` with ``surrogateescape``; empty for None."""
    return "" if text is None else hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _missed(edit: Edit, reason: str, text: str | None) -> Miss:
    if text is None:
        return Miss(edit, reason)
    near = _nearest(edit, text)
    if near is None:
        return Miss(edit, reason, instead=whole_around(text, edit.file, 0))
    return Miss(edit, reason, near.text, near.line, whole_around(text, edit.file, near.middle))


def _nearest(edit: Edit, text: str) -> Near | None:
    match edit:
        case SearchReplace(_, search, _):
            return nearest(text, search)
        case UpsertProcedure(_, variable, _, _):
            return nearest(text, f"export const {variable} = createTRPCRouter({{")
        case AddImport(_, statement):
            return nearest(text, statement)
        case MountRouter(_, key, variable, _):
            return nearest(text, f"{key}: {variable}")
        case UpsertTest(_, describe, _, _):
            return nearest(text, f"describe({describe!r}")
        case UpsertModel(_, name, _):
            return nearest(text, f"model {name} {{")
        case UpsertEnum(_, name, _):
            return nearest(text, f"enum {name} {{")
        case UpsertField(_, model, _, _):
            return nearest(text, f"model {model} {{")
        case PatchLines(_, at, old):
            return nearest(text, "\n".join(old)) or (around(text, at, len(old)) if at >= 0 else None)
        case WholeFile() | DeleteFile():
            return None
        case _:
            assert_never(edit)
