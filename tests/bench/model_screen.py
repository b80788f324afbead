"""What the screen feels of a model: the app in a terminal types letters while a worker imports and while text streams.

Each letter is one that was never typed before, so that the frame that shows it is no older one.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.bench import processes
from tests.bench.shops import agreed
from tests.bench.tabling import Line, Samples
from tests.bench.terminal import Terminal

LETTERS, LINE = 120, 30
"""Letters typed in each state in a round, and those after which the line is emptied."""

TARGET = 16.0
"""Milliseconds from a key to its paint, by the 99th percentile."""

_REST = "key → paint, nothing asked"
_IMPORTS = "key → paint, a spare worker imports"
_STREAMS = "key → paint, 500 tokens/s of code stream"
_DRAFTER = "key → paint, the app starts with the drafter"
_MODEL = "key → paint, the app starts with a model"
WORK = "  processor, "
SCREEN = (
    *(
        line
        for name, baseline, target in (
            (_REST, "", None),
            (_IMPORTS, _REST, TARGET),
            (_STREAMS, _REST, TARGET),
            (_DRAFTER, "", None),
            (_MODEL, _DRAFTER, None),
        )
        for line in (Line(name, baseline, target=target), Line(WORK + name, WORK + baseline if baseline else ""))
    ),
    Line("processor time of the screen per second, at rest"),
    Line("processor time of the screen per second, streaming"),
    Line("ctrl+g → said on the screen"),
)
_BEAI = (sys.executable, "-P", "-m", "beai.tui.main", "open")
_LETTERS = iter(range(0x4E00, 0x9F00))
_SETTLED = 40.0  # seconds that a start may take


class Typed(NamedTuple):
    """Milliseconds until a letter was seen, and those of the processor that its process used until then."""

    wall: float
    work: float


def screen(found: Samples, rounds: int, shop: Path, env: Mapping[str, str], folder: Path, base: str) -> None:
    """Milliseconds from a letter on the wire to the frame that shows it."""
    model = ("--model", "openai/code-500-0", "--base", base)
    for number in range(rounds):
        for name, words in ((_DRAFTER, ()), (_MODEL, model)):
            state = folder / f"state-{number}-{len(words)}"
            agreed(shop, state)
            command = (*_BEAI, str(shop), *words)
            with closing(Terminal("beai", command, {**env, "BEAI_STATE": str(state)})) as beai:
                beai.wait("1 Task")
                begin_line(beai)
                _add(found, name, typed(beai, LETTERS))
                if words:
                    _asks(found, beai)
        print(f"  {number + 1}/{rounds}  screen", file=sys.stderr)


def _asks(found: Samples, beai: Terminal) -> None:
    """Its tests have run; then a model is asked, streams, and is stopped, which starts a spare."""
    beai.type("\x1b")
    beai.rest(0.5)
    _quiet(beai)
    begin_line(beai)
    used, begun = beai.busy(), time.perf_counter()
    _add(found, _REST, typed(beai, LETTERS))
    found["processor time of the screen per second, at rest"].append(_share(beai, used, begun))
    beai.type("\x1b")
    beai.rest(0.6)
    for _ in range(4):
        beai.rest(0.5)  # keys that decide are held back until their view was there for a moment
        beai.type("\r")
        if streams := beai.look("adds product 2", 10.0):
            break
    if not streams:
        raise SystemExit("\n".join(("The model was not asked, or nothing streamed.", *beai.rows())))
    begin_line(beai)
    used, begun = beai.busy(), time.perf_counter()
    _add(found, _STREAMS, typed(beai, LETTERS))
    found["processor time of the screen per second, streaming"].append(_share(beai, used, begun))
    known = set(processes.workers(beai.pid))
    sent = beai.type("\x07")  # ctrl+g
    if not beai.look("Stopped"):
        raise SystemExit("ctrl+g was not answered.")
    found["ctrl+g → said on the screen"].append((time.perf_counter() - sent) * 1e3)
    _add(found, _IMPORTS, typed(beai, LETTERS, lambda: _imports(beai, known)))


def typed(beai: Terminal, count: int, goes_on: Callable[[], bool] = lambda: True) -> list[Typed]:
    """Type letters at a fast typist's uneven pace; how long each took to be seen."""
    times = []
    for number in range(1, count + 1):
        if not goes_on():
            break
        letter = chr(next(_LETTERS))
        worked, sent = beai.busy(), beai.type(letter)
        seen = beai.wait(letter)
        times.append(Typed((seen - sent) * 1e3, (beai.busy() - worked) * 1e3))
        beai.rest(random.uniform(0.010, 0.040))
        if number % LINE == 0:
            beai.type("\x15")  # ctrl+u empties the line
            beai.rest(0.05)
    return times


def _add(found: Samples, name: str, letters: list[Typed]) -> None:
    found[name] += [letter.wall for letter in letters]
    found[WORK + name] += [letter.work for letter in letters]


def begin_line(beai: Terminal) -> None:
    """Open the line for the suggester."""
    beai.type("g")
    beai.wait("tell the suggester")
    beai.rest(0.1)


def _imports(beai: Terminal, known: set[int]) -> bool:
    """Whether a worker that is not among ``known`` is at work."""
    new = [pid for pid in processes.workers(beai.pid) if pid not in known]
    return any(processes.busy(pid) < 1.0 for pid in new) if new else False


def _quiet(beai: Terminal) -> None:
    """Let the first run of the tests and every import end."""
    used, last = -1.0, time.perf_counter() + _SETTLED
    while time.perf_counter() < last:
        now = sum(processes.busy(pid) for pid in (beai.pid, *processes.children(beai.pid)))
        if now - used < 0.02:
            return
        used = now
        beai.rest(1.0)


def _share(beai: Terminal, used: float, begun: float) -> float:
    return (beai.busy() - used) / (time.perf_counter() - begun) * 1e3
