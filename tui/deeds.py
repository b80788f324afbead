"""What a widget may ask for: that an event reaches the loop, or that the window of a decision opens again."""

from __future__ import annotations

from textual.message import Message

from beai.core.loop.events import Event
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
