"""A suggester whose replies were written beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.exchange import Reply, Request
from beai.core.suggest.progress import Grew, Progress


@dataclass
class FakeSuggester:
    """Answers with what it was given, in order; ``asked`` keeps the requests, ``hold`` delays the answers."""

    replies: list[Reply | Fault] = field(default_factory=list)
    answer: Callable[[Request], Reply | Fault] | None = None
    name: str = "fake"
    asked: list[Request] = field(default_factory=list)
    hold: asyncio.Event | None = None
    closed: bool = False

    async def start(self) -> Fault | None:
        """Always warm."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        """The next reply."""
        self.asked.append(request)
        tell(Grew("…"))
        if self.hold is not None:
            await self.hold.wait()
        if self.answer is not None:
            return self.answer(request)
        if not self.replies:
            return Fault(FaultKind.MODEL, "The fake has no reply left.")
        return self.replies.pop(0)

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
