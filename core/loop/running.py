"""One run through the test port."""

from __future__ import annotations

from collections.abc import Callable

from beai.core.fault import Fault
from beai.core.loop.events import Event, TestEnded
from beai.core.loop.ports import Ports
from beai.core.runner.report import Report, RunRequest


async def run(ports: Ports, request: RunRequest, post: Callable[[Event], None]) -> Report | Fault:
    """Start the runner where it is cold, then run."""
    started = await ports.tests.start()
    if isinstance(started, Fault):
        return started
    return await ports.tests.run(request, lambda outcome: post(TestEnded(outcome)))
