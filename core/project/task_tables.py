"""Tasks that are rows of a table whose header has a status and an ID or a title; every cell knows its offset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from beai.core.project.facts import Span
from beai.core.project.markdown import Line, plain
from beai.core.project.task_fields import Entry, token
from beai.core.project.task_ids import LONGEST, TASK_ID, clean, titled
from beai.core.project.task_words import canonical

_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"^[ \t>]*\|?[ \t]*:?-[-:| \t]*$")
_AS_STATUS = frozenset(("done", "done?", "progress", "✅", "✓", "완료", "完了"))


class Row:
    """One row: its ID and title, and its cells by attribute."""

    __slots__ = ("entries", "id", "line", "title")

    def __init__(self, line: Line, index: int, columns: Sequence[str]) -> None:
        self.line = index
        self.entries: dict[str, Entry] = {}
        for key, (cell, start) in zip(columns, cells(line), strict=False):
            numbered = key == "id" and key in self.entries and TASK_ID.search(cell[:LONGEST])  # "#" beside "ID"
            if key and (key not in self.entries or numbered):
                said = cell if key == "status" else cell.replace("\\|", "|")  # the status alone is written at its place
                self.entries[key] = Entry(key, said, start)
        own = self.entries
        named = TASK_ID.search((own.get("id") or own.get("title") or Entry("", "", 0)).inline[:400])
        title = own.get("title") or own.get("description")
        self.id = named.group() if named else plain(own["id"].inline) if "id" in own else ""
        self.title = _title(title.inline, self.id) if title else ""
        self.id = (self.id or self.title)[:LONGEST].strip()

    @property
    def status(self) -> Span | None:
        """Where the status stands, an empty span in an empty cell; None where the row has no such cell."""
        cell = self.entries.get("status")
        if cell is None:
            return None
        begin, end = token(cell.inline)
        return Span(cell.start + begin, cell.start + end)


def rows(found: Sequence[Line]) -> list[Row]:
    """The rows that are tasks, in order."""
    made: list[Row] = []
    columns: list[str] = []
    for index, line in enumerate(found):
        if line.fence is not None or "|" not in line.text:
            columns = []
        elif index + 1 < len(found) and "|" in found[index + 1].text and _RULE.match(found[index + 1].text):
            columns = [_column(cell) for cell, _ in cells(line)]
            if "status" not in columns or not {"id", "title"} & set(columns):
                columns = []
        elif columns and not _RULE.match(line.text) and (row := Row(line, index, columns)).id:
            made.append(row)
    return made


def cells(line: Line) -> list[tuple[str, int]]:
    """Cells of a table row with their offsets; ``\\|`` is no border (GFM tables)."""
    borders = [match.start() for match in _CELL.finditer(line.text)]
    if not borders or line.text[: borders[0]].strip():
        borders = [-1, *borders]
    if line.text[borders[-1] + 1 :].strip():
        borders.append(len(line.text))
    found = []
    for left, right in pairwise(borders):
        cell = line.text[left + 1 : right]
        room = len(cell) - len(cell.lstrip()) if cell.strip() else min(1, len(cell))
        found.append((cell.strip(), line.start + left + 1 + room))
    return found


def _title(cell: str, named: str) -> str:
    """The words of a title's cell besides the task's ID."""
    found = TASK_ID.search(cell[:LONGEST])
    if found is None or found.group() != named:
        return clean(cell.replace(named, "", 1) if named else cell)
    opens = not cell[: found.start()].strip("*_`~[(# \t")
    return titled(cell, found) if opens else clean(cell.replace(named, "", 1))


def _column(cell: str) -> str:
    key = canonical(plain(cell))
    return "status" if not key and plain(cell).lower() in _AS_STATUS else key
