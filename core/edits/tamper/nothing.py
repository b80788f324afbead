"""Assertions that hold whatever the code does: a constant of a constant, a value of itself, a value of its fallback."""

from __future__ import annotations

from tree_sitter import Node

from beai.core.edits.tamper.found import quoted
from beai.core.edits.tamper.names import Kind
from beai.core.edits.tamper.places import place_of
from beai.core.edits.tamper.reading import Assertion, Reading
from beai.core.project.expressions import unwrap


def says_nothing(new: Reading, one: Assertion) -> str:
    """Why ``one`` cannot fail, ``""`` where it can."""
    plain, claim = new.plain, one.claim
    subject = unwrap(claim.subject)
    wanted = claim.given[0] if len(claim.given) == 1 else None
    place = place_of(plain, subject, claim.env)
    written = all(plain.written(node, claim.env) for node in claim.given)
    fixed = plain.written(subject, claim.env) and (place.written or subject.type in ("object", "array"))
    if fixed and written and claim.matcher != "toThrow":
        text = plain.text(wanted, claim.env) if wanted is not None else claim.matcher
        return f"expects {quoted(text)} of {quoted(plain.text(subject, claim.env))}"
    if wanted is not None and _same(new, subject, unwrap(wanted), claim.matcher):
        return "compares a value with itself"
    if _falls_back(new, subject, wanted, one):
        return f"falls back to what it expects ({quoted(new.syntax.code(subject))})"
    if _length_at_least_nothing(one):
        return "holds for every length"
    return ""


def _same(new: Reading, subject: Node, wanted: Node, matcher: str) -> bool:
    code, other = new.syntax.code(subject), new.syntax.code(wanted)
    if code == other:
        return matcher != "toBe" or "(" not in code or "await" in code
    return code == _alias(new, wanted) or other == _alias(new, subject)


def _alias(new: Reading, node: Node) -> str:
    """What a name that was given to a value stands for, where no call is made for it."""
    if node.type != "identifier":
        return ""
    binding = new.plain.names.find(new.syntax.code(node), node.start_byte)
    if binding is None or binding.kind is not Kind.VALUE or binding.node is None or binding.path:
        return ""
    value = unwrap(binding.node)
    if b"await" in new.syntax.source[value.end_byte : node.start_byte]:
        return ""  # it may be another by now
    return new.syntax.code(value) if value.type in ("identifier", "member_expression") else ""


def _falls_back(new: Reading, subject: Node, wanted: Node | None, one: Assertion) -> bool:
    """``x ?? 3`` of which 3 is expected, ``x || true``."""
    if subject.type != "binary_expression":
        return False
    sign, right = subject.child_by_field_name("operator"), subject.child_by_field_name("right")
    if sign is None or right is None or new.syntax.code(sign) not in ("??", "||"):
        return False
    fallback = new.plain.text(right, one.claim.env)
    if wanted is not None:
        return fallback == new.plain.text(wanted, one.claim.env)
    return one.claim.matcher in ("toBeTruthy", "toBeDefined") and new.plain.written(right, one.claim.env)


def _length_at_least_nothing(one: Assertion) -> bool:
    return any(
        (fact.kind, fact.value) in ((">=", "0"), (">", "-1")) and fact.place.path[-1:] in (("length",), ("size",))
        for fact in one.facts
    )
