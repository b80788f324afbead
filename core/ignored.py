"""Whether git ignores a path is asked of git itself, once for each path until the rules change."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

_GIT = ("git", "-c", "core.fsmonitor=false")
_ASK = (*_GIT, "check-ignore", "-z", "--stdin")
_TRACKED = (*_GIT, "ls-files", "-z")
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
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        try:
            done = subprocess.run(
                command,
                cwd=self._root,
                env=environment | {"GIT_OPTIONAL_LOCKS": "0"},
                input=told,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        if done.returncode not in (0, 1):
            return None
        return frozenset(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)
