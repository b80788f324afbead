"""Which paths are watched, by which watches, and whether their bytes changed."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FOLDERS = frozenset(
    (
        *("node_modules", "dist", "build", "out", "coverage", "__pycache__"),
        *(".next", ".nuxt", ".output", ".turbo", ".vercel", ".cache", ".yarn", ".pnpm-store", ".venv", ".idea"),
        *(".nyc_output", ".svelte-kit", ".swc", ".parcel-cache", ".hg", ".svn"),
        *("test-results", "playwright-report", ".vitest"),
    )
)
# vim probes with 4913 and keeps swap and backup files; emacs locks with .#; JetBrains saves through ___jb_tmp___;
# GNOME saves through .goutputstream.
_EDITOR_FILE = re.compile(
    r"4913|.*~|\..*\.sw[a-z]|\.#.*|#.*#|.*___jb_(tmp|old)___|\.goutputstream-\w+|.*\.kate-swp|\.DS_Store|.*\.tsbuildinfo"
)
_PRODUCT = re.compile(r".*\.(log|(db|sqlite3?)(-(journal|wal|shm))?)")  # written by runs, not by people
_GIT = re.compile(r"\.git(/HEAD|/refs(/heads(/.*)?)?)?")
_HASHED = 4 * 1024 * 1024  # bytes up to which a file is compared by content, above by size and time


@dataclass(frozen=True, slots=True)
class Filter:
    """Which paths count; ``ignored`` adds folders by path or by name."""

    ignored: frozenset[str] = frozenset()

    def passes(self, path: str) -> bool:
        """Whether a change of the file or folder ``path`` (relative, with ``/``) is of interest."""
        if path == ".git" or path.startswith(".git/"):
            return bool(_GIT.fullmatch(path)) and not path.endswith(".lock")
        *folders, name = path.split("/")
        if _EDITOR_FILE.fullmatch(name) or _PRODUCT.fullmatch(name):
            return False
        parents = ("/".join(folders[: end + 1]) for end in range(len(folders)))
        return self._stays(name, path) and all(map(self._stays, folders, parents))

    def _stays(self, name: str, path: str) -> bool:
        return name not in _FOLDERS and name not in self.ignored and path not in self.ignored


@dataclass(slots=True)
class Contents:
    """What every watched file held when it was last looked at, and what we announced to write."""

    root: Path
    filter: Filter
    _known: dict[str, str] = field(default_factory=dict)
    _expected: dict[str, list[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self) -> None:
        """Take everything as it is now for known."""
        self._known = {path: digest(self.root / path) for path in files(self.root, "", self.filter)}

    def expect(self, written: Mapping[str, str]) -> None:
        """The next change of each path to this SHA-256 is ours."""
        with self._lock:
            for path, value in written.items():
                self._expected.setdefault(path, []).append(value)

    def changed(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those of ``paths``, and of the files below them, that hold other bytes than last time and are not ours."""
        return tuple(path for path in sorted(self._below(paths)) if self._differs(path))

    def _below(self, paths: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for path in paths:
            if path in self._known or (self.root / path).is_file():
                found.add(path)
                continue
            found.update(known for known in self._known if known.startswith(f"{path}/"))
            found.update(files(self.root, path, self.filter))
        return found

    def _differs(self, path: str) -> bool:
        now = digest(self.root / path)
        if now == self._known.get(path, ""):
            return False
        if now:
            self._known[path] = now
        else:
            del self._known[path]
        with self._lock:
            expected = self._expected.pop(path, [])
            if now not in expected:
                return True
            rest = expected[expected.index(now) + 1 :]
            if rest:
                self._expected[path] = rest
            return False


def digest(file: Path) -> str:
    """The SHA-256 of a file's bytes, its size and time where it is big, ``""`` where there is no readable file."""
    try:
        size = file.stat().st_size
        if size > _HASHED:
            return f"{size} {file.stat().st_mtime_ns}"
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def files(root: Path, folder: str, chosen: Filter) -> Iterator[str]:
    """Every file below ``folder`` that ``chosen`` passes; links to folders are not followed."""
    for entry in _scan(root, folder):
        if not chosen.passes(entry.path):
            continue
        if entry.folder:
            yield from files(root, entry.path, chosen)
        else:
            yield entry.path


def cover(root: Path, chosen: Filter) -> tuple[tuple[str, bool], ...]:
    """The fewest watches on exactly the folders that ``chosen`` passes: (folder, recursive), ``""`` is the root.

    A recursive watch takes in everything below, so it stands only where no folder below is left out: no watch is spent
    on ``node_modules``.
    """
    return ("", False), *(watch for entry in _chosen(root, "", chosen)[0] for watch in _cover(root, entry, chosen))


def _cover(root: Path, folder: str, chosen: Filter) -> tuple[tuple[str, bool], ...]:
    kept, left_out = _chosen(root, folder, chosen)
    below = [_cover(root, each, chosen) for each in kept]
    if not left_out and all(watches[0][1] for watches in below):
        return ((folder, True),)
    return (folder, False), *(watch for watches in below for watch in watches)


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    folder: bool


def _chosen(root: Path, folder: str, chosen: Filter) -> tuple[list[str], bool]:
    """The folders right below ``folder`` that pass, and whether some do not."""
    folders = [entry.path for entry in _scan(root, folder) if entry.folder]
    kept = [path for path in folders if chosen.passes(path)]
    return kept, len(kept) < len(folders)


def _scan(root: Path, folder: str) -> list[_Entry]:
    """What is right in ``folder``: files and folders, sorted; nothing where it is gone or closed to us."""
    prefix = f"{folder}/" if folder else ""
    try:
        with os.scandir(root / folder) as entries:
            found = [
                _Entry(prefix + entry.name, is_folder)
                for entry in entries
                if (is_folder := entry.is_dir(follow_symlinks=False)) or entry.is_file()
            ]
    except OSError:
        return []
    return sorted(found, key=lambda entry: entry.path)
