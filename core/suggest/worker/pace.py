"""How long a model may be silent, and how slow it may be: only words are life, and pings are not life for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from beai.core.suggest.worker.order import Limits
from beai.core.suggest.worker.traffic import Traffic
from beai.core.suggest.worker.trouble import Trouble

_LETTING_GO = 0.5  # seconds that a cancelled request has to close its connection
_LOOK = 0.2  # seconds between two looks at the clock: what it waits for changes as the request goes
T = TypeVar("T")


@dataclass(slots=True)
class Pace:
    """The clock of one attempt; ``total`` is when the whole order must be done. Times of ``time.monotonic``."""

    limits: Limits
    traffic: Traffic
    total: float
    begun: float = field(default_factory=time.monotonic)
    first: float = 0.0
    last: float = 0.0
    _span: float = 0.0
    _counted: int = 0

    def took(self, characters: int) -> None:
        """Words came, or thoughts."""
        now = time.monotonic()
        if not self.first:
            self.first = self._span = now
        self.last = now
        self._counted += characters

    def due(self) -> float:
        """When to look again."""
        return min(self.total, self._silent_at()[0], self._slow_at())

    def late(self) -> Trouble | None:
        """What has taken too long by now."""
        now = time.monotonic()
        silent, kind, patience = self._silent_at()
        if now >= self.total:
            return Trouble("total", f"{self.limits.total:g}")
        if now >= silent:
            return Trouble(kind, f"{patience:g}")
        if now >= self._slow_at():
            if self._counted < self.limits.rate * self.limits.span:
                return Trouble("slow", f"{self.limits.rate:g}")
            self._span, self._counted = now, 0
        return None

    def _slow_at(self) -> float:
        return self._span + self.limits.span if self._span else self.total

    def _silent_at(self) -> tuple[float, str, float]:
        limits, traffic = self.limits, self.traffic
        if not traffic.asked:
            return self.total, "total", limits.total
        if not traffic.sent:
            return traffic.asked + limits.connect, "connect", limits.connect
        since, patience, kind = (self.last, limits.idle, "idle") if self.last else (traffic.sent, limits.first, "first")
        pinged = min(traffic.heard + limits.idle, since + limits.pinged) if traffic.heard > since else 0.0
        if pinged > since + patience:
            return pinged, "pinged" if pinged >= since + limits.pinged else kind, pinged - since
        return since + patience, kind, patience


async def watched(work: Coroutine[Any, Any, T], pace: Pace) -> T:
    """The result of ``work``, or ``Trouble`` as soon as it is too late for it."""
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=min(_LOOK, max(0.0, pace.due() - time.monotonic())))
            if not task.done() and (trouble := pace.late()) is not None:
                raise trouble
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=_LETTING_GO)
