"""A run that ended early, or that did not run everything it was to judge, is not green with any other runner."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunRequest, TestState
from beai.core.runner.runners import RUNNERS
from tests.real.test_other_runners import made
from tests.real.test_other_runners_verdicts import MANIFEST, judged, once, states

TOLD = (
    "<testsuite><testcase name='well' file='a.test.js'/>"
    "<testcase name='ill' file='b.test.js'><failure message='no'/></testcase></testsuite>"
)


async def test_a_command_that_runs_everything_tells_of_everything(tmp_path: Path) -> None:
    root = made(tmp_path, {"a.test.js": "", "b.test.js": ""})
    command = (sys.executable, "-c", f'import sys; print("{TOLD}"); sys.exit(1)')
    tests = DrivenTests(root, runner=RUNNERS[RunnerName.COMMAND], command=command)
    try:
        report = await judged(tests, RunRequest(changed=("a.test.js",), affected=True))
    finally:
        await tests.close()
    assert states(report) == {"well": TestState.PASS, "ill": TestState.FAIL}


async def test_a_command_that_fails_for_a_test_nobody_tells_of_is_unfinished(tmp_path: Path) -> None:
    root = made(tmp_path, {"a.test.js": "", "b.test.js": ""})
    command = (sys.executable, "-c", f'import sys; print("{TOLD}"); sys.exit(1)', "{files}")
    tests = DrivenTests(root, runner=RUNNERS[RunnerName.COMMAND], command=command)
    try:
        report = await judged(tests, RunRequest(files=("a.test.js",)))
    finally:
        await tests.close()
    assert states(report) == {"well": TestState.PASS}
    assert isinstance(report, Report)
    assert [error.name for error in report.unhandled] == ["Unfinished"]


EXITS = {
    "package.json": MANIFEST,
    "exits.test.js": (
        "import { describe, test } from 'node:test'\ndescribe('well', () => { test('first', () => {}) })\n"
        "test('leaves', async () => { await new Promise((go) => setTimeout(go, 20)); process.exit(CODE) })\n"
        "test('never', () => { throw new Error('no') })\n"
    ),
    "code.test.js": "import { test } from 'node:test'\ntest('one', () => {})\nprocess.exitCode = 3\n",
    "well.test.js": (
        "import { describe, it } from 'node:test'\n"
        "describe('a', () => { describe('b', () => { it('c', async () => {}) })\n"
        "it('c', (t) => t.test('d', () => {})) })\n"
    ),
}


@pytest.mark.parametrize("code", [0, 1])
async def test_a_node_process_that_leaves_within_a_test_is_unfinished(tmp_path: Path, code: int) -> None:
    files = {path: text.replace("CODE", str(code)) for path, text in EXITS.items()}
    report = await once(made(tmp_path, files), RunnerName.NODE)
    seen = states(report)
    assert seen.pop("leaves") is TestState.FAIL and set(seen.values()) == {TestState.PASS}
    assert isinstance(report, Report)
    assert [(file.file, file.errors[0].name) for file in report.files if file.errors] == [
        ("exits.test.js", "Unfinished")
    ]
    assert ["with exit code 3" in error.message for error in report.unhandled] == [True]


LEAVES = {
    "test_leaves.py": (
        "import pytest\n\n\ndef test_one(): pass\n\n\n"
        "def test_two(): pytest.exit('enough', 0)\n\n\ndef test_three(): assert False\n"
    ),
}
GONE = "import os\n\n\ndef pytest_runtest_logstart(nodeid):\n    if 'three' in nodeid:\n        os._exit(0)\n"
STOPS = "def pytest_runtest_logstart(nodeid):\n    if 'three' in nodeid:\n        raise KeyboardInterrupt\n"


async def test_a_pytest_run_that_a_test_ends_is_unfinished(tmp_path: Path) -> None:
    report = await once(made(tmp_path, LEAVES), RunnerName.PYTEST)
    assert states(report) == {"test_one": TestState.PASS, "test_two": TestState.FAIL}
    assert isinstance(report, Report) and not report.clean()
    assert "enough" in report.unhandled[0].message


@pytest.mark.parametrize("hook", [GONE, STOPS], ids=["gone", "stopped"])
async def test_a_pytest_run_that_ends_between_tests_is_unfinished(tmp_path: Path, hook: str) -> None:
    files = {"conftest.py": hook, "test_leaves.py": "def test_one(): pass\n\n\ndef test_three(): assert False\n"}
    report = await once(made(tmp_path, files), RunnerName.PYTEST)
    assert isinstance(report, Report), report
    assert TestState.FAIL not in states(report).values()
    assert {error.name for error in report.unhandled} == {"Unfinished"}


async def test_asking_why_does_not_hide_a_change_from_the_next_run(tmp_path: Path) -> None:
    root = made(tmp_path, {
        "package.json": '{"private": true, "type": "module", "scripts": {"test": "node --import ./setup.mjs --test"}}',
        "setup.mjs": "import { answer } from './conf.mjs'\nglobalThis.answer = answer\n",
        "conf.mjs": "export const answer = 1\n",
        "a.test.mjs": "import { test } from 'node:test'\ntest('a', () => { if (answer > 1) throw Error('no') })\n",
    })  # fmt: skip
    command = ("node", "--import", "./setup.mjs", "--test")
    tests = DrivenTests(root, runner=RUNNERS[RunnerName.NODE], command=command)
    try:
        await tests.start()
        (root / "conf.mjs").write_text("export const answer = 20\n")
        await tests.reach(("conf.mjs",))
        report = await judged(tests, RunRequest(changed=("conf.mjs",), affected=True))
        assert states(report) == {"a": TestState.FAIL}
    finally:
        await tests.close()


BUN = {
    "package.json": MANIFEST,
    "s.test.ts": (
        "import { expect, test } from 'bun:test'\n"
        "test('s', () => { expect({ a: 1 }).toMatchSnapshot(); expect(2).toMatchInlineSnapshot() })\n"
    ),
    "code.test.ts": "import { test } from 'bun:test'\ntest('c', () => { process.exitCode = 3 })\n",
}


async def test_bun_says_which_snapshots_it_wrote_and_that_it_ended_badly(tmp_path: Path, bun_packages: Path) -> None:
    report = await once(made(tmp_path, BUN, bun_packages), RunnerName.BUN)
    assert set(states(report).values()) == {TestState.PASS}
    assert isinstance(report, Report)
    assert report.snapshots_written == 2
    assert ["It ended with 3." in error.message for error in report.unhandled] == [True]


async def test_what_breaks_a_driver_is_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    root = made(tmp_path, {"a.test.js": ""})
    tests = DrivenTests(root, runner=RUNNERS[RunnerName.COMMAND], command=(sys.executable, "-c", f'print("{TOLD}")'))
    try:
        fault = await judged(tests, RunRequest(name="("))
    finally:
        await tests.close()
    assert isinstance(fault, Fault)
    assert "Traceback" not in fault.summary
    assert "missing )" in fault.summary


MANY = "import threading\n\n\ndef test_many():\n    def fall():\n        raise OSError('x' * 15000)\n" + (
    "    for _ in range(300):\n        one = threading.Thread(target=fall)\n        one.start()\n        one.join()\n"
)


async def test_more_loose_errors_than_one_can_read_are_counted(tmp_path: Path) -> None:
    root = made(tmp_path, {"test_many.py": MANY})
    report = await once(root, RunnerName.PYTEST)
    assert isinstance(report, Report), report
    assert report.unhandled[-1].message == "and 250 more"
