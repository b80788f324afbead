"""An edit that has no place in a file, and what has none: code that is broken where it would go."""

from __future__ import annotations

from tree_sitter import Node

from beai.core.project.syntax import Syntax, line_of, walk


class Unplaced(Exception):
    """An edit has no place in the file; the message is the reason. Caught in ``match``."""


class Already(Unplaced):
    """Its new lines stand where it would put them."""


def first_error(node: Node) -> int:
    """The line (1-based) of the first syntax error in ``node``, 0 where there is none."""
    if not node.has_error:
        return 0
    return line_of(next((one for one in walk(node) if one.is_error or one.is_missing), node))


def require_unharmed(node: Node, what: str) -> None:
    """Raise where ``node`` holds a syntax error: nothing in it is surely where it seems to be."""
    if line := first_error(node):
        raise Unplaced(f"{what} has a syntax error in line {line}: mend that first")


def require_parsing(before: Syntax, after: Syntax) -> None:
    """Raise where ``after`` parses worse than ``before``."""
    harmed = _errors(after)
    if harmed and len(harmed) > len(_errors(before)):
        raise Unplaced("the file would not parse any more")


def _errors(syntax: Syntax) -> list[Node]:
    return [node for node in walk(syntax.root) if node.is_error or node.is_missing] if syntax.root.has_error else []
