"""What the root router leaves out: routers and procedures that nothing mounts, told instead of missed in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from tree_sitter import Node

from beai.core.project.builders import BuilderTable
from beai.core.project.candidates import Candidate
from beai.core.project.expressions import chain
from beai.core.project.facts import Apart, Router, Unresolved
from beai.core.project.follow import Place
from beai.core.project.modules import Module, Modules
from beai.core.project.procedures import ProcedureReader
from beai.core.project.routers import RouterWalk
from beai.core.project.sides import Beside
from beai.core.project.signs import KIND, Sign, signed
from beai.core.project.syntax import line_of

_PROCEDURE = re.compile(r"procedure$", re.IGNORECASE)
_KINDS = frozenset({"query", "mutation", "subscription"})
_MOST = 3_000  # routers looked at apart from the root
_MOST_IN_FILE = 500  # procedures told of one file
_MOST_CALLS = 1_000  # of such names looked at in one file
_ABOVE = 6  # nodes between a procedure and its name

Taken = dict[str, list[tuple[int, int]]]


class Leftovers:
    """Goes over what no mounted router has led to."""

    def __init__(self, modules: Modules, reader: ProcedureReader, builders: BuilderTable) -> None:
        self._modules, self._reader, self._builders = modules, reader, builders

    def read(
        self, walk: RouterWalk, candidates: Iterable[Candidate]
    ) -> tuple[tuple[Apart, ...], tuple[Unresolved, ...]]:
        """Routers of ``candidates`` (likeliest last) and procedures that ``walk`` has not met; and their dead ends."""
        apart: list[Apart] = []
        unresolved: list[Unresolved] = []
        seen = set(walk.keys)
        routers, beside = list(walk.routers), list(walk.beside)
        for candidate in reversed(tuple(candidates)):
            spot = candidate.spot
            if spot.key in seen:
                continue
            own = RouterWalk(self._modules, self._reader)
            if len(routers) <= _MOST:
                own.mount(spot, "")
            seen |= {spot.key, *own.keys}
            routers += own.routers
            beside += own.beside
            unresolved += own.unresolved
            typed = candidate.types[0] if candidate.types else ""
            why = f"an API of its own: `{typed}` is its type" if typed else "no router mounts it"
            apart.append(Apart(spot.path, candidate.line, spot.name, why, tuple(own.routers)))
        for found in self._loose(routers, beside):
            if isinstance(found, Unresolved):
                unresolved.append(found)
            else:
                apart.append(found)
        return tuple(sorted(apart, key=lambda each: (each.file, each.line))), tuple(unresolved)

    def _loose(self, routers: list[Router], beside: list[Beside]) -> Iterator[Apart | Unresolved]:
        taken: Taken = {}
        for router in routers:
            for one in router.procedures:
                taken.setdefault(one.file, []).append((one.span.start, one.span.end))
        for side in beside:
            taken.setdefault(side.file, []).append((side.span.start, side.span.end))
        token = self._modules.tree.recall.marked("taken", taken)
        self._modules.inquiry.fact("taken", lambda path: repr(sorted(taken.get(path, ()))), token)
        for path, signs in signed(self._modules.tree).items():
            if Sign.DECORATED in signs:
                yield Unresolved(path, 1, "procedures by the decorators of nestjs-trpc are not read")
            if Sign.KIND in signs:
                yield from self._builders.asking(("loose", path), partial(self._left_in, path, taken))

    def _left_in(self, path: str, taken: Taken) -> tuple[Apart | Unresolved, ...]:
        self._modules.inquiry.note("text", path)
        self._modules.inquiry.note("taken", path)
        text = self._modules.tree.glance(path) or ""
        return tuple(self._in_file(path, text, sorted(taken.get(path, ()))))

    def _in_file(self, path: str, text: str, taken: list[tuple[int, int]]) -> Iterator[Apart | Unresolved]:
        starts = [match.start(1) for match in KIND.finditer(text)]
        left = list(_outside(starts, taken))
        module = self._modules.module(path) if left else None
        if module is None:
            if left and "rocedure" in text:
                yield Unresolved(path, 1, "the file is too large to be read")
            return
        found = 0
        for index, call in enumerate(_calls_at(module, frozenset(left))):
            if index == _MOST_CALLS:
                what = f"there are more than {_MOST_CALLS:,} calls of `query` and the like in this file"
                yield Unresolved(path, line_of(call), what)
                return
            each = self._looked_at(module, call)
            found += each is not None
            if each is not None and found > _MOST_IN_FILE:
                what = f"there are more than {_MOST_IN_FILE} procedures that no router mounts in this file"
                yield Unresolved(path, line_of(call), what)
                return
            if each is not None:
                yield each

    def _looked_at(self, module: Module, call: Node) -> Apart | Unresolved | None:
        """A call of ``query`` and the like that stands in no router that was met; None where it makes no procedure."""
        path, line = module.path, line_of(call)
        place, name = Place(module, chain(module.syntax, call).root), ""
        code = " ".join(module.syntax.code(place.node)[-60:].split())
        if self._builders.is_builder(place):
            name = _name_of(module, call)
            procedure = self._reader.read(replace(place, node=call), name, name, "")
            if procedure is None:
                return None
            return Apart(path, line, name, "no router mounts it", (Router("", "", path, "", line, (procedure,)),))
        if not _PROCEDURE.search(code):
            return None
        name = _name_of(module, call) or code
        return Unresolved(path, line, f"`{name}` looks like a procedure that no router mounts: `{code}` is not known")


def _outside(starts: list[int], spans: list[tuple[int, int]]) -> Iterator[int]:
    """Those of ``starts`` that no span holds; both are sorted."""
    at, reach = 0, -1
    for start in starts:
        while at < len(spans) and spans[at][0] <= start:
            reach = max(reach, spans[at][1])
            at += 1
        if start >= reach:
            yield start


def _calls_at(module: Module, starts: frozenset[int]) -> Iterator[Node]:
    """The calls of methods whose names begin at one of the characters ``starts``."""
    for call in module.syntax.calls(module.syntax.root):
        callee = call.child_by_field_name("function")
        named = callee.child_by_field_name("property") if callee is not None else None
        if (
            named is not None
            and module.syntax.code(named) in _KINDS
            and module.syntax.offset(named.start_byte) in starts
        ):
            yield call


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
