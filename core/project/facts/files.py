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


@runtime_checkable
class Refusing(Tree, Protocol):
    """A tree that can tell why a file that is there is not read."""

    def withheld(self) -> tuple[str, ...]:
        """The files that are there but too large for ``paths``, sorted."""

    def refusal(self, path: str) -> str:
        """Why the text of a file that is there is not read, in words; ``""`` for any other."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of characters in a file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a repository of this kind usually has and this one has not; shown, never invented.

    With a ``cause`` it is there, at ``looked_for``, and was not read for that.
    """

    what: str
    looked_for: str
    cause: str = ""

    @property
    def found(self) -> str:
        """Where it was looked for, and what was found there."""
        return f"{self.looked_for} is not read: {self.cause}" if self.cause else f"looked for {self.looked_for}"

    def sentence(self) -> str:
        """What is missing, or could not be read, in words."""
        return self.found if self.cause else f"{self.what} is missing ({self.found})"


@dataclass(frozen=True, slots=True)
class RepoState:
    """Where git stands; ``dirty`` are paths changed or untracked, ``trouble`` says why a commit is impossible now."""

    branch: str = ""
    head: str = ""
    dirty: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    trouble: str = ""
