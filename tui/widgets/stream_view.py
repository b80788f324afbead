"""A reply that is still being written, by its parts: what each is, how long it is so far, its code in colour."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
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
        width = self.scrollable_content_region.width
        if width and self._reading is not None:
            self.show(list(_lines(self._reading.rows(_MOST), max(width, 12))), follow=True)


def _lines(rows: Sequence[Row], width: int) -> Iterator[Line]:
    """The rows folded; a heading knows how many lines of code follow it."""
    ending = ".ts"  # until a heading names a file
    block, begun = Lexed((), ending), 0
    for at, row in enumerate(rows):
        if not at or rows[at - 1].kind is not row.kind:
            block, begun = Lexed([one.text for one in rows[at:]], ending), at
        if row.kind == _TITLE:
            count = _code_after(rows, at)
            ending = f".{row.text.rpartition('.')[2]}"
            said = f"{row.text} · {plural(count, 'line')}" if count else row.text
            for n, text in enumerate(wrapped(said, width - 2)):
                yield Line(row.kind, text, (0, len(text)), whole=row.whole, more=n > 0)
        elif row.kind == _WORDS:
            for text in wrapped(printable(row.text), width):
                yield Line(row.kind, text, (0, len(text)))
        else:
            text, state = shown(row.text), block.at(at - begun)
            for part in parts(text, width - 2):
                yield Line(row.kind, text, part, ending, state)


def _code_after(rows: Sequence[Row], at: int) -> int:
    count = 0
    for row in rows[at + 1 :]:
        if row.kind == _TITLE:
            break
        count += row.kind != _WORDS
    return count
