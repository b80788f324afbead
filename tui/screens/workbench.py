"""The workbench: header, rail, four panes, the next step in words, and the keys that count now."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus, Resize, ScreenResume
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Static

from beai.core.edits.change import Comment, Decision, Side, Verdict
from beai.core.edits.review import Review
from beai.core.loop.events import (
    Commented,
    Event,
    FileJudged,
    Guided,
    Interrupted,
    JudgementUndone,
    RerunAsked,
    Retried,
    StepSkipped,
    TakenByHand,
)
from beai.core.loop.session import Session
from beai.tui import cursor, keys, present, verdicts
from beai.tui.deeds import Generates, Happened, Wanted
from beai.tui.editing import edit, rejoined
from beai.tui.guard import Clock, Guard, seen
from beai.tui.keys import Place
from beai.tui.next_step import Overlay, next_step, places, under_review, view
from beai.tui.outcomes.verdict import verdict_line
from beai.tui.streaming import only_streams
from beai.tui.widgets.outcome_list import OutcomeList
from beai.tui.widgets.panes import ContextPane, ReviewPane, TaskPane
from beai.tui.widgets.prompt import Answered, Prompt
from beai.tui.widgets.tests_pane import TESTS, TestsPane
from beai.tui.widgets.words import Words

PANES = ("task", "context", "review", "tests")
_HERE = tuple(place for place in Place if place not in (Place.CASES, Place.QUESTION, Place.COMMIT, Place.TESTS))
_OPTIONAL = "enter: no reason · esc: cancel"
_NEEDED = "enter: send · esc: cancel"


def _going(where: Callable[[Review | None, str, int], str], by: int) -> Callable[[Workbench], None]:
    """What goes to another hunk of the change under review."""
    return lambda self: self._go(where(under_review(self.session), self.hunk, by))


def _telling(event: Event) -> Callable[[Workbench], None]:
    """What tells the loop one thing."""
    return lambda self: self._tell(event)


class Workbench(Generates, Screen[None]):
    """Mirrors ``session``; keeps only the hunk and pane at hand, and zoom."""

    BINDINGS = keys.bindings(*_HERE)
    AUTO_FOCUS = ""

    session: var[Session] = var(Session)
    hunk: var[str] = var("")
    pane: var[int] = var(3)
    zoomed: var[bool] = var(False, toggle_class="-zoomed")

    def __init__(self, session: Session, clock: Clock) -> None:
        super().__init__()
        self.set_reactive(Workbench.session, session)
        self._guard = Guard(clock)

    def compose(self) -> ComposeResult:
        for id in ("header", "rail", "verdict"):
            yield Words(id=id)
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield TaskPane(id="task", classes="pane").data_bind(Workbench.session)
                yield ContextPane(id="context", classes="pane").data_bind(Workbench.session)
            yield ReviewPane(id="review", classes="pane").data_bind(Workbench.session, cursor=Workbench.hunk)
            yield TestsPane(id="tests", classes="pane").data_bind(Workbench.session)
        for id in ("notice", "summary"):
            yield Words(id=id)
        yield Prompt(id="prompt")
        yield Words(id="keys")
        yield Static("beai needs 40×10 or more.", id="tiny", markup=False)

    def on_mount(self) -> None:
        """Find the hunk to begin with."""
        self.hunk = cursor.settle(under_review(self.session), self.hunk)
        self._guard.appeared(view(self.session))

    def watch_session(self, old: Session, session: Session) -> None:
        """Mirror the frame; the panes mirror themselves."""
        if only_streams(old, session):
            if old.running is not session.running:
                self._say_verdict()
            return
        self.hunk = cursor.settle(under_review(session), self.hunk)
        self._guard.appeared(view(session))
        self._frame()

    def watch_pane(self, pane: int) -> None:
        """Another pane is at hand; it takes the arrow keys."""
        for number, id in enumerate(PANES, start=1):
            self.set_class(number == pane, f"-pane-{number}")
            self.query_one(f"#{id}").set_class(number == pane, "-at")
        self._focus()
        self._frame()

    @on(DescendantFocus)
    def _clicked(self, event: DescendantFocus) -> None:
        """What was clicked on is at hand, and its keys count."""
        around = {node.id for node in event.widget.ancestors_with_self}
        self.pane = next((number for number, id in enumerate(PANES, start=1) if id in around), self.pane)

    @on(OutcomeList.Asked)
    def _filtering(self, asked: OutcomeList.Asked) -> None:
        self.set_class(True, "-typing")
        self.query_one(Prompt).ask(asked.label, asked.answered, asked.text, asked.hint, asked.changed)

    @on(OutcomeList.Left)
    def _left(self) -> None:
        self.pane = 3

    @on(Resize)
    def _resized(self) -> None:
        self._frame()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self._guard.restart()

    @on(Prompt.Closed)
    def _typed(self) -> None:
        self.set_class(False, "-typing")
        self._focus()

    @property
    def typing(self) -> bool:
        """Whether the person is in the middle of a line."""
        return any(prompt.typing for prompt in self.query(Prompt))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key counts where the table says so; a decision only once its view was there, and seen, for a moment."""
        if action != "perform":
            return True
        key = keys.key(str(parameters[0]))
        return key.place in places(self.session) and not (key.decides and not (self._guard.open() and seen(self)))

    def action_perform(self, id: str, key: str) -> None:
        """Do what the key table calls ``id``."""
        if id.startswith("pane_"):
            self.pane = int(key)
            return
        getattr(self, f"do_{id}")()

    def do_next(self) -> None:
        step = next_step(self.session)
        if step.event is not None:
            self._tell(step.event)
        elif step.overlay is not None:
            self.post_message(Wanted(step.overlay))
        elif step.seek:
            self.pane = 3
            self.hunk = self._after()

    def do_accept(self) -> None:
        self._judge(Verdict.ACCEPTED)

    def do_reject(self) -> None:
        at = self.hunk
        self._ask("why not?", lambda words: self._judge(Verdict.REJECTED, words, at))

    def do_accept_file(self) -> None:
        self._judge_file(Verdict.ACCEPTED, self._path())

    def do_reject_file(self) -> None:
        path = self._path()
        self._ask("why not this file?", lambda words: self._judge_file(Verdict.REJECTED, path, words))

    def do_edit(self) -> None:
        hunk = cursor.hunk(under_review(self.session), self.hunk)
        if hunk is None:
            return
        before = self._decision(hunk.id)
        text = before.edited if before and before.edited is not None else "".join(hunk.new)
        edit(self.app, text, hunk.file, lambda after: self._edited(hunk.id, rejoined(text, after)))

    def do_comment(self) -> None:
        at, review = self.hunk, under_review(self.session)
        said = review.comments_of(at) if review else ()
        text = next((one.text for one in said if one.side is Side.WHOLE), "")
        self._ask("comment for the suggester", lambda words: self._commented(at, words), text, _NEEDED)

    do_undo = _telling(JudgementUndone())
    do_hunk_down, do_hunk_up = _going(cursor.moved, 1), _going(cursor.moved, -1)
    do_undecided_down, do_undecided_up = _going(cursor.undecided, 1), _going(cursor.undecided, -1)
    do_file_down, do_file_up = _going(cursor.in_file, 1), _going(cursor.in_file, -1)

    def do_guide(self) -> None:
        if self.session.question is not None:
            self.post_message(Wanted(Overlay.QUESTION))
            return
        self._ask("tell the suggester", lambda words: self._tell(Guided(words)) if words else None, hint=_NEEDED)

    do_by_hand, do_retry, do_interrupt = _telling(TakenByHand()), _telling(Retried()), _telling(Interrupted())
    do_rerun, do_rerun_all = _telling(RerunAsked()), _telling(RerunAsked(everything=True))

    def do_skip(self) -> None:
        self._ask(f"why skip the {self.session.phase.value} step?", lambda words: self._tell(StepSkipped(words)))

    def do_zoom(self) -> None:
        self.zoomed = not self.zoomed

    def do_help(self) -> None:
        from beai.tui.screens.help import Help

        self.app.push_screen(Help())

    def _judge(self, verdict: Verdict, reason: str = "", at: str = "") -> None:
        if hunk := at or self.hunk:
            self._tell(verdicts.judged(under_review(self.session), hunk, verdict, reason))
            self.hunk = self._after()

    def _judge_file(self, verdict: Verdict, path: str, reason: str = "") -> None:
        review = under_review(self.session)
        if not path or review is None:
            return
        self._tell(FileJudged(path, verdict, reason))
        gone = frozenset(hunk.id for hunk in cursor.hunks_of(review) if hunk.file == path)
        self.hunk = cursor.undecided(review, self.hunk, 1, gone)

    def _edited(self, hunk: str, text: str) -> None:
        self._tell(verdicts.edited(hunk, text))
        self.hunk = self._after()

    def _commented(self, hunk: str, words: str) -> None:
        if hunk:
            self._tell(Commented(Comment(hunk, words)))

    def _after(self) -> str:
        return cursor.undecided(under_review(self.session), self.hunk, 1)

    def _decision(self, hunk: str) -> Decision | None:
        review = under_review(self.session)
        return review.decision(hunk) if review else None

    def _path(self) -> str:
        hunk = cursor.hunk(under_review(self.session), self.hunk)
        return hunk.file if hunk else ""

    def _go(self, hunk: str) -> None:
        self.pane = 3
        self.hunk = hunk

    def _ask(self, label: str, answered: Answered, text: str = "", hint: str = _OPTIONAL) -> None:
        self.set_class(True, "-typing")  # enter ends the line that is being typed, and does nothing else
        self.query_one(Prompt).ask(label, answered, text, hint)

    def _tell(self, event: Event) -> None:
        self.post_message(Happened(event))

    def _focus(self) -> None:
        if self.typing:
            return
        at = self.query_one(f"#{PANES[self.pane - 1]}")
        self.set_focus(
            next((node for node in (at, *at.children) if node.display and node.can_focus), None), scroll_visible=False
        )

    def _frame(self) -> None:
        if not self.is_mounted:
            return
        width, notice = self.size.width, present.notice(self.session)
        self._say("header", present.header(self.session, width))
        self._say("rail", present.rail(self.session, width))
        self._say_verdict()
        self.query_one("#notice").set_class(notice is None, "-silent")
        self._say("notice", notice or Content(""))
        self._say("summary", present.summary(self.session, away=self.pane == TESTS))
        where = {Place.TESTS} if self.pane == TESTS else places(self.session)
        self._say("keys", present.footer_line(self.session, where, width))

    def _say_verdict(self) -> None:
        self._say("verdict", verdict_line(self.session, self.size.width))

    def _say(self, id: str, content: Content) -> None:
        self.query_one(f"#{id}", Words).say(content)
