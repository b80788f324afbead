"""One run through the test port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from beai.core.edits.match import digest
from beai.core.edits.policy import is_test
from beai.core.edits.tamper.counting import floors
from beai.core.edits.tamper.hollow import focused, hollow
from beai.core.edits.tamper.marks import marks
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
    told = replace(report, touched=touched, seen=seen)
    return await asyncio.to_thread(_read, told, dict(zip(locked, before, strict=True)))


def _read(report: Report, texts: Mapping[str, str | None]) -> Report:
    """``report`` with what the texts of these files tell of their tests: what they assert at least, what not, and their
    marks."""
    tests = {path: text for path, text in texts.items() if text is not None and is_test(path)}
    return replace(
        report,
        required=tuple(
            (TestKey(path, name), least) for path, text in tests.items() for name, least in floors(path, text)
        ),
        hollow=tuple((TestKey(path, name), why) for path, text in tests.items() for name, why in hollow(path, text)),
        focuses=tuple(TestKey(path, name) for path, text in tests.items() for name in focused(path, text)),
        marks=tuple((path, name, mark) for path, text in tests.items() for name, mark in marks(path, text)),
    )
