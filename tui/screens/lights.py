"""The window of the five lights: a page for each with its evidence, and one of what was left out; it sets nothing."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from beai.core.loop.lights import lit
from beai.core.loop.session import Session
from beai.core.record.done import dark
from beai.tui.light_pages import COUNT, page, title
from beai.tui.widgets.page import Page


class LightsCard(ModalScreen[None]):
    """Opens at the first dark light; it mirrors the session while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,L", "close", show=False),
        Binding("tab,right,l", "turn(1)", show=False, priority=True),
        Binding("shift+tab,left,h", "turn(-1)", show=False, priority=True),
        *(Binding(str(n), f"go({n - 1})", show=False) for n in range(1, COUNT + 1)),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._at = first(session)

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Page(classes="page", fits=True)

    def on_mount(self) -> None:
        """Show the page, and follow the session."""
        self._lay()
        self.query_one(Page).focus()
        self.watch(self.app, "session", self._moved, init=False)

    def _moved(self, session: Session) -> None:
        if session is not self._session:
            self._session = session
            self._lay()

    def _lay(self) -> None:
        card, text = self.query_one(".card"), self.query_one(Page)
        card.border_title = Content(title(self._session, self._at))
        card.border_subtitle = Content("1–6 tab another light · esc closes")
        text.set_prose(page(self._session, self._at))

    def action_go(self, at: int) -> None:
        """To that page, from its top."""
        self._at = at
        self._lay()
        self.query_one(Page).scroll_home(animate=False)

    def action_turn(self, by: int) -> None:
        """To the next page, or the one before, around the end."""
        self.action_go((self._at + by) % COUNT)

    def action_close(self) -> None:
        """Nothing is decided."""
        self.dismiss(None)


def first(session: Session) -> int:
    """The page of the first dark light, else the first page."""
    found = lit(session)
    missing = dark(found)
    return found.index(missing[0]) if missing else 0
