"""First paint, memory and key → paint of the app on a terminal, each as a ratio to a baseline taken in turn with it.

Run ``python -m tests.bench screen [--rounds N] [--shop DIR]``. DIR is a demo backend made by ``beai demo``, which is
copied; without one, one is made. Needs Linux. Exit code 1: a target was missed. The p99 of few samples is the slowest.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from beai.tui.pace import FPS
from tests.bench.shops import agreed, backend, environment
from tests.bench.streaming import HUNKS
from tests.bench.terminal import COLUMNS, LINES, Terminal

PRESSES = 8
"""Keys of each kind in one round."""

BUDGET = 35.0
"""Seconds after which no further round of keys begins, so that a busy machine gets fewer rounds, not a longer run."""

SETTLED = 3
"""Rounds to the end of the baseline run; memory hardly differs from one to the next."""

_HELLO = (sys.executable, str(Path(__file__).with_name("hello.py")))
_BEAI = (str(Path(sys.executable).with_name("beai")), "open")
_MODULES = """
import atexit, sys
atexit.register(lambda: open({out!r}, "w").write(" ".join(sys.modules)))
from beai.tui.main import main
main(["open", {shop!r}, "--model", "openai/none", "--base", "http://127.0.0.1:9/v1"])
"""
_AT = "▸[^\\n]{{0,120}}hunk {}/"  # the mark of the hunk at hand, styles, and its number

Rounds = dict[str, list[list[float]]]
"""For each measurement, round by round, its samples."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a measurement, its baseline, and the ratio of medians that it must stay under."""

    what: str
    baseline: str
    unit: str = "ms"
    target: float | None = None


TABLE = (
    Line("first paint", "hello, first paint", target=2.5),
    Line("  processor time until then", "hello, processor time"),
    Line("task on the screen", "hello, first paint"),
    Line("memory (PSS), baseline run over", "hello, PSS", "MiB"),
    Line("memory (RSS), baseline run over", "hello, RSS", "MiB"),
    Line("j/k → paint, nothing else going on", "hello, key → paint"),
    Line("j/k → paint, tests and text stream", "j/k → paint, nothing else going on"),
    Line("letter → paint, tests and text stream", "j/k → paint, nothing else going on"),
    Line("10,000-line diff → ready", "2-hunk diff → ready"),
    Line("j/k → paint in the 10,000-line diff", "j/k → paint, nothing else going on"),
)


def starts(rounds: int, shop: Path, env: Mapping[str, str], folder: Path) -> Rounds:
    """Milliseconds to the first paint; the app is killed there, before it has started anything."""
    found: Rounds = defaultdict(list)
    for number in range(-1, rounds):
        if number == 0:
            found.clear()  # the first round compiled every module
        with closing(Terminal("hello", _HELLO, env)) as hello:
            _started(found, "hello, first paint", "hello, processor time", hello, "Hello, world")
            hello.kill()
        with closing(_app(shop, env, folder / f"start{number}")) as beai:
            _started(found, "first paint", "  processor time until then", beai, "1 Task")
            beai.kill()
        _show(number, rounds, "first paint")
    return found


def settles(shop: Path, env: Mapping[str, str], folder: Path) -> Rounds:
    """Milliseconds until the task is read and shown, and MiB of memory once the tests have run."""
    found: Rounds = defaultdict(list)
    for number in range(SETTLED):
        with closing(Terminal("hello", _HELLO, env)) as hello:
            hello.wait("Hello, world")
            _weighed(found, "hello, ", "", hello)
        with closing(_app(shop, env, folder / f"settle{number}")) as beai:
            found["task on the screen"].append([_ms(beai.begun, beai.wait("Acceptance criteria"))])
            beai.wait("GREEN")
            _weighed(found, "memory (", "), baseline run over", beai)
        _show(number, SETTLED, "memory")
    return found


def keys(rounds: int, env: Mapping[str, str]) -> Rounds:
    """Milliseconds from a key on the wire to the frame that shows what it did."""
    found: Rounds = defaultdict(list)
    with ExitStack() as stack:

        def on(name: str, *command: str) -> Terminal:
            pace = {} if command == _HELLO else {"TEXTUAL_FPS": FPS}
            terminal = stack.enter_context(closing(Terminal(name, command, {**env, **pace})))
            stack.callback(terminal.kill)  # a Textual app that was stopped and continued no longer quits
            return terminal

        here = (sys.executable, "-m", "tests.bench.streaming")
        hello = on("hello", *_HELLO)
        still, busy, typing, diff = (on(mode, *here, mode) for mode in ("still", "busy", "typing", "diff"))
        hello.wait("Hello, world")
        for terminal in (still, busy, diff):
            terminal.wait(_AT.format(1))
        typing.wait("1 Task")
        typing.type("g")
        typing.wait("tell the suggester")
        for terminal in (hello, still, busy, typing, diff):
            terminal.rest(0.3)
            terminal.stop()
        count, letters = iter(range(1, 10**6)), iter(range(0x4E00, 0x9F00))  # each press shows what was never shown
        last = time.perf_counter() + BUDGET
        for number in range(rounds):
            if time.perf_counter() > last:
                break
            found["hello, key → paint"].append(_pressed(hello, lambda: ("j", f"key {next(count)} came")))
            found["j/k → paint, nothing else going on"].append(_pressed(still, _up_and_down()))
            found["j/k → paint, tests and text stream"].append(_pressed(busy, _up_and_down()))
            found["letter → paint, tests and text stream"].append(
                _pressed(typing, lambda: (letter := chr(next(letters)), letter))
            )
            diff.go_on()
            found["10,000-line diff → ready"].append([_until(diff, "r", _AT.format(1) + str(HUNKS))])
            found["j/k → paint in the 10,000-line diff"].append(_pressed(diff, _up_and_down()))
            diff.go_on()
            found["2-hunk diff → ready"].append([_until(diff, "r", _AT.format(1) + "2 ")])
            diff.stop()
            _show(number, rounds, "keys")
    return found


def litellm_is_elsewhere(shop: Path, env: Mapping[str, str], folder: Path) -> bool:
    """Whether the UI process, asked to use a model, ran its worker and ended without ever importing litellm."""
    out = folder / "modules"
    code = _MODULES.format(out=str(out), shop=str(shop))
    agreed(shop, folder / "model")
    with closing(Terminal("beai", (sys.executable, "-c", code), {**env, "BEAI_STATE": str(folder / "model")})) as beai:
        beai.wait("GREEN")
        worker = any("beai.core.suggest.worker" in command for command in beai.children())
    if not out.exists():
        raise SystemExit("beai did not leave when it was told to, with a model chosen.")
    modules = out.read_text().split()
    inside = [name for name in modules if name.partition(".")[0] in ("litellm", "openai")]
    print(
        f"modules of the UI process with a model chosen: {len(modules)}; litellm among them: {bool(inside)};", end=" "
    )
    print(f"its worker process was running: {worker}")
    return worker and not inside


def _app(shop: Path, env: Mapping[str, str], state: Path) -> Terminal:
    agreed(shop, state)
    return Terminal("beai", (*_BEAI, str(shop)), {**env, "BEAI_STATE": str(state)})


def _started(found: Rounds, wall: str, work: str, terminal: Terminal, pattern: str) -> None:
    found[wall].append([_ms(terminal.begun, terminal.wait(pattern))])
    found[work].append([terminal.busy() * 1000])


def _weighed(found: Rounds, before: str, after: str, terminal: Terminal) -> None:
    terminal.rest(0.5)
    rss, pss = terminal.memory()
    found[f"{before}RSS{after}"].append([rss])
    found[f"{before}PSS{after}"].append([pss])


def _pressed(terminal: Terminal, deed: Callable[[], tuple[str, str]]) -> list[float]:
    """Press PRESSES keys at a fast typist's uneven pace; how long each took to be seen."""
    terminal.go_on()
    terminal.rest(0.1)
    times = []
    for _ in range(PRESSES):
        times.append(_until(terminal, *deed()))
        terminal.rest(random.uniform(0.010, 0.040))
    terminal.stop()
    return times


def _up_and_down() -> Callable[[], tuple[str, str]]:
    """``j`` goes to the second hunk, ``k`` back to the first, in turn."""
    presses = iter([("j", _AT.format(2)), ("k", _AT.format(1))] * PRESSES)
    return lambda: next(presses)


def _until(terminal: Terminal, key: str, pattern: str) -> float:
    return _ms(terminal.type(key), terminal.wait(pattern))


def _ms(begun: float, ended: float) -> float:
    return (ended - begun) * 1000


def _show(number: int, rounds: int, what: str) -> None:
    print(f"  {number + 1}/{rounds}  {what}", file=sys.stderr)


def _print(found: Rounds) -> bool:
    """The table; whether every target was met."""
    met = True
    print(f"{f'screen, {COLUMNS}×{LINES}':38} {'p50':>8} {'p99':>8}      {'of baseline':>11}  {'target':7} baseline")
    for line in TABLE:
        samples = sorted(sample for one in found[line.what] for sample in one)
        baseline = statistics.median(sample for one in found[line.baseline] for sample in one)
        p50, p99 = statistics.median(samples), samples[min(len(samples) - 1, round(len(samples) * 0.99))]
        ratio = p50 / baseline
        target = f"< {line.target}×" if line.target else ""
        missed = line.target is not None and ratio >= line.target
        met = met and not missed
        print(
            f"{line.what:38} {p50:8.1f} {p99:8.1f} {line.unit:4} {ratio:10.2f}×  {target:7} {line.baseline}: "
            f"{baseline:.1f} {line.unit}, n = {len(samples)}{'  MISSED' if missed else ''}"
        )
    return met


def main() -> int:
    """Measure, print the table, and say whether the targets were met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench screen", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--shop", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="beai-bench-") as name:
        folder = Path(name)
        env, shop = environment(folder), backend(options.shop, folder)
        found = starts(options.rounds, shop, env, folder) | settles(shop, env, folder) | keys(options.rounds, env)
        met = _print(found)
        return 0 if litellm_is_elsewhere(shop, env, folder) and met else 1


if __name__ == "__main__":
    sys.exit(main())
