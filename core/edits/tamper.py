"""What a change to a test file takes away from its tests, said in words: a smoke alarm, not a lock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from beai.core.edits.change import Hunk
from beai.core.edits.shapes import arguments
from beai.core.edits.suites import Declared, Role, declared_tests
from beai.core.project.syntax import Syntax, parse, walk

_OFF = frozenset({"skip", "todo", "only", "skipIf", "runIf", "fails", "failing"})
_OFF_WORDS = {"xit": "skip", "xtest": "skip", "xdescribe": "skip", "fit": "only", "fdescribe": "only"}
_ASSERTS = re.compile(r"(?:expect|assert)\w*")
_LITERALS = frozenset({"true", "false", "null", "undefined", "number", "string", "object", "array", "template_string"})

Rows = tuple[int, int]
"""First and last line, 0-based."""


@dataclass(frozen=True, slots=True)
class Tamper:
    """One thing a reader must know, and the lines it is about before and after; either may be None."""

    words: str
    old: Rows | None = None
    new: Rows | None = None


def tamper(path: str, before: str | None, after: str) -> tuple[Tamper, ...]:
    """What ``after`` takes away from the tests of ``before``, and tests in it that prove nothing."""
    old_syntax, new_syntax = parse(before or "", path), parse(after, path)
    old = {one.path: one for one in declared_tests(old_syntax)}
    new = {one.path: one for one in declared_tests(new_syntax)}
    found: list[Tamper] = []
    for key, gone in old.items():
        if key not in new and gone.role is Role.TEST:
            found.append(Tamper(f"removes the test {gone.name!r}", old=_rows(gone.statement())))
    for key, one in new.items():
        found += _switched(new_syntax, old_syntax, one, old.get(key))
        if one.role is Role.TEST:
            found += _weakened(new_syntax, old_syntax, one, old.get(key))
    return tuple(found)


def marked(hunks: tuple[Hunk, ...], found: tuple[Tamper, ...]) -> tuple[Hunk, ...]:
    """``hunks`` with each warning on those that its lines are in, or on the first where it is in none."""
    marks: dict[str, list[str]] = {hunk.id: [] for hunk in hunks}
    shift, places = 0, list[tuple[Hunk, Rows, Rows]]()
    for hunk in hunks:
        start = hunk.old_start + shift
        places.append((hunk, (hunk.old_start, hunk.old_start + len(hunk.old) - 1), (start, start + len(hunk.new) - 1)))
        shift += len(hunk.new) - len(hunk.old)
    for one in found:
        within = [hunk.id for hunk, old, new in places if _touch(one.old, old) or _touch(one.new, new)]
        for name in within or [hunk.id for hunk in hunks[:1]]:
            marks[name].append(one.words)
    return tuple(replace(hunk, warnings=(*hunk.warnings, *dict.fromkeys(marks[hunk.id]))) for hunk in hunks)


def _switched(syntax: Syntax, before: Syntax, one: Declared, was: Declared | None) -> Iterator[Tamper]:
    """A test or suite that is skipped, focused or postponed and was not."""
    for word in sorted(_off(syntax, one) - (_off(before, was) if was else frozenset())):
        verb = {"only": "focuses", "todo": "postpones"}.get(word, "skips")
        yield Tamper(f"{verb} the {one.role.value} {one.name!r} (.{word})", new=_first_row(one.call))


def _off(syntax: Syntax, one: Declared) -> frozenset[str]:
    words = {*_OFF.intersection(one.modifiers), *filter(None, [_OFF_WORDS.get(one.word)])}
    for option in (node for node in arguments(one.call)[1:] if node.type == "object"):
        words |= {word for word in _OFF if re.search(rf"\b{word}\s*:\s*(?!false)", syntax.code(option))}
    return frozenset(words)


def _weakened(syntax: Syntax, before: Syntax, one: Declared, was: Declared | None) -> Iterator[Tamper]:
    asserts = _assertions(syntax, one)
    had = _assertions(before, was) if was else []
    for statement in asserts:
        code = _plain(syntax, statement)
        if _says_nothing(syntax, statement) and code not in {_plain(before, node) for node in had}:
            yield Tamper(f"asserts nothing real in {one.name!r}", new=_rows(statement))
    lost = Counter(_plain(before, node) for node in had) - Counter(_plain(syntax, node) for node in asserts)
    gone = [node for node in had if _plain(before, node) in lost]
    fewer = len(had) - len(asserts)
    if one.body is not None and not asserts and (had or was is None):
        what = "takes every assertion out of" if had else "asserts nothing in"
        yield Tamper(f"{what} {one.name!r}", old=_rows(was.call) if was else None, new=_rows(one.call))
    elif fewer > 0 and was is not None:
        yield Tamper(f"takes {fewer} of {len(had)} assertions out of {one.name!r}", old=_span(gone) or _rows(was.call))
    elif gone:
        yield Tamper(f"changes {len(gone)} of {len(had)} assertions of {one.name!r}", old=_span(gone))


def _assertions(syntax: Syntax, one: Declared) -> list[Node]:
    """The outermost calls that begin with ``expect…`` or ``assert…``."""
    found, stack = list[Node](), [one.body] if one.body else []
    while stack:
        node = stack.pop()
        if node.type == "call_expression" and _ASSERTS.fullmatch(_base(syntax, node)):
            found.append(node)
            continue
        stack.extend(reversed(node.children))
    return found


def _base(syntax: Syntax, call: Node) -> str:
    node: Node | None = call
    while node is not None and node.type in ("call_expression", "member_expression"):
        node = node.child_by_field_name("function") or node.child_by_field_name("object")
    return syntax.code(node) if node is not None and node.type == "identifier" else ""


def _says_nothing(syntax: Syntax, statement: Node) -> bool:
    """``expect(true).toBe(true)`` and its kin: literal against literal, or a value against itself."""
    calls = [node for node in walk(statement) if node.type == "call_expression"]
    inner = next(
        (call for call in calls if (f := call.child_by_field_name("function")) and f.type == "identifier"), None
    )
    if inner is None:
        return False
    actual, wanted = arguments(inner), arguments(statement) if statement != inner else []
    if not actual:
        return False
    literal = all(node.type in _LITERALS and not _names(node) for node in (*actual, *wanted))
    return literal or (len(wanted) == 1 and syntax.code(actual[0]) == syntax.code(wanted[0]))


def _names(node: Node) -> bool:
    return any(below.type in ("identifier", "shorthand_property_identifier", "call_expression") for below in walk(node))


def _plain(syntax: Syntax, node: Node) -> str:
    return re.sub(r"[\s;]+", "", syntax.code(node)).replace(",)", ")")


def _rows(node: Node) -> Rows:
    return node.start_point.row, node.end_point.row


def _first_row(node: Node) -> Rows:
    return node.start_point.row, node.start_point.row


def _span(nodes: list[Node]) -> Rows | None:
    return (nodes[0].start_point.row, nodes[-1].end_point.row) if nodes else None


def _touch(lines: Rows | None, hunk: Rows) -> bool:
    return lines is not None and lines[0] <= hunk[1] and hunk[0] <= lines[1]
