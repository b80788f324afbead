"""A decision key that was already on its way when a decision appeared decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual.screen import Screen

HOLD = 0.4
"""Seconds for which a new decision view ignores decision keys."""

IDLE = 1.0
"""Seconds without a key after which a window may open by itself."""

Clock = Callable[[], float]
"""A monotonic clock, in seconds."""


@dataclass(slots=True)
class Guard:
    """Remembers when the decision view that is up appeared, and which one it is."""

    clock: Clock
    seen: object = None
    since: float = field(default=float("-inf"))

    def appeared(self, view: object) -> None:
        """A view is up; nothing happens while it is the same one."""
        if view != self.seen:
            self.seen = view
            self.restart()

    def restart(self) -> None:
        """The same view came to the front again."""
        self.since = self.clock()

    def open(self) -> bool:
        """Whether a decision key counts now."""
        return self.clock() - self.since >= HOLD


@dataclass(slots=True)
class Patient(Guard):
    """The guard of a window that opens by itself: keys that follow each other closely were typed for what was there
    before, however long it has been up; one that comes after a pause is meant for it, and so are all after that one.
    """

    struck_at: float = field(default=float("-inf"))
    paused: bool = False

    def restart(self) -> None:
        """It came to the front: the pause begins anew."""
        Guard.restart(self)
        self.struck_at, self.paused = self.since, False

    def struck(self) -> None:
        """A key is pressed, whatever it means."""
        now = self.clock()
        self.paused = self.paused or now - self.struck_at >= HOLD
        self.struck_at = now

    def open(self) -> bool:
        """Whether a decision key counts now."""
        return Guard.open(self) and (self.paused or self.clock() - self.struck_at >= HOLD)


def seen(screen: Screen[Any]) -> bool:
    """Whether the terminal is large enough to see what is decided."""
    return not (screen.has_class("-tiny") or screen.has_class("-flat"))
