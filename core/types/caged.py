"""The enclosure that a checker runs in: one that is given, or one that is chosen when the first process is started."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from beai.core.fault import Fault
from beai.core.sandbox import Enclosure, Unconfined
from beai.core.sandbox.bubblewrap import Bubblewrap

Choosing = Enclosure | Callable[[], Awaitable[Enclosure | Fault]] | None


async def enclosed(choosing: Choosing) -> Enclosure | Fault:
    """What to run in; a fault where the person wants more than there is."""
    if choosing is None:
        return Unconfined()
    return await choosing() if callable(choosing) else choosing


def writing(cage: Enclosure, folders: tuple[str, ...]) -> Enclosure:
    """``cage`` where the command may also write ``folders``, which are relative to where it is started."""
    return replace(cage, outputs=(*cage.outputs, *folders)) if isinstance(cage, Bubblewrap) else cage


def carrying(variables: Mapping[str, str], env: Mapping[str, str]) -> tuple[str, ...]:
    """The words before a command that set ``variables`` also where an enclosure drops the environment."""
    program = shutil.which("env", path=env.get("PATH"))
    return (program, *(f"{name}={value}" for name, value in variables.items())) if program else ()
