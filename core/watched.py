"""Which paths are watched, and by which watches."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FOLDERS = frozenset(
    (
        *("node_modules", "dist", "build", "out", "coverage", "__pycache__"),
        *(".next", ".nuxt", ".output", ".turbo", ".vercel", ".cache", ".yarn", ".pnpm-store", ".venv", ".idea"),
        *(".nyc_output", ".svelte-kit", ".swc", ".parcel-cache", ".hg", ".svn"),
        *("test-results", "playwright-report", ".vitest", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox"),
    )
)
# vim probes with 4913 and keeps swap and backup files; emacs locks with .#; JetBrains saves through ___jb_tmp___;
# GNOME saves through .goutputstream.
_EDITOR_FILE = re.compile(
    r"4913|.*~|\..*\.sw[a-z]|\.#.*|#.*#|.*___jb_(tmp|old)___|\.goutputstream-\w+|.*\.kate-swp|\.DS_Store|.*\.tsbuildinfo"
)
_PRODUCT = re.compile(r".*\.(log|(db|sqlite3?)(-(journal|wal|shm))?)")  # written by runs, not by people
_GIT = re.compile(r"\.git(/HEAD|/refs(/heads(/.*)?)?)?")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which paths count; ``ignored`` adds folders by path or by name.

    ``included`` are folders (paths) that count wherever they lie. One inside a folder that is left out, as a client
    generated into ``node_modules``, counts with the files right in it.
    """

    ignored: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()

    def passes(self, path: str) -> bool:
        """Whether a change of the file or folder ``path`` (relative, with ``/``) is of interest."""
        folder, _, name = path.rpartition("/")
        if self.apart(path):
            return True
        if folder in self.included:
            return _of_people(name)
        parents = [folder]
        while (above := posixpath.dirname(parents[-1])) != parents[-1]:
            parents.append(above)
        return self.admits(path) and all(self.admits(each) for each in parents if each)

    def admits(self, path: str) -> bool:
        """Whether ``path`` counts, given that the folder it lies in does."""
        if path.startswith(".git") and (path == ".git" or path.startswith(".git/")):
            return _GIT.fullmatch(path) is not None and not path.endswith(".lock")
        name = path.rpartition("/")[2]
        return name not in _FOLDERS and _of_people(name) and name not in self.ignored and path not in self.ignored

    def apart(self, path: str) -> bool:
        """Whether ``path`` is an included folder, or one above it."""
        return any(each == path or each.startswith(f"{path}/") for each in self.included)

    def generated(self, path: str) -> bool:
        """Whether ``path`` lies in an included folder, at whatever depth."""
        return any(path.startswith(f"{each}/") for each in self.included)


def files(root: Path, folder: str, chosen: Filter) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below ``folder`` that ``chosen`` passes, with its status; links to folders are not followed."""
    alone = {each for each in chosen.included if not _reached(each, chosen)}
    if not folder or chosen.passes(folder):
        for place in alone:
            if not folder or place == folder or place.startswith(f"{folder}/"):
                yield from _right_in(root, place, chosen)
    if folder not in alone and (not folder or _reached(folder, chosen)):
        yield from _below(root, folder, chosen)


def cover(root: Path, chosen: Filter) -> tuple[tuple[str, bool], ...]:
    """The fewest watches on exactly the folders that ``chosen`` passes: (folder, recursive), ``""`` is the root.

    A recursive watch takes in everything below, so it stands only where no folder below is left out: no watch is spent
    on ``node_modules``. Where an included folder does not exist, the nearest one above it is watched until it does.
    """
    usual = (("", False), *(watch for each in _chosen(root, "", chosen)[0] for watch in _cover(root, each, chosen)))
    apart = (_standing(root, each) for each in sorted(chosen.included) if not _reached(each, chosen))
    seen = {folder for folder, _ in usual}
    return (*usual, *dict.fromkeys((folder, False) for folder in apart if folder not in seen))


def _below(root: Path, folder: str, chosen: Filter) -> Iterator[tuple[str, os.stat_result]]:
    for entry in _scan(root, folder):
        path = f"{folder}/{entry.name}" if folder else entry.name
        if not chosen.admits(path):
            continue
        if _is_folder(entry):
            yield from _below(root, path, chosen)
        elif (status := _status(entry)) is not None:
            yield path, status


def _right_in(root: Path, folder: str, chosen: Filter) -> Iterator[tuple[str, os.stat_result]]:
    for entry in _scan(root, folder):
        if not _is_folder(entry) and _of_people(entry.name) and (status := _status(entry)) is not None:
            yield f"{folder}/{entry.name}", status


def _cover(root: Path, folder: str, chosen: Filter) -> tuple[tuple[str, bool], ...]:
    kept, left_out = _chosen(root, folder, chosen)
    below = [_cover(root, each, chosen) for each in kept]
    if not left_out and all(watches[0][1] for watches in below):
        return ((folder, True),)
    return (folder, False), *(watch for watches in below for watch in watches)


def _chosen(root: Path, folder: str, chosen: Filter) -> tuple[list[str], bool]:
    """The folders right below ``folder`` that count, and whether some do not."""
    prefix = f"{folder}/" if folder else ""
    folders = sorted(prefix + entry.name for entry in _scan(root, folder) if _is_folder(entry))
    kept = [path for path in folders if chosen.admits(path)]
    return kept, len(kept) < len(folders)


def _reached(folder: str, chosen: Filter) -> bool:
    """Whether an included folder is found by walking down from the root, so that it needs no watch of its own."""
    parts = folder.split("/")
    return all(chosen.admits("/".join(parts[: end + 1])) for end in range(len(parts)))


def _standing(root: Path, folder: str) -> str:
    while folder and not (root / folder).is_dir():
        folder = posixpath.dirname(folder)
    return folder


def _scan(root: Path, folder: str) -> list[os.DirEntry[str]]:
    """What is right in ``folder``; nothing where it is gone or closed to us."""
    try:
        with os.scandir(root / folder) as entries:
            return list(entries)
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """The status of a regular file, or of the one that a link leads to."""
    try:
        return entry.stat() if entry.is_file() else None
    except OSError:
        return None


def _of_people(name: str) -> bool:
    return _EDITOR_FILE.fullmatch(name) is None and _PRODUCT.fullmatch(name) is None
