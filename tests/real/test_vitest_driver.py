"""A Vitest driver starts or says why not, follows its configuration, stops when told, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Started
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunKind, RunRequest
from tests.real.vitest_backend import (
    FILES,
    KINDS,
    LOOP,
    MATH_TEST,
    TICK,
    Backend,
    both_majors,
    fresh,
    package,
    packages,
    ran,
)

__all__ = ["fresh", "package", "packages"]  # the fixtures

T = TypeVar("T")


async def test_starting_names_the_runner_and_is_free_the_second_time(fresh: Backend) -> None:
    first = await fresh.tests.start()
    assert isinstance(first, Started)
    assert first.what.startswith("Vitest 4.")
    begun = time.perf_counter()
    assert await fresh.tests.start() == first
    assert time.perf_counter() - begun < 0.3  # a cold start takes longer on any machine


@both_majors
async def test_a_hot_process_outlives_runs_but_not_many(fresh: Backend) -> None:
    fresh.write(
        "tests/pid.test.ts", "import { it } from 'vitest'\nit('tells', () => console.log('pid', process.pid))\n"
    )
    runs = [await fresh.run("tests/pid.test.ts", kind=RunKind.PROVISIONAL) for _ in range(32)]
    pids = [run.log.split()[-1] for run in runs]
    assert len(set(pids)) <= 3
    assert pids == sorted(pids, key=pids.index)  # none comes back


@pytest.mark.parametrize("kind", KINDS)
async def test_an_endless_loop_nobody_cancels_is_stopped_and_said(package: Path, kind: RunKind) -> None:
    impatient = Backend(package, DrivenTests(package, stall=3.0))
    impatient.write("tests/loop.test.ts", LOOP)
    try:
        report = await impatient.run("tests/loop.test.ts", kind=kind)
        assert not report.clean()
        assert "endless loop" in report.unhandled[0].message
        assert (await impatient.run("tests/math.test.ts", kind=kind)).clean()
    finally:
        await impatient.tests.close()


async def test_confirming_a_changed_configuration_makes_no_second_instance(fresh: Backend) -> None:
    fresh.write(
        "vitest.config.ts",
        "import { appendFileSync } from 'node:fs'\nappendFileSync('made', '1')\n" + FILES["vitest.config.ts"],
    )
    await fresh.run()
    fresh.write(".env", "A=1\n")
    await asyncio.sleep(TICK)
    before = (fresh.root / "made").read_text()
    for kind in (RunKind.PROVISIONAL, RunKind.CONFIRMED):
        assert len((await fresh.affected(".env", kind=kind)).files) == 2
    assert (fresh.root / "made").read_text() == before + "1"


async def test_the_tests_of_what_changed_go_first(fresh: Backend) -> None:
    """Row: `related` of a router, the test of the same name first."""
    slow = MATH_TEST + "it('is slow', () => new Promise((resolve) => { setTimeout(resolve, 40) }))\n"
    for name in ("a", "b", "y", "z"):
        fresh.write(f"tests/{name}.test.ts", slow)
    fresh.write("vitest.config.ts", FILES["vitest.config.ts"].replace("test: {", "test: { maxWorkers: 1,"))
    await fresh.run()
    first: list[str] = []
    for changed, named in (("src/math.ts", None), ("tests/math.test.ts", ("tests/a.test.ts", "tests/z.test.ts"))):
        for kind in KINDS:
            first.clear()
            request = RunRequest(kind, named, (changed,), affected=True)
            await fresh.tests.run(request, lambda test: first.append(test.key.file))
            assert first[0] == "tests/math.test.ts", (changed, first)


@both_majors
async def test_a_changed_configuration_is_used_by_the_next_run(fresh: Backend) -> None:
    assert len((await fresh.run()).files) == 2
    fresh.write("vitest.config.ts", FILES["vitest.config.ts"].replace("tests/**/*", "tests/math"))
    assert [file.file for file in (await fresh.run()).files] == ["tests/math.test.ts"]
    fresh.write("vitest.config.ts", "throw new Error('half typed')\n")
    broken = await fresh.tests.run(RunRequest(), lambda _: None)
    assert isinstance(broken, Fault)
    assert "half typed" in broken.summary
    fresh.write("vitest.config.ts", FILES["vitest.config.ts"])
    assert len((await fresh.run()).files) == 2


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


async def test_a_killed_driver_cuts_its_run_off_and_the_next_run_starts_another(fresh: Backend) -> None:
    fresh.write("tests/loop.test.ts", LOOP)
    await fresh.run("tests/math.test.ts")
    driver = _driver_of(os.getpid())
    run = asyncio.create_task(fresh.tests.run(RunRequest(files=("tests/loop.test.ts",)), lambda _: None))
    await asyncio.sleep(0.5)
    os.kill(driver, signal.SIGKILL)
    cut_off = await run
    assert isinstance(cut_off, Report)
    assert not cut_off.clean()
    assert [(file.file, bool(file.errors)) for file in cut_off.files] == [("tests/loop.test.ts", True)]
    assert await _gone(driver)
    assert (await fresh.run("tests/math.test.ts")).clean()


@both_majors
async def test_closing_leaves_no_process(fresh: Backend) -> None:
    await fresh.run("tests/math.test.ts", kind=RunKind.PROVISIONAL)
    driver = _driver_of(os.getpid())
    assert _group(driver)
    await fresh.tests.close()
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
