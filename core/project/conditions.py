"""Whether a condition surely holds for a caller without a session, or hangs on something else as well."""

from __future__ import annotations

import re

from tree_sitter import Node

from beai.core.project.expressions import FUNCTIONS, assigned, unwrap
from beai.core.project.follow import Place
from beai.core.project.modules import Modules

Requirement = tuple[Node, bool]
"""A condition, and whether it has to hold or to fail."""

_CALLER = re.compile(
    r"user|session|auth|token|account|member|viewer|role|admin|permission|access|owner|api_?key|credential|jwt|cookie"
    r"|principal|actor|identity|caller",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w$]+")
_DEEPEST = 12  # operators in operators and names behind names
_TAKING = (*FUNCTIONS, "method_definition")
_LITERALS = ("string", "number", "template_string")


class Conditions:
    """Judges the conditions in one function."""

    def __init__(self, modules: Modules, function: Place) -> None:
        self._modules, self._function = modules, function
        self._code = function.module.syntax.code

    def surely(self, required: list[Requirement]) -> bool:
        """Whether all of ``required`` surely come true when there is no session.

        One condition alone is believed to ask about the caller unless it asks a constant of a module, such as a
        feature's switch; of several each has to name something of the caller's.
        """
        strict = len(required) > 1
        return all(self._sure(node, truth, strict, _DEEPEST) for node, truth in required)

    def _sure(self, node: Node, truth: bool, strict: bool, depth: int) -> bool:
        node = unwrap(node)
        if depth == 0:
            return False
        if node.type == "unary_expression" and node.children and node.children[0].type == "!":
            inner = node.child_by_field_name("argument")
            return inner is not None and self._sure(inner, not truth, strict, depth - 1)
        if node.type == "binary_expression":
            return self._binary(node, truth, strict, depth)
        if node.type == "identifier" and (value := self._local(node)) is not None:
            value = unwrap(value)
            if value.type in ("unary_expression", "binary_expression"):
                return self._sure(value, truth, strict, depth - 1)
        return not truth and self._about_caller(node, strict)

    def _binary(self, node: Node, truth: bool, strict: bool, depth: int) -> bool:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        sign = node.child_by_field_name("operator")
        if left is None or right is None or sign is None:
            return False
        both = "&&" if truth else "||"
        match sign.type:
            case "&&" | "||" if sign.type == both:
                return all(self._sure(side, truth, True, depth - 1) for side in (left, right))
            case "&&" | "||":
                return any(self._sure(side, truth, strict, depth - 1) for side in (left, right))
            case "==" | "===" | "!=" | "!==":
                return self._compared(left, unwrap(right), truth == sign.type.startswith("="), strict)
            case "<" | ">" | "<=" | ">=":
                return self._about_caller(left, strict) or self._about_caller(right, strict)
            case _:
                return not truth and self._about_caller(node, strict)

    def _compared(self, left: Node, right: Node, equal: bool, strict: bool) -> bool:
        """``x === null``, ``x !== 'ADMIN'``, ``x.guest !== false``: what is absent equals nothing else."""
        if right.type in ("null", "undefined") or self._code(right) == "undefined":
            return equal and self._about_caller(left, strict)
        if right.type == "true":
            return not equal and self._about_caller(left, strict)
        if equal and right.type not in (*_LITERALS, "false"):
            return False
        return self._about_caller(left, strict)

    def _about_caller(self, node: Node, strict: bool) -> bool:
        node = unwrap(node)
        if node.type in _LITERALS or self._is_constant(node):
            return False
        if not strict or _CALLER.search(self._code(node)):
            return True
        value = self._local(_root(node))
        return value is not None and bool(_CALLER.search(self._code(value)[:2_000]))

    def _is_constant(self, node: Node) -> bool:
        """Whether it is a module's own constant, an import or ``process.env.X``, that is the same for every caller."""
        root = _root(node)
        name = self._code(root)
        if root.type != "identifier" or self._local(root) is not None or self._is_parameter(root, name):
            return False
        return name == "process" or self._modules.find(self._function.module, name) is not None

    def _local(self, node: Node) -> Node | None:
        """What the function declares under a name."""
        if node.type != "identifier":
            return None
        name, function = self._code(node), self._function
        found = (value for names, value in assigned(function.module.syntax, function.node) if name in names)
        return next(found, None)

    def _is_parameter(self, node: Node, name: str) -> bool:
        above: Node | None = node
        while (above := above.parent if above is not None else None) is not None:
            given = above.child_by_field_name("parameters") or above.child_by_field_name("parameter")
            if given is not None and above.type in _TAKING and name in _WORD.findall(self._code(given)[:2_000]):
                return True
        return False


def _root(node: Node) -> Node:
    """The ``a`` of ``a.b?.c``; a call stays itself, for what it asks is in its arguments too."""
    node = unwrap(node)
    while node.type == "member_expression" and (inner := node.child_by_field_name("object")) is not None:
        node = unwrap(inner)
    return node
