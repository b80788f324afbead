"""A loop that records what is posted and lets the test push sessions, and a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from textual.pilot import Pilot

from beai.core.loop.events import Event
from beai.core.loop.session import Session
from beai.tui.app import BeaiApp


@dataclass
class FakeLoop:
    """Satisfies ``beai.tui.app.Loop``; ``posted`` is everything the screen told it."""

    session: Session
    posted: list[Event] = field(default_factory=list)
    observers: list[Callable[[Session], None]] = field(default_factory=list)
    running: bool = False
    closed: bool = False

    def post(self, event: Event) -> None:
        self.posted.append(event)

    def observe(self, callback: Callable[[Session], None]) -> None:
        self.observers.append(callback)

    async def run(self) -> None:
        self.running = True
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.closed = True

    def push(self, session: Session) -> None:
        self.session = session
        for observer in self.observers:
            observer(session)


@dataclass
class FakeClock:
    """A clock that stands still until it is moved; it starts where every guard is open again after one second."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bench:
    """An app under test with everything around it."""

    app: BeaiApp
    loop: FakeLoop
    clock: FakeClock
    pilot: Pilot[None]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def push(self, session: Session, wait: float = 1.0) -> None:
        """Show another session and let the guard's time pass, or only ``wait`` seconds of it."""
        self.loop.push(session)
        for _ in range(3):
            await self.pilot.pause()
        self.clock.now += wait


Size = tuple[int, int]


@pytest.fixture
def opened() -> Callable[..., object]:
    """``async with opened(session) as bench``: the app on that session, past the guard."""

    @asynccontextmanager
    async def opening(session: Session, size: Size = (120, 36), wait: float = 1.0, **more: str) -> AsyncIterator[Bench]:
        loop, clock = FakeLoop(session), FakeClock()
        app = BeaiApp(loop, clock=clock, **more)
        async with app.run_test(size=size) as pilot:
            for _ in range(3):
                await pilot.pause()
            clock.now += wait
            yield Bench(app, loop, clock, pilot)

    return opening
