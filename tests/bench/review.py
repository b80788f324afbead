"""A change of 10,000 lines under review: ready, key → paint for every key, memory; beside plain lines, key by key.

Run ``python -m tests.bench review [--rounds N] [--columns]``. ``review show`` and ``review plain`` are what it runs on
the terminal. Ready is from the key that brings the change to the frame that shows its first hunk. Exit code 1: a
target was missed. The p99 of few samples is the slowest.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

from textual.app import App, ComposeResult

from beai.core.edits.change import Change, FileChange
from beai.core.edits.diff.hunks import hunks
from beai.core.edits.review import Review
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import RerunAsked
from beai.core.loop.session import Cycle, Session, Stage
from beai.core.loop.step import step
from beai.core.suggest.exchange import Purpose
from beai.tui.app import BeaiApp
from beai.tui.pace import FPS, keep
from beai.tui.review.book import Book
from beai.tui.review.rows import Layout
from beai.tui.widgets.lines_view import LinesView
from tests.bench.terminal import COLUMNS, LINES, Terminal
from tests.tui import sessions as known

FILES, HUNKS, BLOCK = 20, 50, 5
"""Files, the hunks of each, and the lines that each removes and adds: 10,000 lines in 1,000 hunks."""

READY, BUDGET = 100.0, 16.0
"""Milliseconds: until the change is there, and from a key to its paint by the 99th percentile."""

_REPO = Path(__file__).parents[2]
_HERE = (sys.executable, "-m", "tests.bench.review")
Sample = tuple[float, float]
"""Milliseconds until it was seen, and of the processor."""

_AT = "▸[^\\n]{0,120}hunk "  # the mark of the hunk at hand, styles, and its number


def change() -> Change:
    """FILES files in which HUNKS blocks of BLOCK lines each became others, ten lines apart."""
    files = []
    for file in range(FILES):
        old, new = list[str](), list[str]()
        for number in range(HUNKS):
            same = [f"  price{line}: z.number().min({number}),\n" for line in range(10)]
            old += [*same, *(f"  const total{line} = sum(order.lines, {number});\n" for line in range(BLOCK))]
            new += [*same, *(f"  const total{line} = await sumOf(order, {number});\n" for line in range(BLOCK))]
        path, before, after = f"src/server/area{file}.ts", "".join(old), "".join(new)
        files.append(FileChange(path, before, after, "", hunks(path, before, after, ("@tdd",))))
    made = Change(tuple(files), "Totals are summed in one place.")
    assert len(made.hunks()) == FILES * HUNKS
    return made


class Deciding:
    """Satisfies ``beai.tui.app.Loop``: what is decided is decided; ``r`` brings the large change, and the small one."""

    def __init__(self) -> None:
        self._small = known.RED_REVIEW
        self._large = replace(self._small, cycle=Cycle(Purpose.CODE, Stage.REVIEWING, review=Review(change())))
        self.session = self._small
        self._observers: list[Callable[[Session], None]] = []

    def post(self, event: Event) -> None:
        """Take what the person did."""
        if isinstance(event, RerunAsked):
            small = self.session.cycle is self._small.cycle
            self.session = self._large if small else self._small
        else:
            self.session = step(self.session, event)[0]
        for observer in self._observers:
            observer(self.session)

    def observe(self, callback: Callable[[Session], None]) -> None:
        """Call ``callback`` with every session."""
        self._observers.append(callback)

    async def run(self) -> None:
        """Nothing happens by itself."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing was started."""


class Plain(App[None]):
    """The baseline: the same lines in the same list, with nothing but a mark that ``j`` moves."""

    BINDINGS = [("j", "down", "")]  # noqa: RUF012 – Textual declares it on the class

    def compose(self) -> ComposeResult:
        """One list."""
        yield LinesView()

    def on_mount(self) -> None:
        """Show the lines."""
        self._at = 0
        lines = [line for file in change().files for hunk in file.hunks for line in (*hunk.old, *hunk.new)]
        self._lines = [line.rstrip() for line in lines]
        self.query_one(LinesView).show(self._lines)

    def action_down(self) -> None:
        """Move the mark."""
        before, self._at = self._at, (self._at + 1) % 20
        shown = list(self._lines)
        shown[self._at] = f"▸ line {self._at} {next(_COUNT)} here"
        self.query_one(LinesView).show(shown)
        self.query_one(LinesView).refresh_line(before)


_COUNT = count(1000)


def presses() -> Iterator[tuple[str, str, str]]:
    """Key by key what is pressed, by what name it is counted, and what the frame shows that answers it.

    The cursor begins on hunk 1 and is back there in the end; numbers grow, so that no frame is taken for an older one.
    """
    total = FILES * HUNKS
    yield "j", "j", f"{_AT}2/"
    yield "k", "k", f"{_AT}1/"
    yield "]", "[ ]", f"{_AT}{HUNKS + 1}/"
    yield "[", "[ ]", f"{_AT}1/"
    yield "K", "J K", f"{_AT}{total}/"
    yield "J", "J K", f"{_AT}1/"
    yield "y", "y", f"{_AT}2/"
    yield "u", "u", f"{_AT}1/"
    yield "n", "n", "why not"
    yield "\r", "n enter", f"{_AT}2/"
    yield "u", "u", f"{_AT}1/"
    yield "v", "v", "1 line chosen"
    yield "j", "j in lines", "2 lines chosen"
    yield "s", "s", f"{_AT}1/{total + 1}"
    yield "u", "u", f"{_AT}1/{total}[^\\d]"
    yield "{", "{ }", "8 lines"
    yield "}", "{ }", "4 lines"
    yield "w", "w", "≈"
    yield "w", "w", "───╯|───┘|╯"
    yield "/", "/", "find"
    yield "s", "a letter of /", "'s' on"
    yield "u", "a letter of /", "'su' on"
    yield "\r", ". ,", "'su' \\d+/"
    yield ".", ". ,", "'su' \\d+/"
    yield ",", ". ,", "'su' \\d+/"
    yield "c", "c", "comment on"


def measure(rounds: int, columns: bool) -> tuple[dict[str, list[Sample]], dict[str, float]]:
    """Milliseconds for each key and for ready, and MiB."""
    found: dict[str, list[Sample]] = defaultdict(list)
    memory: dict[str, float] = {}
    env = {**os.environ, "TEXTUAL_FPS": FPS, "PYTHONPATH": os.pathsep.join((str(_REPO), *sys.path[1:]))}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with closing(Terminal("plain", (*_HERE, "plain"), env)) as plain:
        plain.wait("total0")
        plain.rest(0.5)
        for _ in range(rounds * 8):
            found["plain lines, j"].append(_pressed(plain, "j", "line \\d+ \\d+ here"))
        memory["plain lines"] = plain.memory()[0]
    with closing(Terminal("review", (*_HERE, "show"), env)) as terminal:
        terminal.wait(f"{_AT}1/2")
        terminal.rest(0.5)
        memory["small change"] = terminal.memory()[0]
        for number in range(rounds):
            found["ready"].append(_pressed(terminal, "r", f"{_AT}1/{FILES * HUNKS}"))
            terminal.rest(0.3)
            if columns:
                _pressed(terminal, "z", "hunk")
                _pressed(terminal, "|", "│")
            for key, name, pattern in presses():
                found[name].append(_pressed(terminal, key, pattern))
            for _ in range(2):  # the comment, and the search; what follows an escape too soon would be one key with it
                terminal.type("\x1b")
                terminal.rest(0.5)
            if columns:
                _pressed(terminal, "|", "hunk")
                _pressed(terminal, "z", "hunk")
            memory[f"large change, after {number + 1} rounds of keys"] = terminal.memory()[0]
            terminal.type("r")
            terminal.rest(0.3)
    return found, memory


def layout() -> dict[str, float]:
    """Milliseconds to lay the change out, in this process: the part of ready that grows with the change."""
    review = Review(change())
    times = {}
    for columns in (False, True):
        samples = []
        for _ in range(9):
            begun = time.perf_counter()
            Book(review, Layout(120, columns))
            samples.append((time.perf_counter() - begun) * 1000)
        times[f"layout, {'side by side' if columns else 'unified'}"] = statistics.median(samples)
    return times


def _pressed(terminal: Terminal, key: str, pattern: str) -> Sample:
    """How long it took to be seen, and the processor time that it cost, with what was done after it was seen."""
    worked, begun = terminal.busy(), terminal.type(key)
    taken = (terminal.wait(pattern) - begun) * 1000
    terminal.rest(random.uniform(0.015, 0.045))
    return taken, (terminal.busy() - worked) * 1000


def _print(found: dict[str, list[Sample]]) -> bool:
    baseline, met = statistics.median(wall for wall, _ in found["plain lines, j"]), True
    print(f"{f'review, {COLUMNS}×{LINES}':16} {'p50':>7} {'p99':>7} ms   of plain    processor p50, p99")
    for name, samples in found.items():
        p50, p99 = _percentiles([wall for wall, _ in samples])
        cpu50, cpu99 = _percentiles([cpu for _, cpu in samples])
        limit = READY if name == "ready" else BUDGET
        met = met and p99 <= limit
        words = f"  ≤ {limit:g} ms{'' if p99 <= limit else ' MISSED'}"
        ratio = p50 / baseline
        print(
            f"{name:16} {p50:7.1f} {p99:7.1f}    {ratio:7.2f}×    {cpu50:7.1f} {cpu99:7.1f}{words}, n = {len(samples)}"
        )
    return met


def _percentiles(samples: list[float]) -> tuple[float, float]:
    ordered = sorted(samples)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]


def main(words: list[str]) -> int:
    """Measure and print, or show what is measured."""
    if words[:1] == ["show"]:
        keep()
        BeaiApp(Deciding()).run()
        return 0
    if words[:1] == ["plain"]:
        keep()
        Plain().run()
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.bench review", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--columns", action="store_true", help="old and new side by side, zoomed")
    options = parser.parse_args(words)
    for name, taken in layout().items():
        print(f"{name:22} {taken:8.1f} ms")
    found, memory = measure(options.rounds, options.columns)
    met = _print(found)
    for name, mib in memory.items():
        print(f"{name:40} {mib:7.1f} MiB")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
