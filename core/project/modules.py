"""The TypeScript modules of a tree, and where a name's value really is: through imports, aliases and re-exports."""

from __future__ import annotations

import posixpath
from collections import OrderedDict
from dataclasses import dataclass

from beai.core.project.declared import Import, Module, Value, read_module
from beai.core.project.expressions import unwrap
from beai.core.project.facts import Tree
from beai.core.project.paths import Resolver
from beai.core.project.recall import Notes
from beai.core.project.remembered import remembered

__all__ = ["Binding", "Import", "Module", "Modules", "Outside", "Value", "read_module"]

TOO_BIG = 1_000_000  # characters; the largest hand-written router seen has 300,000
_HELD = 3_000_000  # characters of files whose syntax trees are kept; a tree takes some fifty bytes for each
_LEFT = 400_000  # characters of files whose syntax trees are left to the next reading
_HOPS = 24
_MOST = 400  # modules looked through for one export


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a name's value is written."""

    module: Module
    value: Value
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """A name that comes from a module which is not among the files."""

    specifier: str
    name: str


_Way = tuple[str, str] | Outside | None
"""Where a name leads, without a syntax tree: the path and the name of a binding, or what is known instead."""


@dataclass(frozen=True, slots=True)
class _Outer:
    """What one module gives to others: its own exports, those of other modules, and modules that it gives whole."""

    exports: dict[str, str]
    reexports: dict[str, Import]
    stars: tuple[str, ...]


class Modules:
    """The modules of a tree, parsed only when asked for; what is found by way of them is noted with the tree's inquiry.

    The trees of the files that were asked for last are held, so that memory does not grow with the repository.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = remembered(tree)
        configs = self.tree.recall.configs
        self.resolver = Resolver(self.tree, configs)
        self.inquiry = self.tree.inquiry
        read = [(path, self.tree.digest(path)) for path in sorted(configs)]
        token = self.tree.recall.marked("files", (self.tree.paths(), read))
        self.inquiry.fact("import", lambda folder, specifier: self.resolver.found(folder, specifier) or "", token)
        self._read: OrderedDict[str, Module | None] = OrderedDict()
        self._held = 0
        self.leading_nowhere: dict[tuple[str, str], Notes] = {}
        """Callees, by module and text, that no function of the repository is behind, with what tells so."""
        self._found: dict[tuple[str, str], tuple[_Way, Notes]] = {}

    def module(self, path: str) -> Module | None:
        """The module at ``path``; None when it is absent or beyond ``TOO_BIG``."""
        self.inquiry.note("text", path)
        if path in self._read:
            self._read.move_to_end(path)
            return self._read[path]
        module = self._read[path] = self._parsed(path)
        self._held += len(module.syntax.text) if module else 0
        while self._held > _HELD and len(self._read) > 1:
            _, oldest = self._read.popitem(last=False)
            self._held -= len(oldest.syntax.text) if oldest else 0
        return module

    def _parsed(self, path: str) -> Module | None:
        digest, kept = self.tree.recall.held.get(path, ("", None))
        if isinstance(kept, Module) and digest == self.tree.digest(path):
            return kept
        text = self.tree.glance(path)
        return None if text is None or len(text) > TOO_BIG else read_module(path, text)

    def keep(self) -> None:
        """Leave the trees that were asked for last to the next reading: what is edited once is often edited again."""
        held = self.tree.recall.held
        for path, module in self._read.items():
            held.pop(path, None)
            if module is not None:
                held[path] = self.tree.digest(path), module
        size = sum(len(module.syntax.text) for _, module in held.values() if isinstance(module, Module))
        while held and size > _LEFT:
            _, (_, oldest) = held.popitem(last=False)
            size -= len(oldest.syntax.text) if isinstance(oldest, Module) else 0

    def imported(self, importer: Module, specifier: str) -> Module | None:
        """The module that ``specifier`` means in ``importer``."""
        path = self._meant(importer.path, specifier)
        return self.module(path) if path else None

    def find(self, module: Module, name: str) -> Binding | Outside | None:
        """Where ``name``, as seen inside ``module``, has its value; None when the top level declares it nowhere."""
        way = self._found.get((module.path, name))
        if way is None:
            found, notes = self.inquiry.noted(lambda: self._find(module, name))
            where = (found.module.path, found.name) if isinstance(found, Binding) else found
            self._found[module.path, name] = where, notes
            return found
        where, notes = way
        self.inquiry.note_all(notes)
        if not isinstance(where, tuple):
            return where
        holder = module if where[0] == module.path else self.module(where[0])
        return None if holder is None else Binding(holder, holder.values[where[1]], where[1])

    def _find(self, module: Module, name: str) -> Binding | Outside | None:
        for _ in range(_HOPS):
            self.inquiry.note("text", module.path)
            if value := module.values.get(name):
                inner = unwrap(value.node)
                if inner.type != "identifier" or value.key or module.syntax.code(inner) == name:
                    return Binding(module, value, name)
                name = module.syntax.code(inner)
                continue
            source = module.imports.get(name)
            if source is None:
                return None
            target = self.imported(module, source.module)
            if target is None:
                return Outside(source.module, source.name)
            if source.name == "*":
                return None
            found = self.exported(target, source.name)
            if found is None:
                return Outside(source.module, source.name)
            module, name = found
        return None

    def passed(self, module: Module, name: str) -> tuple[str, str] | None:
        """The path and local name of what ``module`` imports as ``name``, told without parsing where that is known."""
        self.inquiry.note("text", module.path)
        source = module.imports.get(name)
        path = self._meant(module.path, source.module) if source is not None and source.name != "*" else None
        if source is None or path is None:
            return None
        found = self._export(path, source.name)
        return found if found[0] else None

    def exported(self, module: Module, name: str) -> tuple[Module, str] | None:
        """The module and local name behind an export, through re-exports; None when it cannot be followed."""
        path, local = self._export(module.path, name)
        found = self.module(path) if path else None
        return (found, local) if found is not None else None

    def _export(self, path: str, name: str) -> tuple[str, str]:
        return self.inquiry.ask(("export", path, name), lambda: self._exported(path, name))

    def _exported(self, path: str, name: str) -> tuple[str, str]:
        seen: set[tuple[str, str]] = set()
        pending = [(path, name)]
        while pending and len(seen) < _MOST:
            path, name = pending.pop()
            if (path, name) in seen:
                continue
            seen.add((path, name))
            names = self._outer(path)
            if name in names.exports:
                return path, names.exports[name]
            if source := names.reexports.get(name):
                targets = [(source.module, source.name)]
            else:
                targets = [(star, name) for star in reversed(names.stars)]
            pending += [(target, outer) for specifier, outer in targets if (target := self._meant(path, specifier))]
        return "", ""

    def _meant(self, path: str, specifier: str) -> str | None:
        folder = posixpath.dirname(path)
        self.inquiry.note("import", folder, specifier)
        return self.resolver.found(folder, specifier)

    def _outer(self, path: str) -> _Outer:
        """What a module exports, without its syntax tree: a file of many re-exports is asked often."""
        return self.inquiry.ask(("exports", path), lambda: self._read_outer(path))

    def _read_outer(self, path: str) -> _Outer:
        module = self.module(path)
        if module is None:
            return _Outer({}, {}, ())
        return _Outer(dict(module.exports), dict(module.reexports), tuple(module.stars))

    def namespace(self, module: Module, name: str) -> Module | None:
        """The module behind ``import * as name``."""
        self.inquiry.note("text", module.path)
        source = module.imports.get(name)
        return self.imported(module, source.module) if source and source.name == "*" else None
