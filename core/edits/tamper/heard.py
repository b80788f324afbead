"""Whether code that runs where something went wrong lets anybody hear of it: by throwing, or by an assertion."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments
from beai.core.edits.tamper.names import Kind
from beai.core.edits.tamper.plain import Plain
from beai.core.project.expressions import FUNCTIONS

_LOUD = re.compile(r"(?:expect|assert|fail|throw|unreachable|reject|done)\w*")
_SURE = re.compile(r"(?:fail|throw|unreachable)\w*")
_TOLD = ("done", "reject")
"""Functions that pass an error on where they are given one, and say that all is well where they are not."""
_QUIET = frozenset({"console", "logger", "log"})
_OF_ANY_ERROR = re.compile(
    r"expect\(\s*(\w+)[^()]{0,40}\)\s*\.(?:toBeDefined|toBeTruthy|not\.toBe(?:Null|Undefined|Falsy)"
    r"|toBeInstanceOf\(Error\)|not\.toBe\((?:null|undefined)\))"
)
"""What holds of the error of a failed assertion as of any other."""
_MOST = 2_000  # nodes of one handler; a longer one is taken to be silent
_HOPS = 3


def heard(plain: Plain, node: Node, caught: str = "") -> bool:
    """Whether ``node`` throws or asserts something that does not hold of every error that it ``caught``."""
    return _any(plain, node, _LOUD, caught, 0)


def sure_to_fail(plain: Plain, node: Node) -> bool:
    """Whether ``node`` throws by itself, so that what stands behind it runs only after a throw."""
    return _any(plain, node, _SURE, "", 0)


def leaves(node: Node) -> bool:
    """Whether a ``return`` of the function around ``node`` stands in it."""
    return any(one.type == "return_statement" for one in _own(node))


def _any(plain: Plain, node: Node, words: re.Pattern[str], caught: str, hops: int) -> bool:
    for one in _own(node):
        if one.type == "throw_statement":
            return True
        if one.type == "call_expression" and _loud(plain, one, words, caught, hops):
            return True
    return False


def _own(node: Node) -> Iterator[Node]:
    """The nodes that run where ``node`` does, not those of functions that are made in it."""
    stack = [node]
    for _ in range(_MOST):
        if not stack:
            return
        one = stack.pop()
        yield one
        if one.type not in FUNCTIONS or one.id == node.id or (one.parent and one.parent.type == "arguments"):
            stack += reversed(one.named_children)


def _loud(plain: Plain, call: Node, words: re.Pattern[str], caught: str, hops: int) -> bool:
    callee = call.child_by_field_name("function")
    if callee is None:
        return False
    key = callee.child_by_field_name("property") if callee.type == "member_expression" else callee
    owner = callee.child_by_field_name("object") if callee.type == "member_expression" else None
    name = plain.syntax.code(key) if key is not None else ""
    if not words.fullmatch(name) or (owner is not None and plain.syntax.code(owner) in _QUIET):
        return False
    if name.startswith(_TOLD) and owner is None and not arguments(call):
        return False
    if owner is None and caught and _of_any(plain, call, caught):
        return False
    binding = plain.names.find(name, call.start_byte) if owner is None else None
    if binding is None or binding.kind is not Kind.FUNCTION or binding.node is None or hops >= _HOPS:
        return True
    return _any(plain, binding.node, _LOUD, "", hops + 1)


def _of_any(plain: Plain, call: Node, caught: str) -> bool:
    node = call
    while node.parent is not None and node.parent.type in ("member_expression", "call_expression"):
        if node.parent.type == "call_expression" and node.parent.child_by_field_name("function") != node:
            break
        node = node.parent
    said = _OF_ANY_ERROR.match(plain.syntax.code(node)[:200])
    return said is not None and said[1] == caught
