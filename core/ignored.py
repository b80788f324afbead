"""Whether git ignores a path is asked of git itself, once for each path until the rules change."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from beai.core.git_query import ask_git, split

_ASK = ("check-ignore", "-z", "--stdin")
_TRACKED = ("ls-files", "-z")
_PATIENCE = 1.0  # seconds; a save is worth more than knowing that it is none


class Ignored:
    """What the repository at ``root`` ignores, no tracked file; nothing where git is absent, refuses, or is slow."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, bool] = {}

    def learn(self) -> None:
        """Ask for all tracked files at once, so that the first save of one of them need not wait for git."""
        listed = self._git(_TRACKED, b"")
        self._known.update((path, False) for path in listed or ())

    def without(self, paths: Iterable[str]) -> tuple[str, ...]:
        """``paths`` without those that are ignored, in their order."""
        paths = tuple(paths)
        if any(path.rpartition("/")[2] == ".gitignore" for path in paths):
            self._known.clear()
        asked = [path for path in paths if path not in self._known and not path.startswith(".git/")]
        found = self._git(_ASK, b"".join(os.fsencode(path) + b"\0" for path in asked)) if asked else frozenset()
        if found is not None:
            self._known.update((path, path in found) for path in asked)
        return tuple(path for path in paths if not self._known.get(path, False))

    def _git(self, command: tuple[str, ...], told: bytes) -> frozenset[str] | None:
        """The paths git answers with, None where it does not say (git-check-ignore(1), "Exit status")."""
        said = ask_git(self._root, *command, patience=_PATIENCE, told=told, accepted=(0, 1))
        return None if isinstance(said, str) else frozenset(split(said))
