"""Files as they are while edits are made in them, one after the other, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from beai.core.edits.change import (
    AddImport,
    DeleteFile,
    Edit,
    LastEnd,
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
from beai.core.edits.diff.ends import eol_of, same_lines, with_eol
from beai.core.edits.place.enclosing import SOURCES
from beai.core.edits.place.imports import Imports
from beai.core.edits.place.last_end import patched_to_end
from beai.core.edits.place.lined import Lines
from beai.core.edits.place.prisma import place_in_schema
from beai.core.edits.place.search import replaced
from beai.core.edits.place.shapes import parsed
from beai.core.edits.place.typescript import place
from beai.core.edits.unplaced import Unplaced, require_parsing

Texts = dict[str, str | None]
"""Texts by path; None where there is no file, or no text."""

_MARK = "\ufeff"
_GUESSES = 50
"""Places that other punctuation led to, in one reply; each costs reading its file anew."""


class Files:
    """Files while edits are made in them, in order; hunks, and imports, in a row share what is read of their file."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._open: dict[str, Lines | Imports] = {}
        self._now: Texts = {}
        self._guesses = 0
        self.before: Texts = {}

    def text(self, path: str) -> str | None:
        """The file as it is now."""
        if path not in self._now:
            self.before[path] = self._now[path] = self._read(path)
        if path in self._open:
            self._now[path] = self._mark(path) + self._open[path].text()
        return self._now[path]

    def lines(self, path: str) -> Lines | None:
        """Its lines without a byte order mark, to place hunks in; None for no text."""
        there = self._open.get(path)
        if isinstance(there, Lines):
            return there
        text = self.text(path)
        if text is None:
            return None
        self._open[path] = lines = Lines(text.removeprefix(_MARK))
        return lines

    def make(self, edit: Edit) -> None:
        """Make an edit, or raise ``Unplaced``."""
        _encodable(edit)
        match edit:
            case PatchLines(file, at, old, new, LastEnd.KEPT, edge):
                lines = self.lines(file) or (Lines("") if not old else None)
                if lines is None:
                    raise Unplaced("the file does not exist or is not text")
                lines.patch(at, _unmarked(old), _unmarked(new), self._sound(file), edge)
                self._open[file] = lines
            case AddImport(file, statement) if (there := self._imports(file)) is not None:
                there.add(statement)
            case _:
                text = self.text(edit.file)
                self._now[edit.file] = _made(edit, text, self.before[edit.file], self._sound(edit.file))
                self._open.pop(edit.file, None)

    def _imports(self, path: str) -> Imports | None:
        there = self._open.get(path)
        if isinstance(there, Imports):
            return there
        text = self.text(path)
        if text is None:
            return None
        self._open[path] = found = Imports(text.removeprefix(_MARK), path)
        return found

    def ended(self) -> Texts:
        """The files after all of it."""
        return {path: self.text(path) for path in self._now}

    def _mark(self, path: str) -> str:
        return _MARK if (self._now[path] or "").startswith(_MARK) else ""

    def _sound(self, path: str) -> Callable[[str], None]:
        """What judges a text that was led to by other punctuation: its code parses as well as it did."""

        def judged(after: str) -> None:
            self._guesses += 1
            if self._guesses > _GUESSES:
                raise Unplaced("too much of the reply has other quotes or dashes than its files")
            if path.endswith(SOURCES):
                require_parsing(parsed(self.text(path) or "", path), parsed(after, path))

        return judged


def _made(edit: Edit, text: str | None, before: str | None, sound: Callable[[str], None]) -> str | None:
    match edit:
        case WholeFile(_, new, _, True) if text is not None and with_eol(new, "\n") != with_eol(text, "\n"):
            raise Unplaced("it is to be a new file, and it is there already and reads otherwise")
        case WholeFile(_, new):
            like = before if text is None else text
            return new if like is None else _as_before(new, like)
        case SearchReplace(_, search, replacement) if text is not None:
            mark = _MARK if text.startswith(_MARK) else ""
            return mark + replaced(text.removeprefix(_MARK), search.removeprefix(_MARK), replacement, sound)
        case UpsertProcedure() | AddImport() | MountRouter() | UpsertTest() if text is not None:
            return place(edit, text)
        case UpsertModel() | UpsertEnum() | UpsertField() if text is not None:
            return place_in_schema(edit, text)
        case PatchLines(_, _, old, new, last_end) if text is not None:
            mark = _MARK if text.startswith(_MARK) else ""
            return mark + patched_to_end(text.removeprefix(_MARK), _unmarked(old), _unmarked(new), last_end, sound)
        case DeleteFile(_, was) if text is not None:
            if was is not None and not same_lines(was, text):
                raise Unplaced("it is to be removed, and it reads otherwise now")
            return None
        case DeleteFile() | PatchLines():
            raise Unplaced("the file does not exist or is not text")
        case _:
            raise Unplaced("the file does not exist or is not text: give it whole")


def _unmarked(lines: tuple[str, ...]) -> tuple[str, ...]:
    return (lines[0].removeprefix(_MARK), *lines[1:]) if lines else ()


def _as_before(new: str, text: str) -> str:
    """A whole new text with the line ends and the byte order mark that the file had.

    One that has CRLF itself was made from the file and has its line ends already, also where they are mixed.
    """
    mark = _MARK if text.startswith(_MARK) and not new.startswith(_MARK) else ""
    return mark + (with_eol(new, "\r\n") if eol_of(text) == "\r\n" and "\r\n" not in new else new)


def _encodable(edit: Edit) -> None:
    for field in fields(edit):
        value = getattr(edit, field.name)
        try:
            "\n".join(value if isinstance(value, tuple) else (str(value),)).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            raise Unplaced(f"its {field.name} is not valid Unicode text") from error
