"""The hot Jest driver tells the truth about the files on disk, in both majors and with each way to transform."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Started
from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Reach, Report, RunKind, RunRequest, TestKey, TestState
from beai.core.runner.runners import RUNNERS
from tests.real.test_jest_contract import SWC

pytestmark = pytest.mark.asyncio(loop_scope="module")

KINDS = (RunKind.PROVISIONAL, RunKind.CONFIRMED)
ALIASES = "moduleNameMapper: { '^@/(.*)$': '<rootDir>/src/$1' }, setupFilesAfterEnv: ['<rootDir>/setup/matchers.ts']"
TS_JEST = (
    f"module.exports = {{ testEnvironment: 'node', {ALIASES}, transform: {{ '\\\\.ts$': ['ts-jest', {{"
    " diagnostics: false,"
    " tsconfig: { isolatedModules: true, module: 'CommonJS', target: 'ES2022', esModuleInterop: true } }] } }\n"
)
MATH_TEST = "import { add } from '../src/math'\nit('adds', () => {\n  expect(add(1, 2)).toBe(3)\n})\n"
FILES = {
    "package.json": '{"name": "backend", "private": true}',
    "setup/matchers.ts": "import { ready } from './state'\nready()\n",
    "setup/state.ts": "export const ready = () => undefined\n",
    "src/math.ts": "export const add = (a: number, b: number) => a + b\n",
    "src/mail.ts": "export const send = () => { throw new Error('no mail in tests') }\n",
    "src/__mocks__/mail.ts": "export const send = () => 'sent'\n",
    "tests/math.test.ts": MATH_TEST,
    "tests/alias.test.ts": "import { add } from '@/math'\nit('adds it', () => expect(add(2, 2)).toBe(4))\n",
    "tests/mail.test.ts": "import { send } from '../src/mail'\njest.mock('../src/mail')\n"
    "it('sends', () => expect(send()).toBe('sent'))\n",
}  # fmt: skip
MATH, ALIAS, MAIL = "tests/math.test.ts", "tests/alias.test.ts", "tests/mail.test.ts"
LOOP = "it('spins', () => { for (;;) {} })\n"


@dataclass
class Backend:
    """A package on disk with the runner over it; what a test writes is taken back after it."""

    root: Path
    tests: DrivenTests
    written: dict[Path, str | None] = field(default_factory=dict)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        self.written.setdefault(file, file.read_text() if file.exists() else None)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def restore(self) -> None:
        for file, text in self.written.items():
            if text is not None:
                file.write_text(text)
            elif file.exists():
                file.unlink()
        self.written.clear()

    async def run(self, *files: str, kind: RunKind = RunKind.CONFIRMED, name: str = "") -> Report:
        return await self._run(RunRequest(kind, files or None, name=name))

    async def affected(self, *changed: str, kind: RunKind = RunKind.CONFIRMED) -> Report:
        return await self._run(RunRequest(kind, None, changed, affected=True))

    async def _run(self, request: RunRequest) -> Report:
        report = await asyncio.wait_for(self.tests.run(request, lambda _: None), 60)
        assert isinstance(report, Report), report
        return report


def ran(report: Report) -> set[str]:
    """The test files of a run."""
    return {file.file for file in report.files}


def make(root: Path, config: str, packages: Path) -> Path:
    """The package at ``root``."""
    for path, text in {**FILES, "jest.config.js": config}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "node_modules").symlink_to(packages, target_is_directory=True)
    return root


both_majors = pytest.mark.parametrize("package", ["v30", "v29"], indirect=True, scope="module")


@pytest.fixture(scope="module")
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One package for each major: ts-jest with Jest 29, @swc/jest with Jest 30."""
    major = getattr(request, "param", "v30")
    config, packages = SWC.replace("transform:", f"{ALIASES}, transform:"), "jest30_packages"
    if major == "v29":
        config, packages = TS_JEST, "jest29_packages"
    return make(tmp_path_factory.mktemp(major) / "backend", config, request.getfixturevalue(packages))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def driven(package: Path) -> AsyncIterator[DrivenTests]:
    tests = DrivenTests(package, "", RUNNERS[RunnerName.JEST], stall=3.0)
    yield tests
    await tests.close()


@pytest.fixture
def backend(package: Path, driven: DrivenTests) -> Iterator[Backend]:
    backend = Backend(package, driven)
    yield backend
    backend.restore()


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_a_run_sees_bytes_that_nobody_told_it_about(backend: Backend, kind: RunKind) -> None:
    for right in (True, False) * 2:
        backend.write("src/math.ts", f"export const add = (a: number, b: number) => a {'+' if right else '-'} b\n")
        report = await backend.run(MATH, kind=kind)
        assert (report.clean(), report.total) == (right, 3)
    (failed,) = report.failed()
    (error,) = failed.errors
    assert (failed.line, failed.assertions, failed.retries) == (2, 0, 0)
    assert (error.name, error.expected, error.actual) == ("JestAssertionError", "3", "-1")
    assert (error.file, error.line) == (MATH, 3)
    assert [frame.split()[-1].split(":")[0] for frame in error.stack] == [MATH]


@both_majors
@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_that_does_not_load_is_an_error_of_the_file(backend: Backend, kind: RunKind) -> None:
    broken = {
        "expect(((\n": r"Expression expected|Unexpected token",
        MATH_TEST.replace("../src/math", "../src/nowhere"): "Cannot find module '../src/nowhere'",
        "const { add } = require('../src/math')\nadd.one.two\n": "reading 'two'",
        "export {}\n": "must contain at least one test",
    }
    for text, said in broken.items():
        backend.write(MATH, text)
        report = await backend.run(MATH, kind=kind)
        assert report.tests() == () and not report.clean()
        assert re.search(said, report.files[0].errors[0].message)
    gone = await backend.run("tests/gone.test.ts", kind=kind)
    assert "tests/gone.test.ts does not exist" in gone.files[0].errors[0].message


@both_majors
async def test_how_each_test_ended_is_told_with_what_it_printed(backend: Backend) -> None:
    backend.write(
        "tests/modes.test.ts",
        "console.log('while loading')\njest.retryTimes(2)\nlet tries = 0\ndescribe('some', () => {\n"
        "  it.only('flaps', () => { console.log('try', ++tries); expect(tries).toBeGreaterThan(1) })\n"
        "  it('hidden', () => {})\n  it.todo('later')\n"
        "  it.only.each([1, 2])('row %i', n => { console.log('row', n); expect(n).toBe(n); expect(1).toBe(1)})\n})\n",
    )
    report = await backend.run("tests/modes.test.ts")
    ends = {test.key.leaf: (test.state, test.assertions, test.retries, test.log.strip()) for test in report.tests()}
    assert ends == {
        "hidden": (TestState.SKIP, -1, 0, ""),
        "later": (TestState.TODO, -1, 0, ""),
        "row 1": (TestState.PASS, 2, 0, "row 1"),
        "row 2": (TestState.PASS, 2, 0, "row 2"),
        "flaps": (TestState.PASS, 1, 1, "try 2"),
    }
    assert report.focused
    assert {test.line for test in report.tests()} == {5, 6, 7, 8}
    assert "while loading" in report.files[0].log and "try 1" in report.files[0].log
    named = await backend.run("tests/modes.test.ts", name="some > row 1$")
    assert [test.key.name for test in named.tests() if test.state is TestState.PASS] == ["some > row 1"]


async def test_what_leaks_through_a_hot_process_is_found_by_the_confirmed_run(backend: Backend) -> None:
    backend.write(
        "tests/leak.test.ts",
        "const shared = require('node:fs')\nit('is alone', () => { const left = shared.left; shared.left = 1; "
        "expect(left).toBeUndefined() })\n",
    )
    for _ in range(2):
        shown = await backend.run("tests/leak.test.ts", kind=RunKind.PROVISIONAL)
    confirmed = await backend.run("tests/leak.test.ts")
    assert len(shown.failed()) == 1 and confirmed.clean()
    assert confirmed.leaking == (TestKey("tests/leak.test.ts", "is alone"),)
    assert (await backend.run("tests/leak.test.ts", kind=RunKind.PROVISIONAL)).clean()  # it is run isolated now


@both_majors
async def test_a_change_reaches_the_tests_that_could_notice(backend: Backend) -> None:
    every = {MATH, ALIAS, MAIL}
    backend.write("tests/__snapshots__/alias.test.ts.snap", "// Jest Snapshot v1, https://goo.gl/fbAQLP\n")
    for path, expected in {
        "src/math.ts": {MATH, ALIAS},
        "src/mail.ts": {MAIL},
        "src/__mocks__/mail.ts": every,
        MATH: {MATH},
        "tests/__snapshots__/alias.test.ts.snap": {ALIAS},
        "setup/state.ts": every,
        "prisma/schema.prisma": every,
        "README.md": set(),
    }.items():
        report = await backend.affected(path)
        assert ran(report) == expected, path
        assert bool(report.why_all) is (expected == every), path
    reach = await backend.tests.reach(("src/math.ts",))
    assert isinstance(reach, Reach) and reach.total == 3
    chains = {one.file: one.chain for one in reach.files}
    assert chains == {MATH: ("src/math.ts", MATH), ALIAS: ("src/math.ts", ALIAS)}
    backend.restore()
    (backend.root / "tests/__snapshots__").rmdir()  # the package is shared


@pytest.mark.parametrize("kind", KINDS)
async def test_files_that_come_go_and_move_are_seen(backend: Backend, kind: RunKind) -> None:
    await backend.run(kind=kind)
    backend.write("src/extra.ts", "export const one = 1\n")
    backend.write(
        "src/math.ts", "import { one } from './extra'\nexport const add = (a: number, b: number) => (a + b) * one\n"
    )
    assert ran(await backend.affected("src/extra.ts", "src/math.ts", kind=kind)) == {MATH, ALIAS}
    (backend.root / "src/extra.ts").unlink()
    lost = await backend.affected("src/extra.ts", kind=kind)
    assert ran(lost) == {MATH, ALIAS, MAIL} and lost.why_all and not lost.clean()  # who imported it is not known now
    backend.write("src/extra/index.ts", "export const one = 1\n")
    backend.write("tests/new/fresh.test.ts", "import { one } from '@/extra'\nit('is new', () => expect(one).toBe(1))\n")
    found = await backend.affected("src/extra/index.ts", "tests/new/fresh.test.ts", kind=kind)
    owed = {MAIL} if kind is RunKind.PROVISIONAL else set()  # only a confirmed run settles what is gone
    assert ran(found) == {MATH, ALIAS, "tests/new/fresh.test.ts", *owed} and found.clean()
    shutil.rmtree(backend.root / "tests/new")
    shutil.rmtree(backend.root / "src/extra")
    backend.restore()
    assert ran(await backend.run(kind=kind)) == {MATH, ALIAS, MAIL}


async def test_an_import_whose_name_is_computed_may_be_anything(backend: Backend) -> None:
    backend.write("tests/any.test.ts", "const name = 'math'\nit('loads', () => { require(`../src/${name}`) })\n")
    assert "tests/any.test.ts" in ran(await backend.affected("src/mail.ts"))
    reach = await backend.tests.reach(("src/mail.ts",))
    assert isinstance(reach, Reach)
    assert {one.file: one.reason for one in reach.files}["tests/any.test.ts"] == "imports by a computed name"


@pytest.mark.parametrize("kind", KINDS)
async def test_an_endless_loop_is_stopped_by_a_newer_run_or_named(backend: Backend, kind: RunKind) -> None:
    backend.write("tests/loop.test.ts", "require('node:fs').writeFileSync('begun', '')\n" + LOOP)
    older = asyncio.create_task(backend.tests.run(RunRequest(kind, ("tests/loop.test.ts",)), lambda _: None))
    while not (backend.root / "begun").exists():  # noqa: ASYNC110 - the test's process sets no event of ours
        await asyncio.sleep(0.02)
    (backend.root / "begun").unlink()
    assert (await backend.run(MATH, kind=kind)).clean()
    stopped = await older
    assert isinstance(stopped, Fault) and stopped.kind is FaultKind.CANCELLED
    if kind is RunKind.CONFIRMED:
        report = await backend.run("tests/loop.test.ts", MATH, kind=kind)
        assert "endless loop" in report.unhandled[0].message
        assert [test.key.file for test in report.tests()] == [MATH]
    (backend.root / "begun").unlink(missing_ok=True)


@both_majors
async def test_a_test_that_kills_its_process_or_drops_a_promise_is_not_a_pass(backend: Backend) -> None:
    backend.write("tests/die.test.ts", "it('dies', () => { process.kill(process.pid, 'SIGKILL') })\n")
    assert "SIGKILL" in (await backend.run("tests/die.test.ts")).unhandled[0].message
    backend.write("tests/die.test.ts", "it('drops', () => { void Promise.reject(new Error('dropped')) })\n")
    report = await backend.run("tests/die.test.ts")
    told = [error.message for test in report.tests() for error in test.errors] + [e.message for e in report.unhandled]
    assert told == ["dropped"] and not report.clean()


async def test_more_loose_errors_than_one_can_read_are_counted(backend: Backend) -> None:
    fall = "for (let n = 0; n < 120; n++) Promise.reject(new Error(`${n} ${'x'.repeat(9000)}`))"
    backend.write(
        "tests/many.test.ts", f"it('is dropped', async () => {{ {fall}; await new Promise(setImmediate) }})\n"
    )
    report = await backend.run("tests/many.test.ts")
    told = [*report.unhandled, *(error for test in report.failed() for error in test.errors)]
    assert not report.clean()
    assert ran(report) == {"tests/many.test.ts"}
    assert told[-1].message == "and 70 more"


@both_majors
async def test_no_snapshot_is_ever_written_and_an_obsolete_one_is_counted(backend: Backend) -> None:
    text = (
        "it('snaps', () => expect({ a: 1 }).toMatchSnapshot())\nit('inline', () => expect(1).toMatchInlineSnapshot())\n"
    )
    backend.write("tests/snap.test.ts", text)
    fresh = await backend.run("tests/snap.test.ts")
    assert (len(fresh.failed()), fresh.snapshots_written) == (2, 0)
    assert not (backend.root / "tests/__snapshots__").exists()
    started = await backend.tests.start()
    assert isinstance(started, Started)
    home = "https://goo.gl/fbAQLP" if started.what.startswith("Jest 29") else "https://jestjs.io/docs/snapshot-testing"
    old = f"// Jest Snapshot v1, {home}\n\nexports[`left 1`] = `1`;\n"
    backend.write("tests/__snapshots__/snap.test.ts.snap", old)
    backend.write("tests/snap.test.ts", "it('asks for none', () => {})\n")
    assert (await backend.run("tests/snap.test.ts")).snapshots_obsolete == 1
    assert (backend.root / "tests/__snapshots__/snap.test.ts.snap").read_text() == old
    backend.restore()
    (backend.root / "tests/__snapshots__").rmdir()


async def test_test_code_finds_no_way_to_us(backend: Backend) -> None:
    forged = json.dumps({"event": "test", "id": 1, "file": "forged", "name": "forged", "state": "pass"})
    backend.write(
        "tests/fds.test.ts",
        "import { readdirSync, readlinkSync } from 'node:fs'\n"
        "const link = (fd: string) => { try { return readlinkSync('/proc/self/fd/' + fd) } catch { return '' } }\n"
        f"it('looks', () => {{ const line = {forged!r} + '\\n'\n"
        "  process.stdout.write(line); process.send?.(JSON.parse(line))\n"
        "  console.log(JSON.stringify({ links: readdirSync('/proc/self/fd').map(link),\n"
        "    env: Object.keys(process.env).filter((name) => name.startsWith('BEAI')) })) })\n",
    )
    report = await backend.run("tests/fds.test.ts")
    assert [test.key.name for test in report.tests()] == ["looks"]
    seen = json.loads(report.tests()[0].log)
    ours = {link for fd in os.listdir("/proc/self/fd") if (link := _link(fd)).startswith("pipe:")}
    assert ours and not ours & set(seen["links"])
    assert seen["env"] == []


async def test_a_changed_configuration_is_used_by_the_next_run(backend: Backend) -> None:
    config = (backend.root / "jest.config.js").read_text()
    backend.write("jest.config.js", config.replace("{", "{ testMatch: ['**/math.test.ts'],", 1))
    assert ran(await backend.run()) == {MATH}
    backend.write("jest.config.js", "throw new Error('half typed')\n")
    broken = await backend.tests.run(RunRequest(), lambda _: None)
    assert isinstance(broken, Fault) and "half typed" in broken.summary
    backend.write("jest.config.js", config)
    assert ran(await backend.run()) == {MATH, ALIAS, MAIL}


BABEL = (
    "['babel-jest', { presets: [['@babel/preset-env', { targets: { node: 'current' } }], '@babel/preset-typescript'] }]"
)
PROJECTS = f"""
const rest = {{ testEnvironment: 'node', globalSetup: '<rootDir>/setup/env.js' }}
module.exports = {{ projects: [
  {{ ...rest, displayName: 'babel', testMatch: ['**/tests/babel.test.ts'], transform: {{ '\\\\.ts$': {BABEL} }} }},
  {{ ...rest, displayName: 'module', testMatch: ['**/tests/module.test.mjs'], transform: {{}} }},
] }}
"""


async def test_every_project_runs_as_it_is_configured(jest30_packages: Path, tmp_path: Path) -> None:
    tests = "it('is set up', () => expect([add(1, 2), process.env.MADE]).toEqual([3, 'once']))\n"
    for path, text in {
        "package.json": '{"scripts": {"test": "NODE_OPTIONS=--experimental-vm-modules jest -c many.js"}}',
        "many.js": PROJECTS,
        "setup/env.js": "module.exports = () => { process.env.MADE = (process.env.MADE ?? '') + 'once' }\n",
        "src/math.ts": "export const add = (a: number, b: number) => a + b\n",
        "src/sums.mjs": "await null\nexport const add = (a, b) => a + b\n",
        "tests/babel.test.ts": "import { add } from '../src/math'\n" + tests,
        "tests/module.test.mjs": "import { add } from '../src/sums.mjs'\n" + tests,
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "node_modules").symlink_to(jest30_packages, target_is_directory=True)
    driven = DrivenTests(tmp_path, "", RUNNERS[RunnerName.JEST])
    try:
        for kind in KINDS:
            report = await driven.run(RunRequest(kind), lambda _: None)
            assert isinstance(report, Report), report
            assert report.clean() and ran(report) == {"tests/babel.test.ts", "tests/module.test.mjs"}
        reach = await driven.reach(("src/math.ts",))
        assert isinstance(reach, Reach) and [one.file for one in reach.files] == ["tests/babel.test.ts"]
    finally:
        await driven.close()


TRPC_TEST = """
import { initTRPC, TRPCError } from '@trpc/server'
const t = initTRPC.create()
const router = t.router({
  taken: t.procedure.query(() => { throw new TRPCError({ code: 'CONFLICT', message: 'taken', cause: Error('P2002') }) })
})
const caller = t.createCallerFactory(router)({})
it('throws', () => caller.taken())
it('compares', () => expect(caller.taken()).rejects.toMatchObject({ code: 'NOT_FOUND' }))
it('misses', () => (caller as any).nope())
it('resolves', () => expect((caller as any).nope()).resolves.toEqual(1))
it('calls', () => { const f = jest.fn(); f(1); expect(f).toHaveBeenCalledWith(2) })
it('waits', async () => { await new Promise(() => {}) }, 20)
it('throws no error', () => { throw 'a word' })
"""


@pytest.mark.parametrize("package", ["v29"], indirect=True, scope="module")
async def test_what_a_failure_says_is_kept(backend: Backend) -> None:
    backend.write("tests/trpc.test.ts", TRPC_TEST)
    report = await backend.run("tests/trpc.test.ts")
    errors = {test.key.name: test.errors[0] for test in report.failed()}
    thrown, compared = errors["throws"], errors["compares"]
    assert (thrown.name, thrown.code, thrown.message, thrown.cause) == (
        "TRPCError",
        "CONFLICT",
        "taken",
        "Error: P2002",
    )
    assert (thrown.file, thrown.line) == ("tests/trpc.test.ts", 5)
    assert compared.name == "JestAssertionError" and "CONFLICT" in (compared.actual or "")
    assert "NOT_FOUND" in (compared.expected or "")
    assert compared.cause.splitlines() == ["TRPCError [CONFLICT]: taken", "Error: P2002"]
    assert errors["misses"].code == "NOT_FOUND" and "No procedure found on path" in errors["misses"].message
    assert "No procedure found on path" in errors["resolves"].message
    assert (errors["calls"].expected, errors["calls"].actual) == ("2", "1")
    assert "Exceeded timeout of 20 ms" in errors["waits"].message and errors["waits"].line == 13
    assert errors["throws no error"].message == 'thrown: "a word"'


def _link(fd: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return ""
