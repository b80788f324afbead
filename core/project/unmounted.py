"""What the root router leaves out: routers and procedures that nothing mounts, told instead of missed in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from beai.core.project.builders import BuilderTable
from beai.core.project.expressions import chain
from beai.core.project.facts import Apart, Router, Unresolved
from beai.core.project.follow import Place
from beai.core.project.modules import Module, Modules
from beai.core.project.places import is_source
from beai.core.project.procedures import ProcedureReader
from beai.core.project.routers import RouterWalk
from beai.core.project.syntax import line_of

_KIND = re.compile(r"\.\s*(query|mutation|subscription)\s*[(<]")
_PROCEDURE = re.compile(r"procedure$", re.IGNORECASE)
_SERVES = re.compile(r"createCaller|createCallerFactory|Handler|Middleware|Plugin|createHTTPServer|router:")
_MOST = 3_000  # routers looked at apart from the root
_ABOVE = 40  # nodes between a procedure and its name

Taken = dict[str, list[tuple[int, int]]]


class Leftovers:
    """Goes over what no mounted router has led to."""

    def __init__(self, modules: Modules, reader: ProcedureReader, builders: BuilderTable) -> None:
        self._modules, self._reader, self._builders = modules, reader, builders

    def read(self, walk: RouterWalk, candidates: Iterable[Place]) -> tuple[tuple[Apart, ...], tuple[Unresolved, ...]]:
        """Routers of ``candidates`` (likeliest last) and procedures that ``walk`` has not met; and their dead ends."""
        apart: list[Apart] = []
        unresolved: list[Unresolved] = []
        seen = set(walk.keys)
        routers = list(walk.routers)
        for place in reversed(tuple(candidates)):
            if place.key in seen:
                continue
            own = RouterWalk(self._modules, self._reader)
            if len(routers) <= _MOST:
                own.mount(place, "")
            seen |= {place.key, *own.keys}
            routers += own.routers
            unresolved += own.unresolved
            line = line_of(place.node)
            apart.append(Apart(place.module.path, line, place.name, self._why(place), tuple(own.routers)))
        for found in self._loose(routers):
            if isinstance(found, Unresolved):
                unresolved.append(found)
            else:
                apart.append(found)
        return tuple(sorted(apart, key=lambda each: (each.file, each.line))), tuple(unresolved)

    def _why(self, place: Place) -> str:
        """What serves the router apart from the root, as far as its own file says."""
        typed = next((alias for alias, name in place.module.type_queries.items() if name == place.name), "")
        return f"an API of its own: `{typed}` is its type" if typed else "no router mounts it"

    def _loose(self, routers: list[Router]) -> Iterator[Apart | Unresolved]:
        taken: Taken = {}
        for router in routers:
            for one in router.procedures:
                taken.setdefault(one.file, []).append((one.span.start, one.span.end))
        for path in sorted(self._modules.resolver.paths):
            if is_source(path) and (text := self._modules.tree.text(path)):
                if "nestjs-trpc" in text and "@Router(" in text:
                    yield Unresolved(path, 1, "procedures by the decorators of nestjs-trpc are not read")
                yield from self._in_file(path, text, sorted(taken.get(path, ())))

    def _in_file(self, path: str, text: str, taken: list[tuple[int, int]]) -> Iterator[Apart | Unresolved]:
        starts = [match.start(1) for match in _KIND.finditer(text)]
        left = list(_outside(starts, taken))
        module = self._modules.module(path) if left else None
        if module is None:
            if left and "rocedure" in text:
                yield Unresolved(path, 1, "the file is too large to be read")
            return
        known: dict[int, bool] = {}
        for start in left:
            if (call := _call_at(module, start)) is None:
                continue
            found = chain(module.syntax, call)
            place, name = Place(module, found.root), _name_of(module, call)
            if self._builders.is_builder(place):
                procedure = self._reader.read(replace(place, node=call), name, name, "")
                if procedure is not None:
                    router = Router("", "", path, "", line_of(call), (procedure,))
                    yield Apart(path, line_of(call), name, "no router mounts it", (router,))
            elif _PROCEDURE.search(module.syntax.code(found.root)[-40:]) and found.root.id not in known:
                known[found.root.id] = True
                root = " ".join(module.syntax.code(found.root).split())[-60:]
                what = f"`{name or root}` looks like a procedure that no router mounts: `{root}` could not be followed"
                yield Unresolved(path, line_of(call), what)


def _outside(starts: list[int], spans: list[tuple[int, int]]) -> Iterator[int]:
    """Those of ``starts`` that no span holds; both are sorted."""
    at, reach = 0, -1
    for start in starts:
        while at < len(spans) and spans[at][0] <= start:
            reach = max(reach, spans[at][1])
            at += 1
        if start >= reach:
            yield start


def _call_at(module: Module, start: int) -> Node | None:
    """The call of the method whose name begins at the character ``start``."""
    byte = (
        len(module.syntax.text[:start].encode("utf-8", "surrogateescape"))
        if not module.syntax.text.isascii()
        else start
    )
    node = module.syntax.root.descendant_for_byte_range(byte, byte + 1)
    if node is None or node.type != "property_identifier":
        return None
    member = node.parent
    call = member.parent if member is not None and member.type == "member_expression" else None
    callee = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
    return call if callee is not None and member is not None and callee.id == member.id else None


def _name_of(module: Module, call: Node) -> str:
    """The name that a procedure is declared or listed under."""
    node: Node | None = call
    for _ in range(_ABOVE):
        node = node.parent if node is not None else None
        if node is None or node.type in ("statement_block", "program", "arguments"):
            return ""
        key = node.child_by_field_name("name" if node.type == "variable_declarator" else "key")
        if node.type in ("variable_declarator", "pair") and key is not None:
            return module.syntax.code(key)
    return ""
