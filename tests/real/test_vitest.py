"""The hot Vitest driver tells the truth about the files on disk, stops when told, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Started
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunKind, RunRequest, TestKey, TestOutcome, TestState

T = TypeVar("T")
KINDS = (RunKind.CONFIRMED, RunKind.PROVISIONAL)

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
LOOP = "import { it } from 'vitest'\nit('spins', () => { for (;;) {} })\n"


class Backend:
    """A small package on disk with the runner over it."""

    def __init__(self, root: Path, tests: DrivenTests) -> None:
        self.root = root
        self.tests = tests

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

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


both_majors = pytest.mark.parametrize("package", ["shop_packages", "vitest3_packages"], indirect=True, ids=["v4", "v3"])


@pytest.fixture
def package(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The package with the demo's Vitest, or with another fixture's where a test names one."""
    packages = request.getfixturevalue(getattr(request, "param", "shop_packages"))
    root = tmp_path / "backend"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "node_modules").symlink_to(packages, target_is_directory=True)
    return root


@pytest.fixture
async def backend(package: Path) -> AsyncIterator[Backend]:
    tests = DrivenTests(package, stall=5.0)
    yield Backend(package, tests)
    await tests.close()


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_a_run_reports_every_test_and_streams_each_as_it_ends(backend: Backend, kind: RunKind) -> None:
    seen: list[TestOutcome] = []
    report = await backend.tests.run(RunRequest(kind), seen.append)
    assert isinstance(report, Report)
    assert report.kind is kind
    assert report.clean()
    assert sorted(seen, key=lambda o: o.key) == sorted(report.tests(), key=lambda o: o.key)
    assert [test.key.name for test in report.tests() if test.key.file == "tests/product.test.ts"] == [
        "product.byId > C1 finds",
        "product.byId > C2 misses",
    ]
    assert report.total == 2
    assert report.find(TestKey("tests/math.test.ts", "adds")).line == 4  # type: ignore[union-attr]


async def test_starting_names_the_runner_and_is_free_the_second_time(backend: Backend) -> None:
    first = await backend.tests.start()
    assert isinstance(first, Started)
    assert first.what.startswith("Vitest 4.")
    begun = time.perf_counter()
    assert await backend.tests.start() == first
    assert time.perf_counter() - begun < 0.3  # a cold start takes longer on any machine


@both_majors
async def test_a_failed_assertion_carries_both_values_and_its_place(backend: Backend) -> None:
    backend.write("src/math.ts", "export const add = (a: number, b: number) => a - b\n")
    report = await backend.run("tests/math.test.ts")
    (failed,) = report.failed()
    (error,) = failed.errors
    assert (error.name, error.expected, error.actual) == ("AssertionError", "3", "-1")
    assert (error.file, error.line) == ("tests/math.test.ts", 4)
    assert "expected -1 to be 3" in error.message


@both_majors
async def test_a_trpc_error_carries_its_code_and_its_cause(backend: Backend) -> None:
    backend.write(
        "tests/raw.test.ts",
        PRODUCT_TEST.split("describe(")[0]
        + "it('throws', () => call.product.byId({ id: '1' }))\n"
        + "it('absent', () => (call as any).product.nope())\n"
        + "it('invalid', () => call.product.byId({ id: 1 as any }))\n",
    )
    report = await backend.run("tests/raw.test.ts")
    thrown, absent, invalid = (test.errors[0] for test in report.tests())
    assert (thrown.name, thrown.code, thrown.message) == ("TRPCError", "NOT_FOUND", "no such product")
    assert absent.code == "NOT_FOUND"
    assert "No procedure found on path" in absent.message
    assert invalid.code == "BAD_REQUEST"
    assert "ZodError" in invalid.cause


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_a_run_sees_bytes_that_nobody_told_it_about(backend: Backend, kind: RunKind) -> None:
    assert (await backend.run("tests/math.test.ts", kind=kind)).clean()
    for right in (False, True) * 5:
        backend.write("src/math.ts", f"export const add = (a: number, b: number) => a {'+' if right else '-'} b\n")
        assert (await backend.run("tests/math.test.ts", kind=kind)).clean() is right


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_files_that_come_go_and_move_are_seen(backend: Backend, kind: RunKind) -> None:
    assert (await backend.run("tests/math.test.ts", kind=kind)).clean()
    (backend.root / "src/math.ts").rename(backend.root / "src/sums.ts")
    gone = await backend.run("tests/math.test.ts", kind=kind)
    assert not gone.clean()
    assert "src/math" in gone.files[0].errors[0].message
    (backend.root / "src/math").mkdir()
    backend.write("src/math/index.ts", "export { add } from '../sums'\n")
    assert (await backend.run("tests/math.test.ts", kind=kind)).clean()
    backend.write("src/math.ts", "export const add = () => 0\n")  # a file goes before a folder of its name
    assert not (await backend.run("tests/math.test.ts", kind=kind)).clean()
    backend.write("tests/new.test.ts", "import { it } from 'vitest'\nit('is new', () => {})\n")
    assert (await backend.run("tests/new.test.ts", kind=kind)).clean()
    (backend.root / "tests/new.test.ts").unlink()
    absent = await backend.run("tests/new.test.ts", kind=kind)
    assert not absent.clean()
    assert "tests/new.test.ts does not exist" in absent.files[0].errors[0].message


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_no_state_of_a_module_survives_a_run(backend: Backend, kind: RunKind) -> None:
    backend.write("src/count.ts", "let n = 0\nexport const next = () => ++n\n")
    body = (
        "import { expect, it } from 'vitest'\nimport { next } from '../src/count'\n"
        "it('starts at 1', () => expect(next()).toBe(1))\n"
    )
    backend.write("tests/a.test.ts", body)
    backend.write("tests/b.test.ts", body)
    for _ in range(3):
        assert (await backend.run("tests/a.test.ts", "tests/b.test.ts", kind=kind)).clean()


@both_majors
async def test_a_confirmed_run_starts_from_a_clean_process(backend: Backend) -> None:
    backend.write(
        "tests/global.test.ts",
        "import { expect, it } from 'vitest'\nconst g = globalThis as any\n"
        "it('is alone', () => {\n"
        "  expect(g.mine).toBeUndefined(); g.mine = 1\n"
        "  expect(process.env.MINE).toBeUndefined(); process.env.MINE = 'x'\n"
        "})\n",
    )
    for _ in range(3):
        assert (await backend.run("tests/global.test.ts")).clean()


@both_majors
async def test_a_hot_process_outlives_runs_but_not_many(backend: Backend) -> None:
    backend.write(
        "tests/pid.test.ts", "import { it } from 'vitest'\nit('tells', () => console.log('pid', process.pid))\n"
    )
    runs = [await backend.run("tests/pid.test.ts", kind=RunKind.PROVISIONAL) for _ in range(32)]
    pids = [run.log.split()[-1] for run in runs]
    assert len(set(pids)) <= 3
    assert pids == sorted(pids, key=pids.index)  # none comes back


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_that_does_not_load_is_an_error_of_the_file(backend: Backend, kind: RunKind) -> None:
    backend.write("tests/math.test.ts", "import { add } from '../src/math'\nexpect(((\n")
    syntax = await backend.run("tests/math.test.ts", kind=kind)
    assert syntax.tests() == ()
    assert syntax.files[0].errors
    backend.write("tests/math.test.ts", MATH_TEST.replace("../src/math", "../src/nowhere"))
    unresolved = await backend.run("tests/math.test.ts", kind=kind)
    assert "nowhere" in unresolved.files[0].errors[0].message
    backend.write("tests/math.test.ts", MATH_TEST)
    assert (await backend.run("tests/math.test.ts", kind=kind)).clean()


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_the_newest_run_ends_an_endless_one(backend: Backend, kind: RunKind) -> None:
    backend.write("tests/loop.test.ts", LOOP)
    await backend.run("tests/math.test.ts", kind=kind)
    request = RunRequest(kind, ("tests/loop.test.ts",))
    older = asyncio.create_task(backend.tests.run(request, lambda _: None))
    await asyncio.sleep(0.5)
    begun = time.perf_counter()
    assert (await backend.run("tests/math.test.ts", kind=kind)).clean()
    assert time.perf_counter() - begun < 4.5  # less than the stall limit: it was stopped, not given up on
    stopped = await older
    assert isinstance(stopped, Fault)
    assert stopped.kind is FaultKind.CANCELLED


async def test_cancelling_the_task_ends_the_run(backend: Backend) -> None:
    backend.write("tests/loop.test.ts", LOOP)
    await backend.tests.start()
    task = asyncio.create_task(backend.tests.run(RunRequest(files=("tests/loop.test.ts",)), lambda _: None))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await backend.run("tests/math.test.ts")).clean()


@pytest.mark.parametrize("kind", KINDS)
async def test_of_many_requests_only_the_last_gets_a_verdict(backend: Backend, kind: RunKind) -> None:
    await backend.tests.start()
    runs = [
        asyncio.create_task(backend.tests.run(RunRequest(kind, ("tests/math.test.ts",)), lambda _: None))
        for _ in range(5)
    ]
    *older, newest = await asyncio.gather(*runs)
    assert isinstance(newest, Report)
    assert newest.clean()
    assert all(isinstance(answer, Fault) and answer.kind is FaultKind.CANCELLED for answer in older)


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_an_endless_loop_nobody_cancels_is_stopped_and_said(backend: Backend, kind: RunKind) -> None:
    backend.write("tests/loop.test.ts", LOOP)
    report = await backend.run("tests/loop.test.ts", kind=kind)
    assert not report.clean()
    assert "endless loop" in report.unhandled[0].message
    assert (await backend.run("tests/math.test.ts", kind=kind)).clean()


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_a_test_that_kills_its_process_is_not_a_pass(backend: Backend, kind: RunKind) -> None:
    backend.write(
        "tests/die.test.ts", "import { it } from 'vitest'\nit('dies', () => { process.kill(process.pid, 'SIGKILL') })\n"
    )
    report = await backend.run("tests/die.test.ts", kind=kind)
    assert not report.clean()
    assert "SIGKILL" in report.unhandled[0].message
    assert (await backend.run("tests/math.test.ts", kind=kind)).clean()


@both_majors
async def test_an_error_that_no_test_owns_is_reported(backend: Backend) -> None:
    backend.write(
        "tests/math.test.ts", MATH_TEST + "it('drops a promise', () => { void Promise.reject(new Error('dropped')) })\n"
    )
    report = await backend.run("tests/math.test.ts")
    assert not report.failed()
    assert [error.message for error in report.unhandled] == ["dropped"]
    assert not report.clean()


@both_majors
async def test_no_snapshot_is_ever_written(backend: Backend) -> None:
    text = (
        "import { expect, it } from 'vitest'\nit('snaps', () => expect({ a: 1 }).toMatchSnapshot())\n"
        "it('inline', () => expect(1).toMatchInlineSnapshot())\n"
    )
    backend.write("tests/snap.test.ts", text)
    report = await backend.run("tests/snap.test.ts")
    assert len(report.failed()) == 2
    assert report.snapshots_written == 0
    assert not (backend.root / "tests/__snapshots__").exists()
    assert (backend.root / "tests/snap.test.ts").read_text() == text


@both_majors
async def test_skipped_todo_and_focused_tests_are_told_apart(backend: Backend) -> None:
    backend.write(
        "tests/modes.test.ts",
        "import { it } from 'vitest'\nit.only('runs', () => {})\nit('hidden', () => {})\nit.todo('later')\n",
    )
    report = await backend.run("tests/modes.test.ts")
    assert [test.state for test in report.tests()] == [TestState.PASS, TestState.SKIP, TestState.TODO]
    assert report.focused
    backend.write("tests/modes.test.ts", "import { it } from 'vitest'\nit.skip('hidden', () => {})\n")
    assert not (await backend.run("tests/modes.test.ts")).focused


@both_majors
async def test_a_change_reaches_the_tests_that_import_it(backend: Backend) -> None:
    backend.write("prisma/schema.prisma", "model A { id String @id }\n")
    product, math = ["tests/product.test.ts"], ["tests/math.test.ts"]
    for path, expected in {
        "src/trpc.ts": product,
        "src/product.ts": product,
        "src/math.ts": math,
        "tests/math.test.ts": math,
        "prisma/schema.prisma": math + product,
        ".env": math + product,
        "package.json": math + product,
        "vitest.config.ts": math + product,
        "fixtures/unheard-of.csv": math + product,
    }.items():
        assert ran(await backend.affected(path)) == expected, path


@both_majors
async def test_affected_runs_follow_imports_as_they_are_now(backend: Backend) -> None:
    await backend.affected("src/math.ts")
    backend.write("src/extra.ts", "export const one = 1\n")
    backend.write(
        "src/math.ts", "import { one } from './extra'\nexport const add = (a: number, b: number) => a + b * one\n"
    )
    await backend.affected("src/math.ts")
    backend.write("src/extra.ts", "export const one = -1\n")
    report = await backend.affected("src/extra.ts")
    assert ran(report) == ["tests/math.test.ts"]
    assert len(report.failed()) == 1


@both_majors
async def test_a_named_file_that_is_no_test_is_an_error_of_an_affected_run_too(backend: Backend) -> None:
    report = await backend.affected("src/math.ts", files=("tests/gone.test.ts",))
    assert ran(report) == ["tests/gone.test.ts", "tests/math.test.ts"]
    assert not report.clean()


TICK = 0.1  # seconds; after that the stamp of a file tells it from one written later
WRONG_MATH = FILES["src/math.ts"].replace("+ b", "- b")


@both_majors
async def test_a_save_is_shown_and_then_confirmed_by_the_same_tests(backend: Backend) -> None:
    await backend.run()
    for text in (WRONG_MATH, FILES["src/math.ts"]):
        backend.write("src/math.ts", text)
        backend.write("src/product.ts", PRODUCT + f"// {len(text)}, and nobody is told\n")
        await asyncio.sleep(TICK)
        shown = await backend.affected("src/math.ts", kind=RunKind.PROVISIONAL)
        confirmed = await backend.affected("src/math.ts")
        assert (shown.kind, confirmed.kind) == (RunKind.PROVISIONAL, RunKind.CONFIRMED)
        assert ran(shown) == ran(confirmed) == ["tests/math.test.ts", "tests/product.test.ts"]
        assert states(shown) == states(confirmed)
        assert confirmed.clean() is (text != WRONG_MATH)
    assert ran(await backend.affected("src/math.ts")) == ["tests/math.test.ts"]


@both_majors
async def test_what_a_run_of_one_file_saw_change_is_still_owed_to_the_next_affected_run(backend: Backend) -> None:
    await backend.run()
    backend.write("src/math.ts", WRONG_MATH)
    await asyncio.sleep(TICK)
    assert (await backend.run("tests/product.test.ts")).clean()
    assert ran(await backend.affected("src/product.ts")) == ["tests/math.test.ts", "tests/product.test.ts"]


async def test_confirming_a_changed_configuration_makes_no_second_instance(backend: Backend) -> None:
    backend.write(
        "vitest.config.ts",
        "import { appendFileSync } from 'node:fs'\nappendFileSync('made', '1')\n" + FILES["vitest.config.ts"],
    )
    await backend.run()
    backend.write(".env", "A=1\n")
    await asyncio.sleep(TICK)
    before = (backend.root / "made").read_text()
    for kind in (RunKind.PROVISIONAL, RunKind.CONFIRMED):
        assert len((await backend.affected(".env", kind=kind)).files) == 2
    assert (backend.root / "made").read_text() == before + "1"


@both_majors
async def test_the_tests_of_what_changed_go_first(backend: Backend) -> None:
    """Row: `related` of a router, the test of the same name first."""
    slow = MATH_TEST + "it('is slow', () => new Promise((resolve) => { setTimeout(resolve, 40) }))\n"
    for name in ("a", "b", "y", "z"):
        backend.write(f"tests/{name}.test.ts", slow)
    backend.write("vitest.config.ts", FILES["vitest.config.ts"].replace("test: {", "test: { maxWorkers: 1,"))
    await backend.run()
    first: list[str] = []
    for changed, named in (("src/math.ts", None), ("tests/math.test.ts", ("tests/a.test.ts", "tests/z.test.ts"))):
        for kind in KINDS:
            first.clear()
            request = RunRequest(kind, named, (changed,), affected=True)
            await backend.tests.run(request, lambda test: first.append(test.key.file))
            assert first[0] == "tests/math.test.ts", (changed, first)


@both_majors
async def test_a_changed_configuration_is_used_by_the_next_run(backend: Backend) -> None:
    assert len((await backend.run()).files) == 2
    backend.write("vitest.config.ts", FILES["vitest.config.ts"].replace("tests/**/*", "tests/math"))
    assert [file.file for file in (await backend.run()).files] == ["tests/math.test.ts"]
    backend.write("vitest.config.ts", "throw new Error('half typed')\n")
    broken = await backend.tests.run(RunRequest(), lambda _: None)
    assert isinstance(broken, Fault)
    assert "half typed" in broken.summary
    backend.write("vitest.config.ts", FILES["vitest.config.ts"])
    assert len((await backend.run()).files) == 2


async def test_what_tests_print_is_kept_and_is_no_event(backend: Backend) -> None:
    forged = json.dumps({"id": 1, "event": "test", "file": "tests/forged.test.ts", "name": "forged", "state": "pass"})
    backend.write(
        "tests/print.test.ts",
        "import { it } from 'vitest'\n"
        f"const line = {forged!r} + '\\n'\n"
        "it('prints', () => { process.stdout.write(line); process.stderr.write(line); console.log('said aloud') })\n",
    )
    report = await backend.run("tests/print.test.ts")
    assert [test.key.file for test in report.tests()] == ["tests/print.test.ts"]
    assert "said aloud" in report.log


@both_majors
async def test_a_test_process_holds_no_pipe_to_us_and_no_trace_of_us(backend: Backend) -> None:
    backend.write(
        "tests/fds.test.ts",
        "import { readdirSync, readlinkSync } from 'node:fs'\nimport { it } from 'vitest'\n"
        "const link = (fd: string) => { try { return readlinkSync('/proc/self/fd/' + fd) } catch { return '' } }\n"
        "it('looks', () => console.log(JSON.stringify({\n"
        "  links: readdirSync('/proc/self/fd').map(link),\n"
        "  env: Object.keys(process.env).filter((name) => name.startsWith('BEAI')), argc: process.argv.length,\n"
        "})))\n",
    )
    report = await backend.run("tests/fds.test.ts")
    seen = json.loads(next(line for line in report.log.splitlines() if line.startswith('{"links"')))
    ours = {os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _open(fd)}
    pipes = {link for link in ours if link.startswith("pipe:")}
    assert pipes
    assert not pipes & set(seen["links"])
    assert seen["env"] == []
    assert seen["argc"] == 2


async def test_a_huge_message_is_cut(backend: Backend) -> None:
    backend.write(
        "tests/huge.test.ts",
        "import { it } from 'vitest'\nit('shouts', () => { throw new Error('x'.repeat(5_000_000)) })\n",
    )
    report = await backend.run("tests/huge.test.ts")
    assert 1000 < len(report.failed()[0].errors[0].message) < 40_000


async def test_the_package_may_sit_in_a_folder_of_the_repository(package: Path) -> None:
    tests = DrivenTests(package.parent, "backend")
    try:
        report = await tests.run(RunRequest(files=("backend/tests/math.test.ts",)), lambda _: None)
        assert isinstance(report, Report)
        assert [test.key.file for test in report.tests()] == ["backend/tests/math.test.ts"]
        request = RunRequest(changed=("backend/src/math.ts",), affected=True)
        report = await tests.run(request, lambda _: None)
        assert isinstance(report, Report)
        assert ran(report) == ["backend/tests/math.test.ts"]
    finally:
        await tests.close()


async def test_the_demo_backend_is_green(shop: Path) -> None:
    tests = DrivenTests(shop)
    try:
        report = await tests.run(RunRequest(), lambda _: None)
        assert isinstance(report, Report), report
        assert report.clean()
        assert len(report.files) == report.total > 3
    finally:
        await tests.close()


async def test_a_killed_driver_cuts_its_run_off_and_the_next_run_starts_another(backend: Backend) -> None:
    backend.write("tests/loop.test.ts", LOOP)
    await backend.run("tests/math.test.ts")
    driver = _driver_of(os.getpid())
    run = asyncio.create_task(backend.tests.run(RunRequest(files=("tests/loop.test.ts",)), lambda _: None))
    await asyncio.sleep(0.5)
    os.kill(driver, signal.SIGKILL)
    cut_off = await run
    assert isinstance(cut_off, Report)
    assert not cut_off.clean()
    assert [(file.file, bool(file.errors)) for file in cut_off.files] == [("tests/loop.test.ts", True)]
    assert await _gone(driver)
    assert (await backend.run("tests/math.test.ts")).clean()


@both_majors
async def test_closing_leaves_no_process(backend: Backend) -> None:
    await backend.run("tests/math.test.ts", kind=RunKind.PROVISIONAL)
    driver = _driver_of(os.getpid())
    assert _group(driver)
    await backend.tests.close()
    assert _group(driver) == []


UI = """
import asyncio, sys
from pathlib import Path
from typing import TypeVar
from beai.core.runner.report import RunRequest
from beai.core.runner.driven import DrivenTests
async def main():
    await DrivenTests(Path(sys.argv[1])).run(RunRequest(files=("tests/loop.test.ts",)), lambda _: None)
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/loop.test.ts", LOOP),
        ("vitest.config.ts", "for (;;) {}\n"),  # the driver itself is blocked
    ],
)
async def test_a_killed_parent_leaves_no_process(package: Path, path: str, text: str) -> None:
    (package / path).write_text(text)
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", UI, str(package))
    driver = await _until(lambda: _driver_of(parent.pid))
    await asyncio.sleep(1.5)
    assert _group(driver)
    parent.kill()
    await parent.wait()
    assert await _gone(driver)


def _no_packages(root: Path) -> None:
    (root / "node_modules").unlink()


def _old_vitest(root: Path) -> None:
    (root / "node_modules").unlink()
    (root / "node_modules/vitest").mkdir(parents=True)
    (root / "node_modules/vitest/package.json").write_text('{"name": "vitest", "version": "0.34.6"}')


def _broken_config(root: Path) -> None:
    (root / "vitest.config.ts").write_text("throw new Error('the config is broken')\n")


def _no_manifest(root: Path) -> None:
    (root / "package.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "kind", "says"),
    [
        (_no_packages, FaultKind.MISSING, "Vitest is not installed in backend."),
        (_old_vitest, FaultKind.TESTS, "Vitest 0.34.6 is older than 1."),
        (_broken_config, FaultKind.TESTS, "the config is broken"),
        (_no_manifest, FaultKind.REPOSITORY, "There is no package.json"),
    ],
)
async def test_a_runner_that_cannot_start_says_why_and_what_to_do(
    package: Path, spoil: Callable[[Path], None], kind: FaultKind, says: str
) -> None:
    spoil(package)
    tests = DrivenTests(package)
    fault = await tests.start()
    await tests.close()
    assert isinstance(fault, Fault)
    assert fault.kind is kind
    assert says in fault.summary
    assert "\n" not in fault.sentence()
    assert fault.remedy


async def test_without_node_there_is_one_clear_sentence(package: Path, tmp_path: Path) -> None:
    fault = await DrivenTests(package, env={"PATH": str(tmp_path)}).start()
    assert isinstance(fault, Fault)
    assert fault.sentence() == "Node.js was not found on the PATH. Install Node.js 20 or newer."


def _driver_of(parent: int) -> int:
    """The process group that ``parent`` started for its driver, or 0."""
    for pid in _processes():
        stat = _stat(pid)
        if stat and stat[0] == parent and stat[1] == pid:
            return pid
    return 0


def _group(leader: int) -> list[int]:
    return [pid for pid in _processes() if (stat := _stat(pid)) and stat[1] == leader]


def _open(fd: str) -> bool:
    return Path("/proc/self/fd", fd).is_symlink()


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _stat(pid: int) -> tuple[int, int] | None:
    """Parent and process group of a process that is no zombie (proc(5), ``/proc/pid/stat``)."""
    try:
        state, parent, group = (Path("/proc") / str(pid) / "stat").read_text().rsplit(") ", 1)[1].split()[:3]
    except (OSError, ValueError):
        return None
    return None if state == "Z" else (int(parent), int(group))


async def _gone(group: int) -> bool:
    return await _until(lambda: not _group(group))


async def _until(probe: Callable[[], T], seconds: float = 5.0) -> T:
    end = time.monotonic() + seconds
    while not (value := probe()) and time.monotonic() < end:  # noqa: ASYNC110 - other processes set no event of ours
        await asyncio.sleep(0.02)
    return value
