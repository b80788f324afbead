"""Every way in which a provider goes wrong, under the real app with a real worker, while letters are typed.

Run ``python -m tests.bench model --faults [MODE…] [--shop DIR]``. For each mode: the sentence that ends it, after how
long, and key → paint until then; then once more with ctrl+g in the middle: when the provider saw the connection close,
and that esc, pressed before, closed nothing. ``faults app ROOT BASE [spare]`` is what runs on the terminal: its
deadlines are short. Exit code 1: a mode did not end, a key took longer than its target, or a connection stood longer
than its own.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.faulty import Faulty, faulty
from tests.bench.model_screen import TARGET, Typed, begin_line, typed
from tests.bench.shops import agreed
from tests.bench.tabling import percentile
from tests.bench.terminal import Terminal
from tests.real.provider import Trouble

CLOSED = 50.0
"""Milliseconds from ctrl+g on the wire until the provider sees the connection close."""

LONGEST = 30.0
"""Seconds after which a mode counts as one that hangs: its own deadlines end it by 20."""

_HERE = (sys.executable, "-m", "tests.bench.faults", "app")
_TASK = "BE-S3-001"
_SAID = "^ ([✗!] .*)"
_SOON = 0.25  # seconds from a request to ctrl+g


@dataclass
class Found:
    """What one mode came to; times in seconds, ``closed`` in milliseconds, None where it had ended by itself before."""

    said: str = ""
    after: float = 0.0
    letters: list[Typed] = field(default_factory=list)
    closed: float | None = None
    esc_closed: bool = False


def faults(names: Sequence[str], shop: Path, env: Mapping[str, str], folder: Path) -> bool:
    """Print a line for each mode; whether all of them met their targets."""
    state = folder / "state"
    agreed(shop, state)
    met, every = True, list[Typed]()
    print(f"{'mode':20} {'ends after':>10}  {'key → paint p50, p99, max':32} {'ctrl+g → closed':>15}  the screen says")
    with faulty() as server:
        command = (*_HERE, str(shop), server.base, "spare")
        with closing(Terminal("beai", command, {**env, "BEAI_STATE": str(state)})) as beai:
            if not beai.look("✓ GREEN", 120.0):
                raise SystemExit("\n".join(beai.rows()))
            for number, name in enumerate(names or [trouble.name for trouble in Trouble]):
                found = one(beai, server, name, first=number == 0)
                every += found.letters
                met = _told(name, found) and met
    walls = [letter.wall for letter in every]
    p99 = percentile(walls, 0.99)
    print(f"all modes: {len(walls)} letters, p50 {percentile(walls, 0.5):.1f}, p99 {p99:.1f}, max {max(walls):.1f} ms;")
    works = [letter.work for letter in every]
    print(f"of the processor {percentile(works, 0.5):.1f}, {percentile(works, 0.99):.1f}, {max(works):.1f} ms")
    return met and p99 <= TARGET


def one(beai: Terminal, server: Faulty, name: str, first: bool) -> Found:
    """What the mode ``name`` comes to; the ``first`` is asked for by reading the task, the others by trying again."""
    found = Found()
    server.forget()
    server.play(name)
    asked = _ask(beai, server, "\r" if first else "t")
    begin_line(beai)
    while not found.said and time.monotonic() - asked < LONGEST:
        found.letters += typed(beai, 3)
        found.said = _notice(beai)
    found.after = time.monotonic() - asked
    _leave_line(beai)
    if found.said:
        _stop_midway(beai, server, found)
    else:
        beai.type("\x07")
        beai.look(_SAID, 5.0)
    return found


def _stop_midway(beai: Terminal, server: Faulty, found: Found) -> None:
    """The same once more: esc first, which must change nothing, then ctrl+g."""
    server.forget()
    _ask(beai, server, "t")
    beai.type("\x1b")
    beai.rest(_SOON)
    found.esc_closed = "Stopped" in _notice(beai)
    if _notice(beai):
        return
    server_left = server.when("left", 0.01)
    sent = time.monotonic()
    beai.type("\x07")
    left = server.when("left", 1.0) if server_left is None else None
    if beai.look("^ ! Stopped", 5.0) and left is not None:
        found.closed = (left - sent) * 1e3


def _ask(beai: Terminal, server: Faulty, key: str) -> float:
    """Ask (again); when the provider got it. Keys that decide are held back until their view was there for a moment."""
    for _ in range(6):
        beai.rest(0.5)
        beai.type(key)
        if asked := server.when("asked", 12.0):
            return asked
    raise SystemExit("\n".join(("The provider was not asked.", *beai.rows())))


def _notice(beai: Terminal) -> str:
    return beai.look(_SAID, 0.0).strip()


def _leave_line(beai: Terminal) -> None:
    beai.type("\x1b")
    beai.rest(0.4)


def _told(name: str, found: Found) -> bool:
    walls = [letter.wall for letter in found.letters]
    keys = " ".join(f"{percentile(walls, part):6.1f}" for part in (0.5, 0.99, 1.0)) if walls else "–"
    closed = "over before" if found.closed is None else f"{found.closed:.0f} ms"
    late = found.closed is not None and found.closed > CLOSED
    wrong = "" if found.said else "  HANGS"
    wrong += "  CLOSED LATE" if late else ""
    wrong += "  ESC STOPPED IT" if found.esc_closed else ""
    print(
        f"{name:20} {found.after:8.1f} s  {keys} ms n={len(walls):3} {closed:>15}  {found.said or 'nothing'}{wrong}",
        flush=True,
    )
    return not wrong


def app(root: Path, base: str, spare: bool) -> None:
    """The app on ``root``, asking ``base`` with short deadlines; ``spare``: a worker more is kept warm, as usual."""
    from beai.tui.pace import keep

    keep()
    from beai.core.fault import Fault
    from beai.core.loop.opening import Opening, Wanted
    from beai.core.loop.preflight import survey
    from beai.core.settings import Settings
    from beai.core.suggest.model import Caps, Deadlines, ModelSuggester, Retries
    from beai.tui.app import BeaiApp

    env = dict(os.environ)
    project = survey(root, env)
    if isinstance(project, Fault):
        raise SystemExit(project.sentence())
    settings = Settings(model="openai/loopback", base=base, sandbox="off")
    deadlines = Deadlines(first=2.0, idle=1.5, pinged=3.0, total=20.0, rate=100.0, span=3.0)
    caps = Caps(line=512 * 1024, body=64 * 1024 * 1024, text=400_000)
    asks = ModelSuggester(settings, env, None, deadlines, Retries(attempts=3, base=0.2, most=2.0), caps, spare)
    BeaiApp(Opening(root, project, settings, Wanted(_TASK, suggester=asks), env), root=str(root)).run()


if __name__ == "__main__":
    if sys.argv[1:2] == ["app"]:
        app(Path(sys.argv[2]), sys.argv[3], sys.argv[4:] == ["spare"])
