"""How a value is made that is not written out: by which calls, and from which literals."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.edits.tamper.plain import DEEP, WRITTEN, Plain, Value
from beai.core.project.expressions import unwrap

_MOST = 2_000  # nodes of the making of one value


@dataclass(frozen=True, slots=True)
class Made:
    """A value that calls make: as it is written, with the literals that go into it and the functions that it calls."""

    text: str
    literals: frozenset[str]
    called: frozenset[str]


def made(plain: Plain, value: Value) -> Made | None:
    """What is known of a value that some call makes, None where it is written out."""
    if value.node is None or unwrap(value.node).type in WRITTEN:
        return None
    text = plain.closed.text(value.node, value.env)
    literals, called = set[str](), set[str]()
    stack = [(value.node, value.env, 0)]
    for _ in range(_MOST):
        if not stack:
            return Made(text, frozenset(literals), frozenset(called)) if called else None
        node, env, depth = stack.pop()
        plain.read += 1
        match node.type:
            case "string" | "number" | "template_string":
                literals.add(plain.syntax.code(node))
            case "identifier" if depth < DEEP:
                found = plain.follow(Value(node, env), 1)
                if found.node is not None and found.node.id != node.id:
                    stack.append((found.node, found.env, depth + 1))
            case "call_expression" if (callee := node.child_by_field_name("function")) is not None:
                called.add(plain.syntax.code(callee.child_by_field_name("property") or callee))
        stack += [(child, env, depth) for child in node.named_children]
    return None
