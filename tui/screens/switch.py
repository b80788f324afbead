"""Who is asked from now on: typing narrows the list, enter picks, esc leaves everything as it is."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from beai.core.loop.session import Session
from beai.core.suggest.reachable.surroundings import Around
from beai.core.text import one_line
from beai.tui.choices import Every, Row, every, fitting, under_way
from beai.tui.guard import Clock, Guard, seen
from beai.tui.widgets.picker import Picker
from beai.tui.widgets.words import Words

LONGEST = 60  # characters of a filter


class Switch(ModalScreen[Row | None]):
    """Ends in the row that was picked; None where it was closed. Looking goes on beside it, and adds rows."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("enter", "choose", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("backspace", "rub", show=False),
    ]

    def __init__(self, session: Session, around: Around, clock: Clock) -> None:
        super().__init__()
        self._guard = Guard(clock)
        self._session, self._around = session, around
        self._typed, self._looking = "", "looking for models …"
        self._every: Every = ()
        self._rows: tuple[Row, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Words(classes="typed")
            yield Picker()
            yield Words(classes="notice")

    def on_mount(self) -> None:
        """Show what is known, and look for the rest."""
        self._guard.restart()
        card = self.query_one(".card")
        card.border_title = Content("Who is asked from now on?")
        card.border_subtitle = Content("type to filter · enter picks · esc leaves it as it is")
        self._gather()
        self.query_one(Picker).at = next((n for n, row in enumerate(self._rows) if row.current), 0)
        self.run_worker(self._look(), exclusive=True, exit_on_error=False)

    def on_key(self, event: events.Key) -> None:
        """A character belongs to the filter."""
        if event.character is not None and event.character.isprintable() and len(self._typed) < LONGEST:
            event.stop()
            self._filter(self._typed + event.character)

    def on_paste(self, event: events.Paste) -> None:
        """So does a pasted name."""
        event.stop()
        self._filter((self._typed + one_line(event.text, LONGEST))[:LONGEST])

    @property
    def typing(self) -> bool:
        """Whatever is typed goes into the filter."""
        return True

    def action_rub(self) -> None:
        """The last character goes."""
        self._filter(self._typed[:-1])

    def action_move(self, by: int) -> None:
        """The next row."""
        self.query_one(Picker).action_move(by)

    def action_choose(self) -> None:
        """Pick the row at hand."""
        at = self.query_one(Picker).at
        if 0 <= at < len(self._rows) and self._guard.open() and seen(self):
            self.dismiss(self._rows[at])

    def action_close(self) -> None:
        """Nothing is decided."""
        self.dismiss(None)

    async def _look(self) -> None:
        fault = await self._around.look()
        self._looking = fault.sentence() if fault is not None else ""
        if self.is_mounted:
            self._gather()

    def _gather(self) -> None:
        """Take in what is known now."""
        around = self._around
        self._every = every(self._session, around.settings, around.seen, around.known)
        self._lay()

    def _filter(self, typed: str) -> None:
        self._typed = typed
        self._lay()

    def _lay(self) -> None:
        """The rows that fit the filter; the one at hand stays at hand where it is still among them."""
        picker = self.query_one(Picker)
        before = self._rows[picker.at].chosen if 0 <= picker.at < len(self._rows) else None
        self._rows, more = fitting(self._every, self._typed)
        kept = [n for n, row in enumerate(self._rows) if row.chosen == before]
        picker.set_reactive(Picker.at, kept[0] if kept else 0)  # laid out once, with the rows
        picker.choose([row.prose for row in self._rows])
        typed = Content.assemble(("› ", "bold $accent"), self._typed, ("▏", "$accent"))
        self.query_one(".typed", Words).say(typed if self._typed else Content.styled("› all", "$muted"))
        said = [f"and {more} more: type to find them" if more else "", self._looking, under_way(self._session)]
        said = ["nobody is called so" if not self._rows else "", *said]
        notice, words = self.query_one(".notice", Words), " ".join(filter(None, said))
        notice.set_class(not words, "-silent")
        notice.say(Content.styled(words, "$muted"))
