"""A TypeScript file as the pieces a reader would name: declarations and statements, and suites with their tests inside.

Pieces are whole lines. Two that share a line, as in minified code, are one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from beai.core.project.expressions import arguments
from beai.core.project.syntax import Syntax, parse

TOO_BIG = 1_000_000  # characters beyond which a file is not parsed
_WORD = re.compile(r"[A-Za-z_$][\w$]{0,100}")
_SUITES = frozenset({"describe", "suite"})
_TESTS = frozenset({"it", "test", "specify"})
_NAMED = frozenset({
    "function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration",
    "interface_declaration", "type_alias_declaration", "enum_declaration", "module", "internal_module",
})  # fmt: skip
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines ``first`` to ``last`` (0-based, both included): what they declare, and what they say.

    ``kind`` is ``import``, ``suite``, ``test`` or ``code``; ``title`` is a suite's or a test's; ``inner`` is a suite's.
    """

    first: int
    last: int
    kind: str
    names: tuple[str, ...] = ()
    title: str = ""
    inner: tuple[Piece, ...] = ()

    @property
    def size(self) -> int:
        """How many lines it has."""
        return self.last - self.first + 1

    @property
    def label(self) -> str:
        """What a reader would call it, ``""`` where it has no name."""
        return f"“{' '.join(self.title.split())[:60]}”" if self.title else ", ".join(self.names[:3])


def pieces(text: str, path: str = "") -> tuple[Piece, ...]:
    """The top-level pieces of ``text`` in order, with the comments right above each; none where it is too big."""
    if len(text) > TOO_BIG:
        return ()
    syntax = parse(text, path)
    return _joined(_pieces(syntax, syntax.root, 0))


def words(text: str) -> frozenset[str]:
    """Every identifier in ``text``, words of strings and comments included."""
    return frozenset(_WORD.findall(text))


def _pieces(syntax: Syntax, parent: Node, depth: int) -> Iterator[Piece]:
    above: int | None = None
    for node in parent.named_children:
        first, last = node.start_point.row, _last_row(node)
        if node.type == "comment":
            above = first if above is None else above
            continue
        yield replace(_piece(syntax, node, depth), first=first if above is None else above, last=last)
        above = None


def _piece(syntax: Syntax, node: Node, depth: int) -> Piece:
    first, last = node.start_point.row, _last_row(node)
    if node.type == "import_statement":
        return Piece(first, last, "import")
    call = node.named_children[0] if node.type == "expression_statement" and node.named_children else None
    if call is None or call.type != "call_expression":
        return Piece(first, last, "code", tuple(_declared(syntax, node)))
    name = syntax.code(node)[:80].lstrip().split("(")[0].split(".")[0]
    given = arguments(call)
    title = syntax.code(given[0])[1:201].rstrip("\"'`") if given else ""
    if name in _TESTS:
        return Piece(first, last, "test", title=title)
    body = next((each.child_by_field_name("body") for each in given if each.child_by_field_name("body")), None)
    if name in _SUITES and body is not None and depth < _DEEPEST:
        return Piece(first, last, "suite", title=title, inner=_joined(_pieces(syntax, body, depth + 1)))
    return Piece(first, last, "code", (name,) if _WORD.fullmatch(name) else ())


def _declared(syntax: Syntax, node: Node) -> Iterator[str]:
    """The names that a statement declares."""
    if node.type == "export_statement":
        for child in node.named_children:
            yield from _declared(syntax, child)
    elif node.type in _NAMED:
        if name := node.child_by_field_name("name"):
            yield syntax.code(name)
    elif node.type in ("lexical_declaration", "variable_declaration"):
        for child in node.named_children:
            if child.type == "variable_declarator" and (name := child.child_by_field_name("name")):
                yield from (_WORD.findall(syntax.code(name)) if name.type != "identifier" else (syntax.code(name),))
    elif node.type == "export_clause":
        yield from _WORD.findall(syntax.code(node))


def _joined(found: Iterator[Piece]) -> tuple[Piece, ...]:
    """No line belongs to two pieces."""
    result: list[Piece] = []
    for piece in found:
        if result and piece.first <= result[-1].last:
            before = result.pop()
            piece = Piece(
                before.first,
                max(before.last, piece.last),
                "code",
                before.names + piece.names,
                before.title or piece.title,
            )
        result.append(piece)
    return tuple(result)


def _last_row(node: Node) -> int:
    """The last row with something of the node on it."""
    end = node.end_point
    return end.row - 1 if end.column == 0 and end.row > node.start_point.row else end.row
