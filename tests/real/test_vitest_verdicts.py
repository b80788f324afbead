"""The hot verdict of Vitest sees every change and every mock, and the confirmed one wins where they differ."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.edits.tamper.counting import floors
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Reach, Report, RunKind, RunRequest, TestKey, TestState
from beai.core.runner.verdict import judge_green

QUICK, CONFIRMED = RunKind.PROVISIONAL, RunKind.CONFIRMED


class Backend:
    """A small package on disk with the runner over it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tests = DrivenTests(root)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    async def run(self, kind: RunKind, *files: str, changed: tuple[str, ...] = (), name: str = "") -> Report:
        report = await self.tests.run(RunRequest(kind, files or None, changed, name=name), lambda _: None)
        assert isinstance(report, Report), report
        return report


@pytest.fixture
async def backend(shop_packages: Path, tmp_path: Path) -> AsyncIterator[Backend]:
    backend = Backend(tmp_path / "backend")
    backend.write("package.json", '{"name": "backend", "private": true, "type": "module"}')
    (backend.root / "node_modules").symlink_to(shop_packages, target_is_directory=True)
    yield backend
    await backend.tests.close()


def red(report: Report) -> list[str]:
    """The names of the failing tests."""
    return sorted(test.key.name for test in report.failed())


LEAKS = """
import { expect, it } from 'vitest'
it('is alone', () => {
  const seen = (globalThis as any).seen ??= []
  seen.push(1)
  expect(seen).toHaveLength(1)
})
"""


async def test_a_test_that_leaks_state_is_named_and_runs_isolated_from_then_on(backend: Backend) -> None:
    backend.write("leaks.test.ts", LEAKS)
    backend.write("clean.test.ts", "import { it } from 'vitest'\nit('is clean', () => {})\n")
    assert red(await backend.run(QUICK)) == []
    assert red(await backend.run(QUICK)) == ["is alone"]
    confirmed = await backend.run(CONFIRMED)
    assert red(confirmed) == []
    assert confirmed.leaking == (TestKey("leaks.test.ts", "is alone"),)
    for _ in range(2):
        assert red(await backend.run(QUICK)) == []
    assert (await backend.run(CONFIRMED)).leaking == ()


async def test_verdicts_on_different_bytes_are_no_sign_of_a_leak(backend: Backend) -> None:
    backend.write("one.test.ts", "import { expect, it } from 'vitest'\nit('adds', () => expect(1).toBe(2))\n")
    assert red(await backend.run(QUICK)) == ["adds"]
    backend.write("one.test.ts", "import { expect, it } from 'vitest'\nit('adds', () => expect(2).toBe(2))\n")
    confirmed = await backend.run(CONFIRMED)
    assert (red(confirmed), confirmed.leaking) == ([], ())


async def test_a_hot_process_evaluates_what_changed_and_its_importers_and_nothing_else(backend: Backend) -> None:
    for name, imports in {"base": "", "left": "import './base'\n", "right": "import './base'\n"}.items():
        backend.write(f"{name}.ts", f"{imports}console.log('evaluated {name}')\nexport const {name} = 1\n")
    backend.write(
        "all.test.ts", "import { it } from 'vitest'\nimport './left'\nimport './right'\nit('runs', () => {})\n"
    )
    await backend.run(QUICK)
    assert "evaluated" not in (await backend.run(QUICK)).log
    for changed, evaluated in {"left": ["left"], "base": ["base", "left", "right"]}.items():
        path = backend.root / f"{changed}.ts"
        path.write_text(path.read_text() + "// edited\n")
        log = (await backend.run(QUICK, changed=(f"{changed}.ts",))).log
        assert sorted(line.split()[1] for line in log.splitlines() if line.startswith("evaluated")) == evaluated


MOCKED = """
import { expect, it, vi } from 'vitest'
import { greet } from './greet'
vi.mock('./name', () => ({ name: () => 'a mock' }))
it('greets the mock', () => expect(greet()).toBe('hello a mock'))
"""
PLAIN = """
import { expect, it } from 'vitest'
import { greet } from './greet'
it('greets the person', () => expect(greet()).toBe('hello Ada'))
"""


async def test_a_mock_is_in_place_for_its_own_file_and_for_no_other(backend: Backend) -> None:
    backend.write("name.ts", "export const name = () => 'Ada'\n")
    backend.write("greet.ts", "import { name } from './name'\nexport const greet = () => `hello ${name()}`\n")
    backend.write("mocked.test.ts", MOCKED)
    backend.write("plain.test.ts", PLAIN)
    for files in (("plain.test.ts",), ("mocked.test.ts",), ("plain.test.ts",), ("mocked.test.ts",), ()):
        assert red(await backend.run(QUICK, *files)) == [], files


async def test_what_a_test_leaves_in_the_environment_and_the_clock_is_taken_back(backend: Backend) -> None:
    text = (
        "import { expect, it, vi } from 'vitest'\nit('is undisturbed', () => {\n"
        "  expect([process.env.LEFT, vi.isFakeTimers()]).toEqual([undefined, false])\n"
        "  process.env.LEFT = '1'; vi.useFakeTimers()\n})\n"
    )
    backend.write("a.test.ts", text)
    backend.write("b.test.ts", text)
    for _ in range(2):
        assert red(await backend.run(QUICK)) == []


TOLD = """
import { expect, it } from 'vitest'
console.log('of the file')
let tries = 0
it('prints', () => { console.log('of the test'); expect(1).toBe(1); expect(2).toBe(2) })
it('comes round', { retry: 2 }, () => expect(++tries).toBe(3))
it('asserts nothing', () => {})
"""


@pytest.mark.parametrize("kind", list(RunKind))
async def test_a_test_says_what_it_printed_how_often_it_was_tried_and_how_much_it_asserted(
    backend: Backend, kind: RunKind
) -> None:
    backend.write("told.test.ts", TOLD)
    backend.write("__snapshots__/told.test.ts.snap", "// Vitest Snapshot v1\n\nexports[`gone 1`] = `1`;\n")
    report = await backend.run(kind)
    prints, round_, nothing = report.tests()
    assert (prints.log, prints.assertions, prints.retries) == ("of the test\n", 2, 0)
    assert (round_.state, round_.retries) == (TestState.PASS, 2)
    assert nothing.assertions == 0
    assert report.files[0].log == "of the file\n"
    assert report.snapshots_obsolete == 1


async def test_a_name_chooses_tests_by_their_joined_names(backend: Backend) -> None:
    backend.write(
        "names.test.ts",
        "import { describe, expect, it } from 'vitest'\n"
        "for (const outer of ['a', 'b']) describe(outer, () => it('works', () => expect(1).toBe(1)))\n",
    )
    for kind in RunKind:
        report = await backend.run(kind, name="^b > works$")
        assert [test.key.name for test in report.tests()] == ["b > works"]


PROJECTS = """
import { defineConfig } from 'vitest/config'
export default defineConfig({ test: { projects: [
  { test: { name: 'api', include: ['api/**/*.test.ts'], env: { SIDE: 'api' } } },
  { test: { name: 'web', include: ['web/**/*.test.ts'], env: { SIDE: 'web' }, setupFiles: ['./web/ready.ts'] } },
] } })
"""


async def test_two_projects_each_run_by_their_own_configuration(backend: Backend) -> None:
    backend.write("vitest.config.ts", PROJECTS)
    backend.write("web/ready.ts", "(globalThis as any).ready = true\n")
    for side, ready in {"api": "undefined", "web": "true"}.items():
        backend.write(
            f"{side}/one.test.ts",
            "import { expect, it } from 'vitest'\nit('is itself', () => {\n"
            f"  expect(process.env.SIDE).toBe('{side}'); expect((globalThis as any).ready).toBe({ready})\n}})\n",
        )
    for kind in RunKind:
        report = await backend.run(kind)
        assert (red(report), len(report.tests()), report.total) == ([], 2, 2)
    reach = await backend.tests.reach(("web/ready.ts",))
    assert isinstance(reach, Reach)
    assert [(one.file, one.reason) for one in reach.files] == [("web/one.test.ts", "its setup file ready.ts changed")]


async def test_why_names_the_files_between_a_change_and_the_test(backend: Backend) -> None:
    backend.write("deep.ts", "export const deep = 1\n")
    backend.write("mid.ts", "export { deep } from './deep'\n")
    backend.write(
        "top.test.ts", "import { it } from 'vitest'\nimport { deep } from './mid'\nit(`is ${deep}`, () => {})\n"
    )
    backend.write("other.test.ts", "import { it } from 'vitest'\nit('is other', () => {})\n")
    reach = await backend.tests.reach(("deep.ts",))
    assert isinstance(reach, Reach)
    (top,) = reach.files
    assert (top.file, top.chain) == ("top.test.ts", ("deep.ts", "mid.ts", "top.test.ts"))
    unsure = await backend.tests.reach(("unheard-of.ts",))
    assert isinstance(unsure, Reach)
    assert len(unsure.files) == unsure.total == 2


async def test_a_hook_that_fails_is_no_green_file(backend: Backend) -> None:
    backend.write(
        "hook.test.ts",
        "import { beforeAll, describe, it } from 'vitest'\n"
        "describe('suite', () => { beforeAll(() => { throw new Error('no database') }); it('waits', () => {}) })\n",
    )
    for kind in RunKind:
        report = await backend.run(kind)
        assert not report.clean()
        assert [error.message for error in report.files[0].errors] == ["no database"]


async def test_one_test_that_ends_its_process_takes_no_other_file_with_it(backend: Backend) -> None:
    for name in "abcd":
        backend.write(f"{name}.test.ts", "import { it } from 'vitest'\nit('passes', () => {})\n")
    backend.write(
        "die.test.ts", "import { it } from 'vitest'\nit('dies', () => process.kill(process.pid, 'SIGKILL'))\n"
    )
    report = await backend.run(QUICK)
    assert len(report.tests()) == 4
    assert [file.file for file in report.files if file.errors] == ["die.test.ts"]
    assert "SIGKILL" in report.unhandled[0].message


COUNTED = """
import { expect, it } from 'vitest'
const three = (value) => { expect(value).toBe(3); expect(value).not.toBe(4) }
const empty = []
it('in itself', async () => { expect(1).toBe(1); await expect(Promise.resolve(2)).resolves.toBe(2) })
it('by a function', () => { three(3); three(3) })
it('softly', () => { expect.soft(1).toBe(1); expect(2).toBe(2) })
it('over nothing', () => { for (const one of empty) expect(one).toBe(1) })
it('if thrown', async () => { try { await 1 } catch (error) { expect(error.code).toBe('X') } })
it('until it is so', async () => { await expect.poll(() => 1).toBe(1); expect(1).toBe(1) })
it('by throwing', () => { if (1 > 2) throw new Error('no') })
it('as rejected', async () => { await expect(Promise.reject(new Error('no'))).rejects.toThrow('no') })
"""


async def test_a_test_makes_at_least_as_many_assertions_as_its_text_says_or_is_named(backend: Backend) -> None:
    backend.write("counted.test.ts", COUNTED)
    report = await backend.run(CONFIRMED)
    assert report.clean()
    floor, made = dict(floors("counted.test.ts", COUNTED)), {test.key.name: test.assertions for test in report.tests()}
    assert floor == {"in itself": 2, "by a function": 4, "over nothing": 1, "if thrown": 1, "as rejected": 1}
    assert {name for name, least in floor.items() if made[name] < least} == {"over nothing", "if thrown"}
    required = tuple((TestKey("counted.test.ts", name), least) for name, least in floor.items())
    verdict = judge_green(Report(0, CONFIRMED, ()), replace(report, required=required), None)
    assert verdict.reasons == (
        "over nothing passed without asserting anything.",
        "if thrown passed without asserting anything.",
    )
