"""Vitest keeps the promises of the port ``Tests``, and a mutant without its guard makes a real test fall."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from beai.core.files import DiskTree
from beai.core.project.facts import RunnerName
from beai.core.project.trpc import read_api
from beai.core.runner.driven import DrivenTests
from beai.core.runner.probe import mutants
from beai.core.runner.report import Report, RunRequest, TestKey, TestState
from beai.core.runner.runners import RUNNERS
from beai.core.runner.verdict import Redness, judge_red
from tests.core.contracts.tests import ENDLESS, MIXED, OTHER, TestsContract

FILES = {
    "package.json": '{"name": "backend", "private": true, "type": "module"}',
    MIXED: "import { expect, it } from 'vitest'\nit('good', () => {})\nit('bad', () => { expect(1).toBe(2) })\n",
    OTHER: "import { it } from 'vitest'\nit('other', () => {})\n",
    ENDLESS: (
        "import { writeFileSync } from 'node:fs'\nimport { it } from 'vitest'\n"
        "it('never', async () => { writeFileSync('begun', ''); await new Promise(() => {}) }, 600_000)\n"
    ),
}
WISHLIST = "src/server/api/routers/wishlist.ts"
WISHLIST_TEST = "src/server/api/routers/__tests__/wishlist.test.ts"


@dataclass
class RealTests:
    """A ``TestsBench`` with the demo's own Vitest."""

    tests: DrivenTests
    root: Path

    def processes(self) -> frozenset[int]:
        """Every process that works in the package's folder."""
        return frozenset(
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and int(folder.name) != os.getpid() and _works_in(folder, self.root)
        )

    async def begun(self) -> None:
        while not (self.root / "begun").exists():  # noqa: ASYNC110 - the test's process sets no event of ours
            await asyncio.sleep(0.02)


class SharedContract(TestsContract):
    """The contract with one runner for all tests of a class, for those that are dear to start."""

    pytestmark = pytest.mark.asyncio(loop_scope="class")

    @pytest.fixture
    def bench(self, shared: RealTests) -> Iterator[RealTests]:
        yield shared
        (shared.root / "begun").unlink(missing_ok=True)


async def opened(
    root: Path, packages: Path, files: Mapping[str, str], runner: RunnerName, env: Mapping[str, str] | None = None
) -> AsyncIterator[RealTests]:
    """A runner over ``files`` below ``root``, closed afterwards."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "node_modules").symlink_to(packages, target_is_directory=True)
    tests = DrivenTests(root, "", RUNNERS[runner], env=env)
    yield RealTests(tests, root)
    await tests.close()


class TestVitestTests(SharedContract):
    __test__ = True

    @pytest_asyncio.fixture(scope="class", loop_scope="class")
    async def shared(self, shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealTests]:
        async for bench in opened(tmp_path_factory.mktemp("v4"), shop_packages, FILES, RunnerName.VITEST):
            yield bench


@pytest.fixture
async def vitest(shop_copy: Path) -> AsyncIterator[DrivenTests]:
    tests = DrivenTests(shop_copy)
    yield tests
    await tests.close()


async def _run(tests: DrivenTests, *changed: str) -> Report:
    report = await tests.run(RunRequest(files=(WISHLIST_TEST,), changed=changed), lambda _: None)
    assert isinstance(report, Report), report
    return report


GUARDED = TestKey(WISHLIST_TEST, "wishlist.count > C1 rejects a caller with no session")
UNAUTHORIZED = """
describe("wishlist.count", () => {
  it("C1 rejects a caller with no session", async () => {
    const db = createMockDb();
    db.wishlistItem.count.mockResolvedValue(1);
    const caller = createTestCaller({ session: null, db });
    await expect(caller.wishlist.count()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });
});
"""


async def test_the_mutant_without_the_guard_makes_the_unauthorized_test_fall(
    shop_copy: Path, vitest: DrivenTests
) -> None:
    router, test = shop_copy / WISHLIST, shop_copy / WISHLIST_TEST
    test.write_text(test.read_text() + UNAUTHORIZED)
    before = await _run(vitest)
    outcome = before.find(GUARDED)
    assert outcome is not None and outcome.state is TestState.PASS

    text = router.read_text()
    api = read_api(DiskTree(shop_copy))
    procedure = api.procedure("wishlist.count")
    assert procedure is not None
    guard = mutants(text, procedure, api)[0]
    assert guard.what == "protectedProcedure replaced by publicProcedure"
    router.write_text(guard.text)
    fallen = (await _run(vitest, WISHLIST)).find(GUARDED)
    assert fallen is not None and fallen.state is TestState.FAIL
    assert "UNAUTHORIZED" in fallen.errors[0].message

    router.write_text(text)
    assert (await _run(vitest, WISHLIST)).clean()


async def test_every_mutant_of_the_demo_still_loads(shop_copy: Path, vitest: DrivenTests) -> None:
    text = (shop_copy / WISHLIST).read_text()
    api = read_api(DiskTree(shop_copy))
    procedure = api.procedure("wishlist.removeItem")
    assert procedure is not None
    for mutant in mutants(text, procedure, api):
        (shop_copy / WISHLIST).write_text(mutant.text)
        report = await _run(vitest, WISHLIST)
        assert report.tests() and not any(file.errors for file in report.files), mutant.what


WRITTEN: dict[str, tuple[str, Redness]] = {
    "a missing procedure": ("await caller.wishlist.addItem({})", Redness.RIGHT),
    "a missing procedure in a matcher": (
        "await expect(caller.wishlist.addItem({})).resolves.toEqual({ id: '1' })", Redness.RIGHT
    ),
    "a missing procedure for another code": (
        "await expect(caller.wishlist.addItem({})).rejects.toMatchObject({ code: 'CONFLICT' })", Redness.RIGHT
    ),
    "an assertion": ("expect(1).toBe(2)", Redness.RIGHT),
    "another procedure": ("await caller.product.addItem({})", Redness.WRONG),
    "another procedure in a matcher": (
        "await expect(caller.product.addItem({})).resolves.toEqual({ id: '1' })", Redness.WRONG
    ),
    "an unset mock": ("await caller.wishlist.count()", Redness.WRONG),
    "an unset mock in a matcher": ("await expect(caller.wishlist.count()).resolves.toEqual(1)", Redness.WRONG),
    "a forgotten import": ("addItem()", Redness.WRONG),
    "a syntax error": ("expect(1).toBe(2", Redness.WRONG),
    "a passing test": ("expect(1).toBe(1)", Redness.ABSENT),
    "not found, as expected": (
        "await expect(caller.wishlist.addItem({})).rejects.toMatchObject({ code: 'NOT_FOUND' })", Redness.ABSENT
    ),
}  # fmt: skip


async def test_what_vitest_says_of_a_new_test_is_judged_rightly(shop_copy: Path, vitest: DrivenTests) -> None:
    standing = await _run(vitest)
    test, seen = shop_copy / WISHLIST_TEST, dict[str, Redness]()
    old = test.read_text()
    for name, (statement, _) in WRITTEN.items():
        body = "const caller = createTestCaller({ session: customerSession, db: createMockDb() }) as any;"
        test.write_text(f'{old}\nit("C1 {name}", async () => {{ {body} {statement}; }});\n')
        report = await _run(vitest, WISHLIST_TEST)
        verdict = judge_red(standing, report, "C1", frozenset({WISHLIST_TEST}), "wishlist.addItem", exists=False)
        seen[name] = verdict.redness
    assert seen == {name: redness for name, (_, redness) in WRITTEN.items()}


def _works_in(folder: Path, root: Path) -> bool:
    try:
        return (folder / "cwd").resolve(strict=True).is_relative_to(root.resolve())
    except OSError:
        return False
