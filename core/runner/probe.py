"""Ways to break a procedure on purpose, so that a test that passed at once can be seen red.

Each mutant removes one guard of the procedure (a middleware, a check of the input, a ``throw``, a ``where`` property);
the last one empties it, and shows only whether a test depends on it at all. The idea is mutation testing (DeMillo,
Lipton, Sayward 1978, "Hints on Test Data Selection").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.facts import ApiMap, Procedure, Span
from beai.core.project.syntax import Syntax, parse, walk
from beai.core.runner.failure import asserts, stumbled
from beai.core.runner.report import TestError

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
# The codes with which tRPC or a middleware answers for a guard (tRPC docs, "Error Handling" and "Authorization").
_NO_ENTRY = ("UNAUTHORIZED", "FORBIDDEN")
_BAD_INPUT = ("BAD_REQUEST",)
_SAID = re.compile(r"""(["'`])(?P<said>[^"'`\n]{3,})\1""")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken version of a file: ``what`` was broken, in words, and the whole ``text``.

    ``answers`` are the codes and messages of the guard that is gone; ``whole`` is whether all of the procedure is.
    """

    what: str
    text: str
    answers: tuple[str, ...] = ()
    whole: bool = False

    def causes(self, error: TestError) -> bool:
        """Whether a test that fell with ``error`` did so because the guard is gone, and not over the debris.

        An assertion that failed counts. Where the code broke down it counts only if the guard's own answer was awaited.
        """
        if not asserts(error):
            return error.code in self.answers
        awaited = error.message if error.expected is None else error.expected
        return not stumbled(error) or any(answer in awaited for answer in self.answers)


def mutants(text: str, procedure: Procedure, api: ApiMap) -> tuple[Mutant, ...]:
    """The broken versions of ``text`` that lack one guard of ``procedure`` each, most specific first."""
    syntax = parse(text, procedure.file)
    inside = [node for node in walk(syntax.root) if _within(syntax, node, procedure.span)]
    found = [
        *_unguarded(text, procedure, api),
        *_without_call(syntax, _chain(syntax, inside, procedure.span), frozenset({"use"}), _NO_ENTRY),
        *_without_call(syntax, inside, _CHECKS, _BAD_INPUT),
        *_without_throw(syntax, inside),
        *_unfiltered(syntax, inside),
        *_without_call(syntax, _chain(syntax, inside, procedure.span), frozenset({"input"}), _BAD_INPUT),
        *_emptied(text, procedure),
    ]
    return tuple(dict.fromkeys(mutant for mutant in found if mutant.text != text))


def _unguarded(text: str, procedure: Procedure, api: ApiMap) -> Iterator[Mutant]:
    mine = next((builder for builder in api.builders if builder.name == procedure.builder), None)
    if mine is None or not mine.protected:
        return
    start, end = procedure.span.start, procedure.span.end
    for other in api.builders:
        if not other.open:
            continue
        inside = re.sub(rf"\b{re.escape(mine.name)}\b", other.name, text[start:end], count=1)
        broken = text[:start] + inside + text[end:]
        yield Mutant(f"{mine.name} replaced by {other.name}", _importing(broken, mine.name, other.name), _NO_ENTRY)


def _importing(text: str, beside: str, name: str) -> str:
    """``text`` with ``name`` imported from where ``beside`` comes from, unless it is imported already."""
    if re.search(rf"import\s*\{{[^}}]*\b{re.escape(name)}\b", text):
        return text
    return re.sub(rf"(import\s*\{{[^}}]*)\b{re.escape(beside)}\b", rf"\1{beside}, {name}", text, count=1)


def _chain(syntax: Syntax, inside: list[Node], span: Span) -> list[Node]:
    """The nodes that begin where the procedure does: its builder with every call made on it."""
    return [node for node in inside if syntax.offset(node.start_byte) == span.start]


def _without_call(
    syntax: Syntax, nodes: list[Node], names: frozenset[str], answers: tuple[str, ...]
) -> Iterator[Mutant]:
    for node in nodes:
        if node.type != "call_expression":
            continue
        member = node.child_by_field_name("function")
        name = member.child_by_field_name("property") if member and member.type == "member_expression" else None
        receiver = member.child_by_field_name("object") if member else None
        if name is None or receiver is None or syntax.code(name) not in names:
            continue
        yield Mutant(f".{syntax.code(name)}() dropped", _cut(syntax, node, syntax.code(receiver)), answers)


def _without_throw(syntax: Syntax, inside: list[Node]) -> Iterator[Mutant]:
    for node in inside:
        if node.type == "throw_statement":
            answers = tuple(match["said"] for match in _SAID.finditer(syntax.code(node)))
            yield Mutant(f"the throw of line {node.start_point.row + 1} removed", _cut(syntax, node, ";"), answers)


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
    yield Mutant("the procedure emptied", text[:start] + body + text[end:], whole=True)


def _cut(syntax: Syntax, node: Node, new: str) -> str:
    span = syntax.span(node)
    return syntax.text[: span.start] + new + syntax.text[span.end :]


def _within(syntax: Syntax, node: Node, span: Span) -> bool:
    return syntax.offset(node.start_byte) >= span.start and syntax.offset(node.end_byte) <= span.end
