"""TypeScript as a syntax tree, with offsets that fit Python strings."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from beai.core.project.facts import Span
from beai.core.project.grammar_gaps import without_ampersands, without_any_ampersand, without_gaps

_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte: one character each stays one

Sorted = tuple[list[int], list[Node]]
"""Nodes in document order, with the bytes at which they start."""

_FOUND = """(call_expression) @call
[(variable_declarator value: (_)) (assignment_expression)] @assignment"""
_NAMES = ("identifier", "member_expression")
_PIECE = 2048  # characters


@dataclass(frozen=True)
class Syntax:
    """One parsed file. tree-sitter counts bytes; ``span`` answers in characters of ``text``."""

    text: str
    tsx: bool = False

    @cached_property
    def source(self) -> bytes:
        """The bytes that were parsed."""
        return _encoded(self.text)

    @cached_property
    def root(self) -> Node:
        """The ``program`` node; broken code parses too, with ERROR nodes inside.

        What only the grammar cannot read is parsed over-written at equal length; ``code`` is always the text itself.
        """
        root = _parsed(self.source, self.tsx)
        if not root.has_error:
            return root
        source = without_gaps(self.source)
        root = root if source == self.source else _parsed(source, self.tsx)
        if self.tsx and root.has_error and b"&" in source:
            source = without_ampersands(source, root)
            root = _parsed(source, True)
            guess = _parsed(without_any_ampersand(source), True) if root.has_error else root
            root = root if guess.has_error else guess
        return root

    def code(self, node: Node) -> str:
        """The text of ``node``."""
        if self._plain:
            return self.text[node.start_byte : node.end_byte]
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")

    @cached_property
    def _plain(self) -> bool:
        """Whether every character is a byte, so that offsets are the same in both."""
        return len(self.source) == len(self.text)

    def span(self, node: Node) -> Span:
        """The characters of ``text`` that ``node`` covers."""
        return Span(self.offset(node.start_byte), self.offset(node.end_byte))

    def offset(self, byte: int) -> int:
        """The character offset of a byte offset."""
        if self._plain:
            return byte
        piece = bisect_right(self._pieces, byte) - 1
        inside = self.source[self._pieces[piece] : byte]
        return piece * _PIECE + len(inside.decode("utf-8", "surrogateescape"))

    def calls(self, node: Node) -> Iterator[Node]:
        """Every call in and including ``node``, in document order; all of a file are found once, by a query."""
        return _within(self._all_calls, node)

    def calls_by_name(self, node: Node) -> Iterator[Node]:
        """Those of ``calls`` that call a name or a member."""
        return _within(self._calls_by_name, node)

    def calls_of_import(self, node: Node) -> Iterator[Node]:
        """Those of ``calls`` that import a module while running."""
        return _within(self._calls_of_import, node)

    def assignments(self, node: Node) -> Iterator[Node]:
        """Every ``name = value`` in and including ``node``, declared or assigned, in document order."""
        return _within(self._all_assignments, node)

    @cached_property
    def _captured(self) -> dict[str, list[Node]]:
        """The calls and assignments of the file, found in one go."""
        return QueryCursor(_query(self.tsx, _FOUND)).captures(self.root)

    def matching(self, pattern: str) -> list[Node]:
        """The nodes that a query captures as ``@found``, in document order, an outer one before those in it."""
        return _sorted(QueryCursor(_query(self.tsx, pattern)).captures(self.root).get("found", []))[1]

    @cached_property
    def _all_calls(self) -> Sorted:
        return _sorted(self._captured.get("call", []))

    @cached_property
    def _calls_by_name(self) -> Sorted:
        return self._calls_of(_NAMES)

    @cached_property
    def _calls_of_import(self) -> Sorted:
        return self._calls_of(("import",))

    def _calls_of(self, types: tuple[str, ...]) -> Sorted:
        callees = ((call, call.child_by_field_name("function")) for call in self._all_calls[1])
        found = [call for call, callee in callees if callee is not None and callee.type in types]
        return [call.start_byte for call in found], found

    @cached_property
    def _all_assignments(self) -> Sorted:
        return _sorted(self._captured.get("assignment", []))

    def byte(self, offset: int) -> int:
        """The byte offset of a character offset."""
        if self._plain:
            return offset
        piece = min(offset // _PIECE, len(self._pieces) - 1)
        return self._pieces[piece] + len(_encoded(self.text[piece * _PIECE : offset]))

    @cached_property
    def _pieces(self) -> list[int]:
        """The bytes at which each ``_PIECE`` characters begin, so that no offset costs more than one piece."""
        starts = [0]
        for at in range(_PIECE, len(self.text), _PIECE):
            starts.append(starts[-1] + len(_encoded(self.text[at - _PIECE : at])))
        return starts

    def broken(self) -> Node | None:
        """The first ERROR or missing node, or None where the file parses."""
        return next((node for node in walk(self.root) if node.is_error or node.is_missing), None)


def parse(text: str, path: str = "") -> Syntax:
    """Parse TypeScript; a ``.tsx`` or ``.jsx`` path is read with JSX. No text raises."""
    return Syntax(text, path.endswith(("x",)))


def _parsed(source: bytes, tsx: bool) -> Node:
    return _parser(tsx).parse(source).root_node


def _encoded(text: str) -> bytes:
    return _LONE.sub("\ufffd", text).encode("utf-8", "surrogateescape")


def walk(node: Node) -> Iterator[Node]:
    """Every node below and including ``node``, in document order; iterative, so that depth is no limit."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children))


def line_of(node: Node) -> int:
    """The 1-based line on which ``node`` starts."""
    return node.start_point.row + 1


@lru_cache(maxsize=2)
def _language(tsx: bool) -> Language:
    return Language(tree_sitter_typescript.language_tsx() if tsx else tree_sitter_typescript.language_typescript())


@lru_cache(maxsize=2)
def _parser(tsx: bool) -> Parser:
    return Parser(_language(tsx))


@lru_cache(maxsize=64)
def _query(tsx: bool, pattern: str) -> Query:
    return Query(_language(tsx), pattern)


def _sorted(nodes: list[Node]) -> Sorted:
    found = sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))
    return [node.start_byte for node in found], found


def _within(found: Sorted, node: Node) -> Iterator[Node]:
    starts, nodes = found
    for at in range(bisect_left(starts, node.start_byte), bisect_left(starts, node.end_byte)):
        if nodes[at].end_byte <= node.end_byte:
            yield nodes[at]
