"""Object literals as tables of their properties, as far as they are written out."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from beai.core.project.expressions import literal, unwrap
from beai.core.project.syntax import Syntax

_TYPES = ("pair", "shorthand_property_identifier", "spread_element", "method_definition")


def properties(syntax: Syntax, node: Node | None) -> dict[str, Node]:
    """The values by key, a shorthand standing for itself; none where ``node`` is no object literal."""
    found: dict[str, Node] = {}
    for child in _object(node):
        if child.type == "pair":
            key, value = literal(syntax, child.child_by_field_name("key")), child.child_by_field_name("value")
            if key is not None and value is not None:
                found[key] = unwrap(value)
        elif child.type == "shorthand_property_identifier":
            found[syntax.code(child)] = child
    return found


def is_open(syntax: Syntax, node: Node | None) -> bool:
    """Whether ``node`` may hold what is not written here: no literal, a spread, a computed key."""
    if node is None or unwrap(node).type != "object":
        return node is not None
    return any(
        child.type == "spread_element"
        or (child.type == "pair" and literal(syntax, child.child_by_field_name("key")) is None)
        for child in _object(node)
    )


def at(syntax: Syntax, node: Node | None, *keys: str) -> Node | None:
    """The value below ``keys``, one object in the other."""
    for key in keys:
        node = properties(syntax, node).get(key)
    return node


def _object(node: Node | None) -> Iterator[Node]:
    inner = None if node is None else unwrap(node)
    if inner is not None and inner.type == "object":
        yield from (child for child in inner.named_children if child.type in _TYPES)
