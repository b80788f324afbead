"""The readable files of one folder on disk: git's own listing where there is git, a careful walk where there is not."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from beai.core.git_query import ask_git, split
from beai.core.sizes import most
from beai.core.suggest.privacy.never import FACTS, never_read

_TIMEOUT = 20.0
_NEVER = frozenset({".git", "node_modules"})
_BUILT = frozenset({"dist", ".next", "coverage", "build", ".turbo", "__pycache__", ".venv"})
_AGENTS = frozenset({".claude", ".codex", ".gemini", ".windsurf", ".aider", ".continue", ".roo", ".kiro"})
_LIST = ("ls-files", "-co", "--exclude-standard", "-z")
_SETTLED = 2 * 10**9  # nanoseconds; the coarsest clock of a file system that is met (FAT) ticks every two seconds

Stamp = tuple[int, ...]


class DiskTree:
    """The files below ``root`` as ``project.facts.Tree`` has them; listed once, until ``refresh()``.

    ``never`` are globs of the person's for files that are never read; ``now`` is the clock, in nanoseconds since the
    epoch.
    """

    def __init__(self, root: Path, now: Callable[[], int] = time.time_ns, never: str = "") -> None:
        self._never = never
        self._root = Path(os.path.realpath(root))
        self._top = str(self._root).rstrip("/")
        self._paths: tuple[str, ...] | None = None
        self._folders: dict[str, str | None] = {}
        self._stamps: dict[str, Stamp] = {}
        self._withheld: dict[str, int] = {}
        self._listed, self._now = 0, now
        self._before: tuple[str, ...] = ()

    def paths(self) -> tuple[str, ...]:
        """Every file that may be read, sorted; empty where the root cannot be listed."""
        if self._paths is None:
            listed = _tracked(self._root) or _walked(self._root)
            self._folders, self._stamps, self._withheld, self._listed = {}, {}, {}, self._now()
            self._paths = tuple(sorted({path for path in listed if self._stamped(path)}))
            if self._paths == self._before:  # the very same value is quicker to tell from another
                self._paths = self._before
            self._before = self._paths
        return self._paths

    def text(self, path: str) -> str | None:
        """The file as it is now, decoded as UTF-8 with ``surrogateescape``; None if absent, binary, big or hidden."""
        data = self._bytes(path)
        return None if data is None or b"\0" in data else data.decode("utf-8", "surrogateescape")

    def stamp(self, path: str) -> Stamp | None:
        """The status of ``path`` at the last listing, where it cannot lie; None for a file that was changed just then.

        Size, inode, and the times of writing and of change, which nobody can set by hand: what is written twice within
        a tick of the file system's clock could keep all of them, so that a status counts only once it has settled.
        """
        return self._stamps.get(path)

    def withheld(self) -> tuple[str, ...]:
        """The files of the listing that are too large to be read, sorted."""
        self.paths()
        return tuple(sorted(self._withheld))

    def refusal(self, path: str) -> str:
        """Why the text of a file that is there is not read, in words; ``""`` for any other."""
        if path in self._withheld:
            return f"it has {self._withheld[path]:,} bytes, and {most(path):,} are read at most"
        try:
            if shown(path) and stat.S_ISREG(Path(f"{self._top}/{path}").stat().st_mode):
                os.close(os.open(f"{self._top}/{path}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return ""
        except OSError as error:
            return f"it cannot be opened ({os.strerror(error.errno or 0)})"
        data = self._bytes(path)
        return "it is no text: there is a NUL byte in it" if data is not None and b"\0" in data else ""

    def never(self, path: str) -> str:
        """Why a file that is there is never read, in words; ``""`` where it may be read, or is not there."""
        try:
            real = os.path.realpath(f"{self._top}/{path}")
            if "\0" in path or not os.path.lexists(f"{self._top}/{path}"):
                return ""
        except (OSError, ValueError):
            return ""
        inside = real[len(self._top) + 1 :] if real.startswith(f"{self._top}/") else ""
        return never_read(path, self._never) or (never_read(inside, self._never) if inside else "")

    def refresh(self) -> None:
        """List anew at the next call."""
        self._paths = None

    def _bytes(self, path: str) -> bytes | None:
        """The content of a regular file of a readable size that is really inside the root."""
        if not shown(path) or (self._never and never_read(path, self._never)):
            return None
        full = f"{self._top}/{path}"
        try:
            status = os.lstat(full)
            if not stat.S_ISREG((Path(full).stat() if stat.S_ISLNK(status.st_mode) else status).st_mode):
                return None
            handle = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode) or not self._inside(_opened(handle, full), path):
                    return None
                data = file.read(most(path) + 1)
        except (OSError, ValueError):
            return None
        return data if len(data) <= most(path) else None

    def _inside(self, real: str, path: str = "") -> bool:
        """Whether a file or folder really is where it may be read; what is read for facts alone has no other name."""
        inside = real[len(self._top) + 1 :]
        name = inside.rpartition("/")[2]
        if name in FACTS and path.rpartition("/")[2] != name:
            return False
        allowed = shown(inside) and not (self._never and never_read(inside, self._never))
        return real.startswith(f"{self._top}/") and allowed

    def _stamped(self, path: str) -> bool:
        """Whether ``path`` may be read, with its status kept; folders are looked at once a listing."""
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            real = os.path.realpath(f"{self._top}/{folder}")
            fine = not folder or (shown(folder) and (real == str(self._root) or self._inside(real)))
            self._folders[folder] = real if fine else None
        base = self._folders[folder]
        if base is None or not shown(name if ".cursor" not in folder else path):
            return False
        if self._never and never_read(path, self._never):
            return False
        full = f"{base}/{name}"
        try:
            status = os.lstat(full)
            if stat.S_ISLNK(status.st_mode):
                if not self._inside(os.path.realpath(full), path):
                    return False
                status = Path(full).stat()
        except (OSError, ValueError):
            return False
        if not stat.S_ISREG(status.st_mode):
            return False
        if status.st_size > most(path):
            self._withheld[path] = status.st_size
            return False
        written, changed = status.st_mtime_ns, status.st_ctime_ns
        if written < self._listed - _SETTLED and changed < self._listed - _SETTLED:
            self._stamps[path] = (written, changed, status.st_size, status.st_ino, status.st_dev)
        return True


def _opened(handle: int, path: str) -> str:
    """Where an open file really is: as Linux tells, which no swapped folder can deceive, else as the path says."""
    try:
        return str(Path(f"/proc/self/fd/{handle}").readlink())
    except OSError:
        return os.path.realpath(path)


def _tracked(root: Path) -> tuple[str, ...]:
    """What git tracks or would list as untracked; empty where git is absent, refuses, or knows nothing here."""
    said = ask_git(root, *_LIST, patience=_TIMEOUT)
    return () if isinstance(said, str) else split(said)


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


@lru_cache(maxsize=1 << 15)
def shown(path: str) -> bool:
    """Whether a file may be read at all: nothing of the never-read list; of agents' folders only the rules."""
    parts = path.split("/")
    if not path or path.startswith("/") or "\0" in path or ".." in parts:
        return False
    if any(part in _NEVER or part in _AGENTS for part in parts):
        return False
    if parts[-1] not in FACTS and never_read(path):
        return False
    return ".cursor" not in parts or parts[parts.index(".cursor") + 1 :][:1] == ["rules"]
