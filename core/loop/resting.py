"""One who failed is passed over only for a while: when that is over, the session hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from beai.core.loop.events import Event
from beai.core.loop.events.passing import Rested
from beai.core.loop.session import Session
from beai.core.suggest.choice import Turn


class Timer(Protocol):
    """Something that is still to happen."""

    def cancel(self) -> None:
        """Let it not happen."""


Later = Callable[[float, Callable[[], None]], Timer]
"""Does something in so many seconds."""


def later(seconds: float, act: Callable[[], None]) -> Timer:
    """``act`` by the event loop's clock."""
    return asyncio.get_running_loop().call_later(seconds, act)


class Resting:
    """Follows the session of an engine, and posts ``Rested`` when those who failed are asked again."""

    def __init__(self, post: Callable[[Event], None], later: Later = later) -> None:
        self._post, self._later = post, later
        self._turn: Turn | None = None
        self._timer: Timer | None = None

    def follow(self, session: Session) -> None:
        """See who rests now."""
        turn = session.resting
        if turn is self._turn:
            return
        self.close()
        self._turn = turn
        if turn is not None:
            self._timer = self._later(turn.rests, lambda: self._post(Rested(turn)))

    def close(self) -> None:
        """Nothing is posted any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
