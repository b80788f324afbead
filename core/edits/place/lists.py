"""A comma-separated list in braces gains an element, and nothing else about it changes."""

from __future__ import annotations

import re
from itertools import pairwise

from tree_sitter import Node

from beai.core.edits.diff.ends import eol_at, with_eol
from beai.core.edits.place.layout import Layout, line_indent, starts_line
from beai.core.project.syntax import Syntax

_REMARK = re.compile(r"(?:[ \t]*/\*(?:[^*\n]|\*(?!/))*+\*/)*+(?:[ \t]*//[^\n\r]*+)?")


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
    """The whole text with ``item`` as the last element of ``holder``; commas and blank lines as the list has them.

    A line that is added ends as the one above it.
    """
    items = elements(holder)
    if not items:
        return _first(syntax, holder, item, layout)
    text, last = syntax.text, items[-1]
    end = syntax.offset(code_end(last))
    comma = next((n for n in holder.children if n.type == "," and n.start_byte >= last.end_byte), None)
    comma_end = syntax.offset(comma.end_byte) if comma else 0
    place = after_remark(text, comma_end or end)
    closing = syntax.offset(holder.end_byte) - 1
    own_line = starts_line(text, syntax.offset(last.start_byte))
    if not own_line and "\n" not in item and holder.start_point.row == holder.end_point.row:
        at = comma_end or place
        return f"{text[:at]} {item},{text[at:]}" if comma else f"{text[:at]}, {item}{text[at:]}"
    eol = eol_at(text, place)
    item = with_eol(item, eol)
    head = text[:place] if comma else f"{text[:end]},{text[end:place]}"
    gap = eol * (2 if _spaced(syntax, items) else 1)
    added = f"{gap}{element_indent(syntax, holder, layout)}{item}"
    if own_line or text[place:closing].count("\n"):
        return f"{head}{added}{',' if comma else ''}{text[place:]}"
    return f"{head}{added},{eol}{line_indent(text, syntax.offset(holder.start_byte))}{text[closing:]}"


def insert_before(syntax: Syntax, holder: Node, item: str, following: Node, layout: Layout) -> str:
    """The whole text with ``item`` in front of the element ``following``."""
    text, start = syntax.text, syntax.offset(following.start_byte)
    own_line = starts_line(text, start)
    between = layout.eol + element_indent(syntax, holder, layout) if own_line else " "
    return f"{text[:start]}{item},{between}{text[start:]}"


def _first(syntax: Syntax, holder: Node, item: str, layout: Layout) -> str:
    """The text with ``item`` alone in ``holder``: on the line of the braces where they have one and nothing in it."""
    text, closing = syntax.text, syntax.offset(holder.end_byte) - 1
    head = text[:closing].rstrip(" \t")
    if "\n" not in item and not holder.named_children and not head.endswith("\n"):
        return f"{head} {item} {text[closing:]}"
    return filled(syntax, holder, f"{item},", layout)


def filled(syntax: Syntax, holder: Node, line: str, layout: Layout) -> str:
    """The text with ``line`` on its own in braces that hold nothing but comments; blank lines among these stay."""
    text, closing, opening = syntax.text, syntax.offset(holder.end_byte) - 1, syntax.offset(holder.start_byte)
    indent, eol = line_indent(text, opening), eol_at(text, opening)
    head = text[:closing].rstrip(" \t")
    start, last = (eol, indent) if not head.endswith("\n") else ("", text[len(head) : closing])
    return f"{head}{start}{indent}{layout.unit}{with_eol(line, eol)}{eol}{last}{text[closing:]}"


def code_end(node: Node) -> int:
    """The byte at which the code of ``node`` ends: the grammar lets a body end with the comment behind it."""
    while (children := [child for child in node.children if child.type != "comment"]) and node.children:
        node = children[-1]
    return node.end_byte


def after_remark(text: str, offset: int) -> int:
    """Where the comments that follow ``offset`` on its line end, or ``offset``."""
    found = _REMARK.match(text, offset)
    return found.end() if found else offset


def _spaced(syntax: Syntax, items: list[Node]) -> bool:
    """Whether most neighbours are set apart by a blank line."""
    between = [syntax.text[syntax.offset(a.end_byte) : syntax.offset(b.start_byte)] for a, b in pairwise(items)]
    blank = [any(not line.strip(" \t\r") for line in gap.split("\n")[1:-1]) for gap in between]
    return sum(blank) * 2 > len(blank)
