"""A window that is only read: a page of prose below a title, until esc closes it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from beai.tui.prose import Prose
from beai.tui.widgets.page import Page


class PageCard(ModalScreen[None]):
    """Shows ``prose``; the key that opens such a window is bound by its own class to close it again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "close", show=False)]

    def __init__(self, title: str, prose: Prose) -> None:
        super().__init__()
        self._title, self._prose = title, prose

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Page(classes="page", fits=True)

    def on_mount(self) -> None:
        """Say how to leave."""
        card = self.query_one(".card")
        card.border_title, card.border_subtitle = Content(self._title), Content("esc closes")
        text = self.query_one(Page)
        text.set_prose(self._prose)
        text.focus()

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)
