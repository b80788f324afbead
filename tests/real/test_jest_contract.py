"""Jest keeps the promises of the port ``Tests``, in both majors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.runners import RUNNERS
from tests.core.contracts.tests import ENDLESS, MIXED, OTHER, TestsContract
from tests.real.test_contracts_real import RealTests

FILES = {
    MIXED: "it('good', () => {})\nit('bad', () => { expect(1).toBe(2) })\n",
    OTHER: "it('other', () => {})\n",
    ENDLESS: (
        "const { writeFileSync } = require('node:fs')\n"
        "it('never', async () => { writeFileSync('begun', ''); await new Promise(() => {}) }, 600_000)\n"
    ),
}
PLAIN = "module.exports = { testEnvironment: 'node', transform: {} }\n"  # TypeScript costs a second a process
SWC = 'module.exports = { transform: { "\\\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" } } }] } }\n'


def package(root: Path, config: str, packages: Path) -> None:
    """Write the contract's package to ``root``."""
    for path, text in {
        "package.json": '{"name": "backend", "private": true}',
        "jest.config.js": config,
        **FILES,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "node_modules").symlink_to(packages, target_is_directory=True)


class TestJest29Tests(TestsContract):
    __test__ = True

    @pytest.fixture
    async def bench(self, jest29_packages: Path, tmp_path: Path) -> AsyncIterator[RealTests]:
        package(tmp_path, PLAIN, jest29_packages)
        tests = DrivenTests(tmp_path, "", RUNNERS[RunnerName.JEST])
        yield RealTests(tests, tmp_path)
        await tests.close()


class TestJest30Tests(TestsContract):
    __test__ = True

    @pytest.fixture
    async def bench(self, jest30_packages: Path, tmp_path: Path) -> AsyncIterator[RealTests]:
        package(tmp_path, SWC, jest30_packages)
        tests = DrivenTests(tmp_path, "", RUNNERS[RunnerName.JEST])
        yield RealTests(tests, tmp_path)
        await tests.close()
