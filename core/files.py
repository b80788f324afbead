"""The readable files of one folder on disk: git's own listing where there is git, a careful walk where there is not."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

LIMIT = 2_000_000
"""Most bytes of a file that is read."""

_TIMEOUT = 20.0
_NEVER = frozenset({".git", "node_modules"})
_BUILT = frozenset({"dist", ".next", "coverage", "build", ".turbo", "__pycache__", ".venv"})
_AGENTS = frozenset({".claude", ".codex", ".gemini", ".windsurf", ".aider", ".continue", ".roo", ".kiro"})
_LIST = ("git", "-c", "core.fsmonitor=false", "ls-files", "-co", "--exclude-standard", "-z")


class DiskTree:
    """The files below ``root`` as ``project.facts.Tree`` has them; listed once, until ``refresh()``."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))
        self._paths: tuple[str, ...] | None = None

    def paths(self) -> tuple[str, ...]:
        """Every file that may be read, sorted; empty where the root cannot be listed."""
        if self._paths is None:
            listed = _tracked(self._root) or _walked(self._root)
            self._paths = tuple(sorted({path for path in listed if _shown(path) and self._status(path)}))
        return self._paths

    def text(self, path: str) -> str | None:
        """The file as it is now, decoded as UTF-8 with ``surrogateescape``; None if absent, binary, big or hidden."""
        if not _shown(path) or not self._status(path):
            return None
        try:
            handle = os.open(self._root / path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                data = file.read(LIMIT + 1)
        except OSError:
            return None
        return None if len(data) > LIMIT or b"\0" in data else data.decode("utf-8", "surrogateescape")

    def refresh(self) -> None:
        """List anew at the next call."""
        self._paths = None

    def _status(self, path: str) -> os.stat_result | None:
        """The status of a regular file of a readable size inside the root, else None."""
        real = os.path.realpath(self._root / path)
        inside = os.path.relpath(real, self._root)
        if Path(inside).parts[:1] == (os.pardir,) or not _shown(inside):
            return None
        try:
            status = Path(real).stat()
        except (OSError, ValueError):
            return None
        return status if stat.S_ISREG(status.st_mode) and status.st_size <= LIMIT else None


def _tracked(root: Path) -> tuple[str, ...]:
    """What git tracks or would list as untracked; empty where git is absent, refuses, or knows nothing here.

    ``core.fsmonitor`` names a program in the repository's own configuration: it is switched off (git-config(1)).
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(
            _LIST,
            cwd=root,
            env=environment | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(os.fsdecode(name) for name in done.stdout.split(b"\0") if name) if done.returncode == 0 else ()


def _walked(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        inside = os.path.relpath(folder, root)
        prefix = "" if inside == os.curdir else f"{inside.replace(os.sep, '/')}/"
        folders[:] = sorted(name for name in folders if _entered(f"{prefix}{name}"))
        yield from (f"{prefix}{name}" for name in files)


def _entered(path: str) -> bool:
    name = path.rpartition("/")[2]
    if name in _BUILT or name in _NEVER:
        return False
    return not name.startswith(".") or name == ".cursor"


def _shown(path: str) -> bool:
    """Whether a file may be read at all: no secrets, git, installed packages; of agents' folders only the rules."""
    parts = path.split("/")
    if not path or path.startswith("/") or "\0" in path or ".." in parts:
        return False
    if any(part in _NEVER or part in _AGENTS or part.lower().startswith(".env") for part in parts):
        return False
    return ".cursor" not in parts or parts[parts.index(".cursor") + 1 :][:1] == ["rules"]
