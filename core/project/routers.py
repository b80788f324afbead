"""Routers followed from the root: every mounted procedure with the path a caller writes, every dead end named.

The shapes are those of the tRPC docs ("Define Routers", "Merging Routers", "Lazy-load Routers"): router calls under
any name, nested routers and plain objects, ``mergeRouters``, spread procedures, ``lazy``, factories that return one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from beai.core.project.constructors import ROUTER_NAME, is_router_call
from beai.core.project.expressions import arguments, property_name, unwrap
from beai.core.project.facts import Procedure, Router, Unresolved
from beai.core.project.follow import Place, Spot, entries, follow, made, spot_of
from beai.core.project.imported import exported, loaded
from beai.core.project.modules import Module, Modules
from beai.core.project.procedures import ProcedureReader
from beai.core.project.sides import Beside, weakest
from beai.core.project.syntax import line_of

_MOST_SIDES = 20  # of one condition
_DEEPEST = 40  # routers in routers
_MOST = 10_000  # routers mounted; a few lines can mount exponentially many


@dataclass(frozen=True, slots=True)
class _Mount:
    """Where a router is mounted, what it is mounted through, and whether that loads it lazily."""

    key: str
    trail: tuple[tuple[str, int], ...] = ()
    lazy: bool = False

    def below(self, name: str) -> str:
        """The path of ``name`` in this router."""
        return f"{self.key}.{name}" if self.key else name


@dataclass(frozen=True, slots=True)
class _Later:
    """A router that is mounted in another and is read for itself; ``through`` are those on the way to it."""

    spot: Spot
    key: str
    lazy: bool
    through: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Here:
    """A router at ``place`` is mounted at ``key``."""

    place: tuple[str, int]
    key: str


_Item = Router | Unresolved | _Later | _Here | Beside


class RouterWalk:
    """Collects routers, procedures and dead ends; ``keys`` tells where each router and procedure is mounted.

    Each router is a question of its own, so that only those are read again that an edit may change.
    """

    def __init__(self, modules: Modules, procedures: ProcedureReader) -> None:
        self._modules, self._procedures = modules, procedures
        self.routers: list[Router] = []
        self.unresolved: list[Unresolved] = []
        self.beside: list[Beside] = []
        self.keys: dict[tuple[str, int], list[str]] = {}

    def mount(self, spot: Spot, key: str) -> None:
        """Follow the router at ``spot`` as mounted at ``key``; what it cannot follow is added to ``unresolved``."""
        self._take(_Later(spot, key, False, ()), ())

    def _take(self, later: _Later, trail: tuple[tuple[str, int], ...]) -> None:
        spot = later.spot
        if spot.key in trail or len(trail) > _DEEPEST or len(self.routers) > _MOST:
            place = spot.place(self._modules)
            what = f"`{later.key}` mounts routers in a circle, or too many"
            self.unresolved.append(Unresolved(spot.path, line_of(place.node) if place else 0, what))
            return
        below = (*trail, spot.key)
        for item in self._items(later):
            match item:
                case Router():
                    self.routers.append(item)
                case Unresolved():
                    self.unresolved.append(item)
                case Beside():
                    self.beside.append(item)
                case _Here():
                    self.keys.setdefault(item.place, []).append(item.key)
                case _Later():
                    self._take(item, (*below, *item.through))

    def _items(self, later: _Later) -> tuple[_Item, ...]:
        spot = later.spot
        words = (spot.path, str(spot.start), str(spot.end), spot.name, later.key, "lazy" if later.lazy else "")
        reader = _OneRouter(self._modules, self._procedures)
        return self._procedures.builders.asking(("router", *words), lambda: reader.read(later))


class _OneRouter:
    """One router with what is written in it; routers of other places are left for later."""

    def __init__(self, modules: Modules, procedures: ProcedureReader) -> None:
        self._modules, self._procedures = modules, procedures
        self._items: list[_Item] = []

    def read(self, asked: _Later) -> tuple[_Item, ...]:
        """Everything that is told of the router at a spot."""
        place = asked.spot.place(self._modules)
        if place is not None:
            self._mount(place, _Mount(asked.key, lazy=asked.lazy))
        return tuple(self._items)

    def _mount(self, start: Place, at: _Mount) -> None:
        place = follow(self._modules, start)
        module, node = place.module, place.node
        if at.trail and place.scope is None and not place.given:
            self._items.append(_Later(spot_of(place), at.key, at.lazy, at.trail[1:]))
            return None
        if place.key in at.trail or len(at.trail) > _DEEPEST or len(self._items) > _MOST:
            return self._give_up(place, f"`{at.key}` mounts routers in a circle, or too many")
        self._items.append(_Here(place.key, at.key))
        at = replace(at, trail=(*at.trail, place.key))
        if node.type == "object":
            return self._routes(place, node, "", at)
        given, callee = arguments(node), _callee(module, node)
        if _merges(callee):
            for part in given:
                self._merge(place, part, at)
            return None
        if node.type == "call_expression" and is_router_call(self._modules, place):
            return self._routes(place, given[0] if given else None, callee, at)
        if found := self._lazy(place):
            return self._mount(found, replace(at, lazy=True))
        if found := made(self._modules, place):
            return self._mount(replace(found, name=place.name), at)
        branches = _branches(node)
        if not branches:
            return self._give_up(place, f"`{_short(module, node)}` is no router that can be read")
        for branch in branches:
            self._mount(place.at(branch), at)
        return None

    def _merge(self, place: Place, part: Node, at: _Mount) -> None:
        """One argument of ``mergeRouters``; ``...list`` stands for the routers of a list that is written out."""
        if part.type != "spread_element":
            return self._mount(place.at(part), at)
        listed = follow(self._modules, place.at(part.named_children[-1])) if part.named_children else place
        if listed.node.type != "array":
            return self._give_up(
                place.at(part), f"`{_short(place.module, part)}` is no list of routers that can be read"
            )
        for item in listed.node.named_children:
            if item.type != "comment":
                self._merge(listed, item, at)
        return None

    def _routes(self, place: Place, routes: Node | None, constructor: str, at: _Mount) -> None:
        """One router: its procedures first, then the routers mounted in it."""
        line = line_of(place.node)
        router = Router(at.key, place.name, place.module.path, constructor, line, lazy=at.lazy)
        if routes is None:
            self._items.append(router)
            return
        target = follow(self._modules, place.at(routes))
        if target.node.type == "call_expression":
            target = follow(self._modules, made(self._modules, target) or target)
        if target.node.type != "object":
            self._give_up(target, f"the routes of `{place.name or at.key}` are not written as an object")
            return
        procedures: list[Procedure] = []
        inner: list[tuple[Place, _Mount]] = []
        for name, value in self._entries(target):
            path = at.below(name)
            entry = follow(self._modules, replace(target, node=value.node, module=value.module, name=name))
            procedure = self._procedures.read(entry, name, path, at.key, at.lazy) or self._either(entry, name, at)
            if procedure is not None:
                procedures.append(procedure)
            elif self._is_nested(entry):
                inner.append((replace(entry, name=entry.name or name), replace(at, key=path)))
            else:
                self._give_up(value, f"`{path}` could not be followed")
        self._items.append(replace(router, procedures=tuple(procedures)))
        for entry, mount in inner:
            self._mount(entry, mount)
        for spread in _spreads(target):
            self._mount(spread, at)

    def _either(self, entry: Place, name: str, at: _Mount) -> Procedure | None:
        """What ``a ? one : other`` makes, as that of its procedures which lets more callers in; None if one is none."""
        if not _branches(entry.node):
            return None
        pending, whole = [entry], True
        found: list[Procedure] = []
        while pending and len(found) < _MOST_SIDES:
            side = follow(self._modules, pending.pop())
            if branches := _branches(side.node):
                pending += [side.at(branch) for branch in reversed(branches)]
            elif one := self._procedures.read(side, name, at.below(name), at.key, at.lazy):
                found.append(one)
            else:
                whole = False
        told = weakest(found) if whole else None
        self._items += [Beside(one.file, one.span) for one in found if told is None or one.span != told.span]
        return told

    def _entries(self, target: Place) -> Iterator[tuple[str, Place]]:
        for name, value in entries(target.module, target.node):
            if value.type != "spread_element":
                yield name, target.at(value)

    def _is_nested(self, entry: Place) -> bool:
        if entry.node.type == "object":
            return True
        if branches := _branches(entry.node):
            return all(self._is_nested(follow(self._modules, entry.at(branch))) for branch in branches)
        if entry.node.type != "call_expression":
            return False
        if _merges(_callee(entry.module, entry.node)) or is_router_call(self._modules, entry):
            return True
        return self._lazy(entry) is not None or made(self._modules, entry) is not None

    def _lazy(self, place: Place) -> Place | None:
        """The router behind ``lazy(() => import(…))``: the one picked by ``.then``, the default, or the only one."""
        if not _callee(place.module, place.node).endswith("lazy"):
            return None
        for each in loaded(self._modules, place):
            routers = [name for name in each.module.exports if ROUTER_NAME.search(name)]
            for name in (*each.names, "default", *(routers if len(routers) == 1 else ())):
                if (found := exported(self._modules, each.module, name)) is not None:
                    return found
        return None

    def _give_up(self, place: Place, what: str) -> None:
        self._items.append(Unresolved(place.module.path, line_of(place.node), what))


def _spreads(place: Place) -> list[Place]:
    """What each ``...x`` adds: ``sub._def.procedures`` and ``_def.record`` mean ``sub``; conditions add both sides."""
    found: list[Place] = []
    for child in place.node.named_children:
        if child.type == "spread_element":
            found += _spread(place.at(child))
    return found


def _spread(place: Place) -> list[Place]:
    module = place.module
    inner = next((child for child in place.node.named_children if child.type != "comment"), None)
    pending, found = [inner] if inner is not None else [], []
    while pending:
        node = unwrap(pending.pop())
        if branches := _branches(node):
            pending += reversed(branches)
        elif node.type == "member_expression" and property_name(module.syntax, node) in ("procedures", "record"):
            owner = node.child_by_field_name("object")
            definition = owner and property_name(module.syntax, owner) == "_def" and owner.child_by_field_name("object")
            found.append(place.at(definition or node))
        elif node.type != "object" or node.named_children:
            found.append(place.at(node))
    return found


def _branches(node: Node) -> list[Node]:
    """What a condition may come to: both sides of ``a ? b : c``, the right side of ``a && b``."""
    fields = {"ternary_expression": ("consequence", "alternative"), "binary_expression": ("right",)}
    return [branch for name in fields.get(node.type, ()) if (branch := node.child_by_field_name(name)) is not None]


def _merges(callee: str) -> bool:
    return callee.split(".")[-1] in ("mergeRouters", "mergeTRPCRouters")


def _callee(module: Module, call: Node) -> str:
    callee = call.child_by_field_name("function")
    named = callee is not None and callee.type in ("identifier", "member_expression")
    return module.syntax.code(callee) if callee is not None and named else ""


def _short(module: Module, node: Node) -> str:
    return " ".join(module.syntax.code(node)[:200].split())[:60]
