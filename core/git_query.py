"""Git is asked or told something by the program itself: in a scrubbed environment, bounded in time.

``core.fsmonitor`` names a program in the repository's own configuration: it is switched off (git-config(1)).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_GIT = ("git", "-c", "core.fsmonitor=false")
_TROUBLE = (OSError, subprocess.TimeoutExpired)


def ask_git(
    root: Path, *words: str, patience: float, told: bytes = b"", accepted: tuple[int, ...] = (0,)
) -> bytes | str:
    """What git prints in ``root``; a ``str`` says why there is none: git is absent, slow, or ends in another way.

    ``patience`` are seconds, ``told`` is its standard input, ``accepted`` are the exit codes that count as an answer.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            (*_GIT, *words), cwd=root, env=environment, input=told, capture_output=True, timeout=patience, check=False
        )
    except _TROUBLE as error:
        return str(error)
    return done.stdout if done.returncode in accepted else done.stderr.decode(errors="replace") or "git refuses"


def split(listed: bytes) -> tuple[str, ...]:
    """The paths of a listing made with ``-z``."""
    return tuple(os.fsdecode(name) for name in listed.split(b"\0") if name)
