"""Which file an import specifier means: relative paths, ``tsconfig`` aliases, and packages of the same workspace."""

from __future__ import annotations

import posixpath
from functools import cache

from beai.core.project import jsonc
from beai.core.project.facts import Tree

_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_KNOWN = frozenset({*_ENDINGS, ".json"})
_TAILS = (*_ENDINGS, *("/index" + ending for ending in _ENDINGS))
_EXTENDS_LIMIT = 8

Alias = tuple[str, tuple[str, ...]]


class Resolver:
    """Finds the file behind a specifier among the files of ``tree``; reads each configuration once.

    Those that it has read are added to ``consulted``: as long as they and the paths stay, so do all its answers.
    """

    def __init__(self, tree: Tree, consulted: set[str] | None = None) -> None:
        self._tree = tree
        self._consulted = set[str]() if consulted is None else consulted
        self.paths = frozenset(tree.paths())
        self.found = cache(self._find)
        self._aliases = cache(self._read_aliases)
        self._entry = cache(self._manifest_entry)
        self._workspace: dict[str, str] | None = None

    def resolve(self, importer: str, specifier: str) -> str | None:
        """The file that ``specifier`` means in ``importer``; None for a package from outside or a missing file."""
        return self.found(posixpath.dirname(importer), specifier)

    def _find(self, folder: str, specifier: str) -> str | None:
        if specifier.startswith("."):
            return self._file(posixpath.join(folder, specifier))
        for base in self._aliased(folder, specifier):
            if found := self._file(base):
                return found
        return self._in_workspace(specifier)

    def _file(self, base: str) -> str | None:
        base, known = posixpath.normpath(base), self.paths
        if base.startswith(".."):
            return None
        stem, dot, ending = base.rpartition(".")
        ending = dot + ending if dot and "/" not in ending else ""
        if ending in _KNOWN:
            if base in known:
                return base
            if real := next((stem + real for real in _COMPILED.get(ending, ()) if stem + real in known), None):
                return real
        return next((base + tail for tail in _TAILS if base + tail in known), None)

    def _aliased(self, folder: str, specifier: str) -> list[str]:
        found: list[str] = []
        for pattern, targets in self._aliases(folder):
            head, star, tail = pattern.partition("*")
            if not star and specifier == pattern:
                found += targets
            elif (
                star and specifier.startswith(head) and specifier.endswith(tail) and len(specifier) >= len(head + tail)
            ):
                middle = specifier[len(head) : len(specifier) - len(tail)]
                found += [target.replace("*", middle, 1) for target in targets]
        return found

    def _read_aliases(self, folder: str) -> tuple[Alias, ...]:
        while True:
            config = posixpath.join(folder, "tsconfig.json")
            if config in self.paths:
                aliases = self._config_aliases(config, _EXTENDS_LIMIT)
                return (*aliases, *self._customary(folder))
            if posixpath.join(folder, "package.json") in self.paths or not folder:
                return self._customary(folder)
            folder = posixpath.dirname(folder)

    def _config_aliases(self, config: str, depth: int) -> tuple[Alias, ...]:
        """``compilerOptions.paths`` of a config, or those it inherits; relative to ``baseUrl`` (TSConfig reference)."""
        value = self._load(config)
        options = jsonc.child(value, "compilerOptions")
        folder = posixpath.dirname(config)
        base = posixpath.join(folder, jsonc.string(options, "baseUrl") or ".")
        if paths := jsonc.child(options, "paths"):
            return tuple(
                (pattern, tuple(posixpath.join(base, target) for target in jsonc.strings(targets)))
                for pattern, targets in sorted(paths.items(), key=lambda item: -len(item[0]))
            )
        inherited: tuple[Alias, ...] = ()
        for parent in jsonc.strings(value.get("extends")) if depth else ():
            path = posixpath.normpath(posixpath.join(folder, parent)) if parent.startswith(".") else ""
            found = next((name for name in (path, path + ".json") if path and name in self.paths), None)
            if found:
                inherited = self._config_aliases(found, depth - 1) or inherited
        own = (("*", (posixpath.join(base, "*"),)),) if "baseUrl" in options else ()
        return (*inherited, *own)

    def _load(self, path: str) -> jsonc.Object:
        self._consulted.add(path)
        return jsonc.load(self._tree.text(path))

    def _customary(self, folder: str) -> tuple[Alias, ...]:
        places = tuple(posixpath.join(folder, place) for place in ("src/*", "*"))
        return tuple((prefix + "*", places) for prefix in ("~/", "@/", "#/"))

    def _in_workspace(self, specifier: str) -> str | None:
        parts = specifier.split("/")
        size = 2 if specifier.startswith("@") else 1
        folder = self._packages().get("/".join(parts[:size]))
        if folder is None:
            return None
        return self._entry(folder, "/".join(parts[size:]))

    def _manifest_entry(self, folder: str, below: str) -> str | None:
        manifest = self._load(posixpath.join(folder, "package.json"))
        exported = manifest.get("exports")
        entry = _export(exported, "./" + below if below else ".")
        named = [entry] if entry else []
        if not below:
            named += [jsonc.string(manifest, key) for key in ("types", "main", "module")]
        named += [posixpath.join("src", below or "index"), below or "index"]
        return next((file for name in named if name and (file := self._file(posixpath.join(folder, name)))), None)

    def _packages(self) -> dict[str, str]:
        if self._workspace is None:
            manifests = [path for path in sorted(self.paths) if posixpath.basename(path) == "package.json"]
            named = ((jsonc.string(self._load(path), "name"), path) for path in manifests)
            self._workspace = {name: posixpath.dirname(path) for name, path in named if name}
        return self._workspace


def _export(exported: object, key: str) -> str:
    """The target of ``key`` in a package's ``exports``, conditions tried in written order (Node.js packages page)."""
    if isinstance(exported, str):
        return exported if key == "." else ""
    if not isinstance(exported, dict):
        return ""
    value = exported.get(key, exported if key == "." else None)
    for _ in range(4):
        if not isinstance(value, dict):
            break
        value = next((inner for name, inner in value.items() if not name.startswith(".")), None)
    return value if isinstance(value, str) else ""
