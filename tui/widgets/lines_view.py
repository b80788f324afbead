"""A scrolling list of lines that draws only what is seen, so that its length costs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from beai.core.text import clip


class LinesView(ScrollView, can_focus=True):
    """Shows ``items``; ``draw`` turns the one at an index into a line. Lines come folded; what is wider is cut."""

    DEFAULT_CSS = """
    LinesView {
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.items: Sequence[object] = ()
        self._strips: dict[int, Strip] = {}

    def show(self, items: Sequence[object], follow: bool = False) -> None:
        """Show other lines; ``follow`` keeps the end in view where it was in view."""
        at_end = follow and self.scroll_offset.y >= self.max_scroll_y - 1
        self.items = items
        self._strips.clear()
        self.virtual_size = Size(0, len(items))
        self.refresh()
        if at_end:
            self.scroll_end(animate=False)

    def draw(self, index: int) -> Content:
        """The line at ``index``."""
        item = self.items[index]
        return item if isinstance(item, Content) else Content(clip(str(item), 4000))

    def render_line(self, y: int) -> Strip:
        """One line of what is in view."""
        top = self.scroll_offset.y
        width, style = self.scrollable_content_region.width, self.visual_style
        if not 0 <= (at := top + y) < len(self.items):
            return Strip.blank(width, style.rich_style)
        strip = self._strips.get(at)
        if strip is None:
            line = self.draw(at)
            strips = Visual.to_strips(self, line, max(line.cell_length, 1), 1, style)
            strip = self._strips[at] = strips[0] if strips else Strip.blank(0)
        return strip.crop_extend(0, width, style.rich_style)

    def notify_style_update(self) -> None:
        """Another theme: nothing drawn before holds."""
        super().notify_style_update()
        self._strips.clear()
