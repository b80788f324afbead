"""One program run to its end: what it prints is kept within bounds, and silence or endless computing ends it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any, Callable, Sequence  # noqa: UP035 - Python 3.8 reads this

from .outcome import cut
from .processes import busy, descendants
from .serve import IDLE, STALL, Trouble

KEPT = 32 * 1024 * 1024  # bytes kept of what a program prints
LOG = 65_536  # characters of it in a report
SHOWN = 4_000  # characters of it in one error
BEAT = min(1.0, STALL / 3)
"""Seconds between two looks at a running process."""


@dataclass(frozen=True)
class Finished:
    """How it ended: ``stopped`` says why we ended it, "" where it ended by itself."""

    code: int
    out: str
    err: str
    stopped: str = ""

    def log(self) -> str:
        """The end of all it printed."""
        return f"{self.out[-LOG:]}{self.err[-LOG:]}"[-LOG:]

    def ending(self) -> str:
        """How it ended, in words."""
        return self.stopped or (f"It ended by signal {-self.code}." if self.code < 0 else f"It ended with {self.code}.")


class Watched:
    """A process that must give signs of life: one that only computes for longer than STALL is stopped."""

    def __init__(self, pid: int, computes: bool = True) -> None:
        self.pid = pid
        self._computes = computes
        self._alive = self._worked = time.monotonic()
        self._spent = -1.0

    def lives(self) -> None:
        """It gave a sign of life."""
        self._alive = time.monotonic()
        self._spent = -1.0

    def works(self) -> None:
        """A test began or ended, or something was printed."""
        self.lives()
        self._worked = self._alive

    def verdict(self) -> str:
        """Why it must be stopped now, "" where it need not."""
        now = time.monotonic()
        if now - self._worked > IDLE:
            return f"No test began or ended for {round(now - self._worked)} s; the test process was stopped."
        if not self._computes:
            return ""
        spent = busy(descendants(self.pid))
        if self._spent < 0:
            self._spent = spent
        silent = now - self._alive
        if silent > STALL and spent - self._spent > STALL / 2:
            return f"Test code blocked its process for {round(silent)} s (an endless loop?) and was stopped."
        return ""


async def finish(argv: Sequence[str], heard: Callable[[bytes], None] | None = None, computes: bool = True) -> Finished:
    """Run ``argv`` here; ``heard`` gets what it prints on its error output as it comes."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
        )
    except OSError as error:
        raise Trouble("start", f"{argv[0]} could not be started: {error.strerror}.") from None
    watched = Watched(process.pid, computes)
    out, err = bytearray(), bytearray()

    async def collect(stream: asyncio.StreamReader | None, into: bytearray, tell: bool) -> None:
        while stream is not None and (chunk := await stream.read(65_536)):
            watched.works()
            into += chunk
            del into[: max(0, len(into) - KEPT)]
            sys.stderr.buffer.write(chunk[-LOG:])
            sys.stderr.buffer.flush()
            if tell and heard is not None:
                heard(chunk)

    stopped = ""
    reading = asyncio.gather(collect(process.stdout, out, False), collect(process.stderr, err, True))
    waiting = asyncio.ensure_future(process.wait())
    try:
        while not (await asyncio.wait({waiting}, timeout=BEAT))[0]:
            stopped = watched.verdict()
            if stopped:
                process.kill()
        await asyncio.wait({asyncio.ensure_future(asyncio.wait({reading}))}, timeout=2.0)  # a child may hold the pipes
    finally:
        reading.cancel()
        waiting.cancel()
    return Finished(process.returncode or 0, _text(out), _text(err), stopped)


def doubt(ended: Finished, tests: list[dict[str, Any]], errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a bad end means where no failed test and no error is told: an error that no test owns."""
    told = errors or any(test["state"] == "fail" for test in tests)
    if not ended.stopped and (ended.code == 0 or told):
        return []
    return [{"name": "Unfinished", "message": f"{ended.ending()}\n{ended.log()[-SHOWN:]}"}]


def _text(data: bytearray) -> str:
    return data.decode("utf-8", "replace")


def unfinished(how: str, stopped: str = "") -> dict[str, object]:
    """The error of a file that its run did not get through; ``stopped`` says why we ended it."""
    return {"name": "Timeout" if stopped else "Unfinished", "message": cut(how)}
