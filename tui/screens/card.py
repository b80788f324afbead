"""A window for one decision: opens by itself, mirrors the session, and esc closes it without deciding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.reactive import var
from textual.screen import ModalScreen, Screen, SystemModalScreen
from textual.widget import Widget

from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Interrupted
from beai.core.loop.session import Session
from beai.tui import keys
from beai.tui.deeds import Happened
from beai.tui.guard import Clock, Patient, seen
from beai.tui.keys import Place
from beai.tui.next_step import Overlay
from beai.tui.present import key_line, notice
from beai.tui.streaming import only_streams
from beai.tui.widgets.lines_view import LinesView
from beai.tui.widgets.prompt import Answered, Prompt
from beai.tui.widgets.words import Words

CLOSE = [Binding("escape", "close", show=False)]


def over(screen: Screen[Any]) -> list[tuple[str, str]] | None:
    """The keys of the window that lies on ``screen``; None where none of ours does."""
    top = screen.app.screen
    if top is screen or not isinstance(top, ModalScreen) or isinstance(top, SystemModalScreen):
        return None
    return top.keys if isinstance(top, Card) else [("esc", "closes it"), ("ctrl+q", "quit")]


class Card(ModalScreen[None]):
    """What the windows of the three decisions share: session, guard, notice, prompt, keys."""

    TITLE_LINE: ClassVar[str] = ""
    PLACE: ClassVar[Place] = Place.WORKBENCH
    OVERLAY: ClassVar[Overlay]
    FILLS: ClassVar[bool] = False
    """Whether its list takes every row that is left on a tall screen too, and not on a low one alone."""
    AUTO_FOCUS = ""

    session: var[Session] = var(Session)

    def __init__(self, session: Session, clock: Clock) -> None:
        super().__init__()
        self.set_reactive(Card.session, session)
        self._guard = Patient(clock)
        self._guard.appeared(self.OVERLAY)

    def body(self) -> Iterable[Widget]:
        """What this decision is about."""
        raise NotImplementedError

    def mirror(self, session: Session) -> None:
        """Show ``session`` in the body."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield from self.body()
            yield Words(classes="notice")
            yield Prompt()
            yield Words(classes="keys")

    def on_mount(self) -> None:
        """Say what is decided here, and with which keys."""
        self.query_one(".card").border_title = Content(self.TITLE_LINE)
        self._show()

    def watch_session(self, old: Session, session: Session) -> None:
        """Mirror what changed."""
        if self.is_mounted and not only_streams(old, session):
            self._show()

    @property
    def keys(self) -> list[tuple[str, str]]:
        """What its keys do; those of the screen behind do nothing now."""
        shown = [("1–9" if key.id == "option_pick" else key.keys[0], key.label) for key in keys.at(self.PLACE)]
        return [*shown, ("esc", "look behind")]

    def struck(self) -> None:
        """A key is pressed: decisions wait for a pause in typing."""
        self._guard.struck()

    @property
    def typing(self) -> bool:
        """Whether the person is in the middle of a line."""
        return any(prompt.typing for prompt in self.query(Prompt))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A decision counts only once its window was there for a moment."""
        return action != "perform" or not keys.key(str(parameters[0])).decides or (self._guard.open() and seen(self))

    def action_perform(self, id: str, key: str) -> None:
        """Do what the key table calls ``id``."""
        if id == "interrupt":
            self.tell(Interrupted())
            return
        getattr(self, f"do_{id}")(key)

    def action_close(self) -> None:
        """Close; nothing is decided, enter on the workbench opens it again."""
        self.dismiss(None)

    def tell(self, event: Event) -> None:
        """Hand an event to the loop."""
        self.post_message(Happened(event))

    def ask(self, label: str, answered: Answered, text: str = "", hint: str = "") -> None:
        """Let the person type a line; ``hint`` stands in the empty field."""
        self.query_one(Prompt).ask(label, answered, text, hint)
        self._fit()

    @on(Prompt.Closed)
    def _typed(self) -> None:
        self.refocus()
        self._fit()

    @on(Resize)
    def _resized(self) -> None:
        self._fit()

    def refocus(self) -> None:
        """Give the keys back to what has them while nobody types."""

    def notice(self) -> Content | None:
        """What the loop has to say."""
        return notice(self.session)

    def _show(self) -> None:
        said = self.notice()
        line = self.query_one(".notice", Words)
        line.set_class(said is None, "-silent")
        line.say(said or Content(""))
        self.set_class(said is not None, "-told")
        self.query_one(".keys", Words).say(key_line(self.keys, 100))
        self.mirror(self.session)
        self._fit()

    def _fit(self) -> None:
        """Give the last list of the body the rows that are left, so that the keys below it stay in sight."""
        self.call_after_refresh(self._shrink)

    def _shrink(self) -> None:
        low = self.has_class("-low")
        if not self.is_mounted or not (low or (self.FILLS and self.has_class("-tall"))):
            return
        if low:
            self.query_one(".keys", Words).say(key_line(self.keys, 100)[1:])  # every cell counts there
        card, shrinks = self.query_one(".card"), self.query(LinesView).last()
        room = self.size.height - card.styles.margin.height - card.gutter.height
        others = [one for one in card.children if one is not shrinks and one.outer_size.height]
        tall = sum(one.outer_size.height + one.styles.margin.height for one in others)
        rest = card.virtual_size.height - shrinks.outer_size.height if low else tall
        shrinks.styles.max_height = max(room - rest, 3)
