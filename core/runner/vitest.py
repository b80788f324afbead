"""Vitest judges: a hot driver process per package answers each request with one report, and the newest request wins."""

from __future__ import annotations

import asyncio
import os
import posixpath
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Started
from beai.core.runner.driver import DriverProcess, start_driver
from beai.core.runner.lines import (
    DriverEvent,
    DriverFault,
    FileEnded,
    Ready,
    RunCancelled,
    RunDone,
    RunStarted,
    TestEnded,
    parse_line,
)
from beai.core.runner.report import FileOutcome, Report, RunKind, RunRequest, TestOutcome

_DRIVER = Path(__file__).with_name("drivers") / "vitest.mjs"
_START = 60.0  # seconds until the driver must be ready
_CANCELLED = Fault(FaultKind.CANCELLED, "The test run was stopped before it had a verdict.")


@dataclass(slots=True)
class _Run:
    """What has arrived of one request so far."""

    kind: RunKind
    progress: Callable[[TestOutcome], None]
    answer: asyncio.Future[Report | Fault]
    files: dict[str, FileOutcome] = field(default_factory=dict)

    def add(self, outcome: FileOutcome) -> None:
        known = self.files.get(outcome.file, FileOutcome(outcome.file))
        self.files[outcome.file] = FileOutcome(outcome.file, known.tests + outcome.tests, known.errors + outcome.errors)

    def settle(self, answer: Report | Fault) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)


class VitestTests:
    """The ``Tests`` port over the repository's own Vitest, 3 or newer.

    ``package`` is the folder of the package in the repository, with ``/``; paths in and out are the repository's.
    ``stall`` is after how many seconds without a sign of life test code counts as an endless loop.
    """

    def __init__(
        self, repo: Path, package: str = "", *, env: Mapping[str, str] | None = None, stall: float = 15.0
    ) -> None:
        self._repo = repo
        self._package = package.strip("/")
        self._env = {**(os.environ if env is None else env), "BEAI_STALL_MS": str(round(stall * 1000))}
        self._driver: DriverProcess | None = None
        self._started: asyncio.Task[Started | Fault] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[Ready | Fault] | None = None
        self._runs: dict[int, _Run] = {}
        self._last = 0

    async def start(self) -> Started | Fault:
        """Warm the runner; free when it is warm. A failed start is tried anew by the next call."""
        if self._started is None:
            self._started = asyncio.create_task(self._start())
        started = await asyncio.shield(self._started)
        if isinstance(started, Fault):
            self._started = None
        return started

    async def run(self, request: RunRequest, progress: Callable[[TestOutcome], None]) -> Report | Fault:
        """Run and report. A newer call, or cancelling the awaiting task, ends this one without a verdict."""
        message: dict[str, object] = {
            "do": "run",
            "mode": request.kind.value,
            "files": None if request.files is None else [self._inside(path) for path in request.files],
            "changed": [self._inside(path) for path in request.changed],
            "affected": request.affected,
        }
        return await self._ask(message, request.kind, progress)

    async def close(self) -> None:
        """Leave no process behind; a later call starts anew."""
        if self._started is not None:
            await asyncio.gather(self._started, return_exceptions=True)
        if self._driver is not None:
            await self._driver.close()
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)
        self._started = self._driver = self._reading = None

    async def _start(self) -> Started | Fault:
        root = self._repo / self._package
        node = shutil.which("node", path=self._env.get("PATH"))
        if node is None:
            return Fault(FaultKind.MISSING, "Node.js was not found on the PATH.", remedy="Install Node.js 20 or newer.")
        if not (root / "package.json").is_file():
            return Fault(FaultKind.REPOSITORY, f"There is no package.json in {root}.", remedy="Choose a Node package.")
        self._ready = asyncio.get_running_loop().create_future()
        try:
            driver = await start_driver([node, str(_DRIVER)], root, self._env)
        except OSError as error:
            return Fault(FaultKind.MISSING, f"{node} could not be started: {error.strerror}.", remedy="Check Node.js.")
        self._driver = driver
        self._reading = asyncio.create_task(self._read(driver))
        try:
            ready = await asyncio.wait_for(asyncio.shield(self._ready), _START)
        except TimeoutError:
            ready = Fault(
                FaultKind.TESTS,
                f"Vitest in {root} was not ready after {_START:.0f} seconds.",
                driver.printed(),
                "Check that `npx vitest run` works there.",
            )
        if isinstance(ready, Ready):
            return Started(f"Vitest {ready.version}")
        await driver.close()
        return ready

    async def _ask(
        self, message: dict[str, object], kind: RunKind, progress: Callable[[TestOutcome], None]
    ) -> Report | Fault:
        started = await self.start()
        if isinstance(started, Fault) or self._driver is None:
            return started if isinstance(started, Fault) else _CANCELLED
        self._last += 1
        number, driver = self._last, self._driver
        run = self._runs[number] = _Run(kind, progress, asyncio.get_running_loop().create_future())
        driver.forget()
        driver.send({**message, "id": number})
        try:
            return await run.answer
        except asyncio.CancelledError:
            driver.send({"do": "cancel", "id": number})
            raise
        finally:
            del self._runs[number]

    async def _read(self, driver: DriverProcess) -> None:
        async for line in driver.lines():
            event = parse_line(line, self._outside)
            if event is not None:
                self._apply(event, driver)
        driver.kill()  # it has gone, or no longer speaks: so must all it started
        self._lost(Fault(FaultKind.TESTS, "The test runner ended unexpectedly.", driver.printed(), "Run again."))

    def _apply(self, event: DriverEvent, driver: DriverProcess) -> None:
        if isinstance(event, Ready):
            return self._warm(event)
        if isinstance(event, DriverFault) and event.run is None:
            return self._warm(self._fault(event, driver))
        run = self._runs.get(event.run or 0)
        if run is None:
            return None
        match event:
            case RunStarted(files=files):
                run.files.update((file, FileOutcome(file)) for file in files)
            case TestEnded(outcome=outcome):
                run.add(FileOutcome(outcome.key.file, (outcome,)))
                run.progress(outcome)
            case FileEnded(outcome=outcome):
                run.add(outcome)
            case RunDone():
                run.settle(_report(event, run))
            case RunCancelled():
                run.settle(_CANCELLED)
            case DriverFault():
                run.settle(self._fault(event, driver))
            case _:
                assert_never(event)
        return None

    def _warm(self, ready: Ready | Fault) -> None:
        if self._ready is not None and not self._ready.done():
            self._ready.set_result(ready)

    def _lost(self, fault: Fault) -> None:
        self._warm(fault)
        self._started = self._driver = None
        for run in self._runs.values():
            run.settle(fault)

    def _fault(self, event: DriverFault, driver: DriverProcess) -> Fault:
        where = self._package or self._repo.name
        first = event.message.strip().splitlines()[0] if event.message.strip() else "no reason given"
        match event.kind:
            case "missing":
                return Fault(FaultKind.MISSING, f"Vitest is not installed in {where}.", remedy="Run `npm ci` there.")
            case "version":
                return Fault(FaultKind.TESTS, f"{first} ({where})", remedy="Upgrade it with `npm install -D vitest@4`.")
            case "load":
                return Fault(FaultKind.TESTS, first, event.message, "Use a Node.js version that this Vitest supports.")
            case "config":
                summary = f"The Vitest configuration of {where} cannot be used: {first}"
                return Fault(FaultKind.TESTS, summary, event.message, "Correct it, then run again.")
            case _:
                detail = f"{event.message}\n{driver.printed()}"
                return Fault(FaultKind.TESTS, f"The test runner failed: {first}", detail, "Run again.")

    def _inside(self, path: str) -> str:
        return posixpath.relpath(path, self._package) if self._package else path

    def _outside(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self._package, path)) if self._package else path


def _report(done: RunDone, run: _Run) -> Report:
    return Report(
        run=done.run,
        kind=run.kind,
        files=tuple(run.files.values()),
        at=time.time(),
        ms=done.ms,
        total=done.total,
        unhandled=done.unhandled,
        snapshots_written=done.snapshots_written,
        focused=done.focused,
        log=done.log,
    )
