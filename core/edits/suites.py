"""The tests of a file as its syntax tree shows them, and a test put in its place among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from tree_sitter import Node

from beai.core.edits.imports import Unplaced, add_import, imports
from beai.core.edits.layout import Layout, laid_out, layout_of, line_indent
from beai.core.edits.shapes import arguments, string_value
from beai.core.project.syntax import Syntax, parse

_RUNNERS = frozenset({"vitest", "@jest/globals", "bun:test", "node:test"})


class Role(StrEnum):
    """What a call declares."""

    SUITE = "suite"
    TEST = "test"


ROLES = {
    **dict.fromkeys(("describe", "suite", "xdescribe", "fdescribe", "context"), Role.SUITE),
    **dict.fromkeys(("it", "test", "xit", "xtest", "fit", "specify"), Role.TEST),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One ``describe`` or ``it`` call; ``modifiers`` are what follows the word (``only``), ``parents`` its suites."""

    role: Role
    word: str
    modifiers: tuple[str, ...]
    name: str
    call: Node
    body: Node | None
    parents: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """The names of its suites and its own."""
        return (*self.parents, self.name)

    def statement(self) -> Node:
        """The statement that the call is, or the call."""
        parent = self.call.parent
        return parent if parent is not None and parent.type == "expression_statement" else self.call


def declared_tests(syntax: Syntax) -> tuple[Declared, ...]:
    """Every suite and test of a file in document order, wherever it stands."""
    return tuple(_below(syntax, syntax.root))


def upsert_test(text: str, describe: str, name: str, code: str, path: str) -> str:
    """``text`` with the test in ``describe``: replaced where it exists, else last; the suite is made if absent.

    Raises ``Unplaced`` where ``code`` is not one test, or the place is ambiguous.
    """
    syntax = parse(text, path)
    found, layout = declared_tests(syntax), layout_of(syntax)
    code, word = _as_here(code, found, path)
    suites = [one for one in found if one.role is Role.SUITE and one.name == describe]
    suites = [one for one in suites if not one.parents] or suites
    if len(suites) > 1:
        rows = ", ".join(str(one.call.start_point.row + 1) for one in suites)
        raise Unplaced(f"there are {len(suites)} suites called {describe!r} (lines {rows})")
    if suites or not describe:
        inside = (*suites[0].parents, describe) if suites else ()
        text = _placed(syntax, suites[0].body if suites else syntax.root, inside, name, code, layout)
        return _imported(text, (word,), path)
    body = laid_out(code, layout.unit, layout)
    lines = (f"describe({layout.quoted(describe)}, () => {{", f"{layout.unit}{body}{layout.semicolon}", "})")
    made = layout.eol.join(lines) + layout.semicolon
    kept = text.rstrip(" \t\r\n")
    last = layout.eol if text.endswith("\n") or not kept else ""
    made = f"{kept}{layout.eol * 2}{made}{last}" if kept else f"{made}{last}"
    return _imported(made, (word, "describe"), path)


def _placed(syntax: Syntax, body: Node | None, inside: tuple[str, ...], name: str, code: str, layout: Layout) -> str:
    if body is None or body.type not in ("statement_block", "program"):
        raise Unplaced(f"the suite {inside[-1]!r} has no body that a test could be put in")
    text = syntax.text
    below = [one for one in _below(syntax, body, inside) if one.role is Role.TEST and one.name == name]
    same = [one for one in below if one.parents == inside] or below
    if len(same) > 1:
        raise Unplaced(f"there are {len(same)} tests called {name!r}")
    if same:
        span = syntax.span(same[0].call)
        return text[: span.start] + laid_out(code, line_indent(text, span.start), layout) + text[span.end :]
    statements = body.named_children
    tests = [one.statement() for one in _below(syntax, body, inside) if one.parents == inside]
    if not statements:
        return _first(syntax, body, code, layout)
    indent = line_indent(text, syntax.offset((tests or statements)[-1].start_byte))
    end = syntax.offset(statements[-1].end_byte)
    packed = len(tests) > 1 and all(b.start_point.row - a.end_point.row == 1 for a, b in pairwise(tests))
    gap = layout.eol * (1 if packed else 2)
    rest = text[end:]
    closed = (
        rest if rest.lstrip(" \t").startswith(("\n", "\r\n")) or not rest.strip() else layout.eol + rest.lstrip(" \t")
    )
    return f"{text[:end]}{gap}{indent}{laid_out(code, indent, layout)}{layout.semicolon}{closed}"


def _first(syntax: Syntax, body: Node, code: str, layout: Layout) -> str:
    text = syntax.text
    if body.type == "program":
        return f"{text}{laid_out(code, '', layout)}{layout.semicolon}{layout.eol}"
    outer = line_indent(text, syntax.offset(body.start_byte))
    indent, closing = outer + layout.unit, syntax.offset(body.end_byte) - 1
    added = f"{layout.eol}{indent}{laid_out(code, indent, layout)}{layout.semicolon}{layout.eol}{outer}"
    return text[:closing].rstrip(" \t\r\n") + added + text[closing:]


def _as_here(code: str, found: tuple[Declared, ...], path: str) -> tuple[str, str]:
    """The call alone, under the word (``it`` or ``test``) that the file uses when it uses one only, and that word."""
    syntax = parse(code.strip(), path)
    statements = [node for node in syntax.root.named_children if node.type != "comment"]
    tests = [one for one in _below(syntax, syntax.root) if one.role is Role.TEST]
    if syntax.broken() is not None or len(statements) != 1 or not tests or tests[0].statement() != statements[0]:
        raise Unplaced("the code is not one whole test")
    bare = syntax.text[: syntax.offset(tests[0].call.end_byte)]
    here = {one.word for one in found if one.word in ("it", "test")}
    word = tests[0].word
    if len(here) != 1 or word not in ("it", "test"):
        return bare, word
    start = syntax.offset(tests[0].call.start_byte)
    own = next(iter(here))
    return bare[:start] + own + bare[start + len(word) :], own


def _imported(text: str, words: tuple[str, ...], path: str) -> str:
    """``text`` importing ``words`` too, where the file imports its runner's words rather than finding them global."""
    for found in imports(parse(text, path)):
        if found.module in _RUNNERS and any(name.local in ROLES for name in found.names):
            names = ", ".join(words)
            return add_import(text, f'import {{ {names} }} from "{found.module}"', path)
    return text


def _below(syntax: Syntax, node: Node, parents: tuple[str, ...] = ()) -> Iterator[Declared]:
    """The suites and tests below ``node``: of the calls there, which a query finds, those that declare one."""
    around: list[tuple[int, tuple[str, ...]]] = []  # where each suite that is open ends, with the names down to it
    for call in syntax.calls(node):
        while around and around[-1][0] <= call.start_byte:
            around.pop()
        one = _read(syntax, call) if call.id != node.id else None
        if one is not None:
            inside = around[-1][1] if around else parents
            yield replace(one, parents=inside)
            if one.role is Role.SUITE:
                around.append((call.end_byte, (*inside, one.name)))


def _read(syntax: Syntax, call: Node) -> Declared | None:
    words, callee = list[str](), call.child_by_field_name("function")
    while callee is not None and callee.type in ("member_expression", "call_expression"):
        if callee.type == "member_expression":
            words.append(syntax.code(callee.child_by_field_name("property") or callee))
        callee = callee.child_by_field_name("object") or callee.child_by_field_name("function")
    if callee is None or callee.type != "identifier" or syntax.code(callee) not in ROLES:
        return None
    given = arguments(call)
    name = string_value(syntax, given[0]) if given else None
    if name is None:
        return None
    functions = [node for node in given[1:] if node.type in ("arrow_function", "function_expression", "function")]
    body = functions[0].child_by_field_name("body") if functions else None
    word = syntax.code(callee)
    return Declared(ROLES[word], word, tuple(reversed(words)), name, call, body)
