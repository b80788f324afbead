"""A loop that records what is posted and lets the test push sessions, and a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from textual.events import Callback, Key
from textual.message import Message
from textual.pilot import Pilot

from beai.core.fault import Fault
from beai.core.loop.events import Event
from beai.core.loop.session import Phase, Session
from beai.core.loop.step import step
from beai.core.settings import Settings
from beai.core.suggest.measured import Measured
from beai.core.suggest.reachable.values import Offer, Price, Seen
from beai.tui.app import BeaiApp
from beai.tui.screens.workbench import Workbench
from tests.tui import sessions as known


@dataclass
class FakeLoop:
    """Satisfies ``beai.tui.app.Loop``; ``posted`` is everything the screen told it."""

    session: Session
    posted: list[Event] = field(default_factory=list)
    observers: list[Callable[[Session], None]] = field(default_factory=list)
    running: bool = False
    closed: bool = False
    broken: asyncio.Future[None] = field(init=False)

    def post(self, event: Event) -> None:
        self.posted.append(event)

    def observe(self, callback: Callable[[Session], None]) -> None:
        self.observers.append(callback)

    async def run(self) -> None:
        self.running = True
        self.broken = asyncio.get_running_loop().create_future()
        await self.broken

    async def close(self) -> None:
        self.closed = True

    def push(self, session: Session) -> None:
        self.session = session
        for observer in self.observers:
            observer(session)


class LiveLoop(FakeLoop):
    """A loop in which what the person does in a review is done, as the engine would."""

    def post(self, event: Event) -> None:
        super().post(event)
        self.push(step(self.session, event)[0])


HERE = Offer(
    *("ollama_chat/qwen2.5-coder:7b", "http://127.0.0.1:11434", "Ollama", True, 8192, 0.0, 0.0),
    detail="7.6B, Q4_K_M, loaded, can take 32,768 tokens",
)
CLOUD = Offer("anthropic/claude-sonnet-5-5", "", "ANTHROPIC_API_KEY", False, 1_000_000, 2.0, 10.0)
OLDER = Offer("anthropic/claude-sonnet-4-5", "", "ANTHROPIC_API_KEY", False, 200_000, 3.0, 15.0, main=False)


@dataclass
class FakeAround:
    """What can be asked, without looking anywhere; ``found`` is what looking finds, ``looked`` how often it did."""

    settings: Settings = field(default_factory=lambda: Settings("openai/gpt-6.1-sol"))
    found: Seen = field(
        default_factory=lambda: Seen((), (CLOUD, OLDER, HERE), {"openai/gpt-6.1-sol": Price(None, 2.0)})
    )
    fault: Fault | None = None
    seen: Seen = field(default_factory=Seen)
    known: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    looked: int = 0

    async def look(self) -> Fault | None:
        self.looked += 1
        if self.fault is None:
            self.seen = self.found
            self.known = {
                (HERE.model, HERE.base): Measured(HERE.model, HERE.base, rate=31.0, protocol=True, tried_at=1.0)
            }
        return self.fault


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
    heard: list[Message]

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once the one before has done what it does."""
        for key in keys:
            self.app.post_message(Key(_NAMES.get(key, key), _character(key)))
            await self.settle()

    async def typed(self, text: str) -> None:
        """Have the terminal type a paste, all of it at once."""
        for character in text:
            self.app.post_message(Key(_TYPED.get(character, character), character))
        await self.settle()

    async def push(self, session: Session, wait: float = 1.0, rest: float = 0.0) -> None:
        """Show another session to a person at rest; let the guard's time pass, or only ``wait`` seconds of it."""
        self.clock.now += 1.0
        self.loop.push(session)
        await self.pilot.pause(rest)
        await self.settle()
        self.clock.now += wait

    async def begin(self, session: Session, wait: float = 1.0) -> None:
        """Show ``session`` as if the app had just been started on it: no window, no line half typed, nothing posted."""
        while not isinstance(self.app.screen, Workbench) or self.app.screen.typing:
            await self.press("escape")
        self.loop.push(_BETWEEN)
        await self.settle()
        self.loop.posted.clear()
        await self.push(session, wait)

    async def settle(self) -> None:
        """Wait until no message leads to another one, no key is held back, and everything is painted."""
        quiet = 0
        while quiet < 2:
            before = len(self.heard)
            await self.pilot.pause(0)
            quiet = quiet + 1 if len(self.heard) == before and not self.app.holding else 0


def _character(key: str) -> str | None:
    """The character that a terminal sends with ``key``, None for a key that has none."""
    return key if len(key) == 1 else {"space": " ", "question_mark": "?"}.get(key)


_NAMES = {
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "+": "plus",
    "!": "exclamation_mark",
    "?": "question_mark",
    "/": "slash",
    "{": "left_curly_bracket",
    "}": "right_curly_bracket",
    "|": "vertical_line",
    ".": "full_stop",
    ",": "comma",
}
"""What Textual calls the keys of these characters."""


_BETWEEN = replace(known.EMPTY, phase=Phase.RECORD)
"""A session that shares no view with one to decide in, so that the guard takes the next for a new one."""

_TYPED = {"\r": "enter", "\n": "ctrl+j", "\t": "tab", " ": "space"} | _NAMES
"""What Textual calls the keys of characters that a terminal types."""

Size = tuple[int, int]
SMALL: Size = (80, 24)
"""Shows one pane, and so is painted in half the time; for tables whose rows say nothing of the picture."""


@pytest.fixture
def opened() -> Callable[..., object]:
    """``async with opened(session) as bench``: the app on that session, past the guard."""

    @asynccontextmanager
    async def opening(
        session: Session,
        size: Size = (120, 36),
        wait: float = 1.0,
        live: bool = False,
        toasts: bool = False,
        around: FakeAround | None = None,
        **more: str,
    ) -> AsyncIterator[Bench]:
        loop, clock = (LiveLoop if live else FakeLoop)(session), FakeClock()
        heard: list[Message] = []

        def hear(message: Message) -> None:
            if not isinstance(message, Callback):  # the pilot's own
                heard.append(message)

        app = BeaiApp(loop, clock=clock, around=around or FakeAround(), **more)
        async with app.run_test(size=size, message_hook=hear, notifications=toasts) as pilot:
            bench = Bench(app, loop, clock, pilot, heard)
            await bench.settle()
            clock.now += wait
            yield bench

    return opening
