"""A comma-separated list in braces gains an element, and nothing else about it changes."""

from __future__ import annotations

from itertools import pairwise

from tree_sitter import Node

from beai.core.edits.layout import Layout, line_indent, starts_line
from beai.core.project.syntax import Syntax


def elements(holder: Node) -> list[Node]:
    """The elements of an object literal or a list of import names, without comments."""
    return [node for node in holder.named_children if node.type != "comment"]


def element_indent(syntax: Syntax, holder: Node, layout: Layout) -> str:
    """The indentation that an element on a line of its own has, or would have, in ``holder``."""
    starts = [syntax.offset(node.start_byte) for node in elements(holder)]
    own = [start for start in starts if starts_line(syntax.text, start)]
    if own:
        return line_indent(syntax.text, own[-1])
    return line_indent(syntax.text, syntax.offset(holder.start_byte)) + layout.unit


def append(syntax: Syntax, holder: Node, item: str, layout: Layout) -> str:
    """The whole text with ``item`` as the last element of ``holder``; commas and blank lines as the list has them."""
    items = elements(holder)
    if not items:
        return _first(syntax, holder, item, layout)
    text, last = syntax.text, items[-1]
    end = syntax.offset(last.end_byte)
    comma = next((n for n in holder.children if n.type == "," and n.start_byte >= last.end_byte), None)
    place = syntax.offset(_with_remark(holder, comma or last).end_byte)
    closing = syntax.offset(holder.end_byte) - 1
    own_line = starts_line(text, syntax.offset(last.start_byte))
    if not own_line and "\n" not in item and holder.start_point.row == holder.end_point.row:
        return f"{text[:end]}, {item}{',' if comma else ''}{text[syntax.offset((comma or last).end_byte) :]}"
    head = text[:place] if comma else f"{text[:end]},{text[end:place]}"
    gap = layout.eol * (2 if _spaced(syntax, items) else 1)
    added = f"{gap}{element_indent(syntax, holder, layout)}{item}"
    if own_line or text[place:closing].count("\n"):
        return f"{head}{added}{',' if comma else ''}{text[place:]}"
    return f"{head}{added},{layout.eol}{line_indent(text, syntax.offset(holder.start_byte))}{text[closing:]}"


def insert_before(syntax: Syntax, holder: Node, item: str, following: Node, layout: Layout) -> str:
    """The whole text with ``item`` in front of the element ``following``."""
    text, start = syntax.text, syntax.offset(following.start_byte)
    own_line = starts_line(text, start)
    between = layout.eol + element_indent(syntax, holder, layout) if own_line else " "
    return f"{text[:start]}{item},{between}{text[start:]}"


def _first(syntax: Syntax, holder: Node, item: str, layout: Layout) -> str:
    text, closing = syntax.text, syntax.offset(holder.end_byte) - 1
    indent = line_indent(text, syntax.offset(holder.start_byte))
    head = text[:closing].rstrip(" \t\r\n")
    if "\n" not in item and not holder.named_children and "\n" not in text[len(head) : closing]:
        return f"{head} {item} {text[closing:]}"
    return f"{head}{layout.eol}{indent}{layout.unit}{item},{layout.eol}{indent}{text[closing:]}"


def _with_remark(holder: Node, node: Node) -> Node:
    """The comment that ends the line ``node`` ends on, or ``node``."""
    row = node.end_point.row
    remarks = [n for n in holder.children if n.type == "comment" and n.start_byte >= node.end_byte]
    same = [n for n in remarks if n.start_point.row == row and n.end_point.row == row]
    return same[-1] if same else node


def _spaced(syntax: Syntax, items: list[Node]) -> bool:
    """Whether most neighbours are set apart by a blank line."""
    between = [syntax.text[syntax.offset(a.end_byte) : syntax.offset(b.start_byte)] for a, b in pairwise(items)]
    blank = [any(not line.strip(" \t\r") for line in gap.split("\n")[1:-1]) for gap in between]
    return sum(blank) * 2 > len(blank)
