"""Chains of calls as the claims that they make: ``expect(…).not.toBe(…)``, ``assert.equal(…)``."""

from __future__ import annotations

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments
from beai.core.edits.tamper.facts import Claim
from beai.core.edits.tamper.matchers import matcher_name
from beai.core.edits.tamper.plain import Env
from beai.core.project.syntax import Syntax

_SOFT = frozenset({"soft", "poll", "element"})
_LINKS = 60

Steps = list[tuple[str, Node | None]]
Links = tuple[str | None, Steps]
"""The name that a chain begins with, and what follows: names, each with its call; ``""`` calls what is before it."""


def links(syntax: Syntax, node: Node) -> Links:
    """The chain that ``node`` is."""
    steps: Steps = []
    current: Node | None = node
    while current is not None and len(steps) < _LINKS:
        if current.type == "call_expression":
            callee = current.child_by_field_name("function")
            if callee is not None and callee.type == "member_expression":
                key = callee.child_by_field_name("property")
                steps.insert(0, (syntax.code(key) if key else "", current))
                current = callee.child_by_field_name("object")
            else:
                steps.insert(0, ("", current))
                current = callee
        elif current.type == "member_expression":
            key = current.child_by_field_name("property")
            steps.insert(0, (syntax.code(key) if key else "", None))
            current = current.child_by_field_name("object")
        elif current.type == "non_null_expression":
            current = current.named_children[0] if current.named_children else None
        else:
            return (syntax.code(current) if current.type == "identifier" else None), steps
    return None, steps


_ASSERT_EQUAL = {
    "equal": "toBe",
    "strictEqual": "toBe",
    "notEqual": "not.toBe",
    "notStrictEqual": "not.toBe",
    "deepEqual": "toEqual",
    "deepStrictEqual": "toEqual",
    "notDeepEqual": "not.toEqual",
    "partialDeepStrictEqual": "toMatchObject",
    "match": "toMatch",
    "include": "toContain",
    "lengthOf": "toHaveLength",
    "throws": "toThrow",
    "ok": "toBeTruthy",
    "isTrue": "to.be.true",
    "isFalse": "to.be.false",
    "isDefined": "toBeDefined",
    "isNull": "toBeNull",
}
"""Functions of ``assert`` as matchers (Node.js: "Assert", Chai: "Assert")."""


def claim(base: str, steps: Steps, env: Env) -> Claim | None:
    """What a chain that begins with ``expect`` or ``assert`` claims, None where it claims nothing."""
    if base == "expect":
        start = next(
            (at for at, (name, call) in enumerate(steps) if call is not None and (not name or name in _SOFT)), None
        )
        if start is None or (opened := steps[start][1]) is None:
            return None
        subject = arguments(opened)
        if not subject:
            return None
        rest = steps[start + 1 :]
        cut = next((at for at, (name, _) in enumerate(rest) if name in ("catch", "then", "finally")), len(rest))
        modifiers, matcher = matcher_name(tuple(name for name, _ in rest[:cut]))
        last = next((call for _, call in reversed(rest[:cut]) if call is not None), None)
        return Claim(subject[0], env, modifiers, matcher, tuple(arguments(last)) if last is not None else ())
    call = next((call for _, call in steps if call is not None), None)
    given = arguments(call) if call is not None else []
    if call is None or not given:
        return None
    name = next((name for name, _ in steps if name and name not in ("strict", "default")), "")
    if base != "assert":
        return Claim(given[0], env, (), ".".join(filter(None, (base, name))), tuple(given[1:]))
    if name in ("rejects", "doesNotReject", "throws"):
        wanted = given[1:2]
        like = "toMatchObject" if wanted and wanted[0].type == "object" else "toThrow"
        return Claim(given[0], env, ("rejects",) if name == "rejects" else (), like, tuple(wanted))
    known = _ASSERT_EQUAL.get(name, name or "toBeTruthy")
    negated = ("not",) if known.startswith("not.") else ()
    return Claim(given[0], env, negated, known.removeprefix("not."), tuple(given[1:2]) if name and name != "ok" else ())
