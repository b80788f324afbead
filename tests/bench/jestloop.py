"""Save → verdict with Jest on the second backend: Jest cold, Jest's own watch mode, and our hot driver, as medians.

Run ``python tests/bench/jestloop.py [--edits N]``: it installs a copy of the second backend (Jest 29, ts-jest, a
generated Prisma client) and edits one router (a comment, so that every verdict is green) N times, the ways in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable
from pathlib import Path

from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.driver import quiet_environment
from beai.core.runner.report import Report, RunKind, RunRequest
from beai.core.runner.runners import RUNNERS

_APP = Path(__file__).parents[1] / "real" / "second" / "app"
_ROUTER, _TEST = "src/routers/notes.router.ts", "src/routers/__tests__/notes.spec.ts"
_REST = 2.5  # seconds between edits: a person's pace, and time for processes to be prepared
_LIMIT = 60.0  # seconds one verdict may take
WATCH, COLD = "jest --watch", "jest FILE (cold)"

Measure = Callable[[], Awaitable[float]]


async def measure(root: Path, edits: int) -> dict[str, list[float]]:
    """Milliseconds from the write to the verdict, for each way, over ``edits`` interleaved edits of ``root``."""
    router, test = root / _ROUTER, root / _TEST
    watch = await _start_watch(root, test)
    tests = DrivenTests(root, "", RUNNERS[RunnerName.JEST])
    first = await tests.run(RunRequest(), lambda _: None)
    if not isinstance(first, Report) or not first.clean():
        raise SystemExit(f"The second backend's tests are not green: {first}")
    ways: dict[str, Measure] = {
        COLD: lambda: _cold(root, router, test),
        "driver, confirmed": lambda: _ours(tests, root, router, test, RunKind.CONFIRMED),
        "driver, provisional": lambda: _ours(tests, root, router, test, RunKind.PROVISIONAL),
    }
    figures: dict[str, list[float]] = {WATCH: [], **{way: [] for way in ways}}
    os.killpg(watch.pid, signal.SIGSTOP)
    try:
        for _ in range(2):  # the first hot run makes the worker hot
            await _ours(tests, root, router, test, RunKind.PROVISIONAL)
        for number in range(edits):
            for way, run in ways.items():
                await asyncio.sleep(_REST)
                figures[way].append(await run())
                _show(number, edits, way, figures[way][-1])
            os.killpg(watch.pid, signal.SIGCONT)
            await asyncio.sleep(_REST)
            figures[WATCH].append(await _watched(watch, router))
            os.killpg(watch.pid, signal.SIGSTOP)  # it would run at our edits too, on the same cores
            _show(number, edits, WATCH, figures[WATCH][-1])
    finally:
        await tests.close()
        os.killpg(watch.pid, signal.SIGKILL)
        await watch.wait()
    return figures


def _edit(router: Path) -> float:
    text = router.read_text().split("\n// edit ")[0]
    router.write_text(f"{text}\n// edit {time.time_ns()}\n")
    return time.perf_counter()


async def _cold(root: Path, router: Path, test: Path) -> float:
    begun = _edit(router)
    jest, env = root / "node_modules" / ".bin" / "jest", quiet_environment(os.environ)
    process = await asyncio.create_subprocess_exec(
        str(jest), "--ci", str(test), cwd=root, env=env, stdout=DEVNULL, stderr=DEVNULL
    )
    code = await asyncio.wait_for(process.wait(), _LIMIT)
    if code != 0:
        raise SystemExit(f"jest ended with {code}")
    return (time.perf_counter() - begun) * 1000


async def _ours(tests: DrivenTests, root: Path, router: Path, test: Path, kind: RunKind) -> float:
    begun = _edit(router)
    request = RunRequest(kind, (str(test.relative_to(root)),), (str(router.relative_to(root)),))
    report = await asyncio.wait_for(tests.run(request, lambda _: None), _LIMIT)
    if not isinstance(report, Report) or not report.clean():
        raise SystemExit(f"No green verdict: {report}")
    return (time.perf_counter() - begun) * 1000


async def _start_watch(root: Path, test: Path) -> Process:
    jest, env = root / "node_modules" / ".bin" / "jest", quiet_environment(os.environ)
    process = await asyncio.create_subprocess_exec(
        str(jest), "--watch", "--no-watchman", str(test), cwd=root, env=env, stdin=PIPE, stdout=PIPE, stderr=STDOUT,
        start_new_session=True,
    )  # fmt: skip
    await _verdict(process)
    return process


async def _watched(watch: Process, router: Path) -> float:
    while True:  # what our other edits made it run
        try:
            await asyncio.wait_for(_read(watch), 0.5)
        except TimeoutError:
            break
    begun = _edit(router)
    await _verdict(watch)
    return (time.perf_counter() - begun) * 1000


async def _verdict(watch: Process) -> None:
    seen = b""
    while b"Ran all test suites" not in seen:
        seen += await asyncio.wait_for(_read(watch), _LIMIT)


async def _read(watch: Process) -> bytes:
    if watch.stdout is None or not (chunk := await watch.stdout.read(65536)):
        raise SystemExit("jest --watch ended")
    return chunk


def _show(number: int, edits: int, way: str, ms: float) -> None:
    print(f"  {number + 1}/{edits}  {way:24} {ms:8.1f} ms", file=sys.stderr)


def prepare(root: Path) -> None:
    """Make ``root`` the second backend with its packages, and a repository, which Jest's watch mode wants."""
    shutil.copytree(_APP, root, ignore=shutil.ignore_patterns("node_modules"))
    npm = shutil.which("npm") or sys.exit("npm was not found on the PATH.")
    subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=root, check=True, timeout=300)
    who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.invalid")
    for words in (("init", "-q"), ("add", "-A", "--", "src"), ("commit", "-q", "-m", "begin")):
        subprocess.run(("git", *who, *words), cwd=root, check=True, timeout=60)


def main() -> None:
    """Print the table: median, slowest, and the ratio to Jest's own watch mode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=12)
    edits = parser.parse_args().edits
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "app"
        prepare(root)
        figures = asyncio.run(measure(root, edits))
    watch = statistics.median(figures[WATCH])
    print(f"{'save → verdict':24} {'median':>10} {'slowest':>10} {'of --watch':>10}   n = {edits}")
    for way, times in sorted(figures.items(), key=lambda item: -statistics.median(item[1])):
        median = statistics.median(times)
        print(f"{way:24} {median:7.0f} ms {max(times):7.0f} ms {median / watch:9.2f}×")


if __name__ == "__main__":
    main()
