"""Save → verdict on the demo backend: Vitest cold, Vitest's own watch mode, and our hot driver, as medians and ratios.

Run ``python tests/bench/testloop.py [--edits N]``: it installs a copy of the demo backend and edits one router
(a comment, so that every verdict is green) N times, the four ways in turn so that noise falls on all of them alike.
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

from beai.core.runner.driven import DrivenTests
from beai.core.runner.driver import quiet_environment
from beai.core.runner.report import Report, RunKind, RunRequest

_SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
_REST = 1.5  # seconds between edits: a person's pace, and time for processes to be prepared
_LIMIT = 60.0  # seconds one verdict may take

Measure = Callable[[], Awaitable[float]]


async def measure(root: Path, edits: int) -> dict[str, list[float]]:
    """Milliseconds from the write to the verdict, for each way, over ``edits`` interleaved edits."""
    router, test = _subject(root)
    watch = await _start_watch(root, test)
    tests = DrivenTests(root)
    first = await tests.run(RunRequest(), lambda _: None)
    if not isinstance(first, Report) or not first.clean():
        raise SystemExit(f"The demo's tests are not green: {first}")
    ways: dict[str, Measure] = {
        "vitest run FILE (cold)": lambda: _cold(root, router, test),
        "driver, confirmed": lambda: _ours(tests, root, router, test, RunKind.CONFIRMED),
        "driver, provisional": lambda: _ours(tests, root, router, test, RunKind.PROVISIONAL),
    }
    figures: dict[str, list[float]] = {"vitest --watch": [], **{way: [] for way in ways}}
    os.killpg(watch.pid, signal.SIGSTOP)
    try:
        await _ours(tests, root, router, test, RunKind.PROVISIONAL)  # the first hot run makes the worker hot
        for number in range(edits):
            for way, run in ways.items():
                await asyncio.sleep(_REST)
                figures[way].append(await run())
                _show(number, edits, way, figures[way][-1])
            os.killpg(watch.pid, signal.SIGCONT)
            await asyncio.sleep(_REST)
            figures["vitest --watch"].append(await _watched(watch, router))
            os.killpg(watch.pid, signal.SIGSTOP)  # it would run at our edits too, on the same cores
            _show(number, edits, "vitest --watch", figures["vitest --watch"][-1])
    finally:
        await tests.close()
        os.killpg(watch.pid, signal.SIGKILL)
        await watch.wait()
    return figures


def _subject(root: Path) -> tuple[Path, Path]:
    """A router of the demo and the test file of the same name."""
    for test in sorted(root.glob("src/**/*.test.ts")):
        for router in sorted(root.glob(f"src/**/routers/{test.name.removesuffix('.test.ts')}.ts")):
            return router, test
    raise SystemExit("The demo has no router with a test of its name.")


def _edit(router: Path) -> float:
    text = router.read_text().split("\n// edit ")[0]
    router.write_text(f"{text}\n// edit {time.time_ns()}\n")
    return time.perf_counter()


async def _cold(root: Path, router: Path, test: Path) -> float:
    begun = _edit(router)
    vitest = root / "node_modules" / ".bin" / "vitest"
    process = await asyncio.create_subprocess_exec(
        str(vitest), "run", str(test), cwd=root, env=quiet_environment(os.environ), stdout=DEVNULL, stderr=DEVNULL
    )
    code = await asyncio.wait_for(process.wait(), _LIMIT)
    if code != 0:
        raise SystemExit(f"vitest run ended with {code}")
    return (time.perf_counter() - begun) * 1000


async def _ours(tests: DrivenTests, root: Path, router: Path, test: Path, kind: RunKind) -> float:
    begun = _edit(router)
    request = RunRequest(kind, (str(test.relative_to(root)),), (str(router.relative_to(root)),))
    report = await asyncio.wait_for(tests.run(request, lambda _: None), _LIMIT)
    if not isinstance(report, Report) or not report.clean():
        raise SystemExit(f"No green verdict: {report}")
    return (time.perf_counter() - begun) * 1000


async def _start_watch(root: Path, test: Path) -> Process:
    vitest = root / "node_modules" / ".bin" / "vitest"
    process = await asyncio.create_subprocess_exec(
        str(vitest), "--watch", str(test), cwd=root, env=quiet_environment(os.environ), stdin=PIPE, stdout=PIPE,
        stderr=STDOUT, start_new_session=True,
    )  # fmt: skip
    await _verdict(process)
    return process


async def _watched(watch: Process, router: Path) -> float:
    while True:  # what our other edits made it run
        try:
            await asyncio.wait_for(_read(watch), 0.3)
        except TimeoutError:
            break
    begun = _edit(router)
    await _verdict(watch)
    return (time.perf_counter() - begun) * 1000


async def _verdict(watch: Process) -> None:
    seen = b""
    while b"Duration" not in seen:
        seen += await asyncio.wait_for(_read(watch), _LIMIT)


async def _read(watch: Process) -> bytes:
    if watch.stdout is None or not (chunk := await watch.stdout.read(65536)):
        raise SystemExit("vitest --watch ended")
    return chunk


def _show(number: int, edits: int, way: str, ms: float) -> None:
    print(f"  {number + 1}/{edits}  {way:24} {ms:8.1f} ms", file=sys.stderr)


def _install(root: Path) -> None:
    shutil.copytree(_SHOP, root, ignore=shutil.ignore_patterns("node_modules"))
    npm = shutil.which("npm") or sys.exit("npm was not found on the PATH.")
    subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=root, check=True, timeout=300)


def main() -> None:
    """Print the table: median, slowest, and the ratio to a cold run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=12)
    edits = parser.parse_args().edits
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "shop"
        _install(root)
        figures = asyncio.run(measure(root, edits))
    cold = statistics.median(figures["vitest run FILE (cold)"])
    print(f"{'save → verdict':24} {'median':>10} {'slowest':>10} {'of cold':>8}   n = {edits}")
    for way, times in sorted(figures.items(), key=lambda item: -statistics.median(item[1])):
        median = statistics.median(times)
        print(f"{way:24} {median:7.0f} ms {max(times):7.0f} ms {median / cold:7.2f}×")


if __name__ == "__main__":
    main()
