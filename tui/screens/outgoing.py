"""What will be sent, and what was sent last, part by part; enter shows a part's exact text, ``/`` finds words in it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from rich.cells import chop_cells
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from beai.core.fault import Fault, FaultKind, broke
from beai.core.loop.outgoing import Outgoing
from beai.core.loop.session import Session
from beai.core.suggest.pack.part import Pack
from beai.core.text import one_line, printable
from beai.tui import sending
from beai.tui.foresee import Foresee
from beai.tui.review.search import pattern, ranges
from beai.tui.widgets.lines_view import LinesView
from beai.tui.widgets.page import Page
from beai.tui.widgets.picker import Picker
from beai.tui.widgets.prompt import Prompt

_MOVES = ("project", "task_id", "phase", "cases", "case_id", "cycle", "answers", "question", "pending", "failed")
_FROM = (*_MOVES, "handout", "chosen", "sent")
"""What of a session the page tells from, as names."""
_LONGEST = 100_000  # characters of a line that are shown


class OutgoingCard(ModalScreen[None]):
    """``foresee`` looks for what would be sent, beside the screen; ``tab`` shows what was sent last instead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,S", "close", show=False),
        Binding("enter,space", "text", show=False),
        Binding("tab", "turn", show=False, priority=True),
    ]

    def __init__(self, session: Session, foresee: Foresee | None) -> None:
        super().__init__()
        self._session, self._foresee = session, foresee
        self._found: Outgoing | Fault | None = None
        self._past = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Page(classes="lead", fits=True)
            yield Picker()

    def on_mount(self) -> None:
        """Look at once."""
        self._lay()
        self.query_one(Picker).focus()
        self.run_worker(self._look(), exclusive=True, exit_on_error=False)

        self.watch(self.app, "session", self._moved, init=False)

    def _moved(self, session: Session) -> None:
        """Look again where the session moved on; what stands here stays until that is found."""
        before, self._session = self._session, session
        if any(getattr(before, name) is not getattr(session, name) for name in _FROM):
            self.run_worker(self._look(), exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        if self._foresee is None:
            self._found = Fault(FaultKind.USAGE, "What will be sent cannot be told here.")
        else:
            self._found = await _foreseen(self._foresee, self._session)
        if self.is_mounted:
            self._lay()

    def action_close(self) -> None:
        """Nothing is decided."""
        self.dismiss(None)

    def action_turn(self) -> None:
        """The other one: what will be sent, or what was."""
        if self._session.sent is not None:
            self._past = not self._past
            self.query_one(Picker).at = 0
            self._lay()

    def action_text(self) -> None:
        """The exact text of the part at hand."""
        packed, at = self._packed(), self.query_one(Picker).at
        if packed is not None and at >= 0:
            self.app.push_screen(PartCard(*sending.text_of(packed, at)))

    def _packed(self) -> Pack | None:
        if self._past and self._session.sent is not None:
            return self._session.sent.packed
        return self._found.packed if isinstance(self._found, Outgoing) else None

    def _lay(self) -> None:
        card, sent = self.query_one(".card"), self._session.sent
        card.border_title = Content("What was sent last" if self._past else "What will be sent")
        other = "tab what will be sent · " if self._past else "tab what was sent last · " if sent else ""
        card.border_subtitle = Content(f"enter the exact text · {other}esc closes")
        packed, head = self._packed(), self.query_one(Page)
        if self._past and sent is not None:
            head.set_prose(sending.behind(sent))
        elif isinstance(self._found, Outgoing):
            head.set_prose(sending.ahead(self._found))
        elif isinstance(self._found, Fault):
            head.set_prose(sending.nothing((self._found.sentence(),)))
        else:
            head.set_prose(sending.nothing(("Putting it together, with nothing sent …",)))
        picker = self.query_one(Picker)
        picker.choose(sending.rows(packed) if packed is not None else ())
        picker.at = max(picker.at, 0)


async def _foreseen(foresee: Foresee, session: Session) -> Outgoing | Fault:
    """What will be sent; whatever goes wrong with looking is told, and nobody waits for it for good."""
    try:
        return await foresee(session)
    except Exception as error:  # noqa: BLE001 - nothing is sent by looking, and the card must not stay empty
        return broke("Looking for what will be sent", error)


class Text(LinesView):
    """Exact lines, with the words that are looked for marked."""

    words = ""

    class Fitted(Message):
        """It has another width, which folds the lines elsewhere."""

    def on_resize(self) -> None:
        """Tell who folds the lines."""
        self.post_message(self.Fitted())

    def look(self, item: object) -> Hashable:
        """Two lines look alike where the same words are looked for in them."""
        return item, self.words

    def draw(self, item: object) -> Content:
        """A line with what was found in it."""
        line = Content(str(item))
        for start, end in ranges(line.plain, self.words):
            line = line.stylize("reverse", start, end)
        return line


def _shown(line: str) -> str:
    """A line as it may stand on a screen; what is cut off of one that nobody reads to its end is told."""
    rest = len(line) - _LONGEST
    return printable(line[:_LONGEST]) + (f" … and {rest:,} characters more" if rest > 0 else "")


class PartCard(ModalScreen[None]):
    """The text of one part as it is sent, line by line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("slash", "find", show=False),
        Binding("n,full_stop", "next(1)", show=False),
        Binding("N,comma", "next(-1)", show=False),
    ]

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self._name, self._at, self._folded_at = name, -1, 0
        self._lines = [_shown(line) for line in text.split("\n")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Text(classes="page")
            yield Prompt()

    def on_mount(self) -> None:
        """Show it from its beginning."""
        card, view = self.query_one(".card"), self.query_one(Text)
        card.border_title = Content(one_line(self._name, 100))
        card.border_subtitle = Content("/ finds · n N next · esc closes")
        view.styles.height = max(len(self._lines), 1)
        view.focus()

    @on(Text.Fitted)
    def _fold(self) -> None:
        """Show each line whole: one that is wider than the window goes on below."""
        view = self.query_one(Text)
        width = view.scrollable_content_region.width
        if width < 1 or width == self._folded_at:
            return
        self._folded_at, self._at = width, -1
        view.show([piece for line in self._lines for piece in chop_cells(line, width) or [""]])
        view.styles.height = max(len(view.items), 1)

    def action_close(self) -> None:
        """Back to the parts."""
        self.dismiss(None)

    def action_find(self) -> None:
        """Let the person type words."""
        self.query_one(Prompt).ask("find", self._found)

    def action_next(self, by: int) -> None:
        """The next line that holds the words, around the end."""
        view = self.query_one(Text)
        if not view.words:
            return
        looks = pattern(view.words).search
        hits = [at for at, line in enumerate(view.items) if looks(str(line))]
        if not hits:
            self.query_one(".card").border_subtitle = Content(f"{one_line(view.words, 40)} is not in it · esc closes")
            return
        after = [at for at in hits if (at > self._at if by > 0 else at < self._at)]
        self._at = (after[0] if by > 0 else after[-1]) if after else (hits[0] if by > 0 else hits[-1])
        count = f"{hits.index(self._at) + 1} of {len(hits)}"
        self.query_one(".card").border_subtitle = Content(f"{count} · n N next · esc closes")
        view.scroll_to(y=max(self._at - 2, 0), animate=False, force=True)

    def _found(self, words: str) -> None:
        view = self.query_one(Text)
        view.words, self._at = words, -1
        view.refresh()
        self.action_next(1)

    @on(Prompt.Closed)
    def _typed(self) -> None:
        self.query_one(Text).focus()
