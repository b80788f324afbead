"""Where code turns callers away, and whether it does so to everybody without a session or only under a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from tree_sitter import Node

from beai.core.project.conditions import Conditions, Requirement
from beai.core.project.expressions import FUNCTIONS, arguments, calls, chain, unwrap
from beai.core.project.follow import Place, follow
from beai.core.project.modules import Modules

PIPES = frozenset({"unstable_pipe", "pipe", "concat", "unstable_concat"})
_REFUSAL = re.compile(
    rb"\b(?:UNAUTHORIZED|FORBIDDEN|UNAUTHENTICATED)\b"
    rb"|\bthrow\s+(?:new\s+)?\w{0,40}(?:[Uu]nauthori[sz]ed|[Ff]orbidden|[Uu]nauthenticated)\w{0,40}"
)
_COMPARED = re.compile(rb"(?:[=!]==?\s*|\bcase\s+|\bincludes\(\s*|[\[,]\s*)[\"'`]?(?:\w{1,40}\.){0,3}$")
_WITHOUT = re.compile(
    r"!\s*[\w.?!()]*(?:user|session|auth|token|account|member|viewer)|==\s*null|===\s*(?:null|undefined)", re.I
)
_HOPS = 3
_MOST = 40  # refusals in one function


class Force(IntEnum):
    """What a refusal means for a caller without a session."""

    NONE = 0
    PERHAPS = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class Refusal:
    """The word that a middleware refuses with; ``condition`` is what it hangs on where that cannot be judged."""

    force: Force = Force.NONE
    word: str = ""
    condition: str = ""


class Refusals:
    """Finds refusals; looks at each function once."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def of(self, place: Place, hops: int = _HOPS) -> Refusal:
        """The strongest refusal in the code behind ``place``, functions that it calls included."""
        target = follow(self._modules, place)
        path, start, end = target.range
        question = ("refusal", path, str(start), str(end), str(hops))
        return self._modules.inquiry.ask(question, lambda: self._strongest(target, hops), Refusal())

    def _strongest(self, target: Place, hops: int) -> Refusal:
        self._modules.inquiry.note("text", target.module.path)
        found = [*_own(self._modules, target), *(self._called(target, hops) if hops else ())]
        return max(found, key=lambda each: each.force, default=Refusal())

    def _called(self, target: Place, hops: int) -> Iterator[Refusal]:
        seen: set[str] = set()
        for callee, call in (*_callees(target), *((node, node) for node in piped(target))):
            code = target.module.syntax.code(callee)
            inner = follow(self._modules, target.at(callee)) if code not in seen else target
            if inner.key == target.key or inner.node.type not in (*FUNCTIONS, "method_definition", "call_expression"):
                continue
            seen.add(code)
            found = self.of(inner, hops - 1)
            if found.force:
                yield _under(self._modules, target, call, found)


def piped(place: Place) -> list[Node]:
    """The middlewares that ``a.unstable_pipe(b)`` puts together."""
    found = chain(place.module.syntax, place.node)
    if not any(call.method in PIPES for call in found.calls):
        return []
    given = [unwrap(node) for call in found.calls if call.method in PIPES for node in arguments(call.node)]
    return [found.root, *given]


def _callees(target: Place) -> Iterator[tuple[Node, Node]]:
    for call in calls(target.module.syntax, target.node):
        callee = call.child_by_field_name("function")
        if callee is not None:
            yield callee, call


def _own(modules: Modules, target: Place) -> Iterator[Refusal]:
    syntax, node = target.module.syntax, target.node
    found = 0
    for match in _REFUSAL.finditer(syntax.source, node.start_byte, node.end_byte):
        if _COMPARED.search(syntax.source, max(node.start_byte, match.start() - 60), match.start()):
            continue
        at = node.descendant_for_byte_range(match.start(), match.start() + 1)
        if at is None or at.type == "comment":
            continue
        yield _under(modules, target, at, Refusal(Force.SURE, match.group().decode("utf-8", "replace").split()[-1]))
        found += 1
        if found >= _MOST:
            return


def _under(modules: Modules, target: Place, at: Node, found: Refusal) -> Refusal:
    """``found`` as the conditions around ``at`` leave it, and the ways past it before."""
    code = target.module.syntax.code
    required: list[Requirement] = []
    node = at
    while (above := node.parent) is not None and node.id != target.node.id:
        asked = above.child_by_field_name("condition") if above.type in ("if_statement", "ternary_expression") else None
        if asked is not None and asked.id != node.id:
            other = above.child_by_field_name("alternative")
            required.append((asked, other is None or other.id != node.id))
        if above.type in FUNCTIONS:
            passing = _passing(code, above, at.start_byte)
            if any(_WITHOUT.search(code(condition)) for condition in passing):
                return Refusal()
            required += [(condition, False) for condition in reversed(passing)]
        node = above
    if Conditions(modules, target).surely(required):
        return found
    said = [code(unwrap(asked)) if truth else f"not {code(unwrap(asked))}" for asked, truth in reversed(required)]
    text = " ".join(" && ".join(said)[:400].split())
    return Refusal(Force.PERHAPS, found.word, text if len(text) <= 120 else text[:119] + "…")


def _passing(code: Callable[[Node], str], function: Node, before: int) -> list[Node]:
    """The conditions under which a function goes on before its refusal: ``if (!ctx.user) return next()``."""
    body = function.child_by_field_name("body")
    found: list[Node] = []
    for statement in body.named_children if body is not None and body.type == "statement_block" else ():
        if statement.end_byte > before:
            break
        if statement.type != "if_statement":
            continue
        condition, then = statement.child_by_field_name("condition"), statement.child_by_field_name("consequence")
        if condition is None or then is None:
            continue
        done = code(then)
        if "next(" in done and "throw" not in done:
            found.append(condition)
    return found
