"""One line in which the person types a reason, a comment or guidance; esc drops it and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Label

OFFERED = "↑↓:"
"""How a hint tells of lines that are offered."""

Answered = Callable[[str], None]
"""What to do with the words once enter was pressed."""


class Line(Input):
    """An input of one line. A letter in it lays out nothing else, where one in Textual's own lays out the screen.

    ``offers`` are lines that up and down put into it, the newest first; below the first is what was typed. ``grown``
    is told every other value at once, so that what shows for it is painted with the letter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "offer(1)", show=False),
        Binding("down", "offer(-1)", show=False),
    ]

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    offers: Sequence[str] = ()
    grown: Answered | None = None
    _at = -1
    _typed = ""

    def watch_value(self, value: str) -> None:
        """Something else stands here."""
        if self.grown is not None:
            self.grown(value)

    def offer(self, offers: Sequence[str]) -> None:
        """Offer other lines."""
        self.offers, self._at = offers, -1

    def action_offer(self, by: int) -> None:
        """Put an older line into the field, or a newer one, or what was typed."""
        at = min(max(self._at + by, -1), len(self.offers) - 1)
        if at == self._at:
            return
        if self._at < 0:
            self._typed = self.value
        self._at = at
        self.value = self.offers[at] if at >= 0 else self._typed
        self.cursor_position = len(self.value)


class Asking(Label):
    """What is asked. Its length lays the screen out once, where Textual's own lays it out again for having shown it."""

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)


class Prompt(Horizontal):
    """Hidden until ``ask``; hides itself again on enter or esc, and gives the focus back.

    ``over`` is the ID of what it stands in for meanwhile: enter ends the line that is being typed, and does nothing
    else.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "drop", show=False)]

    def __init__(self, *, over: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._over = over
        self._answered: Answered | None = None
        self._changed: Answered | None = None
        self._label = ""
        self._dropped: dict[str, str] = {}  # what was typed after a label and not sent

    @property
    def typing(self) -> bool:
        """Whether the person is typing here."""
        return self._answered is not None

    def compose(self) -> ComposeResult:
        yield Asking(markup=False)
        yield Line(compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        """A steady cursor: nothing blinks here."""
        field = self.query_one(Line)
        field.cursor_blink, field.grown = False, self._grown

    def ask(
        self,
        label: str,
        answered: Answered,
        text: str = "",
        hint: str = "",
        changed: Answered | None = None,
        offers: Sequence[str] = (),
    ) -> None:
        """Ask for one line; ``answered`` gets it, stripped, perhaps empty; ``hint`` stands in the empty field.

        ``changed`` gets it as it is typed, and nothing at all where it is dropped; ``offers`` are lines of before.
        What was typed after the same label and dropped is the first of them.
        """
        self._answered, self._changed, self._label = answered, changed, label
        if kept := self._dropped.get(label):
            offers = (kept, *(one for one in offers if one != kept))
            hint = hint if OFFERED in hint else f"{hint} · {OFFERED} what you typed".removeprefix(" · ")
        self.query_one(Label).update(f" {label} ")
        field = self.query_one(Line)
        field.offer(offers)
        field.value, field.placeholder = text, hint
        field.cursor_position = len(text)
        self._open(True)
        self.screen.set_focus(field, scroll_visible=False)  # at once: what is typed next is meant for it

    def action_drop(self) -> None:
        """Close without a word; what was typed is offered again."""
        if self._changed is not None:
            self._changed("")
        elif typed := self.query_one(Line).value.strip():
            self._dropped[self._label] = typed
        self._close()

    def _grown(self, words: str) -> None:
        if self._changed is not None:
            self._changed(words)

    @on(Input.Changed)
    def _told(self, event: Input.Changed) -> None:
        event.stop()  # nobody above asks

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        answered = self._answered
        self._dropped.pop(self._label, None)
        self._close()
        if answered is not None:
            answered(event.value.strip())

    def _close(self) -> None:
        self._answered = self._changed = None
        self._open(False)
        self.query_one(Input).value = ""
        self.screen.set_focus(None)
        self.screen.post_message(self.Closed())

    def _open(self, open: bool) -> None:
        """Come, or go. By a class this would have every widget below that has it styled anew, which takes longest."""
        self.styles.display = "block" if open else None
        if self._over:
            self.screen.query_one(f"#{self._over}").styles.display = "none" if open else None

    class Closed(Message):
        """The prompt is gone."""
