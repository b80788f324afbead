"""A page of prose, folded to its own width."""

from __future__ import annotations

from beai.tui.prose import Prose, fold, same
from beai.tui.widgets.lines_view import LinesView


class Page(LinesView):
    """Shows blocks; with ``fits`` it is as high as they are, up to the style sheet's maximum."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, fits: bool = False) -> None:
        super().__init__(id=id, classes=classes)
        self._prose: Prose = ()
        self._fits = fits
        self._folded_at = 0

    def set_prose(self, prose: Prose) -> None:
        """Show other blocks; the same ones are left as they are."""
        if not same(prose, self._prose):
            self._prose, self._folded_at = prose, 0
            self.lay()

    def seek(self, words: str) -> None:
        """Scroll to the line that says ``words``, once the page is folded to the room that it gets."""
        self.call_after_refresh(self.call_after_refresh, self._show_line, words)

    def _show_line(self, words: str) -> None:
        at = next((at for at, line in enumerate(self.items) if getattr(line, "plain", "") == words), None)
        if at is not None:
            self.scroll_to(y=at, animate=False)

    def on_resize(self) -> None:
        """Fold anew."""
        self.lay()

    def lay(self) -> None:
        """Fold to the width there is, if it is another one."""
        width = self.scrollable_content_region.width
        if not width or width == self._folded_at:
            return
        self._folded_at = width
        self.show(fold(self._prose, width))
        if self._fits:
            self.styles.height = max(len(self.items), 1)
