"""Edits become one change in memory, over all files or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from typing import assert_never

from beai.core.edits.change import (
    AddImport,
    Change,
    Decision,
    DeleteFile,
    Edit,
    FileChange,
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
from beai.core.edits.enclosing import whole_around
from beai.core.edits.ends import eol_of, with_eol
from beai.core.edits.hunks import as_edited, hunks
from beai.core.edits.place import place
from beai.core.edits.policy import alone
from beai.core.edits.schema import place_in_schema
from beai.core.edits.search import Near, bare_lines, nearest, patched, replaced, strange
from beai.core.edits.tamper import Beside, marked, words_for
from beai.core.edits.unplaced import Unplaced

_MARK = "\ufeff"
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

    Files that end as they were are left out. Hunks carry ``cites``, and warnings where a schema is touched or tests are
    weakened; ``approved`` are test files that the change is held against.
    """
    before, now, misses = _texts(edits, read)
    if misses:
        return tuple(misses)
    tests = tuple((path, text) for path, text in ((path, read(path)) for path in approved) if text is not None)
    return _change(before, now, cites, rationale, tests)


def placed(
    edits: Sequence[Edit], read: Callable[[str], str | None], rationale: str = ""
) -> tuple[Change, tuple[Miss, ...]]:
    """The change that those of ``edits`` make that have a place, and every other one: a person decides on what is left.

    One whose new lines stand there already has the reason ``THERE``.
    """
    before, now, misses = _texts(edits, read)
    return _change(before, now, (), rationale), tuple(misses)


_Texts = dict[str, str | None]


def _texts(edits: Sequence[Edit], read: Callable[[str], str | None]) -> tuple[_Texts, _Texts, list[Miss]]:
    """The files before and after all edits that have a place, and those that have none."""
    before: _Texts = {}
    now: _Texts = {}
    owed: dict[str, int] = {}
    misses: list[Miss] = []
    known = _Known()
    for edit in edits:
        if edit.file not in now:
            before[edit.file] = now[edit.file] = read(edit.file)
        text = now[edit.file]
        try:
            _encodable(edit)
            if len(misses) >= _FEW and isinstance(edit, PatchLines) and known.lacks(edit.old, text):
                raise Unplaced("no lines of the file read like this")
            now[edit.file] = _made(_less(edit, owed.get(edit.file, 0)), text)
        except Unplaced as reason:
            if _stands(edit, text, known):
                misses.append(Miss(edit, THERE))
                continue
            misses.append(_missed(edit, str(reason), text) if len(misses) < _FEW else Miss(edit, str(reason)))
            if isinstance(edit, PatchLines):
                owed[edit.file] = owed.get(edit.file, 0) + len(edit.new) - len(edit.old)
    return before, now, misses


def _change(
    before: _Texts, now: _Texts, cites: tuple[str, ...], rationale: str, tests: tuple[tuple[str, str], ...] = ()
) -> Change:
    changed = tuple((path, before[path], text) for path, text in now.items() if text != before[path])
    beside = _beside(tests, changed)
    return Change(tuple(file_change(path, old, new, cites, beside) for path, old, new in changed), rationale, tests)


def _beside(tests: Iterable[tuple[str, str]], changed: Iterable[tuple[str, str | None, str | None]]) -> Beside:
    same = {path: (text, text) for path, text in tests}
    return {**same, **{path: (before, after) for path, before, after in changed}}


def _less(edit: Edit, owed: int) -> Edit:
    """The edit with its line in a file that lacks the lines which hunks without a place would have brought."""
    counted = isinstance(edit, PatchLines) and edit.at >= 0 and owed
    return replace(edit, at=max(edit.at - owed, 0)) if counted and isinstance(edit, PatchLines) else edit


class _Known:
    """The lines of the text that was asked for last: many hunks of one file may miss it, one after the other."""

    def __init__(self) -> None:
        self._text = ""
        self._lines = frozenset[str]()

    def lacks(self, lines: Sequence[str], text: str | None) -> bool:
        """Whether one of ``lines`` is nowhere in ``text``, in whatever indentation."""
        if text is not None and text is not self._text:
            self._text, self._lines = text, bare_lines(text)
        return text is not None and strange(lines, self._lines)


def _stands(edit: Edit, text: str | None, known: _Known) -> bool:
    """Whether it is made already: its new lines stand where it says, or in one place only."""
    match edit:
        case PatchLines(_, at, old, new) if text is not None and old and any(line.strip() for line in new):
            if known.lacks(new, text):
                return False
            lines = [line.removesuffix("\r") for line in text.split("\n")]
            wanted = [line.removesuffix("\r") for line in new]
            if at >= 0 and lines[at : at + len(wanted)] == wanted:
                return True
            found = (n for n, line in enumerate(lines) if line == wanted[0] and lines[n : n + len(wanted)] == wanted)
            return next(found, None) is not None and next(found, None) is None
        case SearchReplace(_, search, new) if text is not None and new.strip() and search not in text:
            return text.count(new) == 1
        case _:
            return False


def file_change(
    path: str, before: str | None, after: str | None, cites: tuple[str, ...] = (), beside: Beside = _NOTHING
) -> FileChange:
    """One file's change with its hunks; the hash is that of the bytes that ``before`` was decoded from.

    ``beside`` are the files that the change of this one is to be seen with.
    """
    found = marked(hunks(path, before, after, cites), words_for(path, before, after, beside))
    word = alone(path)
    if word is not None:
        found = tuple(replace(hunk, warnings=(*hunk.warnings, word)) for hunk in found)
    return FileChange(path, before, after, digest(before), found)


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
    word = alone(file.path)
    every = ((hunk, tuple(dict.fromkeys((*hunk.warnings, *filter(None, [word]))))) for hunk in found)
    return replace(file, hunks=tuple(replace(hunk, warnings=warnings) for hunk, warnings in every))


def digest(text: str | None) -> str:
    """SHA-256 in hexadecimal of the bytes that decode to ``text`` with ``surrogateescape``; empty for None."""
    return "" if text is None else hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _encodable(edit: Edit) -> None:
    for field in fields(edit):
        value = getattr(edit, field.name)
        try:
            "\n".join(value if isinstance(value, tuple) else (str(value),)).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            raise Unplaced(f"its {field.name} is not valid Unicode text") from error


def _made(edit: Edit, text: str | None) -> str | None:
    match edit:
        case WholeFile(_, new):
            return new if text is None else _as_before(new, text)
        case PatchLines(_, at, old, new) if text is not None or not old:
            return _marked(text or "", lambda bare: patched(bare, at, _unmarked(old), _unmarked(new)))
        case SearchReplace(_, search, replacement) if text is not None:
            return _marked(text, lambda bare: replaced(bare, search.removeprefix(_MARK), replacement))
        case UpsertProcedure() | AddImport() | MountRouter() | UpsertTest() if text is not None:
            return place(edit, text)
        case UpsertModel() | UpsertEnum() | UpsertField() if text is not None:
            return place_in_schema(edit, text)
        case DeleteFile() if text is not None:
            return None
        case DeleteFile() | PatchLines():
            raise Unplaced("the file does not exist or is not text")
        case _:
            raise Unplaced("the file does not exist or is not text: give it whole")


def _marked(text: str, made: Callable[[str], str]) -> str:
    """What is made of a text without its byte order mark, with it again."""
    mark = _MARK if text.startswith(_MARK) else ""
    return mark + made(text.removeprefix(mark))


def _unmarked(lines: tuple[str, ...]) -> tuple[str, ...]:
    return (lines[0].removeprefix(_MARK), *lines[1:]) if lines else ()


def _as_before(new: str, text: str) -> str:
    """A whole new text with the line ends and the byte order mark that the file had.

    One that has CRLF itself was made from the file and has its line ends already, also where they are mixed.
    """
    mark = _MARK if text.startswith(_MARK) and not new.startswith(_MARK) else ""
    return mark + (with_eol(new, "\r\n") if eol_of(text) == "\r\n" and "\r\n" not in new else new)


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
        case PatchLines(_, _, old, _):
            return nearest(text, "\n".join(old))
        case WholeFile() | DeleteFile():
            return None
        case _:
            assert_never(edit)
