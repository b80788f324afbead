"""What differs from git's HEAD: the files it has in another form, and those it has not at all."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.porcelain import read_status

_STATUS = ("git", "-c", "core.fsmonitor=false", "status", "--porcelain=v2", "-z", "--branch", "--no-renames", "-uall")
_TREE = ("git", "ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD")
_PATIENCE = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Differing:
    """Paths below the top folder that are there and not as in HEAD; ``new`` are those that HEAD has not."""

    changed: frozenset[str]
    new: frozenset[str]


def differing(top: Path) -> Differing | Fault:
    """Ask git, once; where there is no commit yet every file is new."""
    listed = _git(top, _STATUS)
    if isinstance(listed, Fault):
        return listed
    status = read_status(listed)
    there = frozenset(path for path in status.dirty if os.path.lexists(top / path))
    held = _git(top, _TREE) if status.head and there else b""
    if isinstance(held, Fault):
        return held
    known = frozenset(os.fsdecode(name) for name in held.split(b"\0") if name)
    return Differing(there, there - known)


def _git(top: Path, command: tuple[str, ...]) -> bytes | Fault:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            cwd=top,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Fault(FaultKind.GIT, "git does not say what differs from HEAD.", str(error))
    if done.returncode != 0:
        return Fault(FaultKind.GIT, "git does not say what differs from HEAD.", done.stderr.decode(errors="replace"))
    return done.stdout
