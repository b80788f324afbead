"""What a function that may query a database holds: its local values, its transactions, what it took out of a client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.expressions import arguments, assigned, calls, literal, parameters, property_name, unwrap
from beai.core.project.follow import Place
from beai.core.project.modules import Module

_CLIENT = re.compile(r"(?:^|\.)(?:tx|trx|orm)$|(?:db|prisma|client|database|connection)\w{0,12}$", re.IGNORECASE)

Taken = tuple[str, Node]
"""The property that a name was taken out by, and what it was taken out of."""


def body_of(place: Place) -> Body:
    """What the function at ``place`` holds."""
    return Body(place, locals_of(place), transactions_of(place), taken_of(place))


@dataclass(frozen=True, slots=True)
class Body:
    """A function's code with its local values and the handles that its transactions run on."""

    place: Place
    locals: Mapping[str, Node]
    transactions: Mapping[str, str]
    taken: Mapping[str, Taken]

    def handle(self, owner: Node) -> str:
        """What a delegate is taken from; inside a transaction the handle that this was begun on."""
        inner = owner.child_by_field_name("object")
        return self.named(self.place.module.syntax.code(inner) if inner is not None else "")

    def named(self, handle: str) -> str:
        """A handle by its name, or by that of the one that its transaction was begun on."""
        return clipped(self.transactions.get(handle, handle))

    def owner(self, callee: Node | None) -> Node | None:
        """What a method is called on; of a local name what that was declared as."""
        owner = callee.child_by_field_name("object") if callee is not None else None
        if owner is None:
            return None
        owner = unwrap(owner)
        return self.locals.get(self.place.module.syntax.code(owner), owner) if owner.type == "identifier" else owner

    def delegate(self, callee: Node) -> tuple[str, str]:
        """The delegate that a query is called on, with its handle; ``""`` where it is called on something else."""
        owner = self.owner(callee)
        if owner is None:
            return "", ""
        if owner.type != "identifier":
            return accessor(self.place.module, owner), self.handle(owner)
        key, source = self.taken.get(self.place.module.syntax.code(owner), ("", owner))
        if not key or not self.is_client(source):
            return "", ""
        return key, self.named(self.place.module.syntax.code(source))

    def is_client(self, node: Node | None) -> bool:
        """Whether an expression goes by a name that database clients have, or is a transaction's handle."""
        code = self.place.module.syntax.code(node) if node is not None else ""
        return code in self.transactions or bool(_CLIENT.search(code))


def locals_of(place: Place) -> dict[str, Node]:
    """Values of the names that ``place`` declares anywhere inside; ``const { user } = ctx.db`` aside."""
    found: dict[str, Node] = {}
    for names, value in assigned(place.module.syntax, place.node):
        above = value.parent
        pattern = above.child_by_field_name("name") if above is not None else None
        if names and (pattern is None or pattern.type == "identifier"):
            found.setdefault(names[0], unwrap(value))
    return found


def transactions_of(place: Place) -> dict[str, str]:
    """The handles that transactions in ``place`` give, each with the one that it was begun on."""
    found: dict[str, str] = {}
    code = place.module.syntax.code
    if "transaction" not in code(place.node):
        return found
    for call in calls(place.module.syntax, place.node):
        callee, given = call.child_by_field_name("function"), arguments(call)
        if callee is None or callee.type != "member_expression" or not given:
            continue
        owner = callee.child_by_field_name("object")
        if owner is None or property_name(place.module.syntax, callee) not in ("$transaction", "transaction"):
            continue
        for name in parameters(place.module.syntax, unwrap(given[0])):
            found[name] = code(owner)
    return found


def accessor(module: Module, owner: Node) -> str:
    """``user`` of ``ctx.db.user`` and of ``ctx.db["user"]``."""
    if owner.type == "member_expression":
        return property_name(module.syntax, owner)
    index = owner.child_by_field_name("index") if owner.type == "subscript_expression" else None
    return (literal(module.syntax, index) or "") if index is not None and index.type == "string" else ""


def clipped(code: str) -> str:
    """``code`` on one line, cut to what a handle may take."""
    code = " ".join(code.split())
    return code if len(code) <= 40 else code[:39] + "…"


def taken_of(place: Place) -> dict[str, Taken]:
    """The names that ``const { user, post: posts } = ctx.db`` and the like bind."""
    found: dict[str, Taken] = {}
    code = place.module.syntax.code
    for names, value in assigned(place.module.syntax, place.node):
        above = value.parent
        pattern = above.child_by_field_name("name") if names and above is not None else None
        for child in pattern.named_children if pattern is not None and pattern.type == "object_pattern" else ():
            key, local = child.child_by_field_name("key"), child.child_by_field_name("value")
            if child.type == "shorthand_property_identifier_pattern":
                found.setdefault(code(child), (code(child), unwrap(value)))
            elif key is not None and local is not None and local.type == "identifier":
                found.setdefault(code(local), (code(key), unwrap(value)))
    return found
