"""A widget that looks the same with the focus as without it, and is not painted when it gets or loses it."""

from __future__ import annotations

from textual.events import Blur, DescendantBlur, DescendantFocus, Focus
from textual.widget import Widget


class Still(Widget):
    """Does what Textual does of itself, but for the painting. Colours of ``:focus`` in a style sheet count as ever."""

    def on_focus(self, event: Focus) -> None:
        """The keys come here now."""
        event.prevent_default()
        self.has_focus = True
        if self.parent is not None:
            self.parent.post_message(DescendantFocus(self))

    def on_blur(self, event: Blur) -> None:
        """The keys go elsewhere."""
        event.prevent_default()
        self.has_focus = False
        if self.parent is not None:
            self.parent.post_message(DescendantBlur(self))
