"""The tests of a file as its syntax tree shows them, and a test put in its place among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from tree_sitter import Node

from beai.core.edits.diff.ends import eol_at, with_eol
from beai.core.edits.place import lists
from beai.core.edits.place.imported import imports
from beai.core.edits.place.imports import add_import
from beai.core.edits.place.layout import Layout, laid_out, layout_of, line_indent, starts_line
from beai.core.edits.place.shapes import arguments, parsed, says, string_value
from beai.core.edits.unplaced import Unplaced, require_unharmed
from beai.core.project.syntax import Syntax, parse
from beai.core.runner.report import SEPARATOR

_RUNNERS = frozenset({"vitest", "@jest/globals", "bun:test", "node:test"})


_CALLBACKS = ("arrow_function", "function_expression", "generator_function", "function")
_NO_NAMES = frozenset({*_CALLBACKS, "object", "array", "number", "true", "false", "null", "undefined"})
_LINKS = 24  # of ``it.concurrent.each([…])(…)``; a longer chain declares no test


class Role(StrEnum):
    """What a call declares."""

    SUITE = "suite"
    TEST = "test"


ROLES = {
    **dict.fromkeys(("describe", "suite", "xdescribe", "fdescribe", "context"), Role.SUITE),
    **dict.fromkeys(("it", "test", "xit", "xtest", "fit", "specify"), Role.TEST),
}


_OPENS = re.compile(rf"(?:{'|'.join(ROLES)})\b".encode())


@dataclass(frozen=True, slots=True)
class Declared:
    """One ``describe`` or ``it`` call; ``modifiers`` are what follows the word (``only``), ``parents`` its suites.

    Its ``name`` is what is written, or the code that computes it where it is ``computed``.
    """

    role: Role
    word: str
    modifiers: tuple[str, ...]
    name: str
    call: Node
    body: Node | None
    parents: tuple[str, ...] = ()
    computed: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """The names of its suites and its own."""
        return (*self.parents, self.name)

    @property
    def joined(self) -> str:
        """Its names as a test runner's report has them."""
        return SEPARATOR.join(self.path)

    def statement(self) -> Node:
        """The statement that the call is, or the call."""
        parent = self.call.parent
        return parent if parent is not None and parent.type == "expression_statement" else self.call


def declared_tests(syntax: Syntax) -> tuple[Declared, ...]:
    """Every suite and test of a file in document order, wherever it stands."""
    return tuple(one for one in _below(syntax, syntax.root) if not one.computed)


def written_tests(syntax: Syntax) -> tuple[Declared, ...]:
    """Those, and the ones whose name is computed, under the code that computes it."""
    return tuple(_below(syntax, syntax.root))


def upsert_test(text: str, describe: str, name: str, code: str, path: str) -> str:
    """``text`` with the test in ``describe``: replaced where it exists, else last; the suite is made if absent.

    Raises ``Unplaced`` where ``code`` is not one test, or the place is ambiguous.
    """
    syntax = parsed(text, path)
    found, layout = declared_tests(syntax), layout_of(syntax)
    code, word = _as_here(code, name, found, path)
    suite = _suite(found, describe, name) if describe else None
    if suite is not None or not describe:
        body, inside = (suite.body, suite.path) if suite else (syntax.root, ())
        return _imported(_placed(syntax, body, inside, name, code, path), (word,), path)
    made = laid_out(code, layout.unit, layout)
    lines = (f"describe({layout.quoted(describe)}, () => {{", f"{layout.unit}{made}{layout.semicolon}", "})")
    return _imported(_appended(text, layout.eol.join(lines) + layout.semicolon), (word, "describe"), path)


def _suite(found: tuple[Declared, ...], describe: str, name: str) -> Declared | None:
    """The suite called ``describe``, or ``a > b`` with its parents; of several the one that has the test."""
    every = [one for one in found if one.role is Role.SUITE]
    suites = [one for one in every if one.name == describe] or [one for one in every if one.joined == describe]
    suites = [one for one in suites if not one.parents] or suites
    having = [one for one in suites if any(_own(test, one) and test.name == name for test in found)]
    if len(suites) > 1 and len(having) != 1:
        rows = ", ".join(str(one.call.start_point.row + 1) for one in suites)
        raise Unplaced(f"there are {len(suites)} suites called {describe!r} (lines {rows})")
    return next(iter(having if len(suites) > 1 else suites), None)


def _own(test: Declared, suite: Declared) -> bool:
    inside = suite.call.start_byte < test.call.start_byte < suite.call.end_byte
    return test.role is Role.TEST and test.parents == suite.path and inside


def _placed(syntax: Syntax, body: Node | None, inside: tuple[str, ...], name: str, code: str, path: str) -> str:
    if body is None or body.type not in ("statement_block", "program"):
        raise Unplaced(f"the suite {inside[-1]!r} has no body that a test could be put in")
    if inside:
        require_unharmed(body, f"the suite {inside[-1]!r}")
    text, layout = syntax.text, layout_of(syntax)
    tests = [one for one in _below(syntax, body, inside) if one.parents == inside]
    same = [one for one in tests if one.role is Role.TEST and one.name == name and not one.computed]
    if len(same) > 1:
        rows = ", ".join(str(one.call.start_point.row + 1) for one in same)
        raise Unplaced(f"there are {len(same)} tests called {name!r} (lines {rows})")
    if same:
        if says(syntax, same[0].call, code, path):
            return text
        span = syntax.span(same[0].call)
        return text[: span.start] + laid_out(code, line_indent(text, span.start), layout) + text[span.end :]
    statements = [node for node in body.named_children if node.type != "comment"]
    if body.type == "program" and not statements:
        return _appended(text, laid_out(code, "", layout) + layout.semicolon)
    if not statements:
        outer = line_indent(text, syntax.offset(body.start_byte))
        return lists.filled(syntax, body, laid_out(code, outer + layout.unit, layout) + layout.semicolon, layout)
    return _last(syntax, body, [one.statement() for one in tests], statements[-1], code, layout)


def _last(syntax: Syntax, body: Node, tests: list[Node], last: Node, code: str, layout: Layout) -> str:
    """The text with the test below the last statement and the remark behind that."""
    text, outer = syntax.text, line_indent(syntax.text, syntax.offset(body.start_byte))
    starts = [syntax.offset(node.start_byte) for node in (*tests, last)]
    own = [line_indent(text, start) for start in starts if starts_line(text, start)]
    indent = own[-1] if own else outer + layout.unit
    packed = len(tests) > 1 and all(b.start_point.row - a.end_point.row == 1 for a, b in pairwise(tests))
    end = lists.after_remark(text, syntax.offset(last.end_byte))
    eol, rest = eol_at(text, end), text[end:]
    made = with_eol(laid_out(code, indent, layout), eol) + layout.semicolon
    if rest.strip() and not rest.lstrip(" \t").startswith(("\n", "\r\n")):
        rest = eol + outer + rest.lstrip(" \t")
    return f"{text[:end]}{eol * (1 if packed else 2)}{indent}{made}{rest}"


def _appended(text: str, made: str) -> str:
    """The text with ``made`` at its end, a blank line before it; its last line ends or not as the file's does."""
    eol = eol_at(text, max(len(text.rstrip("\r\n")), 0))
    made = with_eol(made, eol)
    if not text.strip("\ufeff \t\r\n"):
        return f"{text}{made}{eol}"
    if not text.endswith("\n"):
        return f"{text}{eol * 2}{made}"
    apart = text.split("\n")[-2].strip() == ""
    return f"{text}{'' if apart else eol}{made}{eol}"


def _as_here(code: str, name: str, found: tuple[Declared, ...], path: str) -> tuple[str, str]:
    """The call alone, under the word (``it`` or ``test``) that the file uses when it uses one only, and that word."""
    syntax = parse(code.strip(), path)
    statements = [node for node in syntax.root.named_children if node.type != "comment"]
    tests = [one for one in declared_tests(syntax) if one.role is Role.TEST]
    if syntax.broken() is not None or len(statements) != 1 or not tests or tests[0].statement() != statements[0]:
        raise Unplaced("the code is not one whole test")
    if tests[0].name != name:
        raise Unplaced(f'the code\'s test is called "{tests[0].name}", and the one to put in "{name}"')
    bare = syntax.text[: syntax.offset(tests[0].call.end_byte)]
    here = {one.word for one in found if one.word in ("it", "test")}
    word = tests[0].word
    if len(here) != 1 or word not in ("it", "test"):
        return bare, word
    start = syntax.offset(tests[0].call.start_byte)
    own = next(iter(here))
    return bare[:start] + own + bare[start + len(word) :], own


def _imported(text: str, words: tuple[str, ...], path: str) -> str:
    """``text`` importing ``words`` too, where the file imports its runner's words rather than finding them global.

    A word that it has from elsewhere, as an extended ``test``, is the one that it means.
    """
    present = imports(parsed(text, path))
    bound = {name.local for found in present for name in found.names}
    for found in present:
        if found.module in _RUNNERS and any(name.local in ROLES for name in found.names):
            names = ", ".join(word for word in words if word not in bound)
            if not names:
                return text
            return add_import(text, f'import {{ {names} }} from "{found.module}"', path)
    return text


def _below(syntax: Syntax, node: Node, parents: tuple[str, ...] = ()) -> Iterator[Declared]:
    """The suites and tests below ``node``: of the calls there, which a query finds, those that declare one."""
    around: list[tuple[int, tuple[str, ...]]] = []  # where each suite that is open ends, with the names down to it
    start, alike = -1, 0
    for call in syntax.calls(node):
        start, alike = call.start_byte, alike + 1 if call.start_byte == start else 0
        if alike > _LINKS or not _OPENS.match(syntax.source, start):
            continue
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
    for _ in range(_LINKS):
        if callee is None or callee.type not in ("member_expression", "call_expression"):
            break
        if callee.type == "member_expression":
            words.append(syntax.code(callee.child_by_field_name("property") or callee))
        callee = callee.child_by_field_name("object") or callee.child_by_field_name("function")
    if callee is None or callee.type != "identifier" or syntax.code(callee) not in ROLES:
        return None
    given = arguments(call)
    functions = [node for node in given[1:] if node.type in _CALLBACKS]
    said = string_value(syntax, given[0]) if given else None
    if not given or (said is None and (given[0].type in _NO_NAMES or len(given) < 2)):
        return None
    body = functions[0].child_by_field_name("body") if functions else None
    word, name = syntax.code(callee), said if said is not None else syntax.code(given[0]).strip("`")
    return Declared(ROLES[word], word, tuple(reversed(words)), name, call, body, computed=said is None)
