"""Checks of queries that read: how many rows, how wide, how often, and in whose words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from beai.core.project.expressions import FUNCTIONS, above, arguments, property_name, unwrap
from beai.core.project.facts import Model
from beai.core.project.modules import Binding, Module, Modules
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.flow import passed, returned_queries
from beai.core.rulebook.checks.objects import at, is_open, properties
from beai.core.rulebook.checks.procedures import resolvers
from beai.core.rulebook.checks.queries import READS, Query, client_code, in_transaction, model_of, queries, queries_in
from beai.core.rulebook.checks.secrets import is_secret
from beai.core.rulebook.checks.subject import Subject
from beai.core.text import clip

_UNSAFE = frozenset({"$queryRawUnsafe", "$executeRawUnsafe"})
_FROM_INPUT = re.compile(r"(?<![.\w])(?:input|rawInput|req|request|searchParams|body)\b")
_NOT_ONE = frozenset({"not", "gt", "lt", "gte", "lte"})  # conditions on a unique field that many rows meet
_EACH = frozenset({"map", "forEach", "flatMap"})


def find_many_unbounded(subject: Subject) -> Iterator[Hit]:
    """A list that a procedure returns with no `take`: it grows with the table."""
    for resolver in resolvers(subject):
        returned = {query.node.id for query in returned_queries(subject, resolver.function)}
        counted = {query.model for query in queries_in(subject, resolver.function) if query.method == "count"}
        for query in queries_in(subject, resolver.function):
            if query.method != "findMany" or query.node.id not in returned or _is_bounded(subject, query):
                continue
            if query.model in counted:
                continue  # it has looked how many there are
            fix = "Page it: `take` (with a maximum in the input's schema) and a cursor, or filter by a list of ids."
            said = f"`{resolver.name}` returns every {query.model} that matches: `findMany` without `take`."
            yield subject.hit(query.node.child_by_field_name("function") or query.node, said, fix)


def _is_bounded(subject: Subject, query: Query) -> bool:
    if query.argument is None:
        return False
    if is_open(subject.syntax, query.argument):
        return True  # what the spread or the variable brings is not known
    given = properties(subject.syntax, query.argument)
    if "take" in given or "distinct" in given:
        return True
    return _bounds(subject, given.get("where"), model_of(subject, query))


def _bounds(subject: Subject, where: Node | None, model: Model | None, levels: int = 8) -> bool:
    """Whether a condition matches rows that are named one by one: any part of `AND` may, every part of `OR` must.

    Prisma docs, "Prisma Client API reference", "Filter conditions and operators": both take one condition or a list.
    """
    if levels == 0:
        return False
    for key, value in properties(subject.syntax, where).items():
        if key in ("AND", "OR"):
            listed = value.named_children if value.type == "array" else [value]
            parts = [_bounds(subject, unwrap(one), model, levels - 1) for one in listed if one.type != "comment"]
            if any(parts) if key == "AND" else parts and all(parts):
                return True
            continue
        field = model.field(key) if model else None
        unique = key == "id" or (field is not None and (field.id or field.unique))
        if unique and not _NOT_ONE & properties(subject.syntax, value).keys():
            return True
    return False


def secret_selected(subject: Subject) -> Iterator[Hit]:
    """A secret field chosen in rows that a procedure returns."""
    for resolver in resolvers(subject):
        for query in returned_queries(subject, resolver.function):
            for name, value in properties(subject.syntax, at(subject.syntax, query.argument, "select")).items():
                if is_secret(query.model, name) and subject.code(value)[:5] == "true":
                    fix = f"Leave `{name}` out of the `select`; compare it in the server and return whether it fits."
                    yield subject.hit(value.parent or value, f"`{resolver.name}` returns `{query.model}.{name}`.", fix)


def include_wide(subject: Subject) -> Iterator[Hit]:
    """Whole related rows over two levels, or three relations at once."""
    for resolver in resolvers(subject):
        for query in returned_queries(subject, resolver.function):
            include = at(subject.syntax, query.argument, "include")
            if include is None or include.type != "object":
                continue
            depth, whole = _width(subject, include)
            if whole >= 3 or depth >= 2:
                what = f"{whole} relations whole" if whole >= 3 else f"whole rows over {depth} levels"
                fix = "Name what the caller shows: `select: { id: true, author: { select: { name: true } } }`."
                said = f"`{resolver.name}` returns {query.model} with {what}, each with every column."
                yield subject.hit(include, said, fix)


def _width(subject: Subject, include: Node) -> tuple[int, int]:
    """How many levels of `include` end in `true`, and how many relations are read whole, over all of them."""
    depth = whole = 0
    pending = [(include, 1)]
    while pending:
        node, level = pending.pop()
        for key, value in properties(subject.syntax, node).items():
            if key == "_count" or value.end_byte - value.start_byte > 20_000:
                continue
            if value.type == "true":
                depth, whole = max(depth, level), whole + 1
            elif (inner := at(subject.syntax, value, "include")) is not None and level < 8:
                whole += 1
                pending.append((inner, level + 1))
    return depth, whole


def raw_sql_interpolated(subject: Subject) -> Iterator[Hit]:
    """SQL that is put together as text (Prisma docs, "Raw queries", "SQL injection prevention").

    Names of columns in `Prisma.raw`, and text that comes with its values apart, count only where input goes into them.
    """
    fix = "Use the tag `$queryRaw`, which sends each `${value}` as a parameter; take names from a fixed list."
    for call in subject.of("call_expression"):
        callee = call.child_by_field_name("function")
        text = passed(call)
        if callee is None or callee.type != "member_expression" or text is None:
            continue
        said = _raw(subject, callee, text)
        if not said or (subject.module is not None and _is_fixed(subject.world.modules, subject.module, text)):
            continue
        from_input = _FROM_INPUT.search(subject.code(text)[:2_000])
        if from_input or (not said.startswith("`Prisma.raw") and len(arguments(call)) == 1):
            yield subject.hit(text, said, fix)


def _raw(subject: Subject, callee: Node, text: Node) -> str:
    """What is wrong with calling ``callee`` with a ``text`` that is not fixed, ``""`` for nothing."""
    method, owner = property_name(subject.syntax, callee), callee.child_by_field_name("object")
    if method in _UNSAFE:
        return f"`{method}` runs SQL that is put together as text."
    if method in ("$queryRaw", "$executeRaw") and text.type in ("template_string", "binary_expression"):
        return f"`{method}(…)` is called with text instead of as a tag."
    if method == "raw" and owner is not None and client_code(subject, owner) == "Prisma":
        return f"`Prisma.raw({clip(' '.join(subject.code(text).split()), 40)})` goes into the SQL as it is."
    return ""


def _is_fixed(modules: Modules, module: Module, node: Node, hops: int = 4) -> bool:
    """Whether every word of ``node``, a node of ``module``, is written: literals, choices, constants that hold them."""
    node = unwrap(node)
    match node.type:
        case "string" | "number":
            return True
        case "template_string":
            inner = [child for child in node.named_children if child.type == "template_substitution"]
            return all(
                bool(each.named_children) and hops > 0 and _is_fixed(modules, module, each.named_children[0], hops - 1)
                for each in inner
            )
        case "ternary_expression" | "binary_expression":
            parts = node.named_children[-2:]
            return hops > 0 and all(_is_fixed(modules, module, each, hops - 1) for each in parts)
        case "member_expression":
            return module.syntax.code(node)[:1].isupper()  # a constant of a class or an enum
        case "identifier" if hops > 0:
            found = modules.find(module, module.syntax.code(node))
            if not isinstance(found, Binding) or found.value.key:
                return False
            return _is_fixed(modules, found.module, found.value.node, hops - 1)
        case "call_expression":
            callee = node.child_by_field_name("function")
            return callee is not None and module.syntax.code(callee) in (
                "Number",
                "parseInt",
                "Math.floor",
                "Math.round",
            )
        case _:
            return False


def query_in_loop(subject: Subject) -> Iterator[Hit]:
    """A query awaited once for each element of a list."""
    told: set[int] = set()
    for query in queries(subject):
        if query.method not in READS | {"create", "delete"} or in_transaction_array(subject, query):
            continue
        loop = _loop_around(subject, query)
        if loop is None or loop.id in told or (query.writes and _waits_for_more(subject, loop)):
            continue
        told.add(loop.id)
        better = {"create": "`createMany`", "delete": "`deleteMany({ where: { id: { in: ids } } })`"}
        better_read = "one query with `where: { id: { in: ids } }`, then a `Map` by id"
        fix = f"Ask once: {better.get(query.method, better_read)} before the loop."
        said = f"`{query.model}.{query.method}` runs once for each element: N elements, N round trips."
        yield subject.hit(query.node.child_by_field_name("function") or query.node, said, fix)


def _waits_for_more(subject: Subject, loop: Node) -> bool:
    """Whether the loop does more than the one write: its turns cannot simply become one query."""
    return sum(1 for _ in subject.within(loop, "await_expression")) > 1


def in_transaction_array(subject: Subject, query: Query) -> bool:
    """Whether it is one of the promises of `$transaction([…])`, which go to the database together."""
    return in_transaction(subject, query.node) and not any(one.type == "await_expression" for one in above(query.node))


def _loop_around(subject: Subject, query: Query) -> Node | None:
    """The loop that runs the query in each turn, in the same function; loops over written lists are short."""
    if query.method == "create" and (_is_kept(query.node) or _nests(subject, query)):
        return None
    inner = query.node
    for one in above(query.node):
        if one.type in FUNCTIONS:
            call = one.parent.parent if one.parent is not None else None
            if call is None or call.type != "call_expression" or not _is_each(subject, call, one):
                return None
            return None if _is_batched(subject, query, one) else call
        if one.type == "for_in_statement" and inner.id == getattr(one.child_by_field_name("body"), "id", None):
            return None if _pages(subject, one, query) else one
        inner = one
    return None


def _is_kept(node: Node) -> bool:
    """Whether what the query gives is used."""
    return any(one.type in ("variable_declarator", "assignment_expression", "return_statement") for one in _near(node))


def _is_batched(subject: Subject, query: Query, function: Node) -> bool:
    """Whether Prisma makes one query of all: `findUnique`s of one tick (Prisma docs, "Query optimization")."""
    awaits = sorted(one.start_byte for one in subject.within(function, "await_expression"))
    return query.method.startswith("findUnique") and not any(at < query.node.start_byte - 12 for at in awaits)


def _near(node: Node) -> Iterator[Node]:
    for one in above(node):
        if one.type.endswith("_statement") and one.type != "return_statement":
            return
        yield one


def _nests(subject: Subject, query: Query) -> bool:
    data = at(subject.syntax, query.argument, "data")
    return (
        data is None
        or data.type != "object"
        or re.search(r"\b(?:create|connect)\w*\s*:", subject.code(data)[:2000]) is not None
    )


def _is_each(subject: Subject, call: Node, function: Node) -> bool:
    """Whether ``call`` runs ``function``, which gives a promise, for each element of a list that is not written out."""
    callee = call.child_by_field_name("function")
    first = passed(call)
    if callee is None or callee.type != "member_expression" or first is None or first.id != function.id:
        return False
    owner = callee.child_by_field_name("object")
    if property_name(subject.syntax, callee) not in _EACH or owner is None or unwrap(owner).type == "array":
        return False
    body = function.child_by_field_name("body")
    at_once = body is not None and body.type != "statement_block"  # `map((id) => query)`: a promise for each
    return at_once or any(child.type == "async" for child in function.children)


def _pages(subject: Subject, loop: Node, query: Query) -> bool:
    """Whether the loop goes over pieces that are many rows each, or over a list that is written out."""
    over = loop.child_by_field_name("right")
    if over is None or unwrap(over).type == "array":
        return True
    code = subject.code(over)[:200]
    argument = subject.code(query.argument)[:2000] if query.argument is not None else ""
    return bool(re.search(r"chunk|batch|page", code, re.IGNORECASE)) or bool(re.search(r"\bin\s*:", argument))
