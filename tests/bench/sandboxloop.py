"""What the sandbox costs: the same confirmed run of the demo, with and without it, one after the other.

Run ``python -m tests.bench sandboxloop [--runs N]``. Both drivers are warm; each pair of runs takes the same files in,
and the order of the two changes from pair to pair.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics
import tempfile
import time
from pathlib import Path

from beai.core.demo import create
from beai.core.fault import Fault
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunRequest
from beai.core.sandbox import Level
from beai.core.sandbox.choice import look
from beai.core.settings import Settings

_REST = 1.5  # seconds between runs: time for the next processes to be prepared


async def once(tests: DrivenTests, file: str) -> float:
    """Milliseconds of one confirmed run of ``file``, at a person's pace."""
    await asyncio.sleep(_REST)
    began = time.perf_counter()
    report = await tests.run(RunRequest(files=(file,), changed=(file,)), lambda _: None)
    assert isinstance(report, Report) and report.clean(), report
    return (time.perf_counter() - began) * 1000


async def measure(runs: int) -> None:
    """Print both medians, the ratio, and what a start costs."""
    with tempfile.TemporaryDirectory() as folder:
        made = await create(Path(folder) / "shop", lambda _: None)
        assert not isinstance(made, Fault), made
        env = {**os.environ, "BEAI_STATE": f"{folder}/state"}
        choice = await look(Settings(), made.root, env)
        if choice.enclosure.level is not Level.FULL:
            print(f"There is no whole sandbox here: {choice.enclosure.reason}")
            return
        pair = {"without": DrivenTests(made.root), "sandbox": DrivenTests(made.root, enclosure=choice.enclosure)}
        starts, times = {}, {name: list[float]() for name in pair}
        for name, tests in pair.items():
            began = time.perf_counter()
            await tests.start()
            starts[name] = (time.perf_counter() - began) * 1000
        files = sorted(str(path.relative_to(made.root)) for path in made.root.glob("src/**/*.test.ts"))
        for number, file in zip(range(-2, runs), itertools.cycle(files)):
            for name in sorted(pair, reverse=number % 2 == 0):
                took = await once(pair[name], file)
                if number >= 0:
                    times[name].append(took)
        for tests in pair.values():
            await tests.close()
    ratios = [inside / outside for inside, outside in zip(times["sandbox"], times["without"], strict=True)]
    print(f"{'':10}{'start ms':>10}{'run ms, median':>16}")
    for name in pair:
        print(f"{name:10}{starts[name]:10.0f}{statistics.median(times[name]):16.1f}")
    print(
        f"ratio of the medians {statistics.median(times['sandbox']) / statistics.median(times['without']):.3f}, "
        f"median of the pairs' ratios {statistics.median(ratios):.3f}, of {runs} pairs; wanted at most 1.05"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    asyncio.run(measure(parser.parse_args().runs))
