"""Save → verdict of pytest: a cold ``pytest FILE`` and our driver's two kinds of run, as medians and ratios.

Run ``python -m tests.bench pytestloop [--edits N]``: it makes a project of 40 tests over a few modules that import what
web backends import, and edits one module N times, the ways in turn so that noise falls on all of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Awaitable, Callable
from pathlib import Path

from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.driver import quiet_environment
from beai.core.runner.report import Report, RunKind, RunRequest
from beai.core.runner.runners import RUNNERS

_LIMIT = 60.0  # seconds one verdict may take
_REST = 0.5  # seconds between edits: a person's pace
_MODULE, _TEST = "shop/part0.py", "tests/test_part0.py"
_PARTS = 8  # modules with five tests each

COLD, PROVISIONAL, CONFIRMED = "pytest FILE (cold)", "driver, provisional", "driver, confirmed"


def make(root: Path) -> None:
    """A project of 40 tests below ``root``."""
    (root / "shop").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = -q\n")
    (root / "shop" / "__init__.py").write_text("")
    conftest = "import pytest\n\n\n@pytest.fixture\ndef cart():\n    return {}\n"
    (root / "tests" / "conftest.py").write_text(conftest)
    for number in range(_PARTS):
        above = f"from shop import part{number - 1}\n" if number else "import asyncio\nimport json\nimport sqlite3\n"
        body = f"\n\ndef price(count):\n    return count * {number + 2}\n"
        (root / "shop" / f"part{number}.py").write_text(f"{above}{body}")
        tests = "".join(
            f"\n\ndef test_{n}(cart):\n    cart['n'] = {n}\n    assert price(cart['n']) == {n * (number + 2)}\n"
            for n in range(5)
        )
        (root / "tests" / f"test_part{number}.py").write_text(f"from shop.part{number} import price\n{tests}")


async def measure(root: Path, edits: int, prefix: str = sys.prefix) -> dict[str, list[float]]:
    """Milliseconds from the write to the verdict, for each way, over ``edits`` interleaved edits of a made project.

    ``prefix`` is the virtual environment whose pytest, with its plugins, all ways use.
    """
    tests = DrivenTests(root, runner=RUNNERS[RunnerName.PYTEST], env={**os.environ, "VIRTUAL_ENV": prefix})
    first = await tests.run(RunRequest(), lambda _: None)
    if not isinstance(first, Report) or not first.clean() or len(first.tests()) != 5 * _PARTS:
        raise SystemExit(f"The project's tests are not green: {first}")
    ways: dict[str, Callable[[], Awaitable[float]]] = {
        COLD: lambda: _cold(root, prefix),
        PROVISIONAL: lambda: _ours(tests, root, RunKind.PROVISIONAL),
        CONFIRMED: lambda: _ours(tests, root, RunKind.CONFIRMED),
    }
    figures: dict[str, list[float]] = {way: [] for way in ways}
    try:
        for number in range(edits):
            for way, run in ways.items():
                await asyncio.sleep(_REST)
                figures[way].append(await run())
                print(f"  {number + 1}/{edits}  {way:24} {figures[way][-1]:8.1f} ms", file=sys.stderr)
    finally:
        await tests.close()
    return figures


def _edit(root: Path) -> float:
    module = root / _MODULE
    text = module.read_text().split("\n# edit ")[0]
    module.write_text(f"{text}\n# edit {time.time_ns()}\n")
    return time.perf_counter()


async def _cold(root: Path, prefix: str) -> float:
    begun = _edit(root)
    command = (f"{prefix}/bin/python", "-m", "pytest", _TEST)
    environment = quiet_environment(os.environ)
    process = await asyncio.create_subprocess_exec(*command, cwd=root, env=environment, stdout=DEVNULL, stderr=DEVNULL)
    if (code := await asyncio.wait_for(process.wait(), _LIMIT)) != 0:
        raise SystemExit(f"pytest ended with {code}")
    return (time.perf_counter() - begun) * 1000


async def _ours(tests: DrivenTests, root: Path, kind: RunKind) -> float:
    begun = _edit(root)
    report = await asyncio.wait_for(tests.run(RunRequest(kind, (_TEST,), (_MODULE,)), lambda _: None), _LIMIT)
    if not isinstance(report, Report) or not report.clean():
        raise SystemExit(f"No green verdict: {report}")
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Print the table: median, slowest, and the ratio to a cold run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--prefix", default=sys.prefix, help="A virtual environment with another pytest.")
    given = parser.parse_args()
    edits: int = given.edits
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "shop"
        make(root)
        figures = asyncio.run(measure(root, edits, given.prefix))
    cold = statistics.median(figures[COLD])
    print(f"{'save → verdict':24} {'median':>10} {'slowest':>10} {'of cold':>8}   n = {edits}")
    for way, times in sorted(figures.items(), key=lambda item: -statistics.median(item[1])):
        median = statistics.median(times)
        print(f"{way:24} {median:7.0f} ms {max(times):7.0f} ms {median / cold:7.2f}×")


if __name__ == "__main__":
    main()
