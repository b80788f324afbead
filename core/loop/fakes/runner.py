"""A test runner whose outcome is a function of the files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from beai.core.fault import Fault, FaultKind
from beai.core.loop.fakes.clock import FakeClock
from beai.core.loop.ports import Started
from beai.core.runner.report import FileOutcome, Reach, Reached, Report, RunRequest, TestOutcome, Trigger
from beai.core.runner.triggers import widest


@dataclass
class FakeTests:
    """A runner whose outcome is a function of the files; ``requests`` keeps every run asked for.

    A run for which ``endless`` says so ends only by a newer one, or by being cancelled; ``hold`` delays the reports,
    and ``total`` is how many test files they say there are.
    """

    outcome: Callable[[RunRequest], tuple[FileOutcome, ...] | Fault]
    clock: FakeClock = field(default_factory=FakeClock)
    requests: list[RunRequest] = field(default_factory=list)
    closed: bool = False
    endless: Callable[[RunRequest], bool] = lambda _: False
    newer: asyncio.Event = field(default_factory=asyncio.Event)
    hold: asyncio.Event | None = None
    provisional: bool = True
    total: int | None = None

    async def start(self) -> Started | Fault:
        """Always warm."""
        return Started("fake 1.0", provisional=self.provisional)

    async def run(self, request: RunRequest, progress: Callable[[TestOutcome], None]) -> Report | Fault:
        """Judge the files as they are now."""
        self.requests.append(request)
        number = len(self.requests)
        self.newer.set()
        self.newer = newer = asyncio.Event()
        if self.endless(request):
            await newer.wait()
            return Fault(FaultKind.CANCELLED, "A newer run was started.")
        outcome = self.outcome(request)
        if isinstance(outcome, Fault):
            return outcome
        files = _chosen(request, outcome)
        for file in files:
            for test in file.tests:
                progress(test)
        if self.hold is not None:
            await self.hold.wait()
        total = len(outcome) if self.total is None else self.total
        return Report(number, request.kind, files, at=self.clock.now(), total=total, changed=request.changed)

    async def reach(self, changed: Sequence[str]) -> Reach | Fault:
        """What a run of the affected would run."""
        request = RunRequest(changed=tuple(changed), affected=True)
        outcome = self.outcome(request)
        if isinstance(outcome, Fault):
            return outcome
        trigger, reason = widest(changed)
        chosen = _chosen(request, outcome) if trigger is not Trigger.NONE else ()
        return Reach(trigger, reason, tuple(Reached(file.file, "affected") for file in chosen), len(outcome))

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def _chosen(request: RunRequest, files: tuple[FileOutcome, ...]) -> tuple[FileOutcome, ...]:
    """Those of ``files`` that the request names or affects; a change to anything but a test affects all of them."""
    wanted = set(request.files or ())
    everything = request.files is None and not request.affected
    if everything or (request.affected and not {file.file for file in files}.issuperset(request.changed)):
        return files
    return tuple(file for file in files if file.file in wanted.union(request.changed if request.affected else ()))
