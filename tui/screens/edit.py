"""A window to edit a few lines of text in."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from beai.tui.editing import Typed
from beai.tui.present import key_line


class EditCard(ModalScreen[Typed]):
    """Ends in the text as it is then: taken with ctrl+s, only kept with esc. ``draft`` is what was kept before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False, priority=True),
        Binding("ctrl+s", "save", show=False, priority=True),
    ]

    def __init__(self, text: str, draft: str = "") -> None:
        super().__init__()
        self._text, self._draft = text, draft
        self._shown = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            area = TextArea(self._text, show_line_numbers=False, tab_behavior="indent")
            area.cursor_blink = False
            yield area
            keys = [("ctrl+s", "take it"), ("esc", "close, nothing changes")]
            if self._draft:
                keys.append(("ctrl+z", "without what you typed before"))
            yield Static(key_line(keys, 76), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Say what this is; what was typed before lies over the text, and can be taken back there."""
        self.query_one(".card").border_title = Content("Edit")
        area = self.query_one(TextArea)
        self._shown = area.text
        if self._draft:
            area.replace(self._draft, (0, 0), area.document.end)

    def action_save(self) -> None:
        """Take the text."""
        self.dismiss(Typed(self._now(), taken=True))

    def action_close(self) -> None:
        """Leave everything as it was; what was typed is kept."""
        self.dismiss(Typed(self._now(), taken=False))

    def _now(self) -> str:
        """The text; as it came where nothing is typed, for the window has one kind of line end."""
        text = self.query_one(TextArea).text
        return self._text if text == self._shown else text
