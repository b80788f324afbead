"""What is written out in object and array literals, and what is made elsewhere."""

from __future__ import annotations

import re

from tree_sitter import Node

from beai.core.edits.place.shapes import key_of
from beai.core.project.syntax import Syntax

_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_LARGEST = 1e12


def members(node: Node) -> list[Node] | None:
    """What an object literal holds, where its order does not matter."""
    each = [one for one in node.named_children if one.type != "comment"]
    return each if all(one.type in ("pair", "shorthand_property_identifier") for one in each) else None


def member(syntax: Syntax, node: Node | None, key: str) -> Node | None:
    """The node at ``key`` of an object or array literal, None where it is not written out."""
    if node is not None and node.type == "array" and key.isdigit():
        each = [one for one in node.named_children if one.type != "comment"]
        return each[int(key)] if int(key) < len(each) and len(key) < 5 else None
    for pair in node.named_children if node is not None and node.type == "object" else []:
        if pair.type == "shorthand_property_identifier" and syntax.code(pair) == key:
            return pair
        if pair.type == "pair" and key_of(syntax, pair) == key:
            return pair.child_by_field_name("value")
    return None


def product(text: str) -> float:
    """The number that ``text`` is, or the product of several, as ``60 * 1000``; 0 where it is neither."""
    total = 1.0
    for factor in text.strip("()").split("*"):
        if not _NUMBER.fullmatch(factor.strip()):
            return 0.0
        total *= float(factor)
    return min(total, _LARGEST)


def prepares(module: str, name: str) -> bool:
    """Whether an imported function makes what a test works with, rather than being what it tests."""
    words = ("test", "mock", "fixture", "factor", "setup", "create", "make", "build", "render")
    return any(word in f"{module} {name}".lower() for word in words)
