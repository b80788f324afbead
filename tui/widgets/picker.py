"""A list of a few wordy items with one at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from beai.tui.prose import Prose, fold
from beai.tui.widgets.lines_view import LinesView


class Picker(LinesView):
    """Folds each item to its own width; ``at`` is the index of the one at hand, -1 for none yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
    ]

    at: reactive[int] = reactive(0)

    def __init__(self, *, id: str | None = None, at: int = 0) -> None:
        super().__init__(id=id)
        self.set_reactive(Picker.at, at)
        self._rows: Sequence[Prose] = ()

    def choose(self, rows: Sequence[Prose]) -> None:
        """Offer other items."""
        self._rows = rows
        if self.at >= len(rows):
            self.at = len(rows) - 1
        self._lay()

    def on_resize(self) -> None:
        """Fold anew."""
        self._lay()

    def watch_at(self) -> None:
        """Another item is at hand."""
        self._lay()

    def action_move(self, by: int) -> None:
        """The next item; the ends are ends."""
        if self._rows:
            self.at = min(max(self.at + by, 0), len(self._rows) - 1)

    def _lay(self) -> None:
        width = max(self.scrollable_content_region.width, 12)
        lines: list[Content] = []
        first = last = 0
        for number, row in enumerate(self._rows):
            here = number == self.at
            first = len(lines) if here else first
            for count, line in enumerate(fold(row, width - 2)):
                whole = Content.styled("▸ " if here and count == 0 else "  ", "bold $accent") + line
                padded = whole.pad_right(max(width - whole.cell_length, 0))
                lines.append(padded.stylize_before("on $panel") if here else padded)
            last = len(lines) if here else last
        self.show(lines)
        self.styles.height = max(len(lines), 1)
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if height and (first < top or last > top + height):
            self.scroll_to(y=first if first < top else last - height, animate=False, force=True)
