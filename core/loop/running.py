"""One run through the test port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from beai.core.edits.match import digest
from beai.core.fault import Fault
from beai.core.loop.events import Event, RunBegan, TestEnded, Warmed
from beai.core.loop.ports import Ports
from beai.core.runner.report import Report, RunRequest


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
    return replace(report, touched=touched, seen=seen)
