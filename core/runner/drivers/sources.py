"""The package's source files with what each imports, read again only where a file changed; unsure means more tests."""

from __future__ import annotations

import os
import posixpath
import re
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping  # noqa: UP035 - Python 3.8 reads this

_NEVER = {
    "node_modules", ".git", "__pycache__", ".venv", "venv", ".tox", ".nox", ".next", ".turbo", "dist", "build",
    "coverage", "site-packages", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis",
}  # fmt: skip
_MOST = 1_000_000  # bytes of a file that is read


@dataclass(frozen=True)
class Imports:
    """What one file imports: files that exist, and whether it loads others that only a run could tell."""

    files: frozenset[str]
    unsure: bool = False


Reader = Callable[[str, str, "Sources"], Imports]


class Sources:
    """The files below ``root`` that end in one of ``endings``; ``read`` tells what a file imports."""

    def __init__(self, root: Path, endings: tuple[str, ...], read: Reader) -> None:
        self._root = root
        self.endings = endings
        self._read = read
        self._stamps: dict[str, tuple[int, int, int]] = {}
        self._texts: dict[str, str] = {}
        self._imports: dict[str, Imports] = {}
        self._gone: dict[str, Imports] = {}  # what imported a file that was deleted is still reached by it

    def paths(self) -> list[str]:
        """Every source file, sorted."""
        return sorted(self._stamps)

    def has(self, path: str) -> bool:
        """Whether it is a source file that is there."""
        return path in self._stamps

    def sweep(self) -> set[str]:
        """Look at the disk; gives what came, went or changed since the last look."""
        found = dict(self._walk())
        changed = {path for path, stamp in found.items() if self._stamps.get(path) != stamp}
        gone = set(self._stamps) - set(found)
        came = changed - set(self._stamps)
        self._stamps = found
        for path in changed | gone:
            self._texts.pop(path, None)
            self._imports.pop(path, None)
        if came or gone:  # any import may now resolve to another file
            before, self._imports = self._imports, {}
            self._gone = {path: known for path, known in before.items() if known.files & gone} if gone else {}
        return changed | gone

    def imports(self, path: str) -> Imports:
        """What ``path`` imports."""
        if path not in self._imports:
            self._imports[path] = self._read(path, self.text(path), self)
        known = self._imports[path]
        old = self._gone.get(path)
        return known if old is None else Imports(known.files | old.files, known.unsure)

    def text(self, path: str) -> str:
        """The file's text, "" where it cannot be read."""
        if path not in self._texts:
            try:
                with (self._root / path).open(encoding="utf-8", errors="replace") as file:
                    self._texts[path] = file.read(_MOST)
            except OSError:
                return ""
        return self._texts[path]

    def reached(self, changed: set[str], tests: list[str]) -> dict[str, tuple[str, list[str]]] | None:
        """The ``tests`` that ``changed`` can reach, each with the reason and the chain; None where nobody can tell."""
        importers: dict[str, list[str]] = {}
        unsure: list[str] = []
        for path in self._stamps:
            known = self.imports(path)
            unsure.extend([path] if known.unsure else [])
            for one in known.files:
                importers.setdefault(one, []).append(path)
        wanted = set(tests)
        found: dict[str, tuple[str, list[str]]] = {}
        for path in sorted(changed):
            chains = _chains(path, importers)
            hit = {test: chain for test, chain in chains.items() if test in wanted}
            hit.update({test: [path, test] for test in tests if namesake(path, test) and test not in hit})
            for one in unsure:  # it may load anything, so whatever reaches it is reached by every change
                hit.update({t: [path, *c] for t, c in _chains(one, importers).items() if t in wanted and t not in hit})
            if not hit:
                return None
            for test, chain in hit.items():
                found.setdefault(test, ("it is the test" if test == path else "imports", chain))
        return found

    def _walk(self) -> list[tuple[str, tuple[int, int, int]]]:
        found = []
        for folder, folders, files in os.walk(self._root):
            folders[:] = [name for name in folders if name not in _NEVER]
            inside = Path(folder).relative_to(self._root).as_posix()
            for name in files:
                if name.endswith(self.endings):
                    path = name if inside == "." else f"{inside}/{name}"
                    try:
                        seen = Path(folder, name).stat()
                    except OSError:
                        continue
                    found.append((path, (seen.st_mtime_ns, seen.st_size, seen.st_ino)))
        return found


def _chains(path: str, importers: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Every file that imports ``path``, directly or not, with the shortest way to it."""
    chains = {path: [path]}
    queue = deque([path])
    while queue:
        one = queue.popleft()
        for importer in importers.get(one, ()):
            if importer not in chains:
                chains[importer] = [*chains[one], importer]
                queue.append(importer)
    return chains


def namesake(path: str, test: str) -> bool:
    """Whether ``test`` is named after ``path``: ``post.test.ts``, ``post_test.py``, ``test_post.py`` after ``post``."""
    stem = posixpath.basename(path).split(".")[0]
    name = posixpath.basename(test)
    own = re.escape(stem)
    return path != test and re.match(rf"(?:{own}[._-](?:test|spec)\b|test[._-]{own}\.)", name) is not None


def told(reached: Mapping[str, tuple[str, list[str]]]) -> list[dict[str, Any]]:
    """``reached`` as the protocol has it."""
    return [{"file": test, "reason": reason, "chain": chain} for test, (reason, chain) in sorted(reached.items())]
