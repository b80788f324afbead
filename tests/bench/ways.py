"""The ways from a save to a verdict that are measured: a cold run, Vitest's watch mode, and ``beai test --watch``.

Each tool works on its own copy of the package. The save is a ``write`` in another process; the time runs from its
beginning to the moment when the verdict can be read from the tool's output, so the tools' watchers are part of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from beai.core.runner.driver import quiet_environment
from tests.bench.projects import Subject

LIMIT = 90.0
"""Seconds that one verdict may take."""

PROVISIONAL, CONFIRMED = "beai, provisional", "beai, confirmed"
WATCH, COLD = "vitest --watch", "vitest run FILE (cold)"

_BEAI = (sys.executable, "-m", "beai.tui.main", "test", "--watch", "--json")
_QUIET = 0.4  # seconds without output after which a tool has nothing more to say
_WRITER = """
import json, sys, time
for line in sys.stdin:
    path, text = json.loads(line)
    now = time.monotonic_ns()
    with open(path, "w") as file: file.write(text)
    print(now, flush=True)
"""


class Writer:
    """A process that saves files."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def save(self, root: Path, path: str) -> int:
        """Give ``path`` another comment at its end; the monotonic nanosecond at which that began."""
        text = (root / path).read_text().split("\n// edit ")[0].rstrip("\n")
        line = json.dumps([str(root / path), f"{text}\n// edit {time.time_ns()}\n"])
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(line.encode() + b"\n")
        return int(await asyncio.wait_for(self._process.stdout.readline(), LIMIT))


@asynccontextmanager
async def writer() -> AsyncIterator[Writer]:
    """A writer for as long as the context lasts."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _WRITER, stdin=PIPE, stdout=PIPE)
    try:
        yield Writer(process)
    finally:
        process.kill()
        await process.wait()


class Cold:
    """``vitest run`` of the files that the edit affects: the test of the router's name, or all."""

    def __init__(self, subject: Subject, pen: Writer) -> None:
        self._subject, self._pen = subject, pen

    async def edit(self, path: str) -> dict[str, float]:
        """Milliseconds until the command has ended."""
        root = self._subject.root
        files = (self._subject.test,) if path == self._subject.router else ()
        saved = await self._pen.save(root, path)
        words = (str(root / "node_modules/.bin/vitest"), "run", *files)
        process = await asyncio.create_subprocess_exec(
            *words, cwd=root, env=quiet_environment(os.environ), stdout=DEVNULL, stderr=DEVNULL
        )
        if code := await asyncio.wait_for(process.wait(), LIMIT):
            raise SystemExit(f"{' '.join(words)} ended with {code}")
        return {COLD: _since(saved)}


class Spoken:
    """A tool that stays and speaks on its standard output."""

    def __init__(self, subject: Subject, pen: Writer, process: Process) -> None:
        self._subject, self._pen, self._process = subject, pen, process

    async def edit(self, path: str) -> dict[str, float]:
        """Milliseconds until each verdict."""
        raise NotImplementedError

    async def settle(self) -> None:
        """Read until it is quiet."""
        assert self._process.stdout is not None
        while True:
            try:
                await asyncio.wait_for(self._process.stdout.read(65536), _QUIET)
            except TimeoutError:
                return


class Watched(Spoken):
    """Vitest's own watch mode; it prints ``Duration`` when a run is over."""

    async def edit(self, path: str) -> dict[str, float]:
        """Milliseconds until its summary."""
        await self.settle()
        saved = await self._pen.save(self._subject.root, path)
        await self.summary()
        return {WATCH: _since(saved)}

    async def summary(self) -> None:
        """Return once a run is over; the summary of one that failed ends the bench."""
        assert self._process.stdout is not None
        seen = b""
        while b"Duration" not in seen:
            seen += await asyncio.wait_for(self._process.stdout.read(65536), LIMIT)
        if re.search(rb"(?<!\d)[1-9]\d* failed", seen):
            raise SystemExit(f"vitest --watch is red: {seen.decode(errors='replace')[-2000:]}")


class Beai(Spoken):
    """``beai test --watch --json``."""

    async def edit(self, path: str) -> dict[str, float]:
        """Milliseconds until the provisional and until the confirmed verdict."""
        await self.settle()
        saved = await self._pen.save(self._subject.root, path)
        found: dict[str, float] = {}
        while CONFIRMED not in found:
            kind = await self.verdict()
            found[PROVISIONAL if kind == "provisional" else CONFIRMED] = _since(saved)
        return found

    async def verdict(self) -> str:
        """The kind of the next verdict, which must be green."""
        assert self._process.stdout is not None
        while line := await asyncio.wait_for(self._process.stdout.readline(), LIMIT):
            told = json.loads(line)
            if told.get("event") == "fault":
                raise SystemExit(f"beai: {told}")
            if "verdict" in told:
                if not told["verdict"]["green"]:
                    raise SystemExit(f"beai is not green: {json.dumps(told)[:4000]}")
                return str(told["verdict"]["kind"])
        raise SystemExit("beai test --watch ended")


@asynccontextmanager
async def watched(subject: Subject, pen: Writer) -> AsyncIterator[Watched]:
    """Vitest's watch mode on the whole package, its first run done."""
    words = (str(subject.root / "node_modules/.bin/vitest"), "--watch")
    async with _spoken(words, subject) as process:
        tool = Watched(subject, pen, process)
        await tool.summary()
        yield tool


@asynccontextmanager
async def beai(subject: Subject, pen: Writer, sandbox: str = "") -> AsyncIterator[Beai]:
    """Our own watch mode on the whole package, its first run done; ``sandbox`` as the setting of that name."""
    async with _spoken(_BEAI, subject, {"BEAI_SANDBOX": sandbox} if sandbox else {}) as process:
        tool = Beai(subject, pen, process)
        while await tool.verdict() != "confirmed":
            pass
        yield tool


@asynccontextmanager
async def _spoken(
    words: tuple[str, ...], subject: Subject, env: dict[str, str] | None = None
) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *words, cwd=subject.root, env={**quiet_environment(os.environ), **(env or {})}, stdin=PIPE, stdout=PIPE,
        stderr=STDOUT if "--json" not in words else DEVNULL, start_new_session=True, limit=2**24,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGINT if "--json" in words else signal.SIGKILL)
            await asyncio.wait_for(process.wait(), LIMIT)


def _since(saved: int) -> float:
    return (time.monotonic_ns() - saved) / 1e6
