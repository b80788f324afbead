"""The windows of decisions: each opens by itself once, closes with its decision, and comes back when it is wanted."""

from __future__ import annotations

from typing import Any

from textual.app import App

from beai.core.loop.session import Session
from beai.tui.guard import Clock
from beai.tui.next_step import Overlay, overlay, overlay_view, stands
from beai.tui.screens.card import Card
from beai.tui.screens.workbench import Workbench


class Windows:
    """Remembers which decision it opened a window for, so that one closed with esc stays closed."""

    def __init__(self, app: App[Any], clock: Clock) -> None:
        self._app, self._clock = app, clock
        self._opened: object = None

    def attend(self, session: Session) -> None:
        """Close the window of a decision that is gone, open that of a new one, unless the person is typing."""
        top, wanted = self._app.screen, overlay_view(session)
        renewed = wanted is not None and wanted != self._opened
        if isinstance(top, Card) and (renewed or not stands(session, top.OVERLAY)):
            self._opened = None
            top.dismiss(None)
            self._app.call_later(self.attend, session)
        elif wanted is None:
            self._opened = None
        elif renewed and isinstance(top, Workbench) and not top.typing and (which := overlay(session)):
            self._opened = wanted
            self.show(session, which)

    def show(self, session: Session, which: Overlay) -> None:
        """Open a window where there is something to decide in it."""
        if stands(session, which):
            self._app.push_screen(_card(which)(session, self._clock))


def _card(which: Overlay) -> type[Card]:
    """Imported when the first of them opens, not before the first paint."""
    from beai.tui.screens.cases import CasesCard
    from beai.tui.screens.commit import CommitCard
    from beai.tui.screens.question import QuestionCard

    return {Overlay.CASES: CasesCard, Overlay.QUESTION: QuestionCard, Overlay.COMMIT: CommitCard}[which]
