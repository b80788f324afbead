"""Questions about TypeScript expressions: what is called, on what, with which arguments, what a function returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.syntax import Syntax

_WRAPPERS = (
    "parenthesized_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "await_expression",
)
_WALK = 60  # levels that are looked up; beyond that code says nothing a person can follow
_LONGEST = 100  # calls in a chain; of a longer one, which nobody writes by hand, the last ones are the chain
FUNCTIONS = ("arrow_function", "function_expression", "function_declaration", "generator_function_declaration")


@dataclass(frozen=True, slots=True)
class Call:
    """One link of a method chain: the method's name and its call."""

    method: str
    node: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """``root.a(…).b(…)``: the expression it starts from and the calls on it, in source order."""

    root: Node
    calls: tuple[Call, ...]

    @property
    def last(self) -> str:
        """The name of the last method, ``""`` when nothing is called."""
        return self.calls[-1].method if self.calls else ""


def unwrap(node: Node) -> Node:
    """``node`` without parentheses, ``as``, ``satisfies``, ``!`` and ``await`` around it."""
    while node.type in _WRAPPERS:
        inner = next((child for child in node.named_children if child.type != "comment"), None)
        if inner is None:
            return node
        node = inner
    return node


def above(node: Node) -> Iterator[Node]:
    """The nodes around ``node``, the nearest first."""
    current = node.parent
    for _ in range(_WALK):
        if current is None:
            return
        yield current
        current = current.parent


def chain(syntax: Syntax, node: Node) -> Chain:
    """``node`` taken apart from its end; a node that is no method call is a chain of no calls."""
    calls: list[Call] = []
    node = unwrap(node)
    while node.type == "call_expression" and len(calls) < _LONGEST:
        callee = node.child_by_field_name("function")
        target = callee and callee.type == "member_expression" and callee.child_by_field_name("object")
        if not callee or not target:
            break
        calls.append(Call(property_name(syntax, callee), node))
        node = unwrap(target)
    return Chain(node, tuple(reversed(calls)))


def property_name(syntax: Syntax, member: Node) -> str:
    """The ``b`` of ``a.b``."""
    name = member.child_by_field_name("property")
    return syntax.code(name) if name else ""


def arguments(call: Node) -> tuple[Node, ...]:
    """The arguments of a call, without comments; none for a template call."""
    given = call.child_by_field_name("arguments")
    if given is None or given.type != "arguments":
        return ()
    return tuple(child for child in given.named_children if child.type != "comment")


def literal(syntax: Syntax, node: Node | None) -> str | None:
    """The text of a string or a property name; None for anything computed."""
    if node is None:
        return None
    match node.type:
        case "string":
            return syntax.code(node)[1:-1]
        case "property_identifier" | "identifier" | "number" | "private_property_identifier":
            return syntax.code(node)
        case _:
            return None


def parameters(syntax: Syntax, function: Node) -> tuple[str, ...]:
    """The names of a function's plain parameters."""
    single = function.child_by_field_name("parameter")
    if single is not None:
        return (syntax.code(single),)
    given = function.child_by_field_name("parameters")
    patterns = [child.child_by_field_name("pattern") for child in given.named_children] if given else []
    return tuple(syntax.code(pattern) for pattern in patterns if pattern is not None and pattern.type == "identifier")


def returned(function: Node) -> Node | None:
    """The expression a function returns: its body, or its last own ``return``; None where there is none."""
    body = function.child_by_field_name("body")
    if body is None:
        return None
    if body.type != "statement_block":
        return unwrap(body)
    for statement in reversed(body.named_children):
        if statement.type == "return_statement":
            value = next((child for child in statement.named_children if child.type != "comment"), None)
            return unwrap(value) if value is not None else None
    return None


def calls(syntax: Syntax, node: Node) -> list[Node]:
    """Every call in ``node`` of a name or a member, in order."""
    return list(syntax.calls_by_name(node))


def function_of(call: Node) -> Node | None:
    """What a call calls."""
    return call.child_by_field_name("function")


def callees(syntax: Syntax, node: Node) -> dict[str, Node]:
    """What is called anywhere in ``node``, names and members, in order, each once by its text."""
    found: dict[str, Node] = {}
    for call in calls(syntax, node):
        callee = function_of(call)
        if callee is not None:
            found.setdefault(syntax.code(callee), callee)
    return found


def assigned(syntax: Syntax, node: Node) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The names that each declaration and assignment in ``node`` binds, with the value they get or are taken from."""
    for each in syntax.assignments(node):
        target = each.child_by_field_name("name") or each.child_by_field_name("left")
        value = each.child_by_field_name("value") or each.child_by_field_name("right")
        if target is None or value is None:
            continue
        names = [target] if target.type == "identifier" else []
        for child in target.named_children if target.type == "object_pattern" else ():
            name = child.child_by_field_name("value") if child.type == "pair_pattern" else child
            names += [name] if name is not None else []
        yield tuple(syntax.code(name) for name in names), value


def dynamic_imports(syntax: Syntax, node: Node) -> Iterator[tuple[Node, str]]:
    """Every ``import("…")`` in ``node`` with its specifier, in order."""
    for call in syntax.calls_of_import(node):
        given = arguments(call)
        if given and given[0].type == "string":
            yield call, literal(syntax, given[0]) or ""


def imported_module(syntax: Syntax, node: Node) -> str | None:
    """The specifier of the first ``import("…")`` or ``require("…")`` in ``node``."""
    for inner in syntax.calls(node):
        callee = inner.child_by_field_name("function")
        if callee is not None and (callee.type == "import" or syntax.code(callee) == "require"):
            given = arguments(inner)
            return literal(syntax, given[0]) if given and given[0].type == "string" else None
    return None
