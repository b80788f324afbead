"""What other runners say of tests that are not plainly green or red is told without softening it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Reach, Report, RunRequest, TestState
from beai.core.runner.runners import RUNNERS
from tests.real.test_other_runners import made

PATIENCE = 60.0
ALL = RunRequest()
MANIFEST = '{"private": true, "type": "module"}'


async def judged(tests: DrivenTests, request: RunRequest = ALL) -> Report | Fault:
    return await asyncio.wait_for(tests.run(request, lambda _: None), PATIENCE)


async def once(root: Path, runner: RunnerName, command: Sequence[str] = (), stall: float = 15.0) -> Report | Fault:
    tests = DrivenTests(root, runner=RUNNERS[runner], command=command, stall=stall)
    try:
        return await judged(tests)
    finally:
        await tests.close()


def states(report: Report | Fault) -> dict[str, TestState]:
    assert isinstance(report, Report), report
    return {test.key.name: test.state for test in report.tests()}


def loading(report: Report | Fault) -> dict[str, str]:
    assert isinstance(report, Report), report
    return {file.file: file.errors[0].name for file in report.files if file.errors}


PYTEST = {
    "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef broken():\n    raise OSError('no database')\n",
    "tests/test_kinds.py": (
        "import os\nimport pytest\n\n\n@pytest.mark.skip\ndef test_skipped(): pass\n\n\n"
        "@pytest.mark.xfail\ndef test_known(): assert 0\n\n\n"
        "@pytest.mark.xfail(strict=True)\ndef test_mended(): pass\n\n\n"
        "def test_setup(broken): pass\n\n\nclass TestPost:\n    @pytest.mark.parametrize('n', [1, 2])\n"
        "    def test_each(self, n):\n        print('seen', n)\n        assert {'n': n} == {'n': 1}\n"
    ),
    "tests/test_import.py": "from shop import nothing\n",
    "tests/test_syntax.py": "def test_(:\n",
    "shop.py": "",
}


async def test_pytest_says_each_kind_of_end(tmp_path: Path) -> None:
    report = await once(made(tmp_path, PYTEST), RunnerName.PYTEST)
    assert states(report) == {
        "test_skipped": TestState.SKIP,
        "test_known": TestState.TODO,
        "test_mended": TestState.FAIL,
        "test_setup": TestState.FAIL,
        "TestPost > test_each[1]": TestState.PASS,
        "TestPost > test_each[2]": TestState.FAIL,
    }
    assert loading(report) == {"tests/test_import.py": "ImportError", "tests/test_syntax.py": "SyntaxError"}
    assert isinstance(report, Report)
    fallen = {test.key.leaf: test for test in report.failed()}
    error = fallen["test_each[2]"].errors[0]
    assert (error.expected, error.actual) == ("{'n': 1}", "{'n': 2}")
    assert "seen 2" in fallen["test_each[2]"].log
    assert fallen["test_setup"].errors[0].message == "in setup: no database"


async def test_pytest_sees_every_save_of_one_second(tmp_path: Path) -> None:
    root = made(
        tmp_path,
        {"shop.py": "PRICE = 1\n", "test_shop.py": "import shop\n\n\ndef test_price():\n    assert shop.PRICE == 2\n"},
    )
    writes = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    tests = DrivenTests(root, runner=RUNNERS[RunnerName.PYTEST], env=writes)
    try:
        seen = []
        for price in (2, 1, 2, 3, 2):  # files of one size, written faster than compiled code tells apart
            (root / "shop.py").write_text(f"PRICE = {price}\n")
            report = await judged(tests, RunRequest(changed=("shop.py",), affected=True))
            seen.append(states(report)["test_price"] is TestState.PASS)
        assert seen == [True, False, True, False, True]
    finally:
        await tests.close()


LOOPS = {
    RunnerName.PYTEST: ("test_loop.py", "def test_loop():\n    while True: pass\n"),
    RunnerName.NODE: ("loop.test.js", "import { test } from 'node:test'\ntest('loop', () => { for (;;); })\n"),
}
ENDS = {
    RunnerName.PYTEST: (
        "test_end.py",
        "import os\n\n\ndef test_end():\n    os.kill(os.getppid(), 9)\n    os._exit(0)\n",
    ),
    RunnerName.NODE: ("end.test.js", "import { test } from 'node:test'\ntest('end', () => process.reallyExit(0))\n"),
}


@pytest.mark.parametrize("runner", LOOPS)
async def test_an_endless_loop_is_ended_and_named(tmp_path: Path, runner: RunnerName) -> None:
    path, text = LOOPS[runner]
    report = await once(made(tmp_path, {"package.json": MANIFEST, path: text}), runner, stall=0.6)
    assert isinstance(report, Report), report
    told = [test.errors[0] for test in report.failed()] + [error for file in report.files for error in file.errors]
    assert {error.name for error in told} == {"Timeout"}
    assert "an endless loop?" in told[0].message


@pytest.mark.parametrize("runner", ENDS)
async def test_a_process_that_ends_itself_is_not_green(tmp_path: Path, runner: RunnerName) -> None:
    path, text = ENDS[runner]
    root = made(tmp_path, {"package.json": MANIFEST, path: text})
    tests = DrivenTests(root, runner=RUNNERS[runner])
    try:
        for _ in range(2):  # and the driver goes on
            report = await judged(tests)
            assert isinstance(report, Report), report
            assert not report.clean()
    finally:
        await tests.close()


NODE = {
    "package.json": MANIFEST,
    "load.test.js": "import './nothing.js'\n",
    "late.test.js": (
        "import { test } from 'node:test'\ntest('u', () => { setTimeout(() => { throw new Error('late') }, 5) })\n"
    ),
    "kinds.test.js": (
        "import { before, describe, it, test } from 'node:test'\n"
        "describe('a', () => { it('deep', () => {}); it.skip('s', () => {}); it.todo('t') })\n"
        "describe('b', () => { before(() => { throw new Error('no') }); it('x', () => {}) })\n"
        "test('twice', () => {}); test('twice', () => {})\n"
    ),
}


async def test_node_says_each_kind_of_end(tmp_path: Path) -> None:
    report = await once(made(tmp_path, NODE), RunnerName.NODE)
    seen = states(report)
    assert {name: seen[name] for name in ("a > deep", "a > s", "a > t", "twice", "twice #2")} == {
        "a > deep": TestState.PASS, "a > s": TestState.SKIP, "a > t": TestState.TODO, "twice": TestState.PASS,
        "twice #2": TestState.PASS,
    }  # fmt: skip
    assert TestState.FAIL in {state for name, state in seen.items() if name.startswith("b")}
    assert loading(report) == {"load.test.js": "Error"}
    assert isinstance(report, Report)
    assert [error.message for error in report.unhandled] == ["late"]


BUN = {
    "package.json": MANIFEST,
    "load.test.ts": "import { x } from './nothing'\nimport { it } from 'bun:test'\nit('x', () => x())\n",
    "only.test.ts": "import { it } from 'bun:test'\nit.only('shown', () => {})\nit('hidden', () => { throw 1 })\n",
}


async def test_bun_names_what_does_not_load_and_what_only_hides(tmp_path: Path, bun_packages: Path) -> None:
    report = await once(made(tmp_path, BUN, bun_packages), RunnerName.BUN)
    assert states(report) == {"shown": TestState.PASS}
    assert isinstance(report, Report) and report.focused
    (broken,) = [file for file in report.files if file.errors]
    assert (broken.file, "Cannot find module" in broken.errors[0].message) == ("load.test.ts", True)


SAYS = "import sys; print('TAP version 13\\n1..1\\nok 1 - fine'); sys.exit(3)"


async def test_a_command_is_judged_by_its_report_and_never_by_its_exit_code_alone(tmp_path: Path) -> None:
    silent = await once(tmp_path, RunnerName.COMMAND, (sys.executable, "-c", "print('all tests passed')"))
    assert isinstance(silent, Fault) and silent.kind is FaultKind.TESTS
    assert "all tests passed" in f"{silent.summary}{silent.detail}"
    report = await once(tmp_path, RunnerName.COMMAND, (sys.executable, "-c", SAYS))
    assert isinstance(report, Report), report
    assert states(report) == {"fine": TestState.PASS}
    assert not report.clean() and "It ended with 3." in report.unhandled[0].message


async def test_a_change_reaches_tests_through_imports_and_aliases(tmp_path: Path) -> None:
    root = made(tmp_path, {
        "package.json": MANIFEST,
        "tsconfig.json": '{"compilerOptions": {"paths": {"~/*": ["./src/*"]}}} // aliases',
        "src/deep.js": "export const one = 1\n",
        "src/top.js": "export * from '~/deep'\n",
        "src/lonely.js": "",
        "test/top.test.js": "import '../src/top.js'\n",
        "test/other.test.js": "",
    })  # fmt: skip
    tests = DrivenTests(root, runner=RUNNERS[RunnerName.NODE])
    try:
        reach = await tests.reach(("src/deep.js",))
        assert isinstance(reach, Reach), reach
        chain = ("src/deep.js", "src/top.js", "test/top.test.js")
        assert [(one.file, one.chain) for one in reach.files] == [("test/top.test.js", chain)]
        everything = await tests.reach(("src/lonely.js",))  # something may load it by its name
        assert isinstance(everything, Reach) and len(everything.files) == everything.total == 2
    finally:
        await tests.close()
