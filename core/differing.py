"""What differs from git's HEAD: the files it has in another form, and those it has not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.git_query import ask_git, split
from beai.core.porcelain import read_status

_STATUS = ("status", "--porcelain=v2", "-z", "--branch", "--no-renames", "-uall")
_TREE = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD")
_PATIENCE = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Differing:
    """Paths below the top folder that are there and not as in HEAD; ``new`` are those that HEAD has not."""

    changed: frozenset[str]
    new: frozenset[str]


def differing(top: Path) -> Differing | Fault:
    """Ask git, once; where there is no commit yet every file is new."""
    listed = _asked(top, _STATUS)
    if isinstance(listed, Fault):
        return listed
    status = read_status(listed)
    there = frozenset(path for path in status.dirty if os.path.lexists(top / path))
    held = _asked(top, _TREE) if status.head and there else b""
    if isinstance(held, Fault):
        return held
    known = frozenset(split(held))
    return Differing(there, there - known)


def _asked(top: Path, words: tuple[str, ...]) -> bytes | Fault:
    said = ask_git(top, *words, patience=_PATIENCE)
    return Fault(FaultKind.GIT, "git does not say what differs from HEAD.", said) if isinstance(said, str) else said
