"""What holds for every ``Tests``; a subclass gives the ``bench`` with a package for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Started, Tests
from beai.core.runner.report import Reach, Report, RunKind, RunRequest, TestOutcome, TestState, Trigger

PATIENCE = 60.0  # seconds; a real runner has processes to start
MIXED, OTHER, ENDLESS = "tests/mixed.test.ts", "tests/other.test.ts", "tests/endless.test.ts"


class TestsBench(Protocol):
    """A package whose file ``mixed`` of the contract has a test ``good`` and a test ``bad``, ``other`` one that passes.

    The test of ``endless`` does not end.
    """

    __test__ = False

    @property
    def tests(self) -> Tests:
        """What is tested."""

    def processes(self) -> frozenset[int]:
        """The processes that the runner holds."""

    async def begun(self) -> None:
        """Return once the endless test is under way."""


class TestsContract:
    """The promises of the port; a runner that knows its tests by other names gives its files here."""

    __test__ = False
    mixed, other, endless = MIXED, OTHER, ENDLESS

    @pytest.fixture
    def bench(self) -> TestsBench:
        """A bench with no run under way; closed after the last test that has it."""
        raise NotImplementedError

    async def test_starting_twice_is_free(self, bench: TestsBench) -> None:
        first = await bench.tests.start()
        held = bench.processes()
        assert isinstance(first, Started), first
        assert first.what
        assert await asyncio.wait_for(bench.tests.start(), 1.0) == first
        assert held <= bench.processes()

    @pytest.mark.parametrize("kind", list(RunKind))
    async def test_a_run_reports_what_passed_and_what_failed(self, bench: TestsBench, kind: RunKind) -> None:
        seen: list[TestOutcome] = []
        report = await self._run(bench, kind, seen)
        assert {test.key.leaf: test.state for test in report.tests()} == {"good": TestState.PASS, "bad": TestState.FAIL}
        assert {test.key.file for test in report.tests()} == {self.mixed}
        assert (report.kind, report.clean()) == (kind, False)
        told = {(test.key, test.state, test.ms) for test in seen}
        assert told == {(test.key, test.state, test.ms) for test in report.tests()}
        assert len(seen) == len(report.tests())

    async def test_a_failure_says_why(self, bench: TestsBench) -> None:
        fallen = (await self._run(bench)).failed()[0]
        assert fallen.errors
        assert (fallen.errors[0].expected, fallen.errors[0].actual) == ("2", "1")

    @pytest.mark.parametrize("kind", list(RunKind))
    async def test_an_affected_run_takes_what_changed_and_the_files_it_names(
        self, bench: TestsBench, kind: RunKind
    ) -> None:
        for named, ran in {None: {self.other}, (self.mixed,): {self.mixed, self.other}, (): {self.other}}.items():
            request = RunRequest(kind, named, changed=(self.other,), affected=True)
            report = await asyncio.wait_for(bench.tests.run(request, _ignore), PATIENCE)
            assert isinstance(report, Report), report
            assert {file.file for file in report.files} == ran

    async def test_what_a_change_would_run_is_told_without_running_it(self, bench: TestsBench) -> None:
        reach = await asyncio.wait_for(bench.tests.reach((self.other,)), PATIENCE)
        assert isinstance(reach, Reach), reach
        assert self.other in {one.file for one in reach.files}
        assert all(one.reason for one in reach.files)
        assert reach.total >= 2
        nothing = await asyncio.wait_for(bench.tests.reach(("README.md",)), PATIENCE)
        assert isinstance(nothing, Reach), nothing
        assert (nothing.trigger, nothing.files) == (Trigger.NONE, ())

    async def test_each_run_has_a_later_number(self, bench: TestsBench) -> None:
        assert (await self._run(bench)).run < (await self._run(bench)).run

    async def test_a_newer_run_cancels_the_older(self, bench: TestsBench) -> None:
        older = asyncio.create_task(bench.tests.run(RunRequest(files=(self.endless,)), _ignore))
        await asyncio.wait_for(bench.begun(), PATIENCE)
        newer = await self._run(bench)
        ended = await asyncio.wait_for(older, PATIENCE)
        assert isinstance(ended, Fault), ended
        assert ended.kind is FaultKind.CANCELLED
        assert len(newer.tests()) == 2

    async def test_a_cancelled_run_is_followed_by_a_whole_one(self, bench: TestsBench) -> None:
        run = asyncio.create_task(bench.tests.run(RunRequest(files=(self.endless,)), _ignore))
        await asyncio.wait_for(bench.begun(), PATIENCE)
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run
        assert len((await self._run(bench)).tests()) == 2

    async def test_closing_leaves_no_process_and_is_free_twice(self, bench: TestsBench) -> None:
        await self._run(bench)
        await bench.tests.close()
        assert bench.processes() == frozenset()
        await bench.tests.close()

    async def _run(
        self, bench: TestsBench, kind: RunKind = RunKind.CONFIRMED, seen: list[TestOutcome] | None = None
    ) -> Report:
        progress = _ignore if seen is None else seen.append
        report = await asyncio.wait_for(bench.tests.run(RunRequest(kind, (self.mixed,)), progress), PATIENCE)
        assert isinstance(report, Report), report
        return report


def _ignore(outcome: TestOutcome) -> None:
    assert outcome.key.name
