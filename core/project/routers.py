"""Routers followed from the root: every mounted procedure with the path a caller writes, every dead end named.

The shapes are those of the tRPC docs ("Define Routers", "Merging Routers"): router calls under any name, nested routers
and plain objects, ``mergeRouters``, spread procedures, ``lazy``, and factories that return a router.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from beai.core.project.builders import BuilderTable, is_init
from beai.core.project.delegates import touched
from beai.core.project.expressions import (
    FUNCTIONS,
    arguments,
    chain,
    imported_module,
    literal,
    parameters,
    property_name,
    returned,
    unwrap,
)
from beai.core.project.facts import Procedure, ProcedureKind, Router, Unresolved
from beai.core.project.modules import Binding, Module, Modules, Outside
from beai.core.project.syntax import line_of
from tree_sitter import Node

_KINDS = {kind.value: kind for kind in ProcedureKind}
_CONSTRUCTOR_NAME = re.compile(r"router$", re.IGNORECASE)
_DEPTH = 24


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

    def mount(self, place: Place, key: str, depth: int = _DEPTH) -> None:
        """Follow the router at ``place`` as mounted at ``key``; what it cannot follow is added to ``unresolved``."""
        place = self.follow(place)
        module, node = place.module, place.node
        if depth == 0:
            return self._give_up(place, "routers are nested too deep here")
        self.visited.add((module.path, node.start_byte))
        if node.type == "object":
            return self._routes(place, node, "", key, depth)
        if node.type != "call_expression":
            return self._give_up(place, f"`{_short(module, node)}` is no router that can be read")
        given, callee = arguments(node), _callee(module, node)
        if callee.endswith("mergeRouters"):
            for part in given:
                self.mount(Place(module, part, place.name), key, depth - 1)
            return None
        if is_router_call(self._modules, module, node):
            return self._routes(place, given[0], callee, key, depth) if given else None
        if loaded := self._lazy(place):
            return self.mount(loaded, key, depth - 1)
        if made := self._made(place):
            return self.mount(made, key, depth - 1)
        return self._give_up(place, f"`{_short(module, node)}` is no router that can be read")

    def follow(self, place: Place) -> Place:
        """Where the value of an identifier or ``namespace.name`` is written; any other expression stays itself."""
        module, node = place.module, unwrap(place.node)
        if node.type == "identifier":
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

    def _routes(self, place: Place, routes: Node, constructor: str, key: str, depth: int) -> None:
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
            self.mount(inner, path, depth - 1)
        for spread in spreads:
            self.mount(spread, key, depth - 1)

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
        routers = [name for name in module.exports if _CONSTRUCTOR_NAME.search(name)]
        names += ["default", *(routers if len(routers) == 1 else [])]
        for name in names:
            export = self._modules.exported(module, name)
            found = self._modules.find(*export) if export else None
            if isinstance(found, Binding):
                return Place(found.module, unwrap(found.value.node), found.name)
        return None

    def _give_up(self, place: Place, what: str) -> None:
        self.unresolved.append(Unresolved(place.module.path, line_of(place.node), what))


def is_router_call(modules: Modules, module: Module, call: Node) -> bool:
    """Whether ``call`` makes a router: ``t.router``, an alias or a wrapper of it, or an outside name that says so."""
    callee, given = call.child_by_field_name("function"), arguments(call)
    if callee is None or (given and unwrap(given[0]).type not in ("object", "identifier")):
        return False
    return _is_constructor(modules, module, unwrap(callee), _DEPTH)


def _is_constructor(modules: Modules, module: Module, node: Node, depth: int) -> bool:
    if node.type == "member_expression":
        owner = node.child_by_field_name("object")
        if owner is None or property_name(module.syntax, node) != "router":
            return False
        return owner.type != "call_expression" or is_init(modules, module, owner)
    if node.type != "identifier" or depth == 0:
        return False
    name = module.syntax.code(node)
    found = modules.find(module, name)
    if isinstance(found, Outside):
        local = found.specifier.startswith((".", "~", "@/", "#")) or "trpc" in found.specifier.lower()
        return local and "react" not in found.specifier and bool(_CONSTRUCTOR_NAME.search(name))
    if found is None:
        return False
    if found.value.key:
        return found.value.key == "router"
    value = unwrap(found.value.node)
    if value.type in FUNCTIONS:
        return _wraps_router(modules, found.module, value, depth - 1)
    return value.id != node.id and _is_constructor(modules, found.module, value, depth - 1)


def _wraps_router(modules: Modules, module: Module, function: Node, depth: int) -> bool:
    """``function createRouter(routes) { return t.router(routes) }``: a constructor; a factory has routes of its own."""
    result = returned(function)
    if result is None or result.type != "call_expression":
        return False
    given, callee = arguments(result), result.child_by_field_name("function")
    passes = bool(given) and module.syntax.code(given[0]) in parameters(module.syntax, function)
    return passes and callee is not None and _is_constructor(modules, module, unwrap(callee), depth)


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
