"""A ledger in memory, for whoever needs no disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from beai.core.fault import Fault, FaultKind
from beai.core.loop.events import Event
from beai.core.loop.remembered import Remembered


@dataclass
class FakeDecisions:
    """Keeps what is decided as the journal does; with ``lost`` set it takes nothing."""

    kept: list[Remembered] = field(default_factory=list)
    lost: Fault | None = None

    def append(self, event: Event, at: float, decided: Iterable[Remembered] = ()) -> Fault | None:
        """Keep what was decided by an event."""
        if self.lost is None:
            fresh = [replace(one, at=at) for one in decided]
            keys = {one.key for one in fresh}
            self.kept = [*(one for one in self.kept if one.key not in keys), *fresh]
        return self.lost

    def decisions(self) -> tuple[Remembered, ...] | Fault:
        """What is in force, oldest first."""
        return tuple(self.kept)

    def forget(self, key: str, at: float) -> Remembered | Fault:
        """Take one back."""
        found = next((one for one in self.kept if one.key == key), None)
        if found is None:
            return Fault(FaultKind.USAGE, f"No decision has the key {key}.")
        self.kept.remove(found)
        return found
