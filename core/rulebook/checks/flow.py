"""Where values go inside one function: what it returns, what runs before what, what a `try` around it catches."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from beai.core.project.expressions import FUNCTIONS, above, arguments, unwrap
from beai.core.rulebook.checks.queries import Query, queries_in
from beai.core.rulebook.checks.subject import Subject

_NESTED = (*FUNCTIONS, "method_definition")
_SCOPES = (*_NESTED, "statement_block", "for_statement", "switch_body")
_GIVEN = {"??": ("left", "right"), "||": ("left", "right"), "&&": ("right",)}  # operators that give an operand itself


def own_function(node: Node) -> Node | None:
    """The function that ``node`` stands in directly."""
    return next((one for one in above(node) if one.type in _NESTED), None)


def caught(node: Node) -> bool:
    """Whether a `try` with a `catch` in the same function, or a `.catch(…)`, is around ``node``."""
    previous = node
    for one in above(node):
        if one.type in _NESTED:
            return False
        if one.type == "try_statement" and one.child_by_field_name("handler") is not None:
            body = one.child_by_field_name("body")
            if body is not None and body.id == previous.id:
                return True
        name = one.child_by_field_name("property") if one.type == "member_expression" else None
        if name is not None and name.text in (b"catch", b"then"):
            return True
        previous = one
    return False


def returned_queries(subject: Subject, function: Node) -> Iterator[Query]:
    """The queries whose rows leave ``function`` whole: returned at once, or held in a name that is returned."""
    held = _held(subject, function)
    scopes = _scopes(subject, function) if held else {}
    for value in _returned(subject, function):
        for leaf in _leaves(subject, value):
            if leaf.type == "call_expression":
                yield from (one for one in queries_in(subject, leaf) if one.node.id == leaf.id)
            elif (query := held.get(_declared(scopes, function, leaf, subject.code(leaf)))) is not None:
                yield query


def _returned(subject: Subject, function: Node) -> Iterator[Node]:
    body = function.child_by_field_name("body")
    if body is not None and body.type != "statement_block":
        yield unwrap(body)
    for statement in subject.within(function, "return_statement"):
        inner = own_function(statement)
        if inner is not None and inner.id == function.id and statement.named_children:
            yield unwrap(statement.named_children[0])


def _leaves(subject: Subject, value: Node) -> Iterator[Node]:
    """What a returned expression consists of: itself, its properties, both ways of a choice."""
    pending, looked = [value], 0
    while pending and looked < 200:
        node, looked = unwrap(pending.pop()), looked + 1
        match node.type:
            case "object":
                for child in node.named_children:
                    if child.type == "pair" and (inner := child.child_by_field_name("value")) is not None:
                        pending.append(inner)
                    elif child.type == "shorthand_property_identifier":
                        pending.append(child)
            case "ternary_expression":
                pending += [one for one in (node.named_children[1:]) if one.type != "comment"]
            case "binary_expression":
                sides = _GIVEN.get(getattr(node.child_by_field_name("operator"), "type", ""), ())
                pending += [one for side in sides if (one := node.child_by_field_name(side)) is not None]
            case "call_expression" | "identifier" | "shorthand_property_identifier":
                yield node


def _held(subject: Subject, function: Node) -> dict[int, Query]:
    """Declared names (by node) to the query whose rows they hold.

    ``const a = await query`` is one, and so is ``const [a, b] = await Promise.all([…])``.
    """
    found: dict[int, Query] = {}
    for query in queries_in(subject, function):
        holder = query.node
        position = -1
        for one in above(query.node):
            if one.type == "variable_declarator":
                name = one.child_by_field_name("name")
                if name is not None and name.type == "array_pattern" and 0 <= position < len(name.named_children):
                    name = name.named_children[position]
                if name is not None and name.type == "identifier":
                    found[name.id] = query
                break
            if one.type == "array":
                position = next((at for at, each in enumerate(one.named_children) if each.id == holder.id), -1)
            elif one.type not in ("await_expression", "parenthesized_expression", "arguments", "call_expression") or (
                one.type == "call_expression" and position < 0
            ):
                break
            holder = one
    return found


def _scopes(subject: Subject, function: Node) -> dict[tuple[int, str], int]:
    """The node that declares a name in a scope (by node): a block, a loop, a `catch`; `var` is the function's."""
    found: dict[tuple[int, str], int] = {}
    for declared in subject.syntax.assignments(function):
        if declared.type == "variable_declarator" and (name := declared.child_by_field_name("name")) is not None:
            around = above(declared)
            if getattr(next(around, None), "type", "") == "variable_declaration":
                around = (one for one in around if one.type in _NESTED)
            scope = next((one for one in around if one.type in _SCOPES), function)
            found |= {(scope.id, subject.code(one)): one.id for one in _names(name)}
    for kind, field in (("for_in_statement", "left"), ("catch_clause", "parameter")):
        for scope in subject.within(function, kind):
            if (name := scope.child_by_field_name(field)) is not None:
                found |= {(scope.id, subject.code(one)): one.id for one in _names(name)}
    return found


def _names(pattern: Node) -> Iterator[Node]:
    """The names that a pattern binds."""
    pending = [pattern]
    while pending:
        node = pending.pop()
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield node
        elif node.type == "pair_pattern" or node.type.endswith("assignment_pattern"):
            inner = node.child_by_field_name("value" if node.type == "pair_pattern" else "left")
            pending += [inner] if inner is not None else []
        else:
            pending += node.named_children


def _declared(scopes: dict[tuple[int, str], int], function: Node, node: Node, name: str) -> int:
    """What declares ``name`` as it is seen at ``node``, 0 where nothing in ``function`` does."""
    for one in above(node):
        if (found := scopes.get((one.id, name))) is not None:
            return found
        if one.id == function.id:
            break
    return 0


def consecutive(subject: Subject, first: Node, second: Node) -> bool:
    """Whether one run of a function can pass both: not on two ways of a choice, and no way out between them."""
    around = {one.id: one for one in above(second)}
    inner = first
    for one in above(first):
        if one.id in around:
            if one.type in ("if_statement", "else_clause", "switch_body", "ternary_expression", "switch_statement"):
                return False
            return not (
                inner.type in ("if_statement", "else_clause", "switch_statement") and _leaves_early(inner, first)
            )
        inner = one
    return False


def _leaves_early(statement: Node, node: Node) -> bool:
    """Whether the branch of ``statement`` that ``node`` stands in ends by returning or throwing."""
    for one in above(node):
        last = one.named_children[-1] if one.type == "statement_block" and one.named_children else one
        if last.type in ("return_statement", "throw_statement", "continue_statement"):
            return True
        if one.id == statement.id:
            return False
    return False


def passed(call: Node, number: int = 0) -> Node | None:
    """One argument of a call."""
    given = arguments(call)
    return unwrap(given[number]) if len(given) > number else None
