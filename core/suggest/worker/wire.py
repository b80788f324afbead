"""The way out of the process: one line of JSON per event, text together when it comes faster than anyone reads."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

GROUPS: set[int] = set()
"""The groups of processes that end with this one: commands that are printing a key."""

FLUSH_EVERY = 0.02  # seconds; a screen shows no more
ALIVE_EVERY = 1.0  # seconds


@dataclass(slots=True)
class Wire:
    """The way out; a parent that is gone ends this process."""

    descriptor: int

    def send(self, event: Mapping[str, Any]) -> None:
        """Write one event as a line."""
        left = memoryview(json.dumps(event).encode() + b"\n")
        try:
            while left:
                left = left[os.write(self.descriptor, left) :]
        except BrokenPipeError:
            leave()


@dataclass(slots=True)
class Stream:
    """The events of one order on their way out: a piece leaves at once, unless another has just left."""

    wire: Wire
    id: int
    pieces: list[str] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None
    flushed_at: float = 0.0
    alive_at: float = 0.0
    begun: bool = False
    thought: int = 0

    def began(self) -> None:
        """Tell once that the attempt at hand is on its way to the provider."""
        if not self.begun:
            self.begun = True
            self.wire.send({"event": "began", "id": self.id})

    def add(self, text: str) -> None:
        """Take a piece of the reply."""
        self.pieces.append(text)
        if self.timer is None:
            rest = self.flushed_at + FLUSH_EVERY - time.monotonic()
            if rest <= 0:
                self.flush()
            else:
                self.timer = asyncio.get_running_loop().call_later(rest, self.flush)

    def alive(self, thought: int) -> None:
        """Tell that the model works though it says nothing, and how many characters it has thought."""
        self.thought += thought
        now = time.monotonic()
        if now - self.alive_at >= ALIVE_EVERY:
            self.alive_at = now
            self.wire.send({"event": "alive", "id": self.id, "thought": self.thought})

    def waiting(self, seconds: float, why: str, attempt: int, of: int, billed: bool) -> None:
        """Tell that attempt number ``attempt`` begins after a wait; ``billed`` is whether the last one may be."""
        self.begun = False
        told = {"seconds": round(seconds, 1), "why": why, "attempt": attempt, "of": of, "billed": billed}
        self.wire.send({"event": "waiting", "id": self.id, **told})

    def note(self, words: str) -> None:
        """Tell the person one sentence on what is under way."""
        self.wire.send({"event": "note", "id": self.id, "words": words})

    def flush(self) -> None:
        """Send what is there."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.pieces:
            self.wire.send({"event": "text", "id": self.id, "delta": "".join(self.pieces)})
            self.pieces.clear()
            self.flushed_at = time.monotonic()


def guarded_stdout() -> int:
    """Keep standard output for events: whatever else is printed goes to standard error."""
    descriptor = os.dup(1)
    os.dup2(2, 1)
    return descriptor


def end_group(leader: int) -> None:
    """Kill a process that leads a group of its own, and the rest of that."""
    with suppress(OSError):
        if sys.platform == "win32":
            os.kill(leader, signal.SIGTERM)
        else:
            os.killpg(leader, signal.SIGKILL)


def leave() -> NoReturn:
    """End at once: a request in flight is of no use to anyone any more."""
    for group in GROUPS:
        end_group(group)
    os._exit(0)
