"""A driver's side of the protocol in Python: requests come in, the newest run wins, and nothing outlives a run."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
import traceback
from dataclasses import dataclass
from typing import Any, Callable, Dict  # noqa: UP035 - Python 3.8 reads this

from .processes import Channel, end, guard, kill_others, others

TEXT = 16384  # characters of one message
_MOST = 50  # errors in one event
_ROOM = 2 * 1024 * 1024  # bytes of them
LINE = 16 * 1024 * 1024  # bytes of one request
STALL = int(os.environ.pop("BEAI_STALL_MS", "15000")) / 1000
"""Seconds that test code may compute without a sign of life."""
IDLE = max(300.0, STALL)
"""Seconds that a test may wait without a sign of life."""

Event = Dict[str, Any]  # noqa: UP006


class Trouble(Exception):
    """What the adapter turns into one clear sentence."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Request:
    """One ``run``, as the protocol has it."""

    id: int
    mode: str
    files: list[str] | None
    changed: list[str]
    affected: bool
    trigger: str
    name: str


class Run:
    """Where a run's events go; a run that was cancelled says nothing more."""

    def __init__(self, request: Request, emit: Callable[[Event], None]) -> None:
        self.request = request
        self.over = False
        self._emit = emit
        self._begun = time.monotonic()
        self._names: dict[tuple[str, str], int] = {}

    def tell(self, event: str, **fields: Any) -> None:
        """Send one event of this run; of tests with one name in one file each keeps a name of its own."""
        if event == "test":
            key = (fields["file"], fields["name"])
            self._names[key] = count = self._names.get(key, 0) + 1
            fields["name"] += f" #{count}" if count > 1 else ""
        bounded = {name: _bounded(fields[name]) for name in ("errors", "unhandled") if len(fields.get(name, ())) > 1}
        fields.update(bounded)
        if not self.over:
            self._emit({"event": event, "id": self.request.id, **fields})

    def done(self, **fields: Any) -> None:
        """The run has its verdict."""
        self.tell("done", ms=(time.monotonic() - self._begun) * 1000, **fields)
        self.over = True


class Driver:
    """What a runner adds. Every method may raise ``Trouble``. A cancelled ``run`` just ends."""

    async def open(self) -> str:
        """Get warm; gives the runner's version."""
        raise NotImplementedError

    async def run(self, run: Run) -> None:
        """Perform ``run`` to its ``done``."""
        raise NotImplementedError

    def reach(self, changed: list[str], trigger: str) -> Event:
        """What a change would run: ``files`` and ``total``."""
        raise NotImplementedError

    async def close(self) -> None:
        """Let go of everything that the end of our processes leaves behind."""

    def rest(self) -> None:
        """The run is over and its processes are gone: prepare for the next."""

    def waiting(self) -> set[int]:
        """Processes that no run owns, which outlive its end."""
        return set()


class Served:
    """One driver being served."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._channel = Channel()
        self._pending: Request | None = None
        self._running: Run | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = False
        self._guard = 0

    async def main(self) -> None:
        """Until the input ends."""
        self._guard = guard()
        opening = asyncio.ensure_future(self._open())
        reader = asyncio.StreamReader(limit=LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_event_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        while line := await reader.readline():
            with contextlib.suppress(ValueError):
                self._receive(json.loads(line))
        opening.cancel()
        end()

    async def _open(self) -> None:
        begun = time.monotonic()
        try:
            version = await self._driver.open()
        except Trouble as trouble:
            self._fault(None, trouble.kind, str(trouble))
            return end()
        except Exception as error:  # noqa: BLE001 - told, never thrown
            self._fault(None, "internal", _said(error))
            return end()
        self._channel.emit({"event": "ready", "version": version, "ms": (time.monotonic() - begun) * 1000})
        self._ready = True
        return self._next()

    def _receive(self, raw: Event) -> None:
        number = raw.get("id", 0)
        match_ = raw.get("do")
        if match_ == "run":
            self._newer(number)
            self._pending = _request(raw)
            self._next()
        elif match_ == "cancel":
            if self._pending is not None and self._pending.id == number:
                self._drop()
            elif self._running is not None and self._running.request.id == number:
                self._cancel()
        elif match_ == "why":
            self._explain(number, raw)
        elif match_ == "quit":
            self._task = asyncio.ensure_future(self._quit())
        else:
            self._fault(number, "protocol", "An unknown request.")

    def _newer(self, number: int) -> None:
        if self._pending is not None:
            self._drop()
        self._cancel()

    def _drop(self) -> None:
        if self._pending is not None:
            self._channel.emit({"event": "cancelled", "id": self._pending.id})
        self._pending = None

    def _cancel(self) -> None:
        if self._running is not None and self._task is not None:
            self._task.cancel()

    def _next(self) -> None:
        if not self._ready or self._running is not None or self._pending is None:
            return
        self._running = Run(self._pending, self._channel.emit)
        self._pending = None
        task = self._task = asyncio.ensure_future(self._driver.run(self._running))
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        run, self._running = self._running, None
        error = None if task.cancelled() else task.exception()
        if run is not None and task.cancelled():
            run.tell("cancelled")
        elif run is not None and isinstance(error, Trouble):
            run.tell("fault", kind=error.kind, message=str(error)[-TEXT:])
        elif run is not None and error is not None:
            run.tell("fault", kind="internal", message=_said(error))
        kill_others({*self._driver.waiting(), self._guard})
        self._driver.rest()
        self._next()

    def _explain(self, number: int, raw: Event) -> None:
        try:
            answer = self._driver.reach(list(raw.get("changed") or []), str(raw.get("trigger")))
        except Exception as error:  # noqa: BLE001 - told, never thrown
            return self._fault(number, "internal", _said(error))
        return self._channel.emit({"event": "why", "id": number, **answer})

    async def _quit(self) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._driver.close(), 2)
        kill_others(set())
        for _ in range(100):  # who waits for our end may look for what we started
            if not others():
                break
            await asyncio.sleep(0.01)  # no event tells of the end of a process that is not our child
        end()

    def _fault(self, number: int | None, kind: str, message: str) -> None:
        self._channel.emit({"event": "fault", "id": number, "kind": kind, "message": message[-TEXT:]})


def _said(error: BaseException) -> str:
    """What broke, in one sentence; where it broke is for the log."""
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    sys.stderr.flush()
    return f"{type(error).__name__}: {error}"[:TEXT]


def _bounded(errors: list[Event]) -> list[Event]:
    """``errors`` as far as one event may hold them; the last says how many were left out."""
    room = _ROOM
    for at, error in enumerate(errors):
        room -= len(json.dumps(error))
        if at == _MOST or (at and room < 0):
            return [*errors[:at], {"name": "Error", "message": f"and {len(errors) - at} more"}]
    return errors


def _request(raw: Event) -> Request:
    return Request(
        raw.get("id", 0),
        str(raw.get("mode")),
        raw.get("files"),
        list(raw.get("changed") or []),
        bool(raw.get("affected")),
        str(raw.get("trigger") or "graph"),
        str(raw.get("name") or ""),
    )


def serve(driver: Driver) -> None:
    """Serve ``driver`` until our parent is done with us."""
    asyncio.run(Served(driver).main())
