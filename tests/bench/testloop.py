"""Save → verdict, from a write in another process to the verdict's line: cold, Vitest's watch mode, and beai.

Run ``python -m tests.bench testloop [--edits N]``. On the demo backend and on a package of 300 tests that is made for
it, a router and then the file that every test reaches is edited N times (a comment, so that every verdict is green),
the ways in turn so that noise falls on all of them alike. Then come Jest and pytest, each against its own baseline.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from tests.bench import jestloop, pytestloop
from tests.bench.projects import Subject, demo, made
from tests.bench.ways import COLD, CONFIRMED, PROVISIONAL, WATCH, Cold, beai, watched, writer

_REST = 1.0  # seconds between edits: a person's pace, and time for processes to be prepared
_TARGETS = {  # the most that a way may take of a baseline
    ("router", PROVISIONAL): ((WATCH, 1 / 10), (COLD, 1 / 20)),
    ("router", CONFIRMED): ((WATCH, 1 / 3),),
    ("init file", PROVISIONAL): ((WATCH, 1 / 15),),
    ("jest", "driver, provisional"): ((jestloop.WATCH, 1 / 3),),
    ("jest", "driver, confirmed"): ((jestloop.WATCH, 1 / 3),),
    ("pytest", pytestloop.PROVISIONAL): ((pytestloop.COLD, 1 / 4),),
    ("pytest", pytestloop.CONFIRMED): ((pytestloop.COLD, 1 / 4),),
}

Figures = Mapping[str, list[float]]


async def measure(subject: Subject, folder: Path, edits: int, sandbox: str) -> dict[str, Figures]:
    """Milliseconds of each way, for edits of the router and of the init file."""
    figures: dict[str, dict[str, list[float]]] = {"router": {}, "init file": {}}
    async with AsyncExitStack() as stack:
        pen = await stack.enter_async_context(writer())
        own = {name: subject.copied(folder / name) for name in ("cold", "watch", "beai")}
        tools = (
            Cold(own["cold"], pen),
            await stack.enter_async_context(watched(own["watch"], pen)),
            await stack.enter_async_context(beai(own["beai"], pen, sandbox)),
        )
        for number in range(edits + 2):  # the first two warm every tool up
            for kind, path in (("router", subject.router), ("init file", subject.init)):
                for tool in tools[kind != "router" :]:
                    await asyncio.sleep(_REST)
                    for way, ms in (await tool.edit(path)).items():
                        if number >= 2:
                            figures[kind].setdefault(way, []).append(ms)
            print(f"  {subject.name}: edit {number + 1} of {edits + 2}", file=sys.stderr)
    return {**figures}


def table(name: str, kind: str, figures: Figures) -> bool:
    """Print the rows of one kind of edit; whether every target was met."""
    met = True
    count = max(len(times) for times in figures.values())
    print(f"\n{name} · {kind} · n = {count}")
    for way, times in sorted(figures.items(), key=lambda item: -statistics.median(item[1])):
        median = statistics.median(times)
        said = []
        for base, most in _TARGETS.get((kind, way), ()):
            if base in figures:
                ratio = median / statistics.median(figures[base])
                met = met and ratio <= most
                said.append(f"{ratio:.3f} of {base} (at most {most:.3f}: {'met' if ratio <= most else 'MISSED'})")
        print(f"  {way:24} {median:7.0f} ms   slowest {max(times):7.0f} ms   {', '.join(said)}")
    return met


def main() -> None:
    """Print the tables; exit code 1 where a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--only", choices=("demo", "made", "jest", "pytest"))
    parser.add_argument("--sandbox", default="", help="full or off; else what works here")
    asked = parser.parse_args()
    results: list[bool] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.only in (None, "demo", "made"):
            shop = demo(folder)
            subjects = {"demo": shop, "made": made(folder, shop.root / "node_modules")}
            for key, subject in subjects.items():
                if asked.only in (None, key):
                    found = asyncio.run(measure(subject, folder / key, asked.edits, asked.sandbox))
                    results += [table(subject.name, kind, figures) for kind, figures in found.items()]
        if asked.only in (None, "jest"):
            jestloop.prepare(folder / "jest")
            results.append(table("jest", "jest", asyncio.run(jestloop.measure(folder / "jest", asked.edits))))
        if asked.only in (None, "pytest"):
            pytestloop.make(folder / "pytest")
            results.append(table("pytest", "pytest", asyncio.run(pytestloop.measure(folder / "pytest", asked.edits))))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
