"""Which Prisma models a piece of TypeScript touches: calls of a client method on a delegate."""

from __future__ import annotations

from collections.abc import Mapping

from tree_sitter import Node

from beai.core.project.expressions import called, property_name, unwrap
from beai.core.project.modules import Binding, Module, Modules

# Prisma Client API reference, "Model queries".
METHODS = frozenset(
    {
        *("findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "findMany"),
        *("create", "createMany", "createManyAndReturn", "update", "updateMany", "updateManyAndReturn", "upsert"),
        *("delete", "deleteMany", "count", "aggregate", "groupBy"),
    }
)


def touched(modules: Modules, module: Module, node: Node, known: Mapping[str, str], hops: int = 1) -> tuple[str, ...]:
    """Names of the models that ``node`` queries, in order, also through functions it calls, ``hops`` deep.

    ``known`` maps a delegate (``wishlistItem``) to its model; when it is empty the delegate's capitalised name counts.
    """
    found: dict[str, None] = {}
    for call in module.syntax.calls(node):
        if delegate := _delegate(module, call):
            model = known.get(delegate) if known else delegate[:1].upper() + delegate[1:]
            if model:
                found[model] = None
    for name in called(module.syntax, node) if hops else ():
        binding = modules.find(module, name)
        if isinstance(binding, Binding):
            inner = touched(modules, binding.module, binding.value.node, known, hops - 1)
            found |= dict.fromkeys(inner)
    return tuple(found)


def _delegate(module: Module, call: Node) -> str:
    callee = call.child_by_field_name("function")
    if callee is None or callee.type != "member_expression" or property_name(module.syntax, callee) not in METHODS:
        return ""
    owner = callee.child_by_field_name("object")
    owner = unwrap(owner) if owner is not None else None
    if owner is None or owner.type != "member_expression":
        return ""
    return property_name(module.syntax, owner)
