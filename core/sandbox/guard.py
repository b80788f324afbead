"""Every process below one that is started with this environment refuses what may change a database through Prisma.

Two doors, neither of which a sandbox is needed for: a ``prisma`` that is first on the PATH, and a guard that Node loads
before anything else (``--require`` in NODE_OPTIONS, Node.js documentation "Command-line API"). What escapes them: a
program that is no Node, started by its path with words that cannot be read, as the schema engine itself from a binary,
and a Node that was started with an emptied environment from a shell that hides the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

INSIDE = Path(__file__).with_name("inside")


def guarded(env: Mapping[str, str], shims: Path = INSIDE, script: Path = INSIDE / "guard.cjs") -> dict[str, str]:
    """``env`` with the guard; ``shims`` is the folder of the ``prisma`` that refuses, ``script`` what Node loads."""
    option = _option(script)
    told = env.get("NODE_OPTIONS", "")
    options = told if option in told else f"{option} {told}".strip()
    places = [place for place in env.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":") if place != str(shims)]
    return {**env, "NODE_OPTIONS": options, "PATH": ":".join((str(shims), *places))}


def hooked(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` with the guard for a hook, where a ``node`` that is first on the PATH puts it back if it was left out.

    The shell of a hook is not started by Node, so its lines are not read before it runs them.
    """
    told = guarded(env)
    script = INSIDE / "guard.cjs"
    return {**told, "PATH": f"{INSIDE / 'hooks'}:{told['PATH']}", "BEAI_GUARD": _option(script)}


def _option(script: Path) -> str:
    """The word of NODE_OPTIONS that loads ``script``, quoted as Node takes it."""
    option = f"--require={script}"
    if any(char in option for char in ' \t"\\'):
        option = '"' + option.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return option
