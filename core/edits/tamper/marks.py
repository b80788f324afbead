"""The mark of a test: a hash of what its call says, the same however the call is laid out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from tree_sitter import Node

from beai.core.edits.place.shapes import parsed
from beai.core.edits.place.suites import Role, declared_tests
from beai.core.project.syntax import Syntax
from beai.core.runner.report import SEPARATOR

LENGTH = 12
"""Hex digits of a mark."""

_CLOSERS = frozenset({")", "]", "}"})
_QUOTES = {"'": '"', "\\'": "'", '\\"': '"'}


def marks(path: str, text: str) -> tuple[tuple[str, str], ...]:
    """The joined names of each test of a file with its mark; tests of the same names have one mark after another.

    Quotes, commas and semicolons that a formatter sets, parentheses around one parameter, comments and white space
    change no mark.
    """
    syntax = parsed(text, path)
    tests = (one for one in declared_tests(syntax) if one.role is Role.TEST)
    return tuple((one.joined, mark(syntax, one.call)) for one in tests)


def mark(syntax: Syntax, call: Node) -> str:
    """The mark of one call."""
    said = "\x1f".join(_tokens(syntax, call)).encode("utf-8", "surrogateescape")
    return hashlib.sha256(said).hexdigest()[:LENGTH]


def marked(known: tuple[tuple[str, str], ...], name: str, case: str = "") -> str:
    """The mark of the test of that joined ``name``; else of the only one that begins with ``case``, else ``""``."""
    exact = [each for test, each in known if test == name]
    if exact or not case:
        return exact[-1] if exact else ""
    leaves = Counter(each for test, each in known if _begins(test, case))
    return next(iter(leaves)) if len(leaves) == 1 else ""


def _begins(name: str, case: str) -> bool:
    words = name.rsplit(SEPARATOR, 1)[-1]
    return words.startswith(case) and not words[len(case) : len(case) + 1].isalnum()


def _tokens(syntax: Syntax, call: Node) -> Iterator[str]:
    """The words of ``call`` in order, without those that only a formatter cares about."""
    held = ""
    for node in _leaves(call):
        word = syntax.code(node)
        if held and node.type not in _CLOSERS:
            yield held
        held = ""
        if node.type == ",":
            held = word
        elif node.type != ";":
            yield _QUOTES.get(word, word)


def _leaves(call: Node) -> Iterator[Node]:
    waiting = [call]
    while waiting:
        node = waiting.pop()
        if node.type == "comment":
            continue
        children = _bare(node) or node.children
        if children:
            waiting += reversed(children)
        elif node.end_byte > node.start_byte:
            yield node


def _bare(node: Node) -> list[Node]:
    """The one plain parameter that stands in parentheses of its own, so that ``(x) =>`` is ``x =>``."""
    if node.type != "formal_parameters" or node.parent is None or node.parent.type != "arrow_function":
        return []
    inside = node.named_children
    plain = len(inside) == 1 and inside[0].type == "required_parameter" and len(inside[0].children) == 1
    return inside if plain and inside[0].children[0].type == "identifier" else []
