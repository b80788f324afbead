"""A clock that stands still until it is set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class FakeClock:
    """A clock that stands still until it is set."""

    at: float = 1_700_000_000.0

    def now(self) -> float:
        """The time it was set to."""
        return self.at
