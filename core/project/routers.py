"""Routers followed from the root: every mounted procedure with the path a caller writes, every dead end named.

The shapes are those of the tRPC docs ("Define Routers", "Merging Routers"): router calls under any name, nested routers
and plain objects, ``mergeRouters``, spread procedures, ``lazy``, and factories that return a router.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.builders import BuilderTable
from beai.core.project.constructors import ROUTER_NAME, is_router_call
from beai.core.project.delegates import touched
from beai.core.project.expressions import (
    FUNCTIONS,
    arguments,
    chain,
    imported_module,
    literal,
    property_name,
    returned,
    unwrap,
)
from beai.core.project.facts import Procedure, ProcedureKind, Router, Unresolved
from beai.core.project.modules import Binding, Module, Modules
from beai.core.project.syntax import line_of

_KINDS = {kind.value: kind for kind in ProcedureKind}
_DEEPEST = 40  # routers in routers
_MOST = 2_000  # routers; a few lines can mount exponentially many

Trail = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An expression and the module it stands in."""

    module: Module
    node: Node
    name: str = ""


class RouterWalk:
    """Collects routers, procedures and dead ends; ``delegates`` maps Prisma delegates to models."""

    def __init__(self, modules: Modules, builders: BuilderTable, delegates: Mapping[str, str]) -> None:
        self._modules, self._builders, self._delegates = modules, builders, delegates
        self.routers: list[Router] = []
        self.unresolved: list[Unresolved] = []
        self.visited: set[tuple[str, int]] = set()

    def mount(self, place: Place, key: str, trail: Trail = ()) -> None:
        """Follow the router at ``place`` as mounted at ``key``; what it cannot follow is added to ``unresolved``."""
        place = self.follow(place)
        module, node = place.module, place.node
        here = (module.path, node.start_byte)
        if here in trail or len(trail) > _DEEPEST or len(self.routers) > _MOST:
            return self._give_up(place, f"`{key}` mounts routers in a circle, or too many")
        self.visited.add(here)
        trail = (*trail, here)
        if node.type == "object":
            return self._routes(place, node, "", key, trail)
        if node.type != "call_expression":
            return self._give_up(place, f"`{_short(module, node)}` is no router that can be read")
        given, callee = arguments(node), _callee(module, node)
        if callee.endswith("mergeRouters"):
            for part in given:
                self.mount(Place(module, part, place.name), key, trail)
            return None
        if is_router_call(self._modules, module, node):
            return self._routes(place, given[0], callee, key, trail) if given else None
        if loaded := self._lazy(place) or self._made(place):
            return self.mount(loaded, key, trail)
        return self._give_up(place, f"`{_short(module, node)}` is no router that can be read")

    def follow(self, place: Place) -> Place:
        """Where the value of an identifier or ``namespace.name`` is written; any other expression stays itself."""
        module, node = place.module, unwrap(place.node)
        if node.type in ("identifier", "shorthand_property_identifier"):
            found = self._modules.find(module, module.syntax.code(node))
            if isinstance(found, Binding) and not found.value.key:
                return Place(found.module, unwrap(found.value.node), found.name)
        if node.type == "member_expression":
            return self._member(Place(module, node, place.name))
        return Place(module, node, place.name)

    def _member(self, place: Place) -> Place:
        owner = place.node.child_by_field_name("object")
        if owner is None or owner.type != "identifier":
            return place
        name = place.module.syntax.code(owner)
        wanted = property_name(place.module.syntax, place.node)
        if target := self._modules.namespace(place.module, name):
            if export := self._modules.exported(target, wanted):
                found = self._modules.find(*export)
                if isinstance(found, Binding):
                    return Place(found.module, unwrap(found.value.node), found.name)
            return place
        held = self._modules.find(place.module, name)
        if isinstance(held, Binding) and (value := unwrap(held.value.node)).type == "object":
            for key, entry in _entries(held.module, value):
                if key == wanted and entry.type != "spread_element":
                    return Place(held.module, unwrap(entry), wanted)
        return place

    def _routes(self, place: Place, routes: Node, constructor: str, key: str, trail: Trail) -> None:
        """One router: its procedures first, then the routers mounted in it."""
        target = self.follow(Place(place.module, routes))
        if target.node.type != "object":
            self._give_up(target, f"the routes of `{place.name or key}` are not written as an object")
            return
        procedures: list[Procedure] = []
        nested: list[tuple[Place, str]] = []
        spreads: list[Place] = []
        for name, value in _entries(target.module, target.node):
            if value.type == "spread_element":
                spreads += _spread(Place(target.module, value))
                continue
            entry = self.follow(Place(target.module, value, name))
            path = f"{key}.{name}" if key else name
            if procedure := self._procedure(entry, name, path, key):
                procedures.append(procedure)
            elif self._is_nested(entry):
                nested.append((Place(entry.module, entry.node, entry.name or name), path))
            else:
                self._give_up(Place(target.module, value), f"`{path}` could not be followed")
        line = line_of(place.node)
        self.routers.append(Router(key, place.name, place.module.path, constructor, line, tuple(procedures)))
        for inner, path in nested:
            self.mount(inner, path, trail)
        for spread in spreads:
            self.mount(spread, key, trail)

    def _is_nested(self, entry: Place) -> bool:
        if entry.node.type == "object":
            return True
        if entry.node.type != "call_expression":
            return False
        if _callee(entry.module, entry.node).endswith("mergeRouters"):
            return True
        return is_router_call(self._modules, entry.module, entry.node) or bool(self._lazy(entry) or self._made(entry))

    def _procedure(self, entry: Place, name: str, path: str, key: str) -> Procedure | None:
        found = chain(entry.module.syntax, entry.node)
        if not found.calls and (made := self._made(entry)):
            entry, found = made, chain(made.module.syntax, made.node)
        if found.last not in _KINDS or not arguments(entry.node):
            return None
        syntax = entry.module.syntax
        inputs = [
            syntax.code(arguments(call.node)[0])
            for call in found.calls
            if call.method == "input" and arguments(call.node)
        ]
        return Procedure(
            name=name,
            path=path,
            kind=_KINDS[found.last],
            builder=self._builders.of(entry.module, found.root),
            router=key,
            file=entry.module.path,
            line=line_of(entry.node),
            input=" & ".join(inputs),
            models=touched(self._modules, entry.module, entry.node, self._delegates),
            span=syntax.span(entry.node),
            code=syntax.code(entry.node),
        )

    def _made(self, place: Place) -> Place | None:
        """What a call of a function of the repository returns: a factory's router or procedure."""
        callee = place.node.child_by_field_name("function") if place.node.type == "call_expression" else None
        if callee is None or callee.type not in ("identifier", "member_expression"):
            return None
        function = self.follow(Place(place.module, callee))
        result = returned(function.node) if function.node.type in FUNCTIONS else None
        return Place(function.module, result, place.name) if result is not None else None

    def _lazy(self, place: Place) -> Place | None:
        """The router behind ``lazy(() => import(…))``: the one picked by ``.then``, the default, or the only one."""
        if not _callee(place.module, place.node).endswith("lazy"):
            return None
        specifier = imported_module(place.module.syntax, place.node)
        module = self._modules.imported(place.module, specifier) if specifier else None
        if module is None:
            return None
        picked = re.search(r"\.then\([^.]{0,60}?(\w+)\.(\w+)\s*,?\s*\)", place.module.syntax.code(place.node))
        names = [picked.group(2)] if picked else []
        routers = [name for name in module.exports if ROUTER_NAME.search(name)]
        names += ["default", *(routers if len(routers) == 1 else [])]
        for name in names:
            export = self._modules.exported(module, name)
            found = self._modules.find(*export) if export else None
            if isinstance(found, Binding):
                return Place(found.module, unwrap(found.value.node), found.name)
        return None

    def _give_up(self, place: Place, what: str) -> None:
        self.unresolved.append(Unresolved(place.module.path, line_of(place.node), what))


def _entries(module: Module, node: Node) -> list[tuple[str, Node]]:
    """Name and value of each property; a spread has no name, what has a computed name keeps its code as name."""
    found: list[tuple[str, Node]] = []
    for child in node.named_children:
        match child.type:
            case "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    found.append((literal(module.syntax, key) or module.syntax.code(key), value))
            case "shorthand_property_identifier":
                name = module.syntax.code(child)
                found.append((name, _as_identifier(module, child)))
            case "spread_element":
                found.append(("", child))
            case "method_definition":
                found.append((literal(module.syntax, child.child_by_field_name("name")) or "", child))
    return found


def _as_identifier(module: Module, node: Node) -> Node:
    """The declared value behind a shorthand property, or the property itself when another file has it."""
    value = module.values.get(module.syntax.code(node))
    return value.node if value and not value.key else node


def _spread(place: Place) -> list[Place]:
    """What ``...x`` adds: ``sub._def.procedures`` and ``_def.record`` mean ``sub``; of a condition either branch."""
    module = place.module
    inner = next((child for child in place.node.named_children if child.type != "comment"), None)
    pending, found = [inner] if inner is not None else [], []
    while pending:
        node = unwrap(pending.pop())
        match node.type:
            case "ternary_expression":
                branches = (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
                pending += [branch for branch in branches if branch is not None]
            case "binary_expression":
                right = node.child_by_field_name("right")
                pending += [right] if right is not None else []
            case "member_expression" if property_name(module.syntax, node) in ("procedures", "record"):
                owner = node.child_by_field_name("object")
                definition = (
                    owner and property_name(module.syntax, owner) == "_def" and owner.child_by_field_name("object")
                )
                found.append(Place(module, definition or node))
            case "object" if not node.named_children:
                continue
            case _:
                found.append(Place(module, node))
    return found


def _callee(module: Module, call: Node) -> str:
    callee = call.child_by_field_name("function")
    return (
        module.syntax.code(callee) if callee is not None and callee.type in ("identifier", "member_expression") else ""
    )


def _short(module: Module, node: Node) -> str:
    return " ".join(module.syntax.code(node)[:200].split())[:60]
