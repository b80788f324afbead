"""Three of the four panes of the workbench; each draws one part of the session and knows nothing else."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var

from beai.core.loop.session import Session
from beai.core.text import one_line
from beai.tui import pages
from beai.tui.guard import Guard
from beai.tui.next_step import under_review
from beai.tui.prose import say
from beai.tui.streaming import only_streams
from beai.tui.widgets.framed import Framed
from beai.tui.widgets.page import Page
from beai.tui.widgets.review_pane import ReviewPane
from beai.tui.widgets.stream_view import StreamView

_NOTED = 60  # characters of what is said of a request under way


class TaskPane(Page):
    """Pane 1."""

    BORDER_TITLE = "1 Task"

    session: var[Session] = var(Session)

    def watch_session(self, old: Session, session: Session) -> None:
        """Mirror the task."""
        if old is session or not only_streams(old, session):
            self.set_prose(pages.task_page(session))


class ContextPane(Page):
    """Pane 2."""

    BORDER_TITLE = "2 Context"

    session: var[Session] = var(Session)

    def watch_session(self, old: Session, session: Session) -> None:
        """Mirror the project's context."""
        seen = (old.project is session.project, old.task is session.task, old.phase is session.phase)
        if old is session or not all(seen):
            self.set_prose(pages.context_page(session))


class WorkPane(Vertical, Framed):
    """Pane 3: the change under review, the suggester's words as they stream, or the phase's story."""

    session: var[Session] = var(Session)

    def __init__(self, guard: Guard, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._guard = guard

    def compose(self) -> ComposeResult:
        yield ReviewPane(self._guard, id="diff")
        yield StreamView(id="stream")
        yield Page(id="story")

    def watch_session(self, old: Session, session: Session) -> None:
        """Mirror the review, the stream or the story."""
        mode = self._mode(session)
        if old is not session and only_streams(old, session) and mode == self._mode(old):
            if mode == "stream" and old.streamed is not session.streamed:
                self._lay_stream()
            if old.noted != session.noted:
                self._entitle()
            return
        for child in self.children:
            child.display = child.id == mode
        if mode == "story":
            self.query_one("#story", Page).set_prose(pages.story(session))
        pane = self.query_one(ReviewPane)
        pane.counts = session.question is None
        pane.rules = session.project.rules if session.project else ()
        pane.review = under_review(session)
        self._lay_stream()
        self._entitle()

    def on_mount(self) -> None:
        """The frame says which hunk is at hand."""
        self.query_one(ReviewPane).framed = self._entitle

    def _mode(self, session: Session) -> str:
        if under_review(session) is not None:
            return "diff"
        return "stream" if session.streamed and session.pending else "story"

    def _lay_stream(self) -> None:
        if self._mode(self.session) != "stream":
            return
        self.query_one(StreamView).follow(self.session.streamed)

    def _entitle(self) -> None:
        mode, pane = self._mode(self.session), self.query_one(ReviewPane)
        waits = mode == "story" and self.session.handout is not None
        doing = "writing" if mode == "stream" else "for your chat" if waits else ""
        under_way = (doing, one_line(self.session.noted, _NOTED))
        cycle = self.session.cycle
        by = f" · {one_line(cycle.by.words, _NOTED)}" if cycle is not None and cycle.by is not None else ""
        what = f"{pane.title()}{by}" if mode == "diff" else "".join(f" · {words}" for words in under_way if words)
        self.entitle(Content("3 Review") + say(what), say(pane.subtitle() if mode == "diff" else ""))
