"""A review line by line, with the hunk at hand marked, and in lines mode the lines that are chosen."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from textual.content import Content
from textual.reactive import var

from beai.core.edits.change import Change, Hunk
from beai.core.edits.review import Review
from beai.core.project.facts import RuleFile
from beai.tui.review import cursor
from beai.tui.review.book import Book
from beai.tui.review.draw import Look, draw
from beai.tui.review.rows import Kind, Layout, Row
from beai.tui.widgets.held import Held
from beai.tui.widgets.lines_view import LinesView
from beai.tui.widgets.still import Still

_NOTHING = Book(Review(Change(())), Layout(80))


class DiffView(LinesView, Still):
    """Shows ``review``; ``hunk`` is the ID of the one at hand, ``line`` and ``origin`` the ends of what is chosen.

    ``line`` is -1 outside of lines mode. ``found`` are words that are looked for.
    """

    review: var[Review | None] = var(None)
    rules: var[tuple[RuleFile, ...]] = var(())
    hunk: var[str] = var("")
    line: var[int] = var(-1)
    origin: var[int] = var(-1)
    found: var[str] = var("")
    layout_: var[Layout] = var(Layout(0))

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.book = _NOTHING
        self.held = Held(self.app)
        self._look = Look(0, 4, 10)

    @property
    def at(self) -> Hunk | None:
        """The hunk at hand."""
        return self.review.hunk(self.hunk) if self.review is not None else None

    def watch_review(self, old: Review | None, review: Review | None) -> None:
        """Mirror the review; another change begins at its first undecided hunk."""
        self.hunk = cursor.settle(review, self.hunk)
        self.relay()
        self.call_later(self.held.end)

    def watch_rules(self) -> None:
        """What is cited is told in other words."""
        self.relay()

    def watch_layout_(self) -> None:
        """Lay the review out anew; the hunk at hand stays where it is on the screen."""
        before, offset = self.book, self.book.span(self.hunk)[0] - self.scroll_offset.y
        self.relay()
        if len(before):
            self.scroll_to(
                y=max(self.book.span(self.hunk)[0] - max(offset, 0), 0), animate=False, force=True, immediate=True
            )

    def watch_hunk(self, old: str, new: str) -> None:
        """Move the mark, and bring the hunk at hand into view with a little of what stands above it."""
        self.repaint(self._of(old, new))
        self.reveal()

    def watch_line(self) -> None:
        """Another line is at hand."""
        self.repaint(self._of(self.hunk))
        self.reveal()

    def watch_origin(self) -> None:
        """Other lines are chosen."""
        self.repaint(self._of(self.hunk))

    def watch_found(self) -> None:
        """Other words are marked."""
        self._look = replace(self._look, found=self.found)
        self.repaint(lambda at: at < len(self.items))

    def on_resize(self) -> None:
        """Lines are folded to the pane; the hunk at hand stays in view."""
        width = self.scrollable_content_region.width
        if width and width != self.layout_.width:
            self.layout_ = replace(self.layout_, width=width)
        self.reveal()

    def relay(self) -> None:
        """Lay out what differs from what is shown."""
        if not self.layout_.width:
            return
        review = self.review if self.review is not None else _NOTHING.review
        self.book = Book(review, self.layout_, self.rules, self.book)
        before, self._look = (
            self._look,
            Look(
                self.layout_.width,
                self.book.digits,
                self.book.room,
                found=self.found,
                calm=self.layout_.calm,
                plain=self.app.no_color or self.app.current_theme.ansi,
            ),
        )
        self.show(self.book)
        if self._look != before:
            self.refresh()
        self.reveal()

    def reveal(self) -> None:
        """Scroll to the hunk, or the line, at hand where it is out of view."""
        height = self.scrollable_content_region.height
        if not height or not self.hunk or not len(self.book):
            return
        first, last = self.book.span(self.hunk)
        top = self.scroll_offset.y
        if self.line >= 0:
            row = self.book.row_of(self.hunk, self.line)
            if not top <= row < top + height - 1:
                self.scroll_to(y=max(row - height // 2, 0), animate=False, force=True, immediate=True)
        elif first < top or last > top + height:
            self.scroll_to(
                y=max(first - min(4, max(height - (last - first), 0)), 0), animate=False, force=True, immediate=True
            )

    def look(self, item: object) -> Hashable:
        """A row of the hunk at hand is drawn otherwise."""
        assert isinstance(item, Row)
        return item, self._mark(item), self._number(item), self._look

    def draw(self, item: object) -> Content:
        """One row, tint and all."""
        assert isinstance(item, Row)
        return draw(item, replace(self._look, mark=self._mark(item), number=self._number(item)))

    def _mark(self, row: Row) -> str:
        if not row.hunk or row.hunk != self.hunk:
            return ""
        if self.line < 0 or row.item < 0:
            return "▌"
        if row.item == self.line:
            return "▶"
        low, high = sorted((self.origin, self.line))
        return "█" if low <= row.item <= high else "▌"

    def _number(self, row: Row) -> str:
        return f"{self.book.numbers.get(row.hunk, 0)}/{len(self.book.numbers)}" if row.kind is Kind.HUNK else ""

    def _of(self, *hunks: str) -> Callable[[int], bool]:
        """Whether the row at an index belongs to one of ``hunks``."""
        return lambda at: at < len(self.items) and getattr(self.items[at], "hunk", "") in hunks and hunks != ("",)
