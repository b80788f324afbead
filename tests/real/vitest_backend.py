"""A small package on disk with Vitest over it: one driver for all tests of a module, or one of a test's own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunKind, RunRequest, TestKey, TestState

KINDS = (RunKind.CONFIRMED, RunKind.PROVISIONAL)
TICK = 0.1  # seconds; after that the stamp of a file tells it from one written later
STALL = 5.0  # seconds

TRPC = """
import { initTRPC } from '@trpc/server'
export const t = initTRPC.context<{ db: any }>().create()
"""
PRODUCT = """
import { TRPCError } from '@trpc/server'
import { z } from 'zod'
import { t } from './trpc'
export const product = t.router({
  byId: t.procedure.input(z.object({ id: z.string() })).query(async ({ ctx, input }) => {
    const row = await ctx.db.product.findUnique({ where: input })
    if (!row) throw new TRPCError({ code: 'NOT_FOUND', message: 'no such product' })
    return row
  }),
})
"""
PRODUCT_TEST = """
import { describe, expect, it, vi } from 'vitest'
import { product } from '../src/product'
import { t } from '../src/trpc'
const db = { product: { findUnique: vi.fn() } }
const call = t.createCallerFactory(t.router({ product }))({ db })
describe('product.byId', () => {
  it('C1 finds', async () => {
    db.product.findUnique.mockResolvedValue({ id: '1' })
    expect(await call.product.byId({ id: '1' })).toEqual({ id: '1' })
  })
  it('C2 misses', async () => {
    db.product.findUnique.mockResolvedValue(null)
    await expect(call.product.byId({ id: '1' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
"""
MATH_TEST = """
import { expect, it } from 'vitest'
import { add } from '../src/math'
it('adds', () => expect(add(1, 2)).toBe(3))
"""
FILES = {
    "package.json": '{"name": "backend", "private": true, "type": "module"}',
    "vitest.config.ts": "import { defineConfig } from 'vitest/config'\n"
    "export default defineConfig({ test: { include: ['tests/**/*.test.ts'] } })\n",
    "src/trpc.ts": TRPC,
    "src/product.ts": PRODUCT,
    "src/math.ts": "export const add = (a: number, b: number) => a + b\n",
    "tests/product.test.ts": PRODUCT_TEST,
    "tests/math.test.ts": MATH_TEST,
}
WRONG_MATH = FILES["src/math.ts"].replace("+ b", "- b")
LOOP = "import { it } from 'vitest'\nit('spins', () => { for (;;) {} })\n"


class Backend:
    """A small package on disk with the runner over it."""

    def __init__(self, root: Path, tests: DrivenTests) -> None:
        self.root = root
        self.tests = tests

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def restore(self) -> None:
        """Leave nothing on disk but what ``make`` wrote."""
        for entry in self.root.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name not in {*FILES, "node_modules"}:
                entry.unlink()
        for path, text in FILES.items():
            self.write(path, text)

    async def run(self, *files: str, kind: RunKind = RunKind.CONFIRMED, changed: tuple[str, ...] = ()) -> Report:
        report = await self.tests.run(RunRequest(kind, files or None, changed), lambda _: None)
        assert isinstance(report, Report), report
        return report

    async def affected(
        self, *changed: str, kind: RunKind = RunKind.CONFIRMED, files: tuple[str, ...] | None = None
    ) -> Report:
        report = await self.tests.run(RunRequest(kind, files, changed, affected=True), lambda _: None)
        assert isinstance(report, Report), report
        return report


def ran(report: Report) -> list[str]:
    """The test files of a run, in the order of their names."""
    return sorted(file.file for file in report.files)


def states(report: Report) -> dict[TestKey, TestState]:
    """How each test ended."""
    return {test.key: test.state for test in report.tests()}


both_majors = pytest.mark.parametrize(
    "packages", ["shop_packages", "vitest3_packages"], indirect=True, ids=["v4", "v3"], scope="module"
)


@pytest.fixture(scope="module")
def packages(request: pytest.FixtureRequest) -> Path:
    """The demo's Vitest, or another fixture's where a test names one."""
    found: Path = request.getfixturevalue(getattr(request, "param", "shop_packages"))
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Backend]:
    """One driver for the module; nobody asks for it but ``backend``."""
    root = make(tmp_path_factory.mktemp("shared") / "backend", packages)
    tests = DrivenTests(root, stall=STALL)
    yield Backend(root, tests)
    await tests.close()


@pytest.fixture
def backend(shared: Backend) -> Iterator[Backend]:
    """The module's driver, and what a test did to the package is taken back after it."""
    yield shared
    shared.restore()


@pytest.fixture
def package(packages: Path, tmp_path: Path) -> Path:
    """A package of the test's own, with no driver yet."""
    return make(tmp_path / "backend", packages)


@pytest.fixture
async def fresh(package: Path) -> AsyncIterator[Backend]:
    """A driver of the test's own, not yet started."""
    tests = DrivenTests(package, stall=STALL)
    yield Backend(package, tests)
    await tests.close()


def make(root: Path, packages: Path) -> Path:
    """The package at ``root``."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "node_modules").symlink_to(packages, target_is_directory=True)
    return root
