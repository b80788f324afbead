"""The screen of a review that stands alone: the hunks, what enter will do, and in the end what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize, ScreenResume, ScreenSuspend
from textual.reactive import Reactive, var
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from beai.core.loop.alone.feedback import feedback
from beai.core.loop.alone.state import Alone
from beai.core.project.facts import RuleFile
from beai.tui import alone, keys
from beai.tui.deeds import Asked, Happened
from beai.tui.guard import Clock, Guard, seen
from beai.tui.keys import Place
from beai.tui.present import BEHIND, key_line
from beai.tui.present import chosen as lines_chosen
from beai.tui.screens.card import over
from beai.tui.widgets.page import Page
from beai.tui.widgets.prompt import Prompt
from beai.tui.widgets.review_pane import ReviewPane
from beai.tui.widgets.words import Words


class ReviewScreen(Screen[None]):
    """Mirrors ``state``; keeps nothing of its own. ``leave`` ends the app."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Place.ALONE)
    AUTO_FOCUS = ""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # else another focus repaints the whole screen
    state: var[Alone | None] = var(None)
    rules: var[tuple[RuleFile, ...]] = var(())

    def __init__(self, state: Alone, clock: Clock, leave: Callable[[], None]) -> None:
        super().__init__()
        self.set_reactive(ReviewScreen.state, state)
        self._guard, self._leave = Guard(clock), leave
        self._up = False

    def compose(self) -> ComposeResult:
        yield Words(id="header")
        yield ReviewPane(self._guard, id="review", classes="pane -at")
        yield Page(id="ending", classes="pane -at")
        yield Words(id="notice")
        yield Words(id="summary")
        yield Prompt(over="summary", id="prompt")
        yield Words(id="keys")
        yield Static("beai needs 40×10 or more.", id="tiny", markup=False)

    def on_mount(self) -> None:
        """The hunks are up."""
        self._up = True
        self._mirror()
        self._focus()
        self.watch(self.review, "chosen", self._frame, init=False)

    def watch_state(self) -> None:
        """Mirror the review."""
        self._mirror()

    def watch_rules(self, rules: tuple[RuleFile, ...]) -> None:
        """The rules were read."""
        if self._up:
            self.review.rules = rules

    @property
    def review(self) -> ReviewPane:
        """The change under review."""
        return self.query_one(ReviewPane)

    @property
    def typing(self) -> bool:
        """Whether the person is in the middle of a line."""
        return self.query_one(Prompt).typing

    @on(Asked)
    def _asked(self, asked: Asked) -> None:
        self.query_one(Prompt).ask(asked.label, asked.answered, asked.text, asked.hint, asked.changed, asked.offers)

    @on(Prompt.Closed)
    def _typed(self) -> None:
        self._focus()

    @on(ReviewPane.Moved)
    def _moved(self) -> None:
        self.review.entitle(Content(f"Review{self.review.title()}"), Content(self.review.subtitle()))

    @on(Resize)
    def _resized(self) -> None:
        self._frame()

    @on(ScreenSuspend)
    def _covered(self) -> None:
        self._frame()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self._guard.restart()
        self._focus()
        self._frame()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A decision counts only once its view was there, and seen, for a moment."""
        if action != "perform":
            return True
        key = keys.key(str(parameters[0]))
        return not self.typing and not (key.decides and not (self._guard.open() and seen(self)))

    def action_perform(self, id: str, key: str) -> None:
        """Do what the key table calls ``id``."""
        if keys.key(id).place is Place.REVIEW:
            self.review.action_perform(id, key)
            return
        getattr(self, f"do_{id}")()

    def do_finish(self) -> None:
        if self.state is None:
            return
        if self.state.over:
            self._leave()
            return
        step = alone.next_step(self.state)
        if step.seek:
            self.review.seek()
        elif step.event is not None:
            self.post_message(Happened(step.event))

    def do_unplaced(self) -> None:
        from beai.tui.screens.unplaced import Unplaced

        if self.state is not None and (self.state.brought.left or self.state.brought.notes):
            self.app.push_screen(Unplaced(self.state.brought))
        else:
            self.app.notify("Every edit has its place.", markup=False)

    def do_feedback(self) -> None:
        text = feedback(self.state) if self.state is not None else ""
        if text:
            self.app.copy_to_clipboard(text)
        nothing = "Nothing to tell yet: no rejection, no comment, no text of yours."
        sent = "Sent to the terminal's clipboard: paste it to whoever wrote the patch."
        said = sent if text else nothing
        self.app.notify(said, markup=False)

    def do_alone_help(self) -> None:
        from beai.tui.screens.help import Help

        self.app.push_screen(Help((Place.REVIEW, Place.ALONE)))

    def _mirror(self) -> None:
        state = self.state
        if state is None or not self._up:
            return
        files = tuple((file.path, file.before_hash) for file in state.review.change.files)
        self._guard.appeared((files, state.over))
        pane = self.review
        pane.review = state.review
        if state.over and not self.has_class("-over"):
            self.set_class(True, "-over")
            self.query_one(Page).set_prose(alone.ending(state))
            self._focus()
        self._moved()
        self._frame()

    def _focus(self) -> None:
        if self.typing or self.state is None:
            return
        self.set_focus(self.query_one(Page) if self.state.over else self.review, scroll_visible=False)

    def _frame(self) -> None:
        state = self.state
        if state is None or not self._up:
            return
        notice = alone.notice(state)
        self.query_one("#header", Words).say(alone.header(state, self.size.width))
        self.query_one("#notice").set_class(notice is None, "-silent")
        self.query_one("#notice", Words).say(notice or Content(""))
        above, chosen, width = over(self), self.review.chosen, self.size.width
        summary = BEHIND if above is not None else lines_chosen(chosen) if chosen else alone.summary(state)
        self.query_one("#summary", Words).say(summary)
        self.query_one("#keys", Words).say(key_line(above or alone.footer(state, width), width))
