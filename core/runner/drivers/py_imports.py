"""What a Python file imports, read from its syntax tree: modules of the repository, and names that lead to them."""

from __future__ import annotations

import ast
import posixpath
import re
from pathlib import Path

from .sources import Imports, Sources

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$")
_LOADERS = frozenset({"import_module", "__import__", "run_path", "run_module", "walk_packages", "iter_modules"})


class PyImports:
    """Reads imports of the package at ``root``; ``roots`` are the folders that modules are looked for in."""

    def __init__(self, root: Path, roots: tuple[str, ...] = ("", "src")) -> None:
        self._root = root
        self._roots = roots
        self.outside: dict[str, set[str]] = {}  # modules that a file imports as it loads, and that are not here

    def read(self, path: str, text: str, sources: Sources) -> Imports:
        """The files that ``path`` imports; conftest files above it count as imported."""
        folder = posixpath.dirname(path)
        found = {conftest for conftest in _conftests(path) if sources.has(conftest)}
        self.outside[path] = set()
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return Imports(frozenset(found), unsure=True)
        unsure = False
        early = _early(tree)
        for node in ast.walk(tree):
            for name in _names(node, path):
                hits = self._modules(name, folder, sources)
                found.update(hits)
                if not hits and id(node) in early:
                    self.outside[path].add(name)
            unsure = unsure or _loads(node)
        return Imports(frozenset(found - {path}), unsure)

    def look_in(self, roots: tuple[str, ...]) -> None:
        """The folders that modules are looked for in, from now on."""
        self._roots = roots

    def needed(self, tests: list[str], sources: Sources) -> set[str]:
        """The modules from outside that loading ``tests`` imports, through the files they import."""
        seen: set[str] = set()
        queue = list(tests)
        while queue:
            path = queue.pop()
            if path not in seen:
                seen.add(path)
                queue.extend(sources.imports(path).files)
        return {name for path in seen for name in self.outside.get(path, ())}

    def _modules(self, name: str, folder: str, sources: Sources) -> set[str]:
        """The files that importing ``name`` runs: the module, and the packages that it is in."""
        parts = name.split(".")
        places = [*self._roots, *_above(folder)]
        found: set[str] = set()
        for place in places:
            for size in range(1, len(parts) + 1):
                stem = posixpath.join(place, *parts[:size])
                found.update(path for path in (f"{stem}.py", f"{stem}/__init__.py") if sources.has(path))
        return found


def _names(node: ast.AST, path: str) -> list[str]:
    """Every module that ``node`` names; what follows ``from x import`` may be one too."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        stem = node.module or ""
        if node.level:
            above = posixpath.dirname(path).split("/")
            above = [part for part in above[: len(above) - node.level + 1] if part]
            stem = ".".join([*above, *([stem] if stem else [])])
        return [*([stem] if stem else []), *(f"{stem}.{alias.name}".lstrip(".") for alias in node.names)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _DOTTED.match(node.value[:200]):
        return [node.value[:200]]  # what patch(), settings and plugin lists name
    return []


def _loads(node: ast.AST) -> bool:
    """Whether ``node`` loads a module whose name only a run can tell."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    plain = bool(node.args) and isinstance(node.args[0], ast.Constant)
    return called in _LOADERS and not plain


def _early(tree: ast.Module) -> set[int]:
    """The imports at the top of the file, which run as it is loaded."""
    return {id(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))}


def _conftests(path: str) -> list[str]:
    return [posixpath.join(folder, "conftest.py") for folder in _above(posixpath.dirname(path))]


def _above(folder: str) -> list[str]:
    """``folder`` and every folder above it, to the root."""
    found = [folder]
    while folder:
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found
