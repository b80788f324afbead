"""A window to edit a few lines of text in."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from beai.tui.present import key_line


class EditCard(ModalScreen[str | None]):
    """Ends in the text, or in None where the person closed it with esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False, priority=True),
        Binding("ctrl+s", "save", show=False, priority=True),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            area = TextArea(self._text, show_line_numbers=False, tab_behavior="indent")
            area.cursor_blink = False
            yield area
            yield Static(
                key_line((("ctrl+s", "keep"), ("esc", "close, nothing changes")), 60), classes="keys", markup=False
            )

    def on_mount(self) -> None:
        """Say what this is."""
        self.query_one(".card").border_title = Content("Edit")

    def action_save(self) -> None:
        """Keep the text."""
        self.dismiss(self.query_one(TextArea).text)

    def action_close(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)
