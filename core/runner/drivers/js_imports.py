"""What a TypeScript or JavaScript file imports, read from its text: relative paths, tsconfig paths, package imports."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any

from .sources import Imports, Sources

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json")
_FROM = re.compile(
    r"""(?:\bfrom|\bimport|\bexport\s*\*\s*from)\s*(["'])(?P<from>[^"'\n]+)\1
    |(?:\bimport|\brequire(?:\.resolve)?|\.(?:mock|module|doMock|importActual|requireActual))\s*\(\s*(["'`])(?P<call>[^"'`\n$]+)\3""",
    re.VERBOSE,
)
_UNSURE = re.compile(
    r"""(?:\bimport|\brequire)\s*\(\s*(?:[^"'`\s)]|`[^`]*\$\{)|\bimport\.meta\.glob\b|\brequire\.context\b"""
)
_COMMENT = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*|/\*.*?\*/""", re.DOTALL)
_SCRIPTS = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}


class JsImports:
    """Reads imports of the package at ``root``; its configuration is read once, a new driver reads it anew."""

    def __init__(self, root: Path) -> None:
        self._root = root
        manifest = _json(root / "package.json")
        self._name = str(manifest.get("name") or "")
        inner = manifest.get("imports")
        self._inner: dict[str, Any] = inner if isinstance(inner, dict) else {}
        self._paths: list[tuple[str, list[str]]] = []
        self._base: str | None = None
        self._tsconfig(root / "tsconfig.json", 5)

    def read(self, path: str, text: str, sources: Sources) -> Imports:
        """The files that ``path`` imports."""
        if path.endswith(".json"):
            return Imports(frozenset())
        plain = _COMMENT.sub(lambda match: match.group(1) or " ", text)
        found: set[str] = set()
        unsure = _UNSURE.search(plain) is not None
        for match in _FROM.finditer(plain):
            named = match["from"] or match["call"] or ""
            places = self._places(path, named)
            real = next((hit for place in places for hit in _files(place) if sources.has(hit)), None)
            found.update({real} if real else ())
            own = self._name and (named == self._name or named.startswith(f"{self._name}/"))
            unsure = unsure or (real is None and bool(own))
        return Imports(frozenset(found), unsure)

    def _places(self, path: str, named: str) -> list[str]:
        """Where ``named`` may be, without its ending."""
        if named.startswith("."):
            return [posixpath.normpath(posixpath.join(posixpath.dirname(path), named))]
        places = [posixpath.normpath(target) for target in _targets(self._inner, named)] if named[:1] == "#" else []
        for pattern, targets in self._paths:
            head, star, tail = pattern.partition("*")
            if named == pattern or (star and named.startswith(head) and named.endswith(tail)):
                middle = named[len(head) : len(named) - len(tail)] if star else ""
                places.extend(posixpath.normpath(target.replace("*", middle)) for target in targets)
        return places if self._base is None else [*places, posixpath.normpath(posixpath.join(self._base, named))]

    def _tsconfig(self, file: Path, depth: int) -> None:
        config = _json(file)
        options = config.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        folder = posixpath.relpath(file.parent.as_posix(), self._root.as_posix())
        base = options.get("baseUrl")
        if isinstance(base, str) and self._base is None:
            self._base = posixpath.normpath(posixpath.join(folder, base))
        paths = options.get("paths")
        if isinstance(paths, dict) and not self._paths:
            at = posixpath.join(folder, base) if isinstance(base, str) else folder
            for pattern, targets in paths.items():
                listed = (
                    [posixpath.join(at, one) for one in targets if isinstance(one, str)]
                    if isinstance(targets, list)
                    else []
                )
                self._paths.append((pattern, listed))
        above = config.get("extends")
        for name in [above] if isinstance(above, str) else above if isinstance(above, list) else []:
            if depth and isinstance(name, str) and name.startswith("."):
                self._tsconfig(file.parent / (name if name.endswith(".json") else f"{name}.json"), depth - 1)


def _files(place: str) -> list[str]:
    """The files that a specifier may mean, the likeliest first."""
    stem, ending = posixpath.splitext(place)
    scripts = [stem + other for other in _SCRIPTS.get(ending, ())]
    added = [place + other for other in ENDINGS]
    return [place, *scripts, *added, *(f"{place}/index{other}" for other in ENDINGS)]


def _targets(mapping: dict[str, Any], named: str) -> list[str]:
    """What ``imports`` of a package.json says of ``named``, under every condition."""
    found: list[str] = []
    for pattern, value in mapping.items():
        head, star, tail = pattern.partition("*")
        if named == pattern or (star and named.startswith(head) and named.endswith(tail)):
            middle = named[len(head) : len(named) - len(tail)] if star else ""
            found.extend(target.replace("*", middle) for target in _strings(value))
    return found


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _strings(one)]


def _json(file: Path) -> dict[str, Any]:
    """The object in a JSON file with comments; empty where it cannot be read."""
    try:
        text = file.read_text("utf-8", "replace")
        plain = _COMMENT.sub(lambda match: match.group(1) or " ", text)
        value = json.loads(re.sub(r",(?=\s*[}\]])", "", plain))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
