"""Checks of the implementation principles: no `any`, no silenced types, no swallowed errors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from beai.core.project.expressions import arguments, property_name
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.subject import Subject

_SILENCED = re.compile(r"@ts-(ignore|nocheck|expect-error)\b[ \t:–—-]*([^\n]*)")
_WORDS = re.compile(r"[^\W\d_]{2,}.*[^\W\d_]{2,}")
_GLOBALS = ("globalThis", "global")  # one client over hot reloads (Prisma docs, "Best practice for instantiating")
_ESLINT = re.compile(r"eslint-disable(-next-line|-line)?\b([^*]*)")
_FUNCTIONS = ("arrow_function", "function_expression")


def any_type(subject: Subject) -> Iterator[Hit]:
    """`any` as a type, and a double assertion through `unknown`."""
    if subject.path.endswith("x"):
        return  # what a screen is typed by is not the backend's concern
    for node in subject.of("predefined_type"):
        if node.end_byte - node.start_byte != 3 or subject.code(node) != "any":
            continue
        if not _idiomatic(node) and not _excused(subject, node, "no-explicit-any"):
            yield _any(subject, node)
    for node in subject.of("as_expression"):
        inner = node.named_children[0] if node.named_children else None
        if inner is None or inner.type != "as_expression" or _type(subject, inner) != "unknown":
            continue
        of_global = subject.code(inner.named_children[0]) in _GLOBALS
        if not of_global and not _excused(subject, node, "consistent-type-assertions"):
            fix = "Check the value at run time (a Zod schema, a type guard), or correct the type that it comes from."
            yield subject.hit(node, f"`as unknown as {_type(subject, node)}` asserts a type that nothing checks.", fix)


def _idiomatic(node: Node) -> bool:
    """Where TypeScript itself asks for `any`: what a type variable is compared with (Handbook, "Conditional Types")."""
    above: Node | None = node.parent
    for _ in range(12):
        if above is None or above.type in ("statement_block", "program"):
            return False
        if above.type in ("constraint", "default_type"):
            return True
        if above.type == "conditional_type":
            right = above.child_by_field_name("right")
            return right is not None and right.start_byte <= node.start_byte < right.end_byte
        above = above.parent
    return False


def _excused(subject: Subject, node: Node, rule: str) -> bool:
    """Whether somebody has said yes to it before, in ESLint's words: on this line, the one above, or for the file."""
    if "eslint-disable" not in subject.text:
        return False
    lines = subject.once(_disabled)
    row = node.start_point.row
    return any(name in lines.get(at, "") for at in (row, row - 1, -1) for name in (rule, "*"))


def _disabled(subject: Subject) -> dict[int, str]:
    """The rules that ESLint's comments switch off, by their 0-based line; -1 is the whole file."""
    found: dict[int, str] = {}
    for node in subject.of("comment"):
        if match := _ESLINT.search(subject.code(node)[:600]):
            row = -1 if not match.group(1) else node.end_point.row
            found[row] = found.get(row, "") + (match.group(2).strip() or "*")
    return found


def _any(subject: Subject, node: Node) -> Hit:
    parent = node.parent
    if parent is not None and parent.type == "as_expression":
        fix = "Name the real type, or parse the value (`schema.parse(value)`) so that the type is earned."
        return subject.between(node.prev_sibling or node, node, "`as any` switches the type checker off here.", fix)
    fix = "Name the real type; for a value from outside take `unknown` and narrow it before use."
    return subject.hit(node, "`any` switches the type checker off for everything that this value reaches.", fix)


def _type(subject: Subject, node: Node) -> str:
    last = node.named_children[-1] if node.named_children else None
    return "" if last is None else " ".join(subject.code(last).split())[:60]


def ts_silenced(subject: Subject) -> Iterator[Hit]:
    """`@ts-ignore` and `@ts-nocheck`, and `@ts-expect-error` without words."""
    if subject.path.endswith("x"):
        return
    for node in subject.of("comment"):
        match = _SILENCED.search(subject.code(node)[:400])
        if match is None or _WORDS.search(match.group(2).removesuffix("*/")):
            continue
        fix = "Correct the type; where that is impossible write `// @ts-expect-error: why` on the line above the error."
        yield subject.hit(node, f"`@ts-{match.group(1)}` silences the type checker and does not say why.", fix)


def error_swallowed(subject: Subject) -> Iterator[Hit]:
    """A `catch` with nothing in it, and `.catch(() => {})`."""
    if subject.path.endswith("x"):
        return
    fix = "Handle the error, log it with what was being done, or let it pass; a comment may say why nothing is right."
    for node in subject.of("catch_clause"):
        body = node.child_by_field_name("body")
        if body is not None and not body.named_children:
            yield subject.hit(node, "This `catch` drops the error: whoever looks for it will find no trace.", fix)
    for call in subject.of("call_expression"):
        callee = call.child_by_field_name("function")
        given = arguments(call)
        if callee is None or callee.type != "member_expression" or len(given) != 1 or given[0].type not in _FUNCTIONS:
            continue
        body = given[0].child_by_field_name("body")
        empty = body is not None and body.type == "statement_block" and not body.named_children
        if empty and property_name(subject.syntax, callee) == "catch":
            yield subject.hit(given[0], "`.catch(() => {})` drops the error without a trace.", fix)
