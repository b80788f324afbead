"""Pane 4: the verdict and its facts, which stay in view, above the list of tests."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var

from beai.core.loop.session import Session
from beai.core.runner.report import Report
from beai.tui.outcomes import head
from beai.tui.outcomes.verdict import Verdict, shown, verdict
from beai.tui.streaming import only_streams
from beai.tui.widgets.outcome_list import OutcomeList
from beai.tui.widgets.words import Words

TESTS = 4
"""The number of the pane."""

_ROOM = 9  # rows from which on there is room for more than the verdict above a few tests


class TestsPane(Vertical):
    """Mirrors the newest run."""

    __test__ = False
    BORDER_TITLE = "4 Tests"

    session: var[Session] = var(Session)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._verdict = self._settled = Verdict("", "", "")  # as it is now, and as it was when nothing ran

    def compose(self) -> ComposeResult:
        yield Words(id="headline")
        yield Words(id="facts")
        yield OutcomeList(id="outcomes")

    def watch_session(self, old: Session, session: Session) -> None:
        """Say the verdict, what it rests on, and the tests; each only where it may differ."""
        if old is not session and self._same(old, session):
            return
        self._verdict = verdict(session)
        if session.running is None:
            self._settled = self._verdict
        self.query_one(OutcomeList).mirror(session, self._verdict)
        self._say(facts=old is session or not only_streams(old, session))

    def on_resize(self) -> None:
        """What stands above the list is folded to the pane, and gives way where there is hardly room for a list."""
        self.set_class(self.size.height < _ROOM, "-short")
        self._say()

    @on(OutcomeList.Chosen)
    def _chosen(self) -> None:
        self._say()
        self.border_subtitle = self.query_one(OutcomeList).history()

    def _say(self, facts: bool = True) -> None:
        width = max(self.size.width - 3, 20)  # a cell on the left, and one for the scroll bar below
        self.query_one("#headline", Words).say(head.headline(self._verdict, width))
        if facts:
            choice = self.query_one(OutcomeList).choice
            said = head.facts(self.session, self._settled, choice, width)
            below = self.query_one("#facts", Words)
            below.set_class(not said, "-silent")
            below.say(said)

    def _same(self, old: Session, session: Session) -> bool:
        runs = ("latest", "standing", "ran", "running", "unrun", "unjudged", "runs")
        parts = (*runs, "types", "schema", "case_id")
        reports = (shown, _judged)
        return all(of(old) is of(session) for of in reports) and all(
            getattr(old, part) is getattr(session, part) for part in parts
        )


def _judged(session: Session) -> Report | None:
    """What the cycle was judged by: all of it that is told here."""
    return session.cycle.report if session.cycle is not None else None
