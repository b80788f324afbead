"""The ``Tests`` port over whichever runner the repository has by the time that it is asked to judge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from beai.core.fault import Fault
from beai.core.loop.ports import Started, Tests
from beai.core.runner.report import Reach, Report, RunRequest, TestOutcome


class LateTests:
    """What ``found`` is, or what ``find`` gives later: a repository may get its first runner while we are open."""

    def __init__(self, find: Callable[[], Tests | Fault], found: Tests | Fault) -> None:
        self._find = find
        self._found = found

    async def start(self) -> Started | Fault:
        """Warm the runner."""
        tests = await self._tests()
        return tests if isinstance(tests, Fault) else await tests.start()

    async def run(self, request: RunRequest, progress: Callable[[TestOutcome], None]) -> Report | Fault:
        """Run and report."""
        tests = await self._tests()
        return tests if isinstance(tests, Fault) else await tests.run(request, progress)

    async def reach(self, changed: Sequence[str]) -> Reach | Fault:
        """What a change would run."""
        tests = await self._tests()
        return tests if isinstance(tests, Fault) else await tests.reach(changed)

    async def close(self) -> None:
        """Leave no process behind."""
        if not isinstance(self._found, Fault):
            await self._found.close()

    async def _tests(self) -> Tests | Fault:
        """The runner, looked for anew while there is none."""
        if isinstance(self._found, Fault):
            found = await asyncio.to_thread(self._find)
            self._found = found if isinstance(self._found, Fault) else self._found
        return self._found
