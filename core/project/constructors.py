"""Calls that make a router: ``t.router`` under any name, wrapped, destructured, or imported from outside."""

from __future__ import annotations

import re

from tree_sitter import Node

from beai.core.project.builders import is_init
from beai.core.project.expressions import FUNCTIONS, arguments, parameters, property_name, returned, unwrap
from beai.core.project.modules import Module, Modules, Outside

ROUTER_NAME = re.compile(r"router$", re.IGNORECASE)
_DEPTH = 24  # aliases of a constructor


def is_router_call(modules: Modules, module: Module, call: Node) -> bool:
    """Whether ``call`` makes a router: ``t.router``, an alias or a wrapper of it, or an outside name that says so."""
    callee, given = call.child_by_field_name("function"), arguments(call)
    if callee is None or (given and unwrap(given[0]).type not in ("object", "identifier")):
        return False
    return _is_constructor(modules, module, unwrap(callee), _DEPTH)


def _is_constructor(modules: Modules, module: Module, node: Node, depth: int) -> bool:
    if node.type == "member_expression":
        owner = node.child_by_field_name("object")
        if owner is None or property_name(module.syntax, node) != "router":
            return False
        return owner.type != "call_expression" or is_init(modules, module, owner)
    if node.type != "identifier" or depth == 0:
        return False
    name = module.syntax.code(node)
    found = modules.find(module, name)
    if isinstance(found, Outside):
        local = found.specifier.startswith((".", "~", "@/", "#")) or "trpc" in found.specifier.lower()
        return local and "react" not in found.specifier and bool(ROUTER_NAME.search(name))
    if found is None:
        return False
    if found.value.key:
        return found.value.key == "router"
    value = unwrap(found.value.node)
    if value.type in FUNCTIONS:
        return _wraps_router(modules, found.module, value, depth - 1)
    return value.id != node.id and _is_constructor(modules, found.module, value, depth - 1)


def _wraps_router(modules: Modules, module: Module, function: Node, depth: int) -> bool:
    """``function createRouter(routes) { return t.router(routes) }``: a constructor; a factory has routes of its own."""
    result = returned(function)
    if result is None or result.type != "call_expression":
        return False
    given, callee = arguments(result), result.child_by_field_name("function")
    passes = bool(given) and module.syntax.code(given[0]) in parameters(module.syntax, function)
    return passes and callee is not None and _is_constructor(modules, module, unwrap(callee), depth)
