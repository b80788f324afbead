"""Which tests call which procedure: through callers of the root or of one router, clients, and HTTP paths.

The callers are those of the tRPC docs ("Server Side Calls"): ``createCallerFactory(router)(ctx)``,
``router.createCaller(ctx)``, and functions of the repository that return one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from tree_sitter import Node

from beai.core.project.candidates import declared
from beai.core.project.expressions import FUNCTIONS, arguments, assigned, calls, literal, property_name, unwrap
from beai.core.project.facts import TestCall
from beai.core.project.follow import Place, Spot, follow
from beai.core.project.modules import Module, Modules
from beai.core.project.places import is_code, is_generated
from beai.core.project.recall import Inquiry, Recall
from beai.core.project.signs import Sign, signed
from beai.core.project.syntax import line_of

_HTTP = re.compile(r"/trpc/([\w.]{1,200}(?:,[\w.]{1,200}){0,20})")
_CALLER = re.compile(r"caller", re.IGNORECASE)
_CLIENT = re.compile(r"create(?:TRPC)?(?:Proxy)?Client|createTRPC\w*Client")
_ANY_CALLER = re.compile(r"caller|trpc|^api$", re.IGNORECASE)
_ASKS = frozenset({"query", "mutate", "subscribe"})
_HOPS = 6

Keys = Mapping[tuple[str, int], list[str]]


def tests_of(modules: Modules, keys: Keys, paths: set[str]) -> dict[str, tuple[TestCall, ...]]:
    """The calls by tests of each of ``paths``; ``keys`` tells where the router at a place is mounted."""
    found: dict[str, dict[TestCall, None]] = {}
    mounted = _Mounted(modules.inquiry, modules.tree.recall, keys, paths)
    for file, signs in signed(modules.tree).items():
        if Sign.CALLER not in signs or not is_code(file) or is_generated(file):
            continue
        for path, call in modules.inquiry.ask(("tested", file), partial(_calls_in, modules, mounted, file)):
            found.setdefault(path, {})[call] = None
    return {path: tuple(sorted(each, key=lambda one: (one.file, one.line))) for path, each in found.items()}


def _calls_in(modules: Modules, mounted: _Mounted, file: str) -> tuple[tuple[str, TestCall], ...]:
    module = modules.module(file)
    return tuple(_Reader(modules, mounted, module).read()) if module is not None else ()


class _Mounted:
    """Where what is, and which procedures there are; what is asked of it is noted."""

    def __init__(self, inquiry: Inquiry, recall: Recall, keys: Keys, paths: set[str]) -> None:
        self._inquiry, self._keys, self._paths = inquiry, keys, paths
        self._last = {path.rpartition(".")[2] for path in paths}
        known = recall.marked("procedures", sorted(paths))
        inquiry.fact("procedure", lambda path: "1" if path in self._paths else "", known)
        inquiry.fact("called", lambda name: "1" if name in self._last else "", known)
        places = recall.marked("places", dict(keys))
        inquiry.fact("mounted", lambda path, at: "\n".join(self._keys.get((path, int(at)), ["none"])), places)

    def has(self, path: str) -> bool:
        """Whether there is a procedure at ``path``."""
        self._inquiry.note("procedure", path)
        return path in self._paths

    def ends(self, name: str) -> bool:
        """Whether a procedure is called ``name``."""
        self._inquiry.note("called", name)
        return name in self._last

    def at(self, place: tuple[str, int]) -> list[str] | None:
        """Where the router at ``place`` is mounted, None where it is not."""
        self._inquiry.note("mounted", place[0], str(place[1]))
        return self._keys.get(place)


class _Reader:
    """One test file: the values of its names, and what each of them calls."""

    def __init__(self, modules: Modules, mounted: _Mounted, module: Module) -> None:
        self._modules, self._mounts_of, self._module = modules, mounted, module
        self._values: dict[str, list[Node]] | None = None
        self._mounted: dict[tuple[str, str], tuple[str, ...]] = {}
        self._returned: dict[tuple[str, int], list[str]] = {}

    def read(self) -> Iterator[tuple[str, TestCall]]:
        module = self._module
        for call in module.syntax.calls(module.syntax.root):
            last = _last(module, call)
            if last is not None and last not in _ASKS and not self._mounts_of.ends(last):
                continue  # most calls: nothing more of them needs to be looked at
            base, names = _segments(module, call)
            asks = bool(names) and names[-1] in _ASKS
            if base is None or not names or not (self._mounts_of.ends(names[-1]) or (asks and names[-2:-1])):
                continue
            for path, through in self._meant(base, names):
                if self._mounts_of.has(path):
                    yield path, TestCall(module.path, line_of(_name_node(call)), through)
        for match in _HTTP.finditer(module.syntax.text):
            for path in match.group(1).split(","):
                if self._mounts_of.has(path):
                    yield path, TestCall(module.path, module.syntax.text.count("\n", 0, match.start()) + 1, "http")

    def _meant(self, base: Node, names: list[str]) -> Iterator[tuple[str, str]]:
        """The paths that a chain of names may mean, given what its base is."""
        for at, name in enumerate(names[:-1]):
            if _CALLER.search(name):
                yield ".".join(names[at + 1 :]), "caller"
                return
        if names[-1] in _ASKS and len(names) > 1 and self._is_client(base):
            yield ".".join(names[:-1]), "client"
            return
        for key in self._routers(base):
            yield ".".join((key, *names) if key else names), "router caller" if key else "caller"

    def _is_client(self, base: Node) -> bool:
        code = self._module.syntax.code
        nodes = [base, *self._named(code(base))] if base.type == "identifier" else [base]
        return any(_CLIENT.search(code(node)[:400]) for node in nodes)

    def _routers(self, base: Node) -> tuple[str, ...]:
        """Where the router is mounted that ``base`` calls: ``""`` for the root; nothing where it is no caller."""
        code = self._module.syntax.code(base)
        key = (base.type, code[:300])
        if key not in self._mounted:
            self._mounted[key] = ()  # stops a name that is assigned to itself
            self._mounted[key] = tuple(dict.fromkeys(self._expression(Place(self._module, base), _HOPS)))
        return self._mounted[key]

    def _expression(self, place: Place, hops: int) -> Iterator[str]:
        place = place.at(unwrap(place.node))
        if hops <= 0:
            return
        if place.node.type == "identifier":
            yield from self._name(place, hops)
        elif place.node.type == "call_expression":
            yield from self._call(place, hops)

    def _name(self, place: Place, hops: int) -> Iterator[str]:
        code = place.module.syntax.code(place.node)
        if place.module is self._module and (values := self._named(code)):
            for value in values:
                yield from self._expression(place.at(value), hops - 1)
            return
        target = follow(self._modules, place)
        if target.key != place.key:
            yield from self._expression(target, hops - 1)
        elif _ANY_CALLER.search(code):
            yield ""

    def _call(self, place: Place, hops: int) -> Iterator[str]:
        """What a call returns a caller of: of the router it names, or of the one that the called function names."""
        callee = place.node.child_by_field_name("function")
        if callee is None:
            return
        callee = unwrap(callee)
        if (router := _router_of(place, callee)) is not None:
            yield from self._mounts(place.at(router))
            return
        if callee.type == "call_expression":
            yield from self._call(place.at(callee), hops - 1)
            return
        target = follow(self._modules, place.at(callee))
        if target.node.type == "call_expression" and target.key != place.key:
            yield from self._call(target, hops - 1)
        elif target.node.type in (*FUNCTIONS, "method_definition"):
            yield from self._function(target, hops)
        elif _CALLER.search(place.module.syntax.code(callee)[:100]):
            yield ""

    def _function(self, function: Place, hops: int) -> list[str]:
        """Of which routers a function makes a caller; told by the calls in it."""
        if function.key in self._returned or hops <= 0:
            return self._returned.get(function.key, [])
        found = self._returned[function.key] = []
        for call in calls(function.module.syntax, function.node):
            callee = call.child_by_field_name("function")
            if callee is None:
                continue
            if (router := _router_of(function.at(call), unwrap(callee))) is not None:
                found += self._mounts(function.at(router))
            elif _CALLER.search(function.module.syntax.code(callee)[:100]):
                found += self._call(function.at(call), hops - 2)
        return found

    def _mounts(self, router: Place) -> list[str]:
        """Where a router is mounted; the root where it cannot be told, as for one that is passed in."""
        if (spot := _imported(self._modules, router)) is not None:
            return self._mounts_of.at(spot.key) or []
        target = follow(self._modules, router)
        found = self._mounts_of.at(target.key)
        return found if found is not None else [""] if target.key == router.key else []

    def _named(self, name: str) -> list[Node]:
        """Every value that the test file gives ``name``, wherever in it."""
        if self._values is None:
            self._values = {}
            for names, value in assigned(self._module.syntax, self._module.syntax.root):
                for each in names:
                    self._values.setdefault(each, []).append(value)
        return self._values.get(name, [])


def _imported(modules: Modules, router: Place) -> Spot | None:
    """The router that an imported name means, where its file declares it: told without parsing that file again."""
    code = router.module.syntax.code(router.node)
    if router.node.type != "identifier" or router.scope is not None or router.given or code in router.module.values:
        return None
    found = modules.passed(router.module, code)
    return declared(modules, *found) if found is not None else None


def _router_of(place: Place, callee: Node) -> Node | None:
    """The router in ``router.createCaller`` and in ``createCallerFactory(router)``, given what is called."""
    syntax = place.module.syntax
    if callee.type == "member_expression" and property_name(syntax, callee) == "createCaller":
        return callee.child_by_field_name("object")
    if syntax.code(callee)[-60:].rpartition(".")[2] == "createCallerFactory":
        given = arguments(place.node)
        return given[0] if given else None
    return None


def _last(module: Module, call: Node) -> str | None:
    """The name of the method that is called; None where that is written in any other way, or none is."""
    callee = call.child_by_field_name("function")
    return property_name(module.syntax, callee) if callee is not None and callee.type == "member_expression" else None


def _segments(module: Module, call: Node) -> tuple[Node | None, list[str]]:
    """``caller`` and ``["wishlist", "addItem"]`` of ``caller.wishlist.addItem(…)``."""
    node, names = call.child_by_field_name("function"), []
    while node is not None and (node := unwrap(node)).type in ("member_expression", "subscript_expression"):
        index = node.child_by_field_name("index")
        named = property_name(module.syntax, node) if index is None else literal(module.syntax, index)
        names.append(named or "")
        node = node.child_by_field_name("object")
    return node, names[::-1]


def _name_node(call: Node) -> Node:
    callee = call.child_by_field_name("function")
    named = callee.child_by_field_name("property") if callee is not None else None
    return named if named is not None else call
