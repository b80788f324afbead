"""``python -m tests.real.affected --edits 200 --runner vitest`` prints a table; it ends with 1 if one was wrong."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from beai.core.project.facts import RunnerName
from tests.real.affected.edits import KINDS
from tests.real.affected.walk import Step, Walk


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runner", choices=["vitest", "jest"], default="vitest")
    parser.add_argument("--modules", type=Path, help="an installed node_modules; else the newest of the test cache")
    parser.add_argument("--kinds", default="", help="only these kinds of edits, with commas")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each edit")
    asked = parser.parse_args()
    modules = asked.modules or _cached(asked.runner)
    steps = asyncio.run(_walk(asked, modules.resolve()))
    sys.exit(_table(asked, steps))


async def _walk(asked: argparse.Namespace, modules: Path) -> list[Step]:
    steps = []
    kinds = tuple(asked.kinds.split(",")) if asked.kinds else tuple(KINDS)
    with tempfile.TemporaryDirectory() as home:
        walk = Walk(Path(home), RunnerName(asked.runner), modules, asked.seed, kinds)
        async for step in walk.steps(asked.edits):
            steps.append(step)
            if asked.verbose or step.wrong:
                _say(step)
    return steps


def _say(step: Step) -> None:
    mark = "WRONG" if step.wrong else "     "
    ran = step.fault or f"{len(step.ran)} of {step.total}"
    sys.stdout.write(f"{mark} {step.number:4} {step.kind}: {', '.join(step.paths)} → {ran}, {step.ms:.0f} ms\n")
    for line in step.wrong:
        sys.stdout.write(f"           {line}\n")
    sys.stdout.flush()


def _table(asked: argparse.Namespace, steps: list[Step]) -> bool:
    kinds: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        kinds[re.sub(r", (then|late) .*", r", \1 another", step.kind)].append(step)
    sys.stdout.write(f"\n{asked.runner}, seed {asked.seed}, {len(steps) - 1} edits\n")
    sys.stdout.write(f"{'edit':34}{'runs':>6}{'files run':>11}{'median ms':>11}{'faults':>8}{'wrong':>7}\n")
    for kind, some in sorted(kinds.items()):
        share = f"{sum(len(step.ran) for step in some)}/{sum(step.total for step in some)}"
        median = sorted(step.ms for step in some)[len(some) // 2]
        faults, wrong = sum(bool(step.fault) for step in some), sum(bool(step.wrong) for step in some)
        sys.stdout.write(f"{kind:34}{len(some):>6}{share:>11}{median:>11.0f}{faults:>8}{wrong:>7}\n")
    wrong = sum(bool(step.wrong) for step in steps)
    sys.stdout.write(f"{'all':34}{len(steps):>6}{'':30}{wrong:>7}\n")
    return wrong > 0


def _cached(runner: str) -> Path:
    """The packages that the tests have installed before."""
    name = {"vitest": "shop-*", "jest": "second-*"}[runner]
    cache = Path(__file__).parents[3] / ".pytest_cache" / "d"
    found = sorted(path for path in cache.glob(f"{name}/node_modules") if path.is_dir())
    if not found:
        sys.exit("There are no packages yet; run the real tests once, or name them with --modules.")
    return found[-1]


_main()
