"""A scrolling list of lines that draws only what is seen, and paints only what changed: its length costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from beai.core.text import clip
from beai.tui.widgets.strips import Strips

_KEPT = 512
"""Drawn lines that are kept, a few screens full."""


class LinesView(ScrollView, can_focus=True):
    """Shows ``items``; ``draw`` turns one into a line. Lines come folded; what is wider is cut."""

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
        self._drawn: dict[Hashable, Strip] = {}
        self._drawn_at = 0
        self._strips = Strips(Style())

    def show(self, items: Sequence[object], follow: bool = False) -> None:
        """Show other lines; ``follow`` keeps the end in view where it was in view."""
        at_end = follow and self.scroll_offset.y >= self.max_scroll_y - 1
        before, self.items = self.items, items
        if len(items) != self.virtual_size.height:
            self._lengthen(Size(0, len(items)))
        common = min(len(before), len(items))
        self.repaint(lambda at: at >= common or self.look(before[at]) != self.look(items[at]))
        if at_end:
            self.scroll_end(animate=False)

    def _lengthen(self, size: Size) -> None:
        """Scroll over another length. Only a scroll bar that comes or goes is worth laying out the whole screen."""
        if not self.is_attached or not self.container_size:
            self.virtual_size = size
            return
        self.set_reactive(LinesView.virtual_size, size)
        self._scroll_update(size)

    def look(self, item: object) -> Hashable:
        """What decides how ``item`` is drawn: two that look alike share one drawing."""
        return (item.plain, tuple(item.spans)) if isinstance(item, Content) else item

    def draw(self, item: object) -> Content:
        """The line of ``item``."""
        return item if isinstance(item, Content) else Content(clip(str(item), 4000))

    def repaint(self, changed: Callable[[int], bool]) -> None:
        """Paint those of the lines in view that ``changed`` says are others than before, by index."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        for at in range(top, top + height):
            if changed(at):
                self.refresh_line(at)

    def render_line(self, y: int) -> Strip:
        """One line of what is in view."""
        top = self.scroll_offset.y
        width, style = self.scrollable_content_region.width, self.visual_style
        if not 0 <= (at := top + y) < len(self.items):
            return Strip.blank(width, style.rich_style)
        if style != self._strips.base:
            self._strips = Strips(style)
            self._drawn.clear()
        if width != self._drawn_at or len(self._drawn) > _KEPT:
            self._drawn.clear()
            self._drawn_at = width
        item = self.items[at]
        look = self.look(item)
        strip = self._drawn.get(look)
        if strip is None:
            drawn = self._strips.strip(self.draw(item))
            strip = self._drawn[look] = drawn.crop_extend(0, width, style.rich_style)
        return strip

    def notify_style_update(self) -> None:
        """Perhaps another theme, in which nothing drawn before holds; mostly the same colours once more."""
        super().notify_style_update()
        if not self._strips.hold():
            self._strips = Strips(Style())
            self._drawn.clear()
