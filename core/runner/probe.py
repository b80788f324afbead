"""Ways to break a procedure on purpose, so that a test that passed at once can be seen red.

Each mutant removes one guard of the procedure (a middleware, a check of the input, a ``throw``, a ``where`` property);
the last ones empty it. The idea is mutation testing (DeMillo, Lipton, Sayward 1978, "Hints on Test Data Selection").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.facts import ApiMap, Procedure, Span
from beai.core.project.syntax import Syntax, parse, walk

_CHECKS = frozenset(
    {
        "min",
        "max",
        "length",
        "uuid",
        "cuid",
        "cuid2",
        "ulid",
        "email",
        "url",
        "regex",
        "nonempty",
        "int",
        "positive",
        "nonnegative",
        "gt",
        "gte",
        "lt",
        "lte",
        "refine",
        "trim",
    }
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken version of a file: ``what`` was broken, in words, and the whole ``text``."""

    what: str
    text: str


def mutants(text: str, procedure: Procedure, api: ApiMap) -> tuple[Mutant, ...]:
    """The broken versions of ``text`` that lack one guard of ``procedure`` each, most specific first."""
    syntax = parse(text, procedure.file)
    inside = [node for node in walk(syntax.root) if _within(syntax, node, procedure.span)]
    found = [
        *_unguarded(text, procedure, api),
        *_without_call(syntax, _chain(syntax, inside, procedure.span), frozenset({"use"})),
        *_without_call(syntax, inside, _CHECKS),
        *_without_throw(syntax, inside),
        *_unfiltered(syntax, inside),
        *_without_call(syntax, _chain(syntax, inside, procedure.span), frozenset({"input"})),
        *_emptied(text, procedure),
    ]
    return tuple(dict.fromkeys(mutant for mutant in found if mutant.text != text))


def _unguarded(text: str, procedure: Procedure, api: ApiMap) -> Iterator[Mutant]:
    mine = next((builder for builder in api.builders if builder.name == procedure.builder), None)
    if mine is None or not mine.protected:
        return
    start, end = procedure.span.start, procedure.span.end
    for other in api.builders:
        if other.protected:
            continue
        inside = re.sub(rf"\b{re.escape(mine.name)}\b", other.name, text[start:end], count=1)
        broken = text[:start] + inside + text[end:]
        yield Mutant(f"{mine.name} replaced by {other.name}", _importing(broken, mine.name, other.name))


def _importing(text: str, beside: str, name: str) -> str:
    """``text`` with ``name`` imported from where ``beside`` comes from, unless it is imported already."""
    if re.search(rf"import\s*\{{[^}}]*\b{re.escape(name)}\b", text):
        return text
    return re.sub(rf"(import\s*\{{[^}}]*)\b{re.escape(beside)}\b", rf"\1{beside}, {name}", text, count=1)


def _chain(syntax: Syntax, inside: list[Node], span: Span) -> list[Node]:
    """The nodes that begin where the procedure does: its builder with every call made on it."""
    return [node for node in inside if syntax.offset(node.start_byte) == span.start]


def _without_call(syntax: Syntax, nodes: list[Node], names: frozenset[str]) -> Iterator[Mutant]:
    for node in nodes:
        if node.type != "call_expression":
            continue
        member = node.child_by_field_name("function")
        name = member.child_by_field_name("property") if member and member.type == "member_expression" else None
        receiver = member.child_by_field_name("object") if member else None
        if name is None or receiver is None or syntax.code(name) not in names:
            continue
        yield Mutant(f".{syntax.code(name)}() dropped", _cut(syntax, node, syntax.code(receiver)))


def _without_throw(syntax: Syntax, inside: list[Node]) -> Iterator[Mutant]:
    for node in inside:
        if node.type == "throw_statement":
            yield Mutant(f"the throw of line {node.start_point.row + 1} removed", _cut(syntax, node, ";"))


def _unfiltered(syntax: Syntax, inside: list[Node]) -> Iterator[Mutant]:
    for node in inside:
        key = node.child_by_field_name("key") if node.type == "pair" else None
        value = node.child_by_field_name("value") if node.type == "pair" else None
        if key is None or value is None or value.type != "object" or syntax.code(key) not in ("where", "data"):
            continue
        yield Mutant(f"{syntax.code(key)} emptied", _cut(syntax, value, "{} as never"))


def _emptied(text: str, procedure: Procedure) -> Iterator[Mutant]:
    start, end = procedure.span.start, procedure.span.end
    body = re.sub(r"\.(query|mutation)\(.*\Z", r".\1(() => undefined as never)", text[start:end], count=1, flags=re.S)
    yield Mutant("the procedure emptied", text[:start] + body + text[end:])


def _cut(syntax: Syntax, node: Node, new: str) -> str:
    span = syntax.span(node)
    return syntax.text[: span.start] + new + syntax.text[span.end :]


def _within(syntax: Syntax, node: Node, span: Span) -> bool:
    return syntax.offset(node.start_byte) >= span.start and syntax.offset(node.end_byte) <= span.end
