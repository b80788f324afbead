"""Which Prisma models a piece of TypeScript reads and writes: its own queries and those of the functions it calls.

Services are followed through names, namespaces, objects, classes and their instances, curried calls and dynamic
imports; relations through ``include``, ``select`` and nested writes. Kysely's tables count under the models' names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from tree_sitter import Node

from beai.core.project.bodies import Body, body_of, clipped
from beai.core.project.expressions import FUNCTIONS, arguments, calls, literal, property_name, unwrap
from beai.core.project.facts import Model, Schema, Touch, Unresolved
from beai.core.project.follow import Place, entries, follow, property_of
from beai.core.project.imported import imports_in
from beai.core.project.modules import Modules
from beai.core.project.raw_queries import RawQueries
from beai.core.project.recall import Notes
from beai.core.project.syntax import line_of

# Prisma Client API reference, "Model queries".
READS = frozenset(
    {
        *("findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "findMany"),
        *("count", "aggregate", "groupBy", "findRaw", "aggregateRaw"),
    }
)
WRITES = frozenset(
    {
        *("create", "createMany", "createManyAndReturn", "update", "updateMany", "updateManyAndReturn", "upsert"),
        *("delete", "deleteMany"),
    }
)
METHODS = READS | WRITES
# Kysely API reference, "Kysely": whether a query that begins so writes.
_TABLES = {
    **dict.fromkeys(("selectFrom", "innerJoin", "leftJoin", "rightJoin", "fullJoin"), False),
    **dict.fromkeys(("insertInto", "updateTable", "deleteFrom", "replaceInto", "mergeInto"), True),
}
_NESTED = frozenset(
    {"create", "createMany", "connectOrCreate", "update", "updateMany", "upsert", "delete", "deleteMany"}
)
_CODE = frozenset({*FUNCTIONS, "method_definition"})
_HOPS = 4
_MOST = 400  # functions followed from one procedure
_DEEPEST = 12  # relations in relations


Range = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class _Own:
    """What one function does itself, and where the functions are that it calls."""

    touches: tuple[Touch, ...] = ()
    calls: tuple[Range, ...] = ()
    lost: tuple[Unresolved, ...] = ()
    open: tuple[_Open, ...] = ()


@dataclass(frozen=True, slots=True)
class _Open:
    """A query of a model that only the caller's arguments tell: where its name stands, and what is said otherwise."""

    index: Range
    touch: Touch
    lost: Unresolved


@dataclass(frozen=True, slots=True)
class Touched:
    """The models that code touches, and the queries whose model could not be told."""

    touches: tuple[Touch, ...] = ()
    lost: tuple[Unresolved, ...] = ()


class Touches:
    """Finds the models that code touches; reads each function once.

    Without a ``schema`` every delegate counts as a model of its capitalised name.
    """

    def __init__(self, modules: Modules, schema: Schema | None = None) -> None:
        self._modules = modules
        models = schema.models if schema else ()
        self._delegates: Mapping[str, Model] = {model.delegate: model for model in models}
        self._models: Mapping[str, Model] = {model.name: model for model in models}
        self._tables = {name.lower(): model.name for model in models for name in (model.name, model.map) if name}
        self._known = schema is not None
        self._schema = modules.tree.recall.marked("schema", schema)
        self._leads: dict[tuple[str, str], tuple[Range | None, Notes]] = {}
        self._raw = RawQueries(modules, self._tables if self._known else None)
        modules.inquiry.fact("schema", lambda: self._schema)

    def of(self, *starts: Place) -> Touched:
        """What ``starts`` touch, in order, also through functions they call, ``_HOPS`` deep."""
        found: dict[tuple[str, str], Touch] = {}
        lost: list[Unresolved] = []
        seen: set[Range] = set()
        level = [start.range for start in starts]
        for _ in range(_HOPS + 1):
            following: list[Range] = []
            for place in level:
                if place in seen or len(seen) >= _MOST:
                    continue
                seen.add(place)
                own = self._own(place)
                lost += own.lost
                for touch in (*own.touches, *self._given(starts, own.open, lost)):
                    known = found.get((touch.model, touch.handle), touch)
                    both = Touch(touch.model, known.reads or touch.reads, known.writes or touch.writes, touch.handle)
                    found[touch.model, touch.handle] = both
                following += own.calls
            level = following
        return Touched(tuple(found.values()), tuple(dict.fromkeys(lost)))

    def _given(self, starts: tuple[Place, ...], asked: tuple[_Open, ...], lost: list[Unresolved]) -> Iterator[Touch]:
        """The touches of ``asked`` by what the factory was given that a start stands in; the others are ``lost``."""
        for each in asked:
            path, first, last = each.index
            for start in starts:
                node = start.module.syntax.root.descendant_for_byte_range(first, last)
                if start.module.path == path and node is not None and (model := self._model(start.at(node))):
                    yield replace(each.touch, model=model)
                    break
            else:
                lost.append(each.lost)

    def _model(self, index: Place) -> str:
        """The model whose delegate an index names; ``""`` where its value is not known."""
        meant = follow(self._modules, index)
        name = (literal(meant.module.syntax, meant.node) or "") if meant.node.type == "string" else ""
        model = self._delegates.get(name)
        return model.name if model else "" if self._known else _capital(name)

    def _own(self, where: Range) -> _Own:
        self._modules.inquiry.note("schema")
        question = ("touches", self._schema, where[0], str(where[1]), str(where[2]))
        return self._modules.inquiry.ask(question, lambda: self._read(where))

    def _read(self, where: Range) -> _Own:
        module = self._modules.module(where[0])
        node = module.syntax.root.descendant_for_byte_range(where[1], where[2]) if module is not None else None
        if module is None or node is None:
            return _Own()
        place = Place(module, node)
        body = body_of(place)
        touches: list[Touch] = []
        called: list[Range] = []
        asked: list[_Open] = []
        raw = self._raw.read(body, partial(self._target, body))
        for call in calls(module.syntax, node):
            if touched := list(self._touched(body, call)):
                touches += touched
            elif (target := self._target(body, call)) is not None:
                called.append(target)
            elif (opened := self._opened(body, call)) is not None:
                asked.append(opened)
        called += [found.range for found in imports_in(self._modules, place)]
        touches += raw.touches
        return _Own(tuple(dict.fromkeys(touches)), tuple(dict.fromkeys(called)), raw.lost, tuple(asked))

    def _opened(self, body: Body, call: Node) -> _Open | None:
        """A query by ``ctx.db[name]``."""
        callee, module = call.child_by_field_name("function"), body.place.module
        owner = body.owner(callee)
        index = (
            owner.child_by_field_name("index") if owner is not None and owner.type == "subscript_expression" else None
        )
        if callee is None or owner is None or index is None or index.type in ("string", "number"):
            return None
        method = property_name(module.syntax, callee)
        if method not in METHODS or not body.is_client(owner.child_by_field_name("object")):
            return None
        where = (module.path, index.start_byte, index.end_byte)
        what = f"the model of `{clipped(module.syntax.code(owner))}.{method}` could not be followed"
        touch = Touch("", method in READS, method in WRITES, body.handle(owner))
        return _Open(where, touch, Unresolved(module.path, line_of(call), what))

    def _touched(self, body: Body, call: Node) -> Iterator[Touch]:
        callee, module = call.child_by_field_name("function"), body.place.module
        method = property_name(module.syntax, callee) if callee is not None else ""
        if callee is None or (method not in METHODS and method not in _TABLES):
            return
        if (owner := callee.child_by_field_name("object")) is None:
            return
        owner = unwrap(owner)
        if method in _TABLES:
            yield from self._table(body, call, owner, _TABLES[method])
        if method not in METHODS:
            return
        delegate, handle = body.delegate(callee)
        model = self._delegates.get(delegate)
        if delegate and (model is not None or not self._known):
            yield Touch(model.name if model else _capital(delegate), method in READS, method in WRITES, handle)
            if model is not None and (given := arguments(call)):
                yield from self._related(body, given[0], model, handle)

    def _table(self, body: Body, call: Node, owner: Node, writes: bool) -> Iterator[Touch]:
        given = arguments(call)
        syntax = body.place.module.syntax
        named = literal(syntax, given[0]) if given and given[0].type == "string" else None
        table = re.split(r"\s|\.", named.strip())[0] if named else ""
        model = self._tables.get(table.lower(), "" if self._known else table)
        while owner.type == "call_expression" and (callee := owner.child_by_field_name("function")) is not None:
            owner = callee.child_by_field_name("object") or callee
            if owner is callee:
                break
        if model:
            yield Touch(model, not writes, writes, clipped(syntax.code(owner)))

    def _related(self, body: Body, given: Node, model: Model, handle: str) -> Iterator[Touch]:
        """Relations that a query names: read by ``include`` and ``select``, written by what ``data`` nests."""
        pending = [(body.place.at(given), model, False, 0)]
        while pending:
            at, model, writes, depth = pending.pop()
            at = follow(self._modules, at)
            if at.node.type == "array":
                pending += [(at.at(item), model, writes, depth + 1) for item in at.node.named_children[:50]]
            if at.node.type != "object" or depth > _DEEPEST:
                continue
            for key, value in entries(at.module, at.node):
                known = model.field(key)
                inner = unwrap(value)
                if known is not None and known.type in self._models:
                    names = {name for name, _ in entries(at.module, inner)} if inner.type == "object" else set()
                    if writes and names & _NESTED:
                        yield Touch(known.type, False, True, handle)
                    elif not writes and at.module.syntax.code(inner) != "false":
                        yield Touch(known.type, True, False, handle)
                    pending.append((at.at(inner), self._models[known.type], writes, depth + 1))
                elif key in ("include", "select", "_count", ""):
                    pending.append((at.at(inner), model, False, depth + 1))
                elif key in ("data", "create", "update", *_NESTED):
                    pending.append((at.at(inner), model, True, depth + 1))

    def _target(self, body: Body, call: Node) -> Range | None:
        """Where the function of the repository is that a call runs."""
        callee, place = call.child_by_field_name("function"), body.place
        if callee is None:
            return None
        owner = callee.child_by_field_name("object") if callee.type == "member_expression" else callee
        owner = unwrap(owner) if owner is not None else None
        if owner is None:
            return None
        if owner is callee or (owner.type == "identifier" and place.module.syntax.code(owner) not in body.locals):
            target = self._led(place, callee)
        else:
            found = self._method(body, callee, owner)
            target = found.range if found is not None and found.node.type in _CODE else None
        return None if target is None or target[:2] == place.key else target

    def _led(self, place: Place, callee: Node) -> Range | None:
        """Where ``name`` and ``name.method`` lead, which is the same wherever in a module they are called."""
        key = (place.module.path, place.module.syntax.code(callee))
        known = self._leads.get(key)
        if known is None:
            target, notes = self._modules.inquiry.noted(lambda: follow(self._modules, place.at(callee)))
            self._leads[key] = known = target.range if target.node.type in _CODE else None, notes
        else:
            self._modules.inquiry.note_all(known[1])
        return known[0]

    def _method(self, body: Body, callee: Node, owner: Node) -> Place | None:
        """The method that ``callee`` takes out of ``owner``."""
        syntax = body.place.module.syntax
        name = property_name(syntax, callee)
        if owner.type == "this":
            above = body.place.node.parent
            if above is not None and above.type == "class_body" and above.parent is not None:
                return property_of(self._modules, body.place.at(above.parent), name)
            return None
        if owner.type == "identifier":
            owner = body.locals[syntax.code(owner)]
        if owner.type in ("new_expression", "call_expression", "identifier", "object"):
            return property_of(self._modules, follow(self._modules, body.place.at(owner)), name)
        return None


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
