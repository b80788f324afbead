"""Calls that make a router: ``t.router`` under any name, wrapped, destructured, or imported from outside."""

from __future__ import annotations

import re

from beai.core.project.builders import is_init
from beai.core.project.expressions import FUNCTIONS, arguments, parameters, property_name, returned, unwrap
from beai.core.project.follow import Place, follow, property_of
from beai.core.project.modules import Binding, Modules, Outside

ROUTER_NAME = re.compile(r"router$", re.IGNORECASE)
_DEPTH = 24  # aliases of a constructor
_NO_ROUTES = frozenset({"string", "template_string", "arrow_function", "function_expression", "number", "array"})


def is_router_call(modules: Modules, call: Place) -> bool:
    """Whether ``call`` makes a router: ``t.router``, an alias or a wrapper of it, or an outside name that says so."""
    if call.node.type != "call_expression":
        return False
    callee, given = call.node.child_by_field_name("function"), arguments(call.node)
    if callee is None or (given and unwrap(given[0]).type in _NO_ROUTES):
        return False
    return _is_constructor(modules, call.at(unwrap(callee)), _DEPTH)


def _is_constructor(modules: Modules, place: Place, depth: int) -> bool:
    if depth <= 0:
        return False
    target = follow(modules, place)
    node, syntax = target.node, target.module.syntax
    if node.type in FUNCTIONS:
        return _wraps_router(modules, target, depth - 1)
    if node.type == "member_expression":
        owner = node.child_by_field_name("object")
        if owner is None or property_name(syntax, node) != "router":
            return False
        return is_init(modules, target.at(owner)) or _unseen(modules, target.at(unwrap(owner)))
    return node.type == "identifier" and _named(modules, target, depth)


def _unseen(modules: Modules, owner: Place) -> bool:
    """Whether ``t`` of ``t.router`` comes from a file of ours that is not there, so that only its name can tell."""
    owner = follow(modules, owner)
    code = owner.module.syntax.code(owner.node)
    found = modules.find(owner.module, code) if owner.node.type == "identifier" else None
    return isinstance(found, Outside) and _is_ours(found.specifier)


def _named(modules: Modules, place: Place, depth: int) -> bool:
    name = place.module.syntax.code(place.node)
    found = modules.find(place.module, name)
    if isinstance(found, Binding) and found.value.key:
        owner = follow(modules, Place(found.module, found.value.node))
        held = property_of(modules, owner, found.value.key)
        if held is not None and held.key != place.key:
            return _is_constructor(modules, held, depth - 1)
        return found.value.key == "router"
    if not isinstance(found, Outside):
        return False
    return _is_ours(found.specifier) and bool(ROUTER_NAME.search(name))


def _is_ours(specifier: str) -> bool:
    local = specifier.startswith((".", "~", "@/", "#")) or "trpc" in specifier.lower()
    return local and "react" not in specifier


def _wraps_router(modules: Modules, function: Place, depth: int) -> bool:
    """``function createRouter(routes) { return t.router(routes) }``: a constructor; a factory has routes of its own."""
    result = returned(function.node)
    if result is None or result.type != "call_expression":
        return False
    given, callee = arguments(result), result.child_by_field_name("function")
    syntax = function.module.syntax
    passes = bool(given) and syntax.code(given[0]) in parameters(syntax, function.node)
    return passes and callee is not None and _is_constructor(modules, function.at(unwrap(callee)), depth)
