"""Calls of Prisma Client in a file: which model, which method, through which client, inside which transaction.

Prisma docs, "Prisma Client API reference": ``client.model.method(args)``, raw queries, ``$transaction``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.delegates import METHODS
from beai.core.project.expressions import FUNCTIONS, arguments, parameters, property_name, unwrap
from beai.core.project.facts import Model
from beai.core.rulebook.checks.subject import Subject

ONE = frozenset({"findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow"})
READS = ONE | {"findMany", "count", "aggregate", "groupBy"}
WRITES = METHODS - READS
RAW = frozenset({"$queryRaw", "$executeRaw", "$queryRawUnsafe", "$executeRawUnsafe"})
_CLIENT = re.compile(r"(?:^|[.#])_?(?:\w*prisma\w*|\w*db|db\w*|database|tx|trx|client|orm)$", re.IGNORECASE)
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
    """The calls that stand in a transaction."""
    found: set[int] = set()
    for one in transactions(subject):
        if one.node.id not in found:
            found.update(call.id for call in subject.within(one.node, "call_expression") if call.id != one.node.id)
    return frozenset(found)


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
