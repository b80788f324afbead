"""Hand-written mock databases list their models and operations; the ones that a test needs are added."""

from __future__ import annotations

from tree_sitter import Node

from beai.core.edits.place import lists
from beai.core.edits.place.layout import layout_of
from beai.core.edits.place.shapes import key_of
from beai.core.project.syntax import Syntax, parse, walk
from beai.core.suggest.drafter.conventions import OPERATIONS


def extended(text: str, path: str, delegates: frozenset[str], wanted: tuple[tuple[str, str], ...]) -> str:
    """``text`` with every (model, operation) of ``wanted`` in its mock; unchanged where it lists no models at all."""
    for delegate, operation in wanted:
        text = _with(parse(text, path), delegates, delegate, operation)
    return text


def lists_models(syntax: Syntax, delegates: frozenset[str]) -> bool:
    """Whether the file holds a mock that lists models by hand."""
    return bool(_entries(syntax, delegates))


def _with(syntax: Syntax, delegates: frozenset[str], delegate: str, operation: str) -> str:
    entries = _entries(syntax, delegates)
    if not entries:
        return syntax.text
    layout = layout_of(syntax)
    own = next((body for name, body, _ in entries if name == delegate), None)
    maker = _maker(syntax, entries[0][1])
    if own is None:
        return lists.append(syntax, entries[0][2], f"{delegate}: {{ {operation}: {maker} }}", layout)
    if any(key_of(syntax, one) == operation for one in lists.elements(own)):
        return syntax.text
    return lists.append(syntax, own, f"{operation}: {maker}", layout)


def _entries(syntax: Syntax, delegates: frozenset[str]) -> list[tuple[str, Node, Node]]:
    """(model, its operations, the object that lists models), for objects of nothing but mocked operations."""
    found = []
    for node in walk(syntax.root):
        body = node.child_by_field_name("value") if node.type == "pair" else None
        if body is None or body.type != "object" or node.parent is None:
            continue
        name, keys = key_of(syntax, node), [key_of(syntax, one) for one in lists.elements(body)]
        if name in delegates and keys and all(key in OPERATIONS for key in keys) and _maker(syntax, body):
            found.append((name, body, node.parent))
    return found


def _maker(syntax: Syntax, body: Node) -> str:
    """How the first operation is mocked: ``vi.fn()``, ``jest.fn()``."""
    for one in lists.elements(body):
        value = one.child_by_field_name("value")
        if value is not None and value.type == "call_expression":
            callee = value.child_by_field_name("function")
            if callee is not None and syntax.code(callee).endswith("fn"):
                return f"{syntax.code(callee)}()"
    return ""
