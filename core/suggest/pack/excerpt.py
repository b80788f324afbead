"""Some lines of a file, with every gap marked by a line that stands nowhere in that file.

So no search block copied out of an excerpt can be found across a gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_FEW = 4  # lines between two kept ones that are not worth a mark
_NAMED = 8
_RUN = re.compile("⋯+")
GAP = re.compile(r"⋯ [\d,]{1,12} lines? left out \(\d{1,9}–\d{1,9}\)")
"""How a mark reads, so that a reply that repeats one can be told."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The ``text`` with its marks; ``shown`` of ``total`` lines."""

    text: str
    shown: int
    total: int

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return self.shown == self.total

    @property
    def said(self) -> str:
        """How much of the file it is, ``""`` for all of it."""
        return "" if self.whole else f"{self.shown:,} of {self.total:,} lines"


def excerpt(text: str, kept: Iterable[int], labels: Iterable[tuple[int, str]] = ()) -> Excerpt:
    """The lines ``kept`` (0-based) of ``text``; ``labels`` say what begins on a line, and a gap names what it holds."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    chosen = sorted({line for line in kept if 0 <= line < len(lines)})
    named = sorted(set(labels))
    mark = _mark(text)
    told: list[str] = []
    at, shown, next_label = 0, 0, 0
    for line in (*chosen, len(lines)):
        while next_label < len(named) and named[next_label][0] < at:
            next_label += 1
        inside: list[str] = []
        while next_label < len(named) and named[next_label][0] < line:
            inside.append(named[next_label][1])
            next_label += 1
        blank = not any(each.strip() for each in lines[at:line])
        if blank or (line - at <= _FEW and not inside and told and line < len(lines)):
            told += lines[at:line]
            shown += line - at
        elif line > at:
            told.append(_gap(mark, at, line, inside))
        if line < len(lines):
            told.append(lines[line])
            shown += 1
        at = line + 1
    return Excerpt("\n".join(told) + "\n", shown, len(lines))


def _gap(mark: str, first: int, end: int, inside: list[str]) -> str:
    more = f" and {len(inside) - _NAMED} more" if len(inside) > _NAMED else ""
    names = f": {', '.join(inside[:_NAMED])}{more}" if inside else ""
    count = end - first
    return f"{mark} {count:,} line{'' if count == 1 else 's'} left out ({first + 1}–{end}){names} {mark}"


def _mark(text: str) -> str:
    """A run of ``⋯`` longer than any in the text."""
    return "⋯" * (1 + max(map(len, _RUN.findall(text)), default=0))
