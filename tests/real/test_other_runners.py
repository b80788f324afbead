"""node:test, bun, pytest and any command with a report keep the promises of the port ``Tests``."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.runners import RUNNERS
from tests.core.contracts.tests import TestsContract

BEGUN = "import { writeFileSync } from 'node:fs'\n"
NEVER = "writeFileSync('begun', ''); setInterval(() => {}, 1000); await new Promise(() => {})"
NODE = {
    "package.json": '{"private": true, "type": "module", "scripts": {"test": "node --test tests/*.test.js"}}',
    "tests/mixed.test.js": (
        "import assert from 'node:assert/strict'\nimport { it } from 'node:test'\n"
        "it('good', () => {})\nit('bad', () => { assert.equal(1, 2) })\n"
    ),
    "tests/other.test.js": "import { it } from 'node:test'\nit('other', () => {})\n",
    "tests/endless.test.js": f"{BEGUN}import {{ it }} from 'node:test'\nit('never', async () => {{ {NEVER} }})\n",
}
BUN = {
    "package.json": '{"private": true, "type": "module"}',
    "tests/mixed.test.ts": (
        "import { expect, it } from 'bun:test'\nit('good', () => {})\nit('bad', () => { expect(1).toBe(2) })\n"
    ),
    "tests/other.test.ts": "import { it } from 'bun:test'\nit('other', () => {})\n",
    "tests/endless.test.ts": f"{BEGUN}import {{ it }} from 'bun:test'\nit('never', async () => {{ {NEVER} }}, 9e6)\n",
}
PYTEST = {
    "pytest.ini": "[pytest]\npython_functions = good bad other never\n",
    "tests/test_mixed.py": "def good():\n    pass\n\n\ndef bad():\n    assert 1 == 2\n",
    "tests/test_other.py": "def other():\n    pass\n",
    "tests/test_endless.py": (
        "import threading\nfrom pathlib import Path\n\n\ndef never():\n"
        "    Path('begun').touch()\n    threading.Event().wait()\n"
    ),
}
COMMAND = ("node", "--test", "--test-reporter=tap", "{file}")


@dataclass
class Bench:
    """A ``TestsBench`` over a small package on disk."""

    tests: DrivenTests
    root: Path

    def processes(self) -> frozenset[int]:
        """Every process that works in the package's folder."""
        folders = (folder for folder in Path("/proc").iterdir() if folder.name.isdigit())
        return frozenset(int(folder.name) for folder in folders if _works_in(folder, self.root)) - {os.getpid()}

    async def begun(self) -> None:
        while not (self.root / "begun").exists():  # noqa: ASYNC110 - the test's process sets no event of ours
            await asyncio.sleep(0.02)


def _works_in(folder: Path, root: Path) -> bool:
    try:
        return Path(os.readlink(folder / "cwd")).is_relative_to(root)
    except OSError:
        return False


def made(root: Path, files: dict[str, str], packages: Path | None = None) -> Path:
    """``files`` below ``root``."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    if packages is not None:
        (root / "node_modules").symlink_to(packages, target_is_directory=True)
    return root


async def opened(root: Path, runner: RunnerName, command: Sequence[str] = ()) -> AsyncIterator[Bench]:
    tests = DrivenTests(root, runner=RUNNERS[runner], command=command)
    yield Bench(tests, root)
    await tests.close()


class TestNodeTests(TestsContract):
    __test__ = True
    mixed, other, endless = "tests/mixed.test.js", "tests/other.test.js", "tests/endless.test.js"

    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[Bench]:
        async for bench in opened(made(tmp_path, NODE), RunnerName.NODE):
            yield bench


class TestBunTests(TestsContract):
    __test__ = True

    @pytest.fixture
    async def bench(self, bun_packages: Path, tmp_path: Path) -> AsyncIterator[Bench]:
        async for bench in opened(made(tmp_path, BUN, bun_packages), RunnerName.BUN):
            yield bench


class TestPytestTests(TestsContract):
    __test__ = True
    mixed, other, endless = "tests/test_mixed.py", "tests/test_other.py", "tests/test_endless.py"

    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[Bench]:
        async for bench in opened(made(tmp_path, PYTEST), RunnerName.PYTEST):
            yield bench


class TestCommandTests(TestsContract):
    __test__ = True
    mixed, other, endless = "tests/mixed.test.js", "tests/other.test.js", "tests/endless.test.js"

    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[Bench]:
        async for bench in opened(made(tmp_path, NODE), RunnerName.COMMAND, COMMAND):
            yield bench
