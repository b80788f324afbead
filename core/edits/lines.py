"""A diff as numbered lines, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from beai.core.edits.change import FileChange, Hunk
from beai.core.edits.ends import split_lines


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff, without its line end; numbers are 1-based, None on the side that has not got the line.

    ``old`` counts lines before, ``new`` lines after all hunks. ``hunk`` is the hunk's id, empty on context.
    ``ended`` is False for a last line without a line end.
    """

    kind: Literal[" ", "+", "-"]
    old: int | None
    new: int | None
    text: str
    hunk: str = ""
    ended: bool = True


def around(file: FileChange, hunk: Hunk, context: int = 3) -> tuple[Line, ...]:
    """One hunk between up to ``context`` unchanged lines; neighbouring hunks are not shown."""
    lines, index = split_lines(file.before or ""), file.hunks.index(hunk)
    shift = _shift(file.hunks[:index])
    floor = _old_end(file.hunks[index - 1]) if index else 0
    ceiling = file.hunks[index + 1].old_start if index + 1 < len(file.hunks) else len(lines)
    first = max(floor, hunk.old_start - context)
    after = _old_end(hunk)
    return (
        *_context(lines, first, hunk.old_start, shift),
        *_changed(hunk, shift),
        *_context(lines, after, min(ceiling, after + context), _shift(file.hunks[: index + 1])),
    )


def unified(file: FileChange, context: int = 3) -> tuple[tuple[Line, ...], ...]:
    """The whole diff of a file: groups of lines, hunks closer than twice ``context`` in one group."""
    lines, groups = split_lines(file.before or ""), list[list[Line]]()
    shown, shift = 0, 0
    for index, hunk in enumerate(file.hunks):
        first = max(shown, hunk.old_start - context)
        if not groups or first > shown:
            groups.append([])
        groups[-1] += _context(lines, first, hunk.old_start, shift)
        groups[-1] += _changed(hunk, shift)
        shift += len(hunk.new) - len(hunk.old)
        ceiling = file.hunks[index + 1].old_start if index + 1 < len(file.hunks) else len(lines)
        shown = min(ceiling, _old_end(hunk) + context)
        groups[-1] += _context(lines, _old_end(hunk), shown, shift)
    return tuple(tuple(group) for group in groups)


def new_start(file: FileChange, hunk: Hunk) -> int:
    """The 0-based line at which ``hunk`` begins when every hunk is accepted."""
    return hunk.old_start + _shift(file.hunks[: file.hunks.index(hunk)])


def _context(lines: list[str], first: int, end: int, shift: int) -> list[Line]:
    return [_line(" ", at + 1, at + 1 + shift, lines[at]) for at in range(first, end)]


def _changed(hunk: Hunk, shift: int) -> list[Line]:
    start = hunk.old_start + 1
    removed = [_line("-", start + at, None, text, hunk.id) for at, text in enumerate(hunk.old)]
    added = [_line("+", None, start + shift + at, text, hunk.id) for at, text in enumerate(hunk.new)]
    return removed + added


def _line(kind: Literal[" ", "+", "-"], old: int | None, new: int | None, text: str, hunk: str = "") -> Line:
    return Line(kind, old, new, text.removesuffix("\n").removesuffix("\r"), hunk, text.endswith("\n"))


def _old_end(hunk: Hunk) -> int:
    return hunk.old_start + len(hunk.old)


def _shift(hunks: tuple[Hunk, ...]) -> int:
    return sum(len(hunk.new) - len(hunk.old) for hunk in hunks)
