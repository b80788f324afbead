"""The windows of decisions: each opens by itself once, where it surprises nobody, and comes back when it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App

from beai.core.loop.session import Session
from beai.tui.guard import IDLE, Clock
from beai.tui.next_step import Overlay, overlay, overlay_view, stands
from beai.tui.screens.card import Card
from beai.tui.screens.workbench import REVIEW, Workbench


class Windows:
    """Remembers which decision it opened a window for, so that one closed with esc stays closed.

    None opens by itself before a person who types, or who is in another pane than the review: enter opens it then, as
    the summary says.
    """

    def __init__(self, app: App[Any], session: Callable[[], Session], clock: Clock) -> None:
        self._app, self._session, self._clock = app, session, clock
        self._opened: object = None
        self._struck = float("-inf")
        self._waits = False

    def struck(self) -> None:
        """A key is pressed, whatever it means."""
        self._struck = self._clock()
        if isinstance(top := self._app.screen, Card):
            top.struck()

    def attend(self, session: Session) -> None:
        """Close the window of a decision that is gone, open that of a new one once the person is at rest."""
        top, wanted = self._app.screen, overlay_view(session)
        renewed = wanted is not None and wanted != self._opened
        if isinstance(top, Card) and (renewed or not stands(session, top.OVERLAY)):
            self._opened = None
            top.dismiss(None)
            self._app.call_later(self.attend, session)
        elif wanted is None:
            self._opened = None
        elif renewed and isinstance(top, Workbench) and not top.typing and top.pane == REVIEW:
            self._open(session, wanted)

    def _open(self, session: Session, wanted: object) -> None:
        which = overlay(session)
        if self._clock() - self._struck < IDLE:
            self._later()
        elif which is not None:
            self._opened = wanted
            self.show(session, which)

    def _later(self) -> None:
        """Look again after a while."""
        if not self._waits:
            self._waits = True
            self._app.set_timer(IDLE, self._again)

    def _again(self) -> None:
        self._waits = False
        self.attend(self._session())

    def show(self, session: Session, which: Overlay) -> None:
        """Open a window where there is something to decide in it."""
        if stands(session, which):
            self._opened = overlay_view(session)
            self._app.push_screen(_card(which)(session, self._clock))


def _card(which: Overlay) -> type[Card]:
    """Imported when the first of them opens, not before the first paint."""
    from beai.tui.screens.cases import CasesCard
    from beai.tui.screens.commit import CommitCard
    from beai.tui.screens.question import QuestionCard

    return {Overlay.CASES: CasesCard, Overlay.QUESTION: QuestionCard, Overlay.COMMIT: CommitCard}[which]
