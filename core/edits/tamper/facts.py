"""An assertion taken apart into single facts, so that two ways of asserting the same are the same facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, key_of
from beai.core.edits.tamper.making import Made, made
from beai.core.edits.tamper.matchers import BY_VALUE, CALLED, FIXED
from beai.core.edits.tamper.places import INSTANT, ITEM, Place, instant, place_of
from beai.core.edits.tamper.plain import Env, Plain, Value
from beai.core.project.expressions import FUNCTIONS, unwrap

_SCALARS = frozenset({"string", "number", "true", "false", "null", "undefined", "template_string"})
_MOST = 300  # facts of one assertion
_DEEP = 6


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is asserted of a place; ``rejects`` is whether of the error that it throws."""

    place: Place
    kind: str
    value: str = ""
    negated: bool = False
    rejects: bool = False
    made: Made | None = None  # where the value is made elsewhere, as what a call gives


@dataclass(frozen=True, slots=True)
class Claim:
    """One ``expect`` as it is written: what follows the subject, and the matcher with its arguments."""

    subject: Node
    env: Env
    modifiers: tuple[str, ...]
    matcher: str
    given: tuple[Node, ...]


def facts(plain: Plain, claim: Claim) -> tuple[Fact, ...]:
    """What ``claim`` asserts, taken apart."""
    place = _subject(plain, claim)
    rejects = "rejects" in claim.modifiers or claim.matcher == "toThrow" or place.thrown
    negated = "not" in claim.modifiers
    found = list(islice(_asserted(plain, claim, place), _MOST + 1))
    if len(found) > _MOST:  # the rest as one fact: whoever changes any of it changes that
        found[_MOST:] = [Fact(place, "is", ",".join(plain.text(node, claim.env) for node in claim.given))]
    return tuple(_settled(replace(one, rejects=rejects, negated=one.negated != negated)) for one in found)


def _subject(plain: Plain, claim: Claim) -> Place:
    node = unwrap(claim.subject)
    if node.type in FUNCTIONS and (claim.matcher == "toThrow" or claim.modifiers):
        body = node.child_by_field_name("body")
        inner = [one for one in body.named_children if one.type != "comment"] if body is not None else []
        if body is not None and body.type != "statement_block":
            return place_of(plain, body, claim.env)
        last = inner[-1].named_children[:1] if inner else []
        return place_of(plain, last[0], claim.env) if last else Place("?", "?")
    return _mock_calls(place_of(plain, claim.subject, claim.env))


def _mock_calls(place: Place) -> Place:
    """``fn.mock.calls[0][1]`` is the argument of a call, as ``toHaveBeenCalledWith`` speaks of it."""
    path = place.path
    for at in range(len(path) - 3):
        if path[at : at + 2] == ("mock", "calls"):
            return replace(place, path=(*path[:at], "()", *path[at + 3 :]))
    return place


def _settled(fact: Fact) -> Fact:
    """``fact`` in its one usual form."""
    path = fact.place.path
    match fact:
        case Fact(kind="called", negated=True):
            return replace(fact, kind="times", value="0", negated=False)
        case Fact(kind="is", value="undefined" | "null", negated=True):
            return replace(fact, kind="defined", value="", negated=False)
        case Fact(kind="defined", negated=True):
            return replace(fact, kind="is", value="undefined", negated=False)
        case Fact(kind="is", negated=False) if path and path[-1] == INSTANT:
            return replace(fact, value=instant(fact.value), place=replace(fact.place, path=path[:-1]))
        case Fact(kind="is") if fact.value.startswith("new Date("):
            return replace(fact, value=instant(fact.value))
        case Fact(kind="is", negated=False) if path and path[-1] == "length":
            return replace(fact, kind="length", place=replace(fact.place, path=path[:-1]))
        case _:
            return fact


def _asserted(plain: Plain, claim: Claim, place: Place) -> Iterator[Fact]:
    matcher, given = claim.matcher, [Value(node, claim.env) for node in claim.given]
    if matcher in FIXED:
        kind, value, negated = FIXED[matcher]
        yield Fact(place, kind, value, negated)
    elif matcher in ("toBe", "toEqual", "toStrictEqual", "toMatchObject") and given:
        if matcher == "toBe":
            yield from _compared(plain, claim, place, given[0])
        else:
            yield from _equal(plain, place, given[0], matcher != "toMatchObject")
        if matcher == "toStrictEqual" and not _scalar(plain, given[0]):
            yield Fact(place, "strict")
    elif matcher == "toHaveProperty" and given:
        key = plain.text(claim.given[0], claim.env).strip('"[]').replace('","', ".")
        below = replace(place, path=(*place.path, *key.split(".")))
        yield from _equal(plain, below, given[1], True) if len(given) > 1 else (Fact(below, "defined"),)
    elif matcher == "toThrow":
        yield from _thrown(plain, place, given)
    elif matcher in CALLED:
        yield from _called(plain, place, matcher, given)
    elif matcher in BY_VALUE:
        by = made(plain, given[0]) if len(given) == 1 else None
        yield Fact(place, BY_VALUE[matcher], _said(plain, given), made=by)
    elif not matcher:
        return
    else:
        yield Fact(place, matcher, _said(plain, given))


def _compared(plain: Plain, claim: Claim, place: Place, value: Value) -> Iterator[Fact]:
    """``expect(a === b).toBe(true)`` says that a is b."""
    text = plain.text(value.node, value.env) if value.node is not None else value.text
    node = unwrap(claim.subject)
    sign = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if text == "true" and sign is not None and plain.syntax.code(sign) in ("===", "==") and left and right:
        yield Fact(place_of(plain, left, claim.env), "is", plain.text(right, claim.env))
        return
    if text == "true" and place.sig.rpartition(".")[2] == "includes" and node.type == "call_expression":
        callee = node.child_by_field_name("function")
        owner = callee.child_by_field_name("object") if callee is not None else None
        if owner is not None:
            yield Fact(place_of(plain, owner, claim.env), "contains", _said(plain, _values(node, claim.env)))
            return
    yield _is(plain, place, value)


def _scalar(plain: Plain, value: Value) -> bool:
    found = plain.into(plain.follow(value)).node
    return found is not None and found.type in _SCALARS


def _values(call: Node, env: Env) -> list[Value]:
    return [Value(node, env) for node in arguments(call)]


def _text(plain: Plain, value: Value) -> str:
    found = plain.into(plain.follow(value))
    if found.node is None:
        return found.text
    return ".".join((plain.text(found.node, found.env), *found.path))


def _said(plain: Plain, given: list[Value]) -> str:
    return ",".join(_text(plain, one) for one in given)


def _thrown(plain: Plain, place: Place, given: list[Value]) -> Iterator[Fact]:
    node = plain.follow(given[0]).node if given else None
    if node is None:
        yield Fact(place, "throws")
    elif node.type == "call_expression" and plain.syntax.code(node).startswith("expect."):
        yield from _equal(plain, place, given[0], False)
    else:
        yield Fact(place, "throws", _said(plain, given))


def _called(plain: Plain, place: Place, matcher: str, given: list[Value]) -> Iterator[Fact]:
    way = CALLED[matcher]
    if way == "nth" and given:
        yield Fact(place, "nth", _text(plain, given.pop(0)))
    if way == "last":
        yield Fact(place, "last")
    yield Fact(place, "times", "1") if way == "once" else Fact(place, "called")
    for at, value in enumerate(given):
        yield from _equal(plain, replace(place, path=(*place.path, "()", str(at))), value, True)


def _equal(
    plain: Plain, place: Place, value: Value, exact: bool, depth: int = 0, inner_exact: bool | None = None
) -> Iterator[Fact]:
    """The facts of a place being like ``value``: those of each key, and that there is no other where ``exact``.

    What is below its keys may be ``inner_exact`` all the same: ``objectContaining`` compares each value whole.
    """
    found = plain.into(plain.follow(value))
    node = unwrap(found.node) if found.node is not None else None
    if node is None or found.path or depth > _DEEP:
        yield _is(plain, place, value)
    elif node.type == "object" and all(_plain_member(plain, one) for one in node.named_children):
        keys = [
            (plain.word(key_of(plain.syntax, one) or ""), one) for one in node.named_children if one.type != "comment"
        ]
        for key, one in keys:
            inner = Value(one.child_by_field_name("value") or one, found.env)
            strictly = exact if inner_exact is None else inner_exact
            yield from _equal(plain, replace(place, path=(*place.path, key)), inner, strictly, depth + 1)
        if exact:
            yield Fact(place, "exact", ",".join(sorted(key for key, _ in keys)))
        elif not keys:
            yield Fact(place, "defined")
    elif node.type == "array" and all(one.type != "spread_element" for one in node.named_children):
        each = [one for one in node.named_children if one.type != "comment"]
        for at, one in enumerate(each):
            below = replace(place, path=_nth(place.path, str(at)))
            yield from _equal(plain, below, Value(one, found.env), exact, depth + 1)
        yield Fact(_whole(place), "length", str(len(each)))
    elif node.type == "call_expression" and plain.syntax.code(node).startswith("expect."):
        yield from _asymmetric(plain, place, node, found.env, depth)
    else:
        yield _is(plain, place, value)


def _nth(path: tuple[str, ...], at: str) -> tuple[str, ...]:
    """The way to an element, also where ``path`` goes through each element of a list."""
    return tuple(at if key == ITEM else key for key in path) if ITEM in path else (*path, at)


def _whole(place: Place) -> Place:
    """The list that a place goes through, or the place."""
    path = place.path
    return replace(place, path=path[: path.index(ITEM)]) if ITEM in path else place


def _is(plain: Plain, place: Place, value: Value) -> Fact:
    return Fact(place, "is", _text(plain, value), made=made(plain, value))


def _plain_member(plain: Plain, node: Node) -> bool:
    if node.type in ("comment", "shorthand_property_identifier"):
        return True
    return node.type == "pair" and key_of(plain.syntax, node) is not None


def _asymmetric(plain: Plain, place: Place, node: Node, env: Env, depth: int) -> Iterator[Fact]:
    """``expect.any(String)`` and its kin (Vitest: "expect", asymmetric matchers)."""
    callee = node.child_by_field_name("function")
    name = plain.syntax.code(callee) if callee is not None else ""
    given = _values(node, env)
    match name:
        case "expect.objectContaining" if given:
            yield from _equal(plain, place, given[0], False, depth + 1, inner_exact=True)
        case "expect.anything":
            yield Fact(place, "defined")
        case "expect.any":
            yield Fact(place, "type", _said(plain, given))
        case "expect.stringContaining" | "expect.arrayContaining":
            yield Fact(place, "contains", _said(plain, given))
        case "expect.stringMatching":
            yield Fact(place, "matches", _said(plain, given))
        case _:
            yield Fact(place, "is", plain.text(node, env))
