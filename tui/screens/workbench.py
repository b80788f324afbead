"""The workbench: header, rail, four panes, the next step in words, and the keys that count now."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus, Paste, Resize, ScreenResume, ScreenSuspend
from textual.reactive import Reactive, var
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
    CommitUndone,
    Guided,
    Interrupted,
    QuestionTurned,
    RerunAsked,
    Retried,
    StepSkipped,
    TakenByHand,
    WriteRedone,
    WriteUndone,
)
from beai.core.loop.session import Session
from beai.tui import keys, present
from beai.tui.deeds import Asked, Carried, Generates, Happened, SentWanted, SwitchWanted, Wanted, posting, telling
from beai.tui.guard import Clock, Guard, seen
from beai.tui.keys import Place
from beai.tui.next_step import Overlay, next_step, places, under_review, view
from beai.tui.outcomes.verdict import verdict_line
from beai.tui.review import said
from beai.tui.screens.card import over
from beai.tui.spending import Pace
from beai.tui.streaming import only_streams
from beai.tui.widgets.outcome_list import OutcomeList
from beai.tui.widgets.panes import ContextPane, TaskPane, WorkPane
from beai.tui.widgets.prompt import Answered, Prompt
from beai.tui.widgets.review_pane import ReviewPane
from beai.tui.widgets.summary import Summary
from beai.tui.widgets.tests_pane import TESTS, TestsPane
from beai.tui.widgets.words import Words

PANES = ("task", "context", "review", "tests")
REVIEW = PANES.index("review") + 1
_HERE = tuple(place for place in Place if place not in (Place.CASES, Place.QUESTION, Place.COMMIT, Place.TESTS))
_NEEDED = "enter: send · esc: cancel"


class Workbench(Generates, Screen[None]):
    """Mirrors ``session``; keeps only the pane at hand, and zoom."""

    BINDINGS = keys.bindings(*_HERE)
    AUTO_FOCUS = ""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # else another focus repaints the whole screen
    session: var[Session] = var(Session)
    pane: var[int] = var(3)
    zoomed: var[bool] = var(False, toggle_class="-zoomed")

    def __init__(self, session: Session, clock: Clock) -> None:
        super().__init__()
        self.set_reactive(Workbench.session, session)
        self._guard = Guard(clock)
        self._pace = Pace(clock)

    def compose(self) -> ComposeResult:
        for id in ("header", "rail", "verdict"):
            yield Words(id=id)
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield TaskPane(id="task", classes="pane").data_bind(Workbench.session)
                yield ContextPane(id="context", classes="pane").data_bind(Workbench.session)
            yield WorkPane(self._guard, id="review", classes="pane").data_bind(Workbench.session)
            yield TestsPane(id="tests", classes="pane").data_bind(Workbench.session)
        yield Words(id="notice")
        yield Summary(self._guard.clock, self._summary, id="summary").data_bind(Workbench.session)
        yield Prompt(over="summary", id="prompt")
        yield Words(id="keys")
        yield Static("beai needs 40×10 or more.", id="tiny", markup=False)

    def on_mount(self) -> None:
        """The first view is up."""
        self._guard.appeared(view(self.session))
        self.watch(self.review, "chosen", self._say_keys, init=False)

    def watch_session(self, old: Session, session: Session) -> None:
        """Mirror the frame; the panes mirror themselves."""
        if only_streams(old, session):
            if old.running is not session.running:
                self._say_verdict()
            if old.noted is not session.noted:
                self._say_keys()
            if self._pace.follow(session.streamed):
                self._say_header()
            return
        self._pace.follow(session.streamed)
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

    @on(Asked)
    def _asked(self, asked: Asked) -> None:
        self.query_one(Prompt).ask(asked.label, asked.answered, asked.text, asked.hint, asked.changed, asked.offers)

    @on(OutcomeList.Left)
    def _left(self) -> None:
        self.pane = 3

    @on(Resize)
    def _resized(self) -> None:
        self._frame()

    @on(ScreenSuspend)
    def _covered(self) -> None:
        self._say_keys()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self._guard.restart()
        self._say_keys()

    @on(Prompt.Closed)
    def _typed(self) -> None:
        self._focus()

    @on(Paste)
    def _pasted(self, event: Paste) -> None:
        """A chat's answer, pasted with the terminal's own key; no letter of it is a command."""
        if not self.typing:
            self.post_message(Carried("brought", event.text))

    @property
    def typing(self) -> bool:
        """Whether the person is in the middle of a line."""
        return any(prompt.typing for prompt in self.query(Prompt))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key counts where the table says so; a decision only once its view was there, and seen, for a moment."""
        if action != "perform":
            return True
        key = keys.key(str(parameters[0]))
        if key.id == "guide" and self.session.handout is not None and self.session.question is None:
            return False  # ctrl+g asks for words; a terminal that types a paste must not begin a line with one
        if self.typing and key.id != "interrupt":  # it came before the line had the keys, and is no command
            return False
        if key.place is Place.REVIEW:  # its keys count beside it as well, as long as it is in view
            return bool(self.review.region) and self.review.check_action(action, parameters)
        return key.place in places(self.session) and not (key.decides and not (self._guard.open() and seen(self)))

    def action_perform(self, id: str, key: str) -> None:
        """Do what the key table calls ``id``."""
        if id.startswith("pane_"):
            self.pane = int(key)
            return
        if keys.key(id).place is Place.REVIEW:
            self.pane = 3
            self.review.action_perform(id, key)
            return
        getattr(self, f"do_{id}")()

    @property
    def review(self) -> ReviewPane:
        """The change under review."""
        return self.query_one(ReviewPane)

    def do_next(self) -> None:
        step = next_step(self.session)
        if step.event is not None:
            self._tell(step.event)
        elif step.overlay is not None:
            self.post_message(Wanted(step.overlay))
        elif step.seek:
            self.pane = 3
            self.review.seek()

    def do_guide(self) -> None:
        if self.session.question is not None:
            self.post_message(Wanted(Overlay.QUESTION))
        elif self.session.cycle is None and self.session.deferred:
            self.do_put_off()
        else:
            self._ask("tell the suggester", lambda words: self._tell(Guided(words)) if words else None, hint=_NEEDED)

    def do_put_off(self) -> None:
        self._tell(QuestionTurned(self.session.deferred[0].question.topic))

    do_switch, do_sending = posting(SwitchWanted), posting(SentWanted)
    do_take_reply, do_copy_prompt = posting(partial(Carried, "take")), posting(partial(Carried, "copy"))
    do_by_hand, do_retry, do_interrupt = telling(TakenByHand()), telling(Retried()), telling(Interrupted())
    do_undo_write, do_redo_write = telling(WriteUndone()), telling(WriteRedone())
    do_undo_commit = telling(CommitUndone())
    do_rerun, do_rerun_all = telling(RerunAsked()), telling(RerunAsked(everything=True))

    def do_save_prompt(self) -> None:
        guard = Guard(self._guard.clock)
        guard.restart()

        def named(name: str) -> None:
            if not guard.open():  # on its way before the line was there
                ask(name)
            elif name:
                self.post_message(Carried("save", name))

        def ask(text: str) -> None:
            self._ask("save the prompt as", named, text, "enter: save · esc: cancel")

        ask("")

    def do_skip(self) -> None:
        self._ask(f"why skip the {self.session.phase.value} step?", lambda words: self._tell(StepSkipped(words)))

    def do_zoom(self) -> None:
        self.zoomed = not self.zoomed

    def do_lights(self) -> None:
        from beai.tui.screens.lights import LightsCard

        self.app.push_screen(LightsCard(self.session))

    def do_help(self) -> None:
        from beai.tui.screens.help import Help

        self.app.push_screen(Help())

    def _ask(self, label: str, answered: Answered, text: str = "", hint: str = said.REASON) -> None:
        self._asked(Asked(label, answered, text, hint))

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
        width = self.size.width
        reviewing = under_review(self.session) is not None
        self.set_class(reviewing and self.pane != TESTS, "-reviewing")
        self.set_class(reviewing and self.pane == TESTS, "-beside")
        self._say_header()
        self._say("rail", present.rail(self.session, width))
        self._say_verdict()
        self._say_keys()

    def _say_keys(self) -> None:
        """What enter and the other keys do: those of a window that lies on top, where one does."""
        if not self.is_mounted:
            return
        above, notice = over(self), present.notice(self.session)
        self.query_one("#notice").set_class(notice is None or above is not None, "-silent")  # a window says it itself
        self._say("notice", notice or Content(""))
        self.query_one(Summary).tell()
        where, width = {Place.TESTS} if self.pane == TESTS else places(self.session), self.size.width
        own = present.footer_line(self.session, where, width)
        self._say("keys", own if above is None else present.key_line(above, width))

    def _summary(self, waited: tuple[str, ...]) -> Content:
        if over(self) is not None:
            return present.BEHIND
        if at_hand := self.review.chosen if self.pane == REVIEW else 0:
            return present.chosen(at_hand)
        rows = 2 if self.size.height >= 20 else 1
        return present.summary(self.session, self.pane == TESTS, rows, self.size.width, waited)

    def _say_header(self) -> None:
        local_only = around.settings.local_only if (around := getattr(self.app, "around", None)) else False
        self._say("header", present.header(self.session, self.size.width, self._pace.rate, local_only))

    def _say_verdict(self) -> None:
        self._say("verdict", verdict_line(self.session, self.size.width))

    def _say(self, id: str, content: Content) -> None:
        self.query_one(f"#{id}", Words).say(content)
