"""One run through the test port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from beai.core.edits.match import digest
from beai.core.edits.policy import is_test
from beai.core.edits.tamper.counting import floors
from beai.core.fault import Fault
from beai.core.loop.events import Event
from beai.core.loop.events.passing import RunBegan, TestEnded, Warmed
from beai.core.loop.ports import Ports
from beai.core.runner.report import Report, RunRequest, TestKey


async def run(
    ports: Ports, request: RunRequest, post: Callable[[Event], None], locked: tuple[str, ...] = ()
) -> Report | Fault:
    """Start the runner where it is cold, then run; the report names the ``locked`` files that changed meanwhile."""
    started = await ports.tests.start()
    if isinstance(started, Fault):
        return started
    post(Warmed(started))
    post(RunBegan())
    before = [await ports.workspace.text(path) for path in locked]
    report = await ports.tests.run(request, lambda outcome: post(TestEnded(outcome)))
    if isinstance(report, Fault):
        return report
    after = [await ports.workspace.text(path) for path in locked]
    seen = tuple((path, digest(text)) for path, text in zip(locked, before, strict=True) if text is not None)
    touched = tuple(path for path, old, new in zip(locked, before, after, strict=True) if old != new)
    required = await asyncio.to_thread(_required, dict(zip(locked, before, strict=True)))
    return replace(report, touched=touched, seen=seen, required=required)


def _required(texts: Mapping[str, str | None]) -> tuple[tuple[TestKey, int], ...]:
    """The fewest assertions that each test of these files makes where it passes, as far as its text tells."""
    told = ((path, floors(path, text)) for path, text in texts.items() if text is not None and is_test(path))
    return tuple((TestKey(path, name), floor) for path, each in told for name, floor in each)
