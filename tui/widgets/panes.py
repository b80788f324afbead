"""Three of the four panes of the workbench; each draws one part of the session and knows nothing else."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var

from beai.core.loop.session import Session
from beai.core.text import one_line
from beai.tui import diff, pages
from beai.tui.next_step import reviewing
from beai.tui.prose import say
from beai.tui.streaming import only_streams
from beai.tui.widgets.diff_view import DiffView
from beai.tui.widgets.lines_view import LinesView
from beai.tui.widgets.page import Page

_STREAMED = 40_000  # characters of a streaming reply that stay in view


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


class ReviewPane(Vertical):
    """Pane 3: the diff, the suggester's words as they stream, or the phase's story."""

    session: var[Session] = var(Session)
    cursor: var[str] = var("")

    def compose(self) -> ComposeResult:
        yield DiffView(id="diff")
        yield LinesView(id="stream")
        yield Page(id="story")

    def watch_session(self, old: Session, session: Session) -> None:
        """Mirror the change, the stream or the story."""
        mode = self._mode(session)
        if old is not session and only_streams(old, session) and mode == self._mode(old):
            if mode == "stream" and old.streamed is not session.streamed:
                self._lay_stream()
            return
        for child in self.children:
            child.display = child.id == mode
        if mode == "story":
            self.query_one("#story", Page).set_prose(pages.story(session))
        self._lay()
        self._entitle()

    def watch_cursor(self, cursor: str) -> None:
        """Another hunk is at hand."""
        self.query_one(DiffView).cursor = cursor
        self._entitle()

    def on_resize(self) -> None:
        """Notes and long lines are folded to the pane."""
        self._lay()

    def _mode(self, session: Session) -> str:
        if reviewing(session):
            return "diff"
        return "stream" if session.streamed and session.pending else "story"

    def _lay(self) -> None:
        match self._mode(self.session):
            case "diff":
                self._lay_diff()
            case "stream":
                self._lay_stream()

    def _lay_stream(self) -> None:
        width = max(self.size.width - 3, 20)
        lines = say(self.session.streamed[-_STREAMED:]).plain.splitlines()
        folded = [line[start:end] for line in lines for start, end in diff.cuts(line, width) or [(0, 0)]]
        self.query_one("#stream", LinesView).show(folded, follow=True)

    def _lay_diff(self) -> None:
        cycle = reviewing(self.session)
        if cycle is None or cycle.review is None:
            return
        review = cycle.review
        view = self.query_one(DiffView)
        decisions = {decision.hunk: decision for decision in review.decisions}
        said = {hunk: review.comments_of(hunk) for hunk in {one.hunk for one in review.comments}}
        project = self.session.project
        width, rules = max(self.size.width - 1, 20), project.rules if project else ()
        view.show_rows(diff.rows(review.change, decisions, said, width, rules, review.findings()))
        view.reveal()

    def _entitle(self) -> None:
        self.border_title = Content("3 Review") + say(self._what())

    def _what(self) -> str:
        cycle = reviewing(self.session)
        if cycle is None or cycle.review is None:
            return " · writing" if self._mode(self.session) == "stream" else ""
        hunks = cycle.review.change.hunks()
        if not hunks:
            return " · nothing changes"
        at = next((n for n, hunk in enumerate(hunks) if hunk.id == self.cursor), 0)
        return f" · {one_line(hunks[at].file.rsplit('/', 1)[-1], 60)} · hunk {at + 1}/{len(hunks)}"
