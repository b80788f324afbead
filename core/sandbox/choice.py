"""The strongest enclosure that works here, and a fault where the person asked for more than that."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.sandbox import Enclosure, Level, Unconfined
from beai.core.sandbox.bubblewrap import Bubblewrap
from beai.core.sandbox.probe import Finding, Probe, probe, recall, remember
from beai.core.sandbox.scrubbed import Scrubbed
from beai.core.settings import Settings, state_dir

_FORMAT = 1  # of what is remembered, and of what is promised


@dataclass(frozen=True, slots=True)
class Choice:
    """An enclosure, what trying to escape from the one of bubblewrap showed, and what a person can do for more."""

    enclosure: Enclosure
    probe: Probe
    remedy: str = ""


def chooser(settings: Settings, root: Path, env: Mapping[str, str]) -> Callable[[], Awaitable[Enclosure | Fault]]:
    """What ``choose`` does, for later."""

    async def chosen() -> Enclosure | Fault:
        return await choose(settings, root, env)

    return chosen


async def choose(settings: Settings, root: Path, env: Mapping[str, str]) -> Enclosure | Fault:
    """The enclosure for the tests of the repository at ``root``; with the setting ``full``, nothing less than that."""
    made = await look(settings, root, env)
    if settings.sandbox == "full" and made.enclosure.level is not Level.FULL:
        summary = f"The sandbox is not whole here, and the setting sandbox wants it: {made.enclosure.reason}"
        return Fault(FaultKind.MISSING, summary, remedy=made.remedy)
    return made.enclosure


async def look(settings: Settings, root: Path, env: Mapping[str, str]) -> Choice:
    """What works here."""
    if settings.sandbox == "off":
        return Choice(Unconfined("The setting sandbox is off."), Probe(()), "Take sandbox out of your settings.")
    home = Path(env.get("HOME") or Path.home())
    program = shutil.which("bwrap", path=env.get("PATH"))
    if program is None:
        linux = sys.platform == "linux"
        reason = "bubblewrap is not installed." if linux else "bubblewrap works on Linux alone."
        remedy = "Install bubblewrap, as with apt-get install bubblewrap." if linux else ""
        return Choice(Scrubbed(reason, home), Probe(()), remedy)
    box = Bubblewrap(program, root, home, tuple(settings.outputs.split()), tuple(map(int, settings.forwards.split())))
    found = await _probed(replace(box, ports=(), outputs=()), state_dir(env))
    if found.level is Level.NONE:
        reason = f"bubblewrap does not work here: {found.leak}."
        return Choice(Scrubbed(reason, home), found, "Allow unprivileged user namespaces for bwrap.")
    if found.level is Level.FULL:
        return Choice(box, found)
    return Choice(replace(box, level=Level.PARTIAL, reason=f"bubblewrap lets something through: {found.leak}."), found)


async def _probed(box: Bubblewrap, state: Path) -> Probe:
    """Look it up where it was found out before on this very computer and it still starts; else find out."""
    file, key = state / "sandbox.json", await asyncio.to_thread(_key, box.program)
    known = recall(file, key)
    if known is not None and await _starts(box) is None:
        return known
    found = await probe(lambda repository: replace(box, root=repository), state)
    remember(file, key, found)
    return found


async def _starts(box: Bubblewrap) -> Finding | None:
    """What stands in the way of an empty command inside, or None."""
    confined = await asyncio.to_thread(box.confine, ("/bin/sh", "-c", ":"), box.root, {"PATH": "/usr/bin:/bin"})
    try:
        process = await asyncio.create_subprocess_exec(*confined.argv, env=dict(confined.env), cwd=box.root)
    except OSError as error:
        return Finding("start", False, str(error))
    return None if await process.wait() == 0 else Finding("start", False, "it did not start")


def _key(program: str) -> str:
    """What the findings depend on: the program's bytes by their stamp, the kernel, the user, and what we promise."""
    at, system = Path(program).stat(), os.uname()
    parts = (_FORMAT, program, at.st_size, at.st_mtime_ns, system.release, system.version, system.nodename, os.getuid())
    return " ".join(map(str, parts))
