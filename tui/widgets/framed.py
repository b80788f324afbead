"""A widget whose border says something: other words repaint the border's two rows, and nothing inside it."""

from __future__ import annotations

from typing import Self

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

Words = tuple[Content, Content]
"""What stands in the upper edge, and in the lower one."""


class Framed(Widget):
    """``entitle`` sets both titles. Setting them one by one, as Textual has it, repaints the whole widget twice."""

    _framing = False
    _framed: Words = (Content(""), Content(""))

    def entitle(self, title: Content, subtitle: Content) -> None:
        """Say other words in the border, where they are others."""
        before, self._framed = self._framed, (title, subtitle)
        above, below = (not now.is_same(was) for was, now in zip(before, self._framed, strict=True))
        self._framing = True
        try:
            if above:
                self.border_title = title  # type: ignore[assignment]  # Textual takes content, and gives text back
            if below:
                self.border_subtitle = subtitle  # type: ignore[assignment]
        finally:
            self._framing = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Paint again; for words in the border only its rows."""
        if self._framing and not regions and self.outer_size:
            (width, height), (left, top) = self.outer_size, self.content_offset
            regions = (Region(-left, -top, width, 1), Region(-left, height - 1 - top, width, 1))
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
