"""The sources of a backend as a value, written to several folders alike, with every edit kept to be undone."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from beai.core.project.facts import RunnerName

Edit = Mapping[str, str | None]
"""Paths with their new text; None deletes."""

_HERE = Path(__file__).parent
_HEAD = re.compile(r"^=== (.*)\n", re.MULTILINE)
_IMPORT = re.compile(
    r"""(?P<lead>\b(?:from|import|mock|require)\s*\(?\s*)(?P<quote>["'])(?P<spec>[.~][^"']*)(?P=quote)"""
)
_BACKENDS = {
    RunnerName.VITEST: (_HERE.parents[2] / "core" / "demo" / "shop", ".test.ts"),
    RunnerName.JEST: (_HERE.parent / "second" / "app", ".spec.ts"),
}
_WORDS = {
    RunnerName.VITEST: {"IMPORT\n": 'import { describe, expect, it, vi } from "vitest";\n', "MOCK(": "vi.mock("},
    RunnerName.JEST: {"IMPORT\n": "", "MOCK(": "jest.mock("},
}


_FEW = re.compile(r"/(?:product|notes|barrel|format|data|snapshot|mocked|globbed)\.(?:test|spec)\.ts$")


def backend(runner: RunnerName, few: bool = False) -> dict[str, str]:
    """The text of every file of the runner's backend, with sources and tests that lean on more than imports.

    With ``few`` only some of its tests are there, for a walk that must not take long.
    """
    home, suffix = _BACKENDS[runner]
    kept = (path for path in sorted(home.rglob("*")) if path.is_file() and "node_modules" not in path.parts)
    files = {path.relative_to(home).as_posix(): path.read_text() for path in kept}
    for name in ("common", runner.value):
        _, *parts = _HEAD.split((_HERE / f"{name}.txt").read_text())
        for path, text in zip(parts[::2], parts[1::2], strict=True):
            for word, meant in _WORDS[runner].items():
                text = text.replace(word, meant)
            files[re.sub(r"\.test\.ts$", suffix, path)] = text.strip("\n") + "\n"
    if few:
        return {path: text for path, text in files.items() if not path.endswith(suffix) or _FEW.search(path)}
    return files


@dataclass
class Tree:
    """``files`` as they are in every one of ``roots``; ``suffix`` ends a test file's name."""

    runner: RunnerName
    roots: tuple[Path, ...]
    files: dict[str, str]
    undone: list[tuple[str, Edit]] = field(default_factory=list)

    @property
    def suffix(self) -> str:
        """What a test file's name ends in."""
        return _BACKENDS[self.runner][1]

    def plant(self, modules: Path) -> None:
        """Write everything for the first time, beside the installed ``modules``."""
        for root in self.roots:
            root.mkdir(parents=True)
            (root / "node_modules").symlink_to(modules.resolve(), target_is_directory=True)
        self._write(self.files)

    def apply(self, name: str, edit: Edit) -> tuple[str, ...]:
        """Make ``edit``, remember how to undo it, and return the paths that it changed."""
        before = {path: self.files.get(path) for path in edit}
        self.undone.append((name, before))
        self._take(edit)
        return tuple(sorted(edit))

    def undo(self) -> tuple[str, tuple[str, ...]]:
        """Take back the newest edit that is left: its name and the paths."""
        name, before = self.undone.pop()
        self._take(before)
        return name, tuple(sorted(before))

    def sources(self) -> list[str]:
        """The files of code that tests may use."""
        return [path for path in self.code() if not self.tests([path]) and "/generated/" not in path]

    def code(self) -> list[str]:
        """Every file of code below ``src``."""
        return [path for path in sorted(self.files) if re.search(r"^src/.*\.[cm]?ts$", path)]

    def tests(self, among: Iterable[str] | None = None) -> list[str]:
        """The test files."""
        return [path for path in sorted(self.files if among is None else among) if path.endswith(self.suffix)]

    def resolved(self, path: str, spec: str) -> str:
        """The file that the import ``spec`` of ``path`` means, ``""`` where none is."""
        base = posixpath.join(posixpath.dirname(path), spec)
        if spec.startswith("~"):
            base = re.sub(r"^~(lib)?/", lambda match: f"src/{match[1]}/" if match[1] else "src/", spec)
        base = posixpath.normpath(base)
        return next((one for one in (base, f"{base}.ts", f"{base}/index.ts") if one in self.files), "")

    def importing(self, target: str, new: str) -> dict[str, str]:
        """Every file that imports ``target``, importing ``new`` (a name beside it, without ``.ts``) instead."""
        found = {}
        for path in self.code():
            text = self.files[path]

            def swap(match: re.Match[str], path: str = path) -> str:
                if self.resolved(path, match["spec"]) != target or not target.endswith(".ts"):
                    return match[0]
                spec = posixpath.join(posixpath.dirname(match["spec"]), new)
                spec = spec if spec.startswith((".", "~")) else f"./{spec}"
                return f"{match['lead']}{match['quote']}{spec}{match['quote']}"

            if (other := _IMPORT.sub(swap, text)) != text:
                found[path] = other
        return found

    def _take(self, edit: Edit) -> None:
        for path, text in edit.items():
            if text is None:
                self.files.pop(path, None)
            else:
                self.files[path] = text
        self._write(edit)

    def _write(self, edit: Edit) -> None:
        for root in self.roots:
            for path, text in edit.items():
                if text is None:
                    (root / path).unlink(missing_ok=True)
                    continue
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)

    def clear(self) -> None:
        """Leave nothing behind."""
        for root in self.roots:
            shutil.rmtree(root, ignore_errors=True)
