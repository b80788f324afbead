"""A decision key that was already on its way when a decision appeared decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual.screen import Screen

HOLD = 0.4
"""Seconds for which a new decision view ignores decision keys."""

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


def seen(screen: Screen[Any]) -> bool:
    """Whether the terminal is large enough to see what is decided."""
    return not (screen.has_class("-tiny") or screen.has_class("-flat"))
