"""Syntax trees as plain values that compare by what code says, not by how it is spaced."""

from __future__ import annotations

from tree_sitter import Node

from beai.core.project.syntax import Syntax, parse

Tree = tuple[object, ...]


def tree(syntax: Syntax, node: Node) -> Tree:
    """The node with its kind, and its text where it is a leaf; strings and templates to the character."""
    if not node.children or node.type in ("string", "regex"):
        return (node.type, _said(syntax, node))
    if node.type == "template_string":
        return (node.type, _said(syntax, node))
    children = [one for one in node.children if one.type not in (",", ";")]
    return (node.type, *(tree(syntax, one) for one in children))


def code(syntax: Syntax, node: Node) -> str:
    """The text of a node without a comment that the grammar lets its last body end with."""
    last = node
    while inside := [one for one in last.children if one.type != "comment"]:
        last = inside[-1]
    return syntax.text[syntax.offset(node.start_byte) : syntax.offset(last.end_byte)]


def expression(code: str, path: str) -> Tree:
    """The tree of one expression."""
    syntax = parse(f"({code}\n)", path)
    (statement,) = syntax.root.named_children
    inner = [one for one in statement.named_children[0].named_children if one.type != "comment"]
    return tree(syntax, inner[0])


def comments(syntax: Syntax, node: Node | None = None) -> list[str]:
    """Every comment below ``node`` in order, without indentation."""
    found, queue = list[str](), [node or syntax.root]
    while queue:
        one = queue.pop()
        if one.type == "comment":
            found.append(_said(syntax, one))
        queue.extend(reversed(one.children))
    return found


def at_offset(syntax: Syntax, offset: int, kind: str) -> Node | None:
    """The node of this kind that starts at a character."""
    queue = [syntax.root]
    while queue:
        one = queue.pop()
        if one.type == kind and syntax.offset(one.start_byte) == offset:
            return one
        queue.extend(reversed(one.children))
    return None


def _said(syntax: Syntax, node: Node) -> str:
    text = syntax.code(node).replace("\r\n", "\n")
    return "\n".join(line.strip() for line in text.split("\n")) if node.type == "comment" else text


def only_inserted(before: str, after: str) -> bool:
    """Whether ``after`` is ``before`` with one stretch more, and perhaps a comma somewhere before it."""
    head = _shared(before, after)
    if _closed(before, after, head):
        return True
    return after[head : head + 1] == "," and _closed(before, f"{after[:head]}{after[head + 1 :]}")


def changed_within(before: str, after: str, start: int, end: int) -> bool:
    """Whether ``after`` differs from ``before`` in characters ``start`` to ``end`` alone."""
    tail = before[end:]
    return after[:start] == before[:start] and after.endswith(tail) and len(after) >= start + len(tail)


def _closed(before: str, after: str, head: int | None = None) -> bool:
    head = _shared(before, after) if head is None else head
    rest = before[head:]
    return len(after) >= len(before) and after.endswith(rest)


def _shared(before: str, after: str) -> int:
    at = 0
    for a, b in zip(before, after, strict=False):
        if a != b:
            break
        at += 1
    return at
