"""The hot Vitest driver tells the truth about the files on disk, and of each test."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunKind, RunRequest, TestKey, TestOutcome, TestState
from tests.real.vitest_backend import (
    KINDS,
    LOOP,
    MATH_TEST,
    PRODUCT_TEST,
    Backend,
    backend,
    both_majors,
    packages,
    shared,
)

__all__ = ["backend", "packages", "shared"]  # the fixtures

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


async def test_the_demo_backend_is_green(shop: Path) -> None:
    tests = DrivenTests(shop)
    try:
        report = await tests.run(RunRequest(), lambda _: None)
        assert isinstance(report, Report), report
        assert report.clean()
        assert len(report.files) == report.total > 3
    finally:
        await tests.close()


def _open(fd: str) -> bool:
    return Path("/proc/self/fd", fd).is_symlink()
