"""A repository's files as parsers see them, and places in them.

Paths are relative to the repository root with ``/``. Offsets are characters in the file decoded as UTF-8 with
``surrogateescape``; lines are 1-based.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class Tree(Protocol):
    """A readable set of files; parsers see a repository only through one."""

    def paths(self) -> tuple[str, ...]:
        """Every file that git would track or list as untracked, sorted; never ``.git``, ``node_modules``, ``.env*``."""

    def text(self, path: str) -> str | None:
        """The file decoded as UTF-8 with ``surrogateescape``, line ends kept; None if absent, binary or too big."""


@runtime_checkable
class Stamped(Tree, Protocol):
    """A tree that can tell, without reading, that a file is what it was at an earlier listing."""

    def stamp(self, path: str) -> tuple[int, ...] | None:
        """Numbers that are others once the content is; None where that cannot be told, so that it must be read."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of characters in a file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a repository of this kind usually has and this one has not; shown, never invented."""

    what: str
    looked_for: str


@dataclass(frozen=True, slots=True)
class RepoState:
    """Where git stands; ``dirty`` are paths changed or untracked, ``trouble`` says why a commit is impossible now."""

    branch: str = ""
    head: str = ""
    dirty: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    trouble: str = ""
