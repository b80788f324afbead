"""A process of ours that is given jobs and tells events, one JSON object a line, each way over a pipe of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from .serve import LINE, Trouble
from .started import LOG

Kind = TypeVar("Kind", bound="Spoken")


class Spoken:
    """One such process; ``log`` is the end of what it and its children print."""

    def __init__(self, process: asyncio.subprocess.Process, jobs: int, events: asyncio.StreamReader) -> None:
        self.process = process
        self.log = ""
        self._jobs = jobs
        self._events = events
        self._output = asyncio.ensure_future(self._collect())

    @property
    def gone(self) -> bool:
        """Whether it ended already."""
        return self.process.returncode is not None

    def give(self, job: dict[str, Any]) -> None:
        """Let it do ``job``; one that has gone shows as the end of its events."""
        with contextlib.suppress(OSError):
            os.write(self._jobs, json.dumps(job).encode() + b"\n")

    def rest(self) -> None:
        """There is no further job."""
        if self._jobs >= 0:
            os.close(self._jobs)
            self._jobs = -1

    async def event(self) -> dict[str, Any] | None:
        """The next thing that it tells; None at its end."""
        try:
            while line := await self._events.readline():
                with contextlib.suppress(ValueError):  # a child was killed while it told
                    raw = json.loads(line)
                    if isinstance(raw, dict):
                        return raw
        except ValueError:  # a line longer than any of ours
            self.kill()
        return None

    def kill(self) -> None:
        """End it at once."""
        self.rest()
        if not self.gone:
            self.process.kill()

    async def output(self) -> str:
        """All that it printed, once it ended; a process that it left may hold the pipe."""
        await asyncio.wait({self._output}, timeout=1.0)
        self._output.cancel()
        return self.log

    async def _collect(self) -> None:
        stream = self.process.stdout
        while stream is not None and (chunk := await stream.read(65_536)):
            self.log = (self.log + chunk.decode("utf-8", "replace"))[-LOG:]
            sys.stderr.buffer.write(chunk)
            sys.stderr.buffer.flush()


async def start(
    kind: type[Kind],
    argv: Sequence[str],
    environment: Mapping[str, str],
    variable: str,
) -> Kind:
    """Start ``argv``; it finds its two descriptors, for jobs and for events, in ``variable``. Raises Trouble."""
    given, jobs = os.pipe()
    events, told = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *argv, env={**environment, variable: f"{given},{told}"}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, pass_fds=(given, told),
        )  # fmt: skip
    except OSError as error:
        os.close(jobs)
        os.close(events)
        raise Trouble("start", f"{argv[0]} could not be started: {error.strerror}.") from None
    finally:
        os.close(given)
        os.close(told)
    reader = asyncio.StreamReader(limit=LINE)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_event_loop().connect_read_pipe(lambda: protocol, os.fdopen(events, "rb", 0))
    return kind(process, jobs, reader)
