"""The line of what enter does or what is under way, which counts the seconds while a model is waited for."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.reactive import var
from textual.timer import Timer

from beai.core.loop.session import Session
from beai.tui.waited import Waited
from beai.tui.widgets.words import Words

EVERY = 1.0
"""Seconds between two paints while a request is under way; there is no timer otherwise."""


class Summary(Words):
    """Says what ``words`` makes of how long was waited."""

    session: var[Session] = var(Session)

    def __init__(self, clock: Callable[[], float], words: Callable[[tuple[str, ...]], Content], *, id: str) -> None:
        super().__init__(id=id)
        self._waited, self._words = Waited(clock), words
        self._timer: Timer | None = None

    def watch_session(self, session: Session) -> None:
        """Count from the moment a request goes out until it has ended."""
        if not self._waited.follow(session):
            if self._timer is not None:
                self._timer.stop()
                self._timer = None
                self.tell()
        elif self._timer is None:
            self._timer = self.set_interval(EVERY, self.tell)

    def tell(self) -> None:
        """Say it as it is now."""
        self.say(self._words(self._waited.words()))
