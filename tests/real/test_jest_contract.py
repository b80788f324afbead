"""Jest keeps the promises of the port ``Tests``, in both majors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from beai.core.project.facts import RunnerName
from tests.core.contracts.tests import ENDLESS, MIXED, OTHER
from tests.real.test_contracts_real import RealTests, SharedContract, opened

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


PACKAGE = {"package.json": '{"name": "backend", "private": true}', **FILES}


class TestJest29Tests(SharedContract):
    __test__ = True

    @pytest_asyncio.fixture(scope="class", loop_scope="class")
    async def shared(self, jest29_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealTests]:
        files = {**PACKAGE, "jest.config.js": PLAIN}
        async for bench in opened(tmp_path_factory.mktemp("v29"), jest29_packages, files, RunnerName.JEST):
            yield bench


class TestJest30Tests(SharedContract):
    __test__ = True

    @pytest_asyncio.fixture(scope="class", loop_scope="class")
    async def shared(self, jest30_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealTests]:
        files = {**PACKAGE, "jest.config.js": SWC}
        async for bench in opened(tmp_path_factory.mktemp("v30"), jest30_packages, files, RunnerName.JEST):
            yield bench
