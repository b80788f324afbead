"""What a widget may ask for: that an event reaches the loop, or that the window of a decision opens again."""

from __future__ import annotations

from textual.message import Message
from textual.message_pump import MessagePump

from beai.core.loop.events import ClientWanted, Event
from beai.tui.next_step import Overlay


class Happened(Message):
    """The person did something; the app hands ``event`` to the loop."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class Wanted(Message):
    """The person wants to see the window of a decision that waits."""

    def __init__(self, overlay: Overlay) -> None:
        super().__init__()
        self.overlay = overlay


class Generates(MessagePump):
    """A screen from which the person has the Prisma client generated."""

    def do_generate(self) -> None:
        """Tell the loop so."""
        self.post_message(Happened(ClientWanted()))
