"""What a widget may ask for: that an event reaches the loop, or that the window of a decision opens again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.message import Message
from textual.message_pump import MessagePump

from beai.core.loop.events import Event
from beai.core.loop.events.deeds import ClientWanted
from beai.tui.next_step import Overlay


class Happened(Message):
    """The person did something; the app hands ``event`` to the loop."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class Asked(Message):
    """The person is to type a line: ``changed`` gets it as it grows, ``answered`` when enter was pressed.

    ``offers`` are lines of before, the newest first, to be taken again.
    """

    def __init__(
        self,
        label: str,
        answered: Callable[[str], None],
        text: str = "",
        hint: str = "",
        changed: Callable[[str], None] | None = None,
        offers: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.label, self.answered, self.text, self.hint = label, answered, text, hint
        self.changed, self.offers = changed, offers


class Wanted(Message):
    """The person wants to see the window of a decision that waits."""

    def __init__(self, overlay: Overlay) -> None:
        super().__init__()
        self.overlay = overlay


class SentWanted(Message):
    """The person wants to see what will be sent, or was."""


class SwitchWanted(Message):
    """The person wants to choose who is asked."""


class Carried(Message):
    """The person wants something done with the prompt that waits for a chat: ``act`` names a method of the courier.

    ``text`` is None where it did not come through whole.
    """

    def __init__(self, act: str, text: str | None = "") -> None:
        super().__init__()
        self.act, self.text = act, text


class Generates(MessagePump):
    """A screen from which the person has the Prisma client generated."""

    def do_generate(self) -> None:
        """Tell the loop so."""
        self.post_message(Happened(ClientWanted()))


def posting(message: Callable[[], Message]) -> Callable[[MessagePump], object]:
    """What a key does that wants one thing of the app."""
    return lambda pump: pump.post_message(message())


def telling(event: Event) -> Callable[[MessagePump], object]:
    """What a key does that tells the loop one thing."""
    return posting(partial(Happened, event))
