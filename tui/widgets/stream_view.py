"""A reply that is still being written, by its parts: what each is, how long it is so far, its code in colour."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from textual.content import Content, Span

from beai.core.plural import plural
from beai.core.text import printable
from beai.tui.review.lexer import Lexed, State, words
from beai.tui.review.shown import Part, parts, shown, wrapped
from beai.tui.widgets.lines_view import LinesView

if TYPE_CHECKING:
    from beai.core.suggest.reply.stream import Reading, Row

_MOST = 400
"""Rows from the end that are kept in view."""

_ENDING = ".ts"  # of code before a heading names a file
_TITLE, _WORDS = "title", "words"
_SIGNS = {"old": ("- ", "$error"), "new": ("+ ", "$success"), "code": ("  ", "")}
"""The kinds of rows by their names: what reads replies reads code by syntax tree, and is loaded with the first one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it is drawn; of code ``ending`` names the language and ``state`` what the lines before left open."""

    kind: str
    text: str
    part: Part = (0, 0)
    ending: str = ""
    state: State = ()
    whole: bool = True
    more: bool = False


class StreamView(LinesView):
    """Shows the reply that it is given, the end in view while nobody scrolls."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._reading: Reading | None = None
        self._folded: dict[tuple[Row, ...], tuple[Line, ...]] = {}
        self._width = 0

    def follow(self, text: str) -> None:
        """Show the whole reply so far."""
        if self._reading is None:
            from beai.core.suggest.reply.stream import Reading

            self._reading = Reading()
        self._reading.follow(text)
        self._lay()

    def on_resize(self) -> None:
        """Fold anew."""
        self._lay()

    def look(self, item: object) -> Hashable:
        """Two lines that are equal look alike."""
        return item  # type: ignore[return-value]

    def draw(self, item: object) -> Content:
        """A heading, words, or a line of code."""
        assert isinstance(item, Line)
        text = item.text[slice(*item.part)]
        if item.kind == _TITLE:
            mark, style = ("  ", "") if item.more else ("✓ ", "$success") if item.whole else ("… ", "$accent")
            return Content.assemble((mark, f"bold {style}"), (text, "bold $primary"))
        if item.kind == _WORDS:
            return Content.styled(text, "$muted")
        spans = [Span(*word) for word in words(item.text, item.state, item.ending)]
        return Content.styled(*_SIGNS[item.kind]) + Content(item.text, spans)[item.part[0] : item.part[1]]

    def _lay(self) -> None:
        """Fold what grew since the last time; the parts before it are kept as they are."""
        width = self.scrollable_content_region.width
        if not width or self._reading is None:
            return
        known = self._folded if width == self._width else {}
        parts = list(parted(self._reading.rows(_MOST)))
        self._width, self._folded = width, {part: known.get(part) or folded(part, max(width, 12)) for part in parts}
        self.show([line for part in parts for line in self._folded[part]], follow=True)


def parted(rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    """The rows by parts: a heading and what follows it."""
    begun = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at].kind == _TITLE:
            yield tuple(rows[begun:at])
            begun = at


def folded(rows: Sequence[Row], width: int) -> tuple[Line, ...]:
    """One part folded; its heading, where that is among ``rows``, knows how many lines of code follow it."""
    ending = f".{rows[0].text.rpartition('.')[2]}" if rows[0].kind == _TITLE else _ENDING
    runs = ([*run] for _, run in groupby(rows, lambda row: row.kind))
    return tuple(line for run in runs for line in _run(run, ending, width, rows))


def _run(run: Sequence[Row], ending: str, width: int, rows: Sequence[Row]) -> Iterator[Line]:
    """Rows of one kind among all of a part."""
    kind, block = run[0].kind, Lexed([row.text for row in run], ending)
    for at, row in enumerate(run):
        if kind == _TITLE:
            count = sum(one.kind not in (_TITLE, _WORDS) for one in rows)
            said = f"{row.text} · {plural(count, 'line')}" if count else row.text
            for n, text in enumerate(wrapped(said, width - 2)):
                yield Line(kind, text, (0, len(text)), whole=row.whole, more=n > 0)
        elif kind == _WORDS:
            for text in wrapped(printable(row.text), width):
                yield Line(kind, text, (0, len(text)))
        else:
            text, state = shown(row.text), block.at(at)
            for part in parts(text, width - 2):
                yield Line(kind, text, part, ending, state)
