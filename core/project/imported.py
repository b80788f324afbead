"""What a dynamic ``import("…")`` in an expression loads, and which exports of it are taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.expressions import dynamic_imports, literal, property_name
from beai.core.project.follow import Place
from beai.core.project.modules import Binding, Module, Modules

_THEN = re.compile(
    r"\.then\(\s*(?:async\s*)?\(?\s*(?:\{\s*(\w+)[^}]{0,200}\}|(\w+))[^=]{0,60}=>\s*\(?\s*(?:(\w+)\.(\w+)|(\w+))"
)
_HANDLER = re.compile(r"handler$", re.IGNORECASE)
_ABOVE = 4  # nodes between an import and what takes its exports


@dataclass(frozen=True, slots=True)
class Loaded:
    """A module of the repository that is imported while running, and the exports that are taken out of it."""

    module: Module
    names: tuple[str, ...] = ()


def loaded(modules: Modules, place: Place) -> Iterator[Loaded]:
    """The modules that ``place`` imports dynamically, as far as they are among the files."""
    for call, specifier in dynamic_imports(place.module.syntax, place.node):
        module = modules.imported(place.module, specifier)
        if module is not None:
            yield Loaded(module, _taken(place.module, call))


def imports_in(modules: Modules, place: Place) -> list[Place]:
    """The functions that ``place`` imports dynamically: by name, as the default, or the module's only handler."""
    found: list[Place] = []
    for each in loaded(modules, place):
        handlers = [name for name in each.module.exports if _HANDLER.search(name)]
        for name in each.names or ("default", *(handlers if len(handlers) == 1 else ())):
            if (value := exported(modules, each.module, name)) is not None:
                found.append(value)
                break
    return found


def exported(modules: Modules, module: Module, name: str) -> Place | None:
    """Where the export ``name`` of ``module`` has its value."""
    export = modules.exported(module, name)
    found = modules.find(*export) if export else None
    return Place(found.module, found.value.node, found.name) if isinstance(found, Binding) else None


def _taken(module: Module, call: Node) -> tuple[str, ...]:
    """The names in ``const { a } = await import(…)``, ``(await import(…)).a`` and ``import(…).then((m) => m.a)``."""
    node, syntax = call, module.syntax
    for _ in range(_ABOVE):
        above = node.parent
        if above is None:
            return ()
        if above.type == "variable_declarator":
            target = above.child_by_field_name("name")
            keys = target.named_children if target is not None and target.type == "object_pattern" else []
            found = (literal(syntax, key.child_by_field_name("key")) or syntax.code(key) for key in keys)
            return tuple(found)
        if above.type == "member_expression":
            name = property_name(syntax, above)
            if name != "then":
                return (name,)
            rest = syntax.source[above.end_byte - 5 : above.end_byte + 300].decode("utf-8", "replace")
            match = _THEN.match(rest)
            if match is None:
                return ()
            taken, _, owner, picked, plain = match.groups()
            return (picked,) if owner else (plain,) if taken and plain else ()
        node = above
    return ()
