"""Who could be asked, as a screen needs it: what is known at once, and what looking finds a moment later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from beai.core.fault import Fault
from beai.core.settings import Settings, state_dir
from beai.core.suggest.measured import Measured, all_measured
from beai.core.suggest.reachable import look
from beai.core.suggest.reachable.values import Seen


class Around(Protocol):
    """What a screen of choices rests on; ``seen`` and ``known`` are what was found last."""

    settings: Settings
    seen: Seen
    known: Mapping[tuple[str, str], Measured]

    async def look(self) -> Fault | None:
        """Look again; why it could not be done."""
        ...


@dataclass(slots=True)
class Surroundings:
    """The real ones; nothing is looked for before somebody opens such a screen."""

    settings: Settings
    env: Mapping[str, str] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    known: Mapping[tuple[str, str], Measured] = field(default_factory=dict)

    async def look(self) -> Fault | None:
        """Look for what can be reached, and read what was measured; both beside the screen."""
        found, known = await asyncio.gather(
            look(self.settings, self.env), asyncio.to_thread(all_measured, state_dir(self.env))
        )
        self.known = known
        if isinstance(found, Fault):
            return found
        self.seen = found
        return None
