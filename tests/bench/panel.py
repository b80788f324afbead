"""Pane 4 with 5,000 tests: how long its parts take, and key → paint on a terminal, at rest and while tests end.

Run ``python -m tests.bench panel [--presses N]``. ``panel show`` and ``panel stream`` are what it runs on the terminal.
The p99 of few samples is the slowest.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from beai.core.loop.events import Event
from beai.core.loop.events.passing import RunBegan, TestEnded
from beai.core.loop.session import Session
from beai.core.loop.step import step
from beai.core.runner.history import RunMark, remember
from beai.core.runner.progress import Progress
from beai.core.runner.report import FileOutcome, Report, RunKind, TestKey, TestOutcome, TestState
from beai.tui.app import BeaiApp
from beai.tui.outcomes import rows
from beai.tui.outcomes.choice import By, Choice, Index
from beai.tui.outcomes.past import Past
from beai.tui.outcomes.verdict import verdict
from beai.tui.pace import FPS, keep
from tests.bench.terminal import Terminal
from tests.tui import sessions as known

FILES, EACH, FAILING = 100, 50, 25
"""5,000 tests, some of which fail."""

ENDED, BURST = 0.005, 10
"""Seconds between two bursts of tests that end, and the tests of one: 2,000 a second."""

BUDGET = 16.0
"""Milliseconds from a key to its paint at most, by the 99th percentile."""

_WIDTH = 48
_REPO = Path(__file__).parents[2]


def report(run: int, failing: int = FAILING) -> Report:
    """One run over every test; the failing ones are spread over the files."""
    files = list[FileOutcome]()
    for number in range(FILES):
        file = f"src/server/api/routers/__tests__/area{number}.test.ts"
        tests = tuple(_test(file, number * EACH + at, failing) for at in range(EACH))
        files.append(FileOutcome(file, tests))
    return Report(run, RunKind.CONFIRMED, tuple(files), ms=900.0 + run, total=FILES, changed=("src/a.ts",))


def session() -> Session:
    """A review with that report beside it, after twenty runs of everything."""
    runs: tuple[RunMark, ...] = ()
    for number in range(20):
        runs = remember(runs, report(number))
    newest = report(21)
    return replace(known.RED_REVIEW, standing=newest, latest=replace(newest), ran=newest, runs=remember(runs, newest))


class Ending:
    """Satisfies ``beai.tui.app.Loop``; with ``streams`` the tests of a run end, over and over."""

    def __init__(self, streams: bool) -> None:
        self.session = session()
        self._streams = streams
        self._observers: list[Callable[[Session], None]] = []

    def post(self, event: Event) -> None:
        """What the person does changes nothing."""

    def observe(self, callback: Callable[[Session], None]) -> None:
        """Call ``callback`` with every session."""
        self._observers.append(callback)

    async def run(self) -> None:
        """Stream until cancelled."""
        if not self._streams:
            await asyncio.Event().wait()
        tests = report(22, 0).tests()
        while True:
            self._take(RunBegan())
            for burst in _batched(tests):
                for test in burst:
                    self._take(TestEnded(test))
                await asyncio.sleep(ENDED)

    async def close(self) -> None:
        """Nothing was started."""

    def _take(self, event: Event) -> None:
        self.session = step(self.session, event)[0]
        for observer in self._observers:
            observer(self.session)


def parts(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of what the panel does without a terminal."""
    shown = session()
    newest, found = shown.latest, dict[str, list[float]]()
    assert newest is not None
    past = Past()
    past.follow(shown.runs)
    said, index, plain = verdict(shown), Index(newest), Choice()
    index.matching(Choice("a", By.NAME))

    def laid(choice: Choice, among: Index) -> None:
        seen = rows.board(shown, said, past, choice)
        for row in rows.rows(among, seen, _WIDTH)[:30]:
            rows.draw(row, seen, _WIDTH, here=False)

    tests, other = newest.tests(), tuple(replace(mark) for mark in shown.runs)
    found["verdict of a report"] = _timed(rounds, lambda: verdict(replace(shown, latest=replace(newest))))
    found["rows of a report, 30 of them drawn"] = _timed(rounds, lambda: laid(plain, Index(newest)))
    letters = iter(range(10**9))
    found["a letter of the filter, 30 rows drawn"] = _timed(
        rounds, lambda: laid(plain.filtered(f"item {next(letters) % 100}", By.ANY), index)
    )
    found["history of 21 runs, read anew"] = _timed(rounds, lambda: Past().follow(other))
    found["5,000 tests that end, one by one"] = _timed(rounds, lambda: _streamed(tests))
    return found


def keys(presses: int) -> dict[str, list[float]]:
    """Milliseconds from a key on the wire to the frame that shows what it did."""
    found = dict[str, list[float]]()
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(_REPO), os.environ.get("PYTHONPATH", ""))))}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_FPS": FPS}
    for mode, what in (("show", "at rest"), ("stream", "while tests end")):
        here = (sys.executable, "-m", "tests.bench.panel", mode)
        with closing(Terminal(mode, here, env)) as terminal:
            terminal.wait("hunk 1/")
            terminal.type("4")
            terminal.wait("run failed")
            terminal.rest(0.5)
            moves = [("j", "▸[^\\n]{0,80}✗"), ("k", "▸[^\\n]{0,80}✗")] * (presses // 2)
            found[f"j/k → paint, {what}"] = [_pressed(terminal, *move) for move in moves]
            terminal.type("/")
            terminal.wait("keep")
            typed = list[float]()
            for _ in range(presses // 4):
                typed += [_pressed(terminal, letter, f"file: {word}") for letter, word in (("x", "x"), ("y", "xy"))]
                terminal.type("\x7f\x7f")
                terminal.rest(0.3)
            found[f"a letter of the filter → paint, {what}"] = typed
            terminal.kill()
    return found


def _test(file: str, number: int, failing: int) -> TestOutcome:
    fails = failing and number % (FILES * EACH // failing) == 0
    key = TestKey(file, f"area{number // EACH} > counts item {number} of its basket")
    state, errors = (TestState.FAIL, known.FAILING.errors) if fails else (TestState.PASS, ())
    return TestOutcome(key, state, number % 37 + 0.5, 12, errors)


def _batched(tests: tuple[TestOutcome, ...]) -> list[tuple[TestOutcome, ...]]:
    return [tests[at : at + BURST] for at in range(0, len(tests), BURST)]


def _streamed(tests: tuple[TestOutcome, ...]) -> None:
    running = Progress()
    for test in tests:
        running = running.after(test)


def _timed(rounds: int, deed: Callable[[], object]) -> list[float]:
    times = list[float]()
    for _ in range(rounds):
        begun = time.perf_counter()
        deed()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _pressed(terminal: Terminal, key: str, pattern: str) -> float:
    """Press a key at a fast typist's uneven pace; how long until ``pattern`` was written."""
    terminal.rest(random.uniform(0.06, 0.12))
    begun = terminal.type(key)
    return (terminal.wait(pattern) - begun) * 1000


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench panel", description=__doc__)
    parser.add_argument("mode", nargs="?", choices=("show", "stream"))
    parser.add_argument("--presses", type=int, default=40)
    options = parser.parse_args()
    if options.mode:
        keep()
        BeaiApp(Ending(options.mode == "stream")).run()
        return 0
    found = parts(20) | keys(options.presses)
    print(f"{f'panel, {FILES * EACH:,} tests, {FAILING} failing':46} {'p50':>8} {'p99':>8}")
    for what, times in found.items():
        ordered = sorted(times)
        p99 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]
        missed = "  MISSED" if "paint" in what and p99 > BUDGET else ""
        target = f"  p99 ≤ {BUDGET:.0f} ms" if "paint" in what else ""
        print(f"{what:46} {statistics.median(ordered):8.1f} {p99:8.1f} ms  n = {len(ordered)}{target}{missed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
