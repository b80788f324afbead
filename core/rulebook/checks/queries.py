"""Calls of Prisma Client in a file: which model, which method, through which client, inside which transaction.

Prisma docs, "Prisma Client API reference": ``client.model.method(args)``, raw queries, ``$transaction``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.delegates import METHODS
from beai.core.project.expressions import FUNCTIONS, arguments, assigned, parameters, property_name, unwrap
from beai.core.project.facts import Model
from beai.core.rulebook.checks.subject import Subject

ONE = frozenset({"findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow"})
READS = ONE | {"findMany", "count", "aggregate", "groupBy"}
WRITES = METHODS - READS
_CLIENT = re.compile(r"(?:^|[.#])_?(?:\w*prisma\w*|\w*db|db\w*|database|tx|trx|client|orm)$", re.IGNORECASE)
_NAMES = 400  # names and items of a transaction's list that are followed
_WIDE = 120  # bytes of a client's expression that are read


@dataclass(frozen=True, slots=True)
class Query:
    """One call of a model's method; ``argument`` is its first argument, ``client`` the code of what it is called on."""

    node: Node
    model: str
    method: str
    client: str
    argument: Node | None

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return self.method in WRITES


@dataclass(frozen=True, slots=True)
class Transaction:
    """``client.$transaction(…)``: ``callback`` and its parameter ``handle`` where it is an interactive one."""

    node: Node
    client: str
    callback: Node | None
    handle: str


def queries(subject: Subject) -> tuple[Query, ...]:
    """Every query of the file, in order."""
    return subject.once(_queries)


def transactions(subject: Subject) -> tuple[Transaction, ...]:
    """Every transaction of the file, in order."""
    return subject.once(_transactions)


def queries_in(subject: Subject, node: Node) -> tuple[Query, ...]:
    """The queries inside ``node``."""
    known = subject.once(_by_node)
    return tuple(known[call.id] for call in subject.within(node, "call_expression") if call.id in known)


def model_of(subject: Subject, query: Query) -> Model | None:
    """The model as the schema has it."""
    schema = subject.world.project.schema
    return schema.model(query.model) if schema else None


def inside(node: Node, outer: Node) -> bool:
    """Whether ``node`` lies in ``outer`` or is it."""
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte


def in_transaction(subject: Subject, node: Node) -> bool:
    """Whether the call ``node`` lies in the arguments of a ``$transaction``."""
    return node.id in subject.once(_transacted)


def _queries(subject: Subject) -> tuple[Query, ...]:
    found = (_query(subject, call) for call in subject.of("call_expression"))
    return tuple(query for query in found if query is not None)


def _by_node(subject: Subject) -> dict[int, Query]:
    return {query.node.id: query for query in queries(subject)}


def _transacted(subject: Subject) -> frozenset[int]:
    """The calls that stand in a transaction, or in what one is given by name."""
    found: set[int] = set()
    for one in transactions(subject):
        if one.node.id not in found:
            found.update(call.id for call in subject.within(one.node, "call_expression") if call.id != one.node.id)
        if one.callback is None and (given := arguments(one.node)):
            found.update(call.id for node in _given(subject, one.node, given[0]) for call in _calls(subject, node))
    return frozenset(found)


def _calls(subject: Subject, node: Node) -> Iterator[Node]:
    return subject.within(node, "call_expression")


def _given(subject: Subject, call: Node, list_: Node) -> Iterator[Node]:
    """The values behind the names in the list of a transaction: declared, assigned or pushed in the same function."""
    function: Node | None = call
    while function is not None and function.type not in (*FUNCTIONS, "method_definition", "program"):
        function = function.parent
    if function is None:
        return
    held = _values(subject, function)
    pending, known = [list_], set[str]()
    while pending and len(known) < _NAMES:
        for name in _names(subject, pending.pop()):
            if name not in known:
                known.add(name)
                yield from held.get(name, ())
                pending += held.get(name, ())


def _values(subject: Subject, function: Node) -> dict[str, list[Node]]:
    """Names to what they hold in ``function``, waited-for values aside: these ran before."""
    found: dict[str, list[Node]] = {}
    for names, value in assigned(subject.syntax, function):
        for name in names if value.type != "await_expression" else ():
            found.setdefault(name, []).append(value)
    for call in _calls(subject, function):
        callee = call.child_by_field_name("function")
        if (
            callee is not None
            and callee.type == "member_expression"
            and property_name(subject.syntax, callee) == "push"
        ):
            owner = callee.child_by_field_name("object")
            if owner is not None and owner.type == "identifier":
                found.setdefault(subject.code(owner), []).extend(arguments(call))
    return found


def _names(subject: Subject, node: Node) -> Iterator[str]:
    """The names that a list consists of: itself, its items, what is spread into it, the function that makes them."""
    pending, looked = [node], 0
    while pending and looked < _NAMES:
        one, looked = unwrap(pending.pop()), looked + 1
        match one.type:
            case "identifier":
                yield subject.code(one)
            case "array" | "spread_element" | "arguments" | "ternary_expression" | "binary_expression":
                pending += one.named_children[:_NAMES]
            case "call_expression":
                callee = one.child_by_field_name("function")
                owner = (
                    callee.child_by_field_name("object") if callee and callee.type == "member_expression" else callee
                )
                pending += [owner] if owner is not None else []
                pending += arguments(one)


def _query(subject: Subject, call: Node) -> Query | None:
    callee = call.child_by_field_name("function")
    if callee is None or callee.type != "member_expression":
        return None
    method = property_name(subject.syntax, callee)
    owner = callee.child_by_field_name("object")
    if method not in METHODS or owner is None:
        return None
    owner = unwrap(owner)
    client = owner.child_by_field_name("object") if owner.type == "member_expression" else None
    if client is None:
        return None
    model = _model(subject, property_name(subject.syntax, owner), client)
    given = arguments(call)
    if not model:
        return None
    return Query(call, model, method, client_code(subject, client), unwrap(given[0]) if given else None)


def _model(subject: Subject, delegate: str, client: Node) -> str:
    known = subject.world.delegates
    if known:
        return known.get(delegate, "")
    return delegate[:1].upper() + delegate[1:] if _CLIENT.search(client_code(subject, client)) else ""


def client_code(subject: Subject, client: Node) -> str:
    """The code of a client's expression on one line; long ones are cut."""
    cut = subject.syntax.source[client.start_byte : min(client.end_byte, client.start_byte + _WIDE)]
    return "".join(cut.decode("utf-8", "replace").replace("!", "").replace("?.", ".").split())


def _transactions(subject: Subject) -> tuple[Transaction, ...]:
    if "$transaction" not in subject.text:
        return ()
    found: list[Transaction] = []
    for call in subject.of("call_expression"):
        callee = call.child_by_field_name("function")
        if callee is None or callee.type != "member_expression":
            continue
        client = callee.child_by_field_name("object")
        if client is None or property_name(subject.syntax, callee) != "$transaction":
            continue
        given = arguments(call)
        callback = given[0] if given and given[0].type in FUNCTIONS else None
        names = parameters(subject.syntax, callback) if callback is not None else ()
        found.append(Transaction(call, client_code(subject, client), callback, names[0] if names else ""))
    return tuple(found)
