"""A test runner judges: a hot driver process per package answers each request with one report, and the newest wins."""

from __future__ import annotations

import asyncio
import json
import os
import posixpath
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Started
from beai.core.project.facts import RunnerName
from beai.core.runner.driver import DriverProcess, start_driver
from beai.core.runner.excerpt import excerpted
from beai.core.runner.lines import (
    DriverEvent,
    DriverFault,
    Explained,
    FileEnded,
    Ready,
    RunCancelled,
    RunDone,
    RunStarted,
    TestEnded,
    parse_line,
)
from beai.core.runner.owed import Owed
from beai.core.runner.report import FileOutcome, Reach, Report, RunKind, RunRequest, TestKey, TestOutcome, Trigger
from beai.core.runner.runners import RUNNERS, Runner, launch, worded
from beai.core.runner.triggers import trigger as judged
from beai.core.runner.triggers import widest
from beai.core.runner.underway import Underway
from beai.core.runner.verdict import contradicted
from beai.core.sandbox import Enclosure, Unconfined

_START = 60.0  # seconds until the driver must be ready
_ENDED = "The test runner ended unexpectedly."
_KILLED = "The test runner was ended from inside, or crashed, while these tests ran."
_CANCELLED = Fault(FaultKind.CANCELLED, "The test run was stopped before it had a verdict.")


class DrivenTests:
    """The ``Tests`` port over one of the repository's own runners.

    ``package`` is the folder of the package in the repository, with ``/``; paths in and out are the repository's.
    ``stall`` is after how many seconds without a sign of life test code counts as an endless loop; ``command`` is what
    the runner of that name starts. ``enclosure`` may be what chooses one, asked when the runner is first started.
    """

    def __init__(
        self,
        repo: Path,
        package: str = "",
        runner: Runner = RUNNERS[RunnerName.VITEST],
        *,
        env: Mapping[str, str] | None = None,
        stall: float = 15.0,
        command: Sequence[str] = (),
        enclosure: Enclosure | Callable[[], Awaitable[Enclosure | Fault]] | None = None,
    ) -> None:
        self._repo = repo
        self._package = package.strip("/")
        self._runner = runner
        told = {"BEAI_STALL_MS": str(round(stall * 1000)), "BEAI_COMMAND": json.dumps(list(command))}
        given = os.environ if env is None else env
        self._env = {name: value for name, value in given.items() if not name.startswith("BEAI_")} | told
        self._choose = enclosure if callable(enclosure) else None
        self._enclosure: Enclosure = Unconfined() if enclosure is None or callable(enclosure) else enclosure
        self._driver: DriverProcess | None = None
        self._started: asyncio.Task[Started | Fault] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[Ready | Fault] | None = None
        self._runs: dict[int, Underway] = {}
        self._asked: dict[int, asyncio.Future[Reach | Fault]] = {}
        self._last = 0
        self._closing = False
        self._quick: dict[TestKey, TestOutcome] = {}  # what the newest provisional run said
        self._owed = Owed()
        self._seen: tuple[frozenset[str], int] = frozenset(), 0  # of which changes, and of which state of the files
        self._tree = 0  # the state of the files that the newest run to end has read, as its driver counts
        self._isolated: set[str] = set()  # test files that leak state, run isolated from then on

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
        if self._enclosure.outdated(request.changed):
            await self.close()
        number, changed = self._owed.note(request.changed)
        gone = self._gone(changed)
        trigger, why_all = widest(changed, gone=gone)
        if trigger is Trigger.RESTART and widest(self._owed.unseen(), gone=gone)[0] is not Trigger.RESTART:
            trigger = Trigger.ALL
        message: dict[str, object] = {
            "do": "run",
            "mode": request.kind.value,
            "files": None if request.files is None else [self._inside(path) for path in request.files],
            "changed": self._telling(changed),
            "affected": request.affected,
            "trigger": trigger.value,
            "name": request.name,
            "isolated": sorted(self._inside(path) for path in self._isolated),
        }
        report = await self._ask(message, request.kind, progress)
        if isinstance(report, Fault):
            return report
        if trigger is Trigger.RESTART:
            self._owed.restarted(number)
        self._owed.settle(number, request, report)
        wide = request.affected and trigger in (Trigger.ALL, Trigger.RESTART)
        why_all = report.why_all or (why_all if wide else "")
        asked_all = request.files is None and (not request.affected or bool(why_all))
        whole = asked_all and len(report.files) >= report.total
        report = replace(report, why_all=why_all, changed=changed, gone=gone, whole=whole, name=request.name)
        return self._compared(excerpted(report, self._repo))

    async def reach(self, changed: Sequence[str]) -> Reach | Fault:
        """What a change to ``changed`` would run, and why; nothing is run."""
        started = await self.start()
        if isinstance(started, Fault) or self._driver is None:
            return started if isinstance(started, Fault) else _CANCELLED
        self._last += 1
        trigger, reason = widest(changed, gone=self._gone(changed))
        number = self._last
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        asked = {"do": "why", "id": number, "changed": self._telling(changed), "trigger": trigger.value}
        self._driver.send(asked)
        try:
            found = await answer
        finally:
            del self._asked[number]
        return found if isinstance(found, Fault) else replace(found, trigger=trigger, reason=reason)

    async def close(self) -> None:
        """Leave no process behind; a later call starts anew."""
        self._closing = True
        if self._started is not None:
            await asyncio.gather(self._started, return_exceptions=True)
        if self._driver is not None:
            await self._driver.close()
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)
        self._started = self._driver = self._reading = None
        self._closing = False

    async def _start(self) -> Started | Fault:
        if self._choose is not None:
            chosen = await self._choose()
            if isinstance(chosen, Fault):
                return chosen
            self._enclosure = chosen
        root = self._repo / self._package
        argv = launch(self._runner, root, self._env)
        if isinstance(argv, Fault):
            return argv
        self._ready = asyncio.get_running_loop().create_future()
        try:
            driver = await start_driver(argv, root, self._env, self._enclosure)
        except OSError as error:
            return Fault(FaultKind.MISSING, f"{argv[0]} could not be started: {error.strerror}.", remedy="Install it.")
        self._driver = driver
        self._reading = asyncio.create_task(self._read(driver))
        try:
            ready = await asyncio.wait_for(asyncio.shield(self._ready), _START)
        except TimeoutError:
            ready = Fault(
                FaultKind.TESTS,
                f"{self._runner.title} in {root} was not ready after {_START:.0f} seconds.",
                driver.printed(),
                "Check that the tests run there by hand.",
            )
        if isinstance(ready, Ready):
            level, reason = self._enclosure.level, self._enclosure.reason
            title = f"{self._runner.title} {ready.version}".strip()
            return Started(title, level, reason, self._runner.provisional)
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
        run = self._runs[number] = Underway(kind, progress, asyncio.get_running_loop().create_future())
        driver.forget()
        driver.keeper.begin()
        driver.send({**message, "id": number})
        try:
            return await run.answer
        except asyncio.CancelledError:
            driver.send({"do": "cancel", "id": number})
            raise
        finally:
            del self._runs[number]
            if not self._runs:
                driver.keeper.rest()

    async def _read(self, driver: DriverProcess) -> None:
        async for line in driver.lines():
            event = parse_line(line, self._outside)
            if event is not None:
                self._apply(event, driver)
        driver.kill()  # it has gone, or no longer speaks: so must all it started
        self._lost(driver)
        await driver.gone()

    def _apply(self, event: DriverEvent, driver: DriverProcess) -> None:
        if isinstance(event, Ready):
            return self._warm(event)
        if isinstance(event, DriverFault) and event.run is None:
            return self._warm(self._fault(event, driver))
        if isinstance(event, Explained | DriverFault) and (asked := self._asked.get(event.run or 0)) is not None:
            if not asked.done():
                asked.set_result(event.reach if isinstance(event, Explained) else self._fault(event, driver))
            return None
        run = self._runs.get(event.run or 0)
        if run is None or isinstance(event, Explained):
            return None
        match event:
            case RunStarted(files=files):
                for file in files:
                    run.add(FileOutcome(file))
            case TestEnded(outcome=outcome):
                run.add(FileOutcome(outcome.key.file, (outcome,)))
                run.progress(outcome)
            case FileEnded(outcome=outcome):
                run.ended.add(outcome.file)
                run.add(outcome)
            case RunDone(tree=tree):
                self._tree = tree
                run.settle(run.finished(event, driver.keeper.reason))
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

    def _lost(self, driver: DriverProcess) -> None:
        """The driver has gone: a run that had begun is told as far as it came, and everything else has no answer."""
        fault = Fault(FaultKind.TESTS, driver.keeper.reason or _ENDED, driver.printed(), "Run again.")
        self._warm(fault)
        self._started = self._driver = None
        for number, run in self._runs.items():
            begun = run.begun() and not self._closing
            why = driver.keeper.reason or _KILLED
            run.settle(run.cut_off(number, why, driver.printed()) if begun else fault)
        for asked in self._asked.values():
            if not asked.done():
                asked.set_result(fault)

    def _fault(self, event: DriverFault, driver: DriverProcess) -> Fault:
        return worded(self._runner, event, self._package or self._repo.name, driver.printed())

    def _gone(self, paths: Sequence[str]) -> tuple[str, ...]:
        return tuple(path for path in paths if not os.path.lexists(self._repo / path))

    def _telling(self, changed: Sequence[str]) -> list[str]:
        """The paths of ``changed`` that can mean anything to tests, as the driver names them."""
        return [self._inside(path) for path in changed if judged(path)[0] is not Trigger.NONE]

    def _compared(self, report: Report) -> Report:
        """Note what a confirmed run of the same bytes contradicts, and run those files isolated from then on."""
        read = (frozenset(report.changed), self._tree)
        if report.kind is RunKind.PROVISIONAL:
            self._quick, self._seen = {test.key: test for test in report.tests()}, read
            return report
        leaking = contradicted(self._quick, report) if read == self._seen else ()
        self._quick = {}
        self._isolated.update(key.file for key in leaking)
        return replace(report, leaking=leaking)

    def _inside(self, path: str) -> str:
        return posixpath.relpath(path, self._package) if self._package else path

    def _outside(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self._package, path)) if self._package else path
