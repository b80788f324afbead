"""How many assertions a test makes on every way through it, by its text: what a passing run of it must reach."""

from __future__ import annotations

import re
from collections import Counter

from beai.core.edits.place.suites import Declared, Role
from beai.core.edits.tamper.reading import Assertion, Reading
from beai.core.project.expressions import FUNCTIONS

_RUNNERS = frozenset({"vitest", "@jest/globals", "bun:test"})
_OTHERWISE = re.compile(r"\bthrow\b|\.fail\b|\bfail\(|unreachable|\bdone\b|expectTypeOf|assertType|\.expect\(")
_UNCOUNTED = re.compile(r"expect\.(?:poll|element|soft)\b")


def floors(path: str, text: str) -> tuple[tuple[str, int], ...]:
    """The joined names of each test of which it can be told, with the fewest assertions that it makes where it passes.

    Only what the runner's own ``expect`` counts is counted, and only where nothing but ``expect`` is asserted with is a
    test said to make one at all: a test may assert by throwing, and of such a one nothing is known.
    """
    if "expect" not in text:
        return ()
    reading = Reading(text, path)
    if not _counts(reading):
        return ()
    often = Counter(one.path for one in reading.declared if one.role is Role.TEST)
    found: list[tuple[str, int]] = []
    for one in reading.tests.values():
        floor = _floor(reading, one) if often[one.path] == 1 and not one.computed else 0
        if floor > 0:
            found.append((one.joined, floor))
    return tuple(found)


def _floor(reading: Reading, one: Declared) -> int:
    code = reading.syntax.code(one.call)
    if {"each", "for", "skip", "todo", "fails", "failing"} & set(one.modifiers) or _UNCOUNTED.search(code):
        return 0
    made = reading.assertions(one)
    counted = [each for each in made if _by_expect(reading, each)]
    certain = sum(not each.guards and _surely_runs(reading, one, each) for each in counted)
    alone = len(counted) == len(made) and not _OTHERWISE.search(code)
    return max(certain, 1) if counted and alone else certain


def _by_expect(reading: Reading, one: Assertion) -> bool:
    return bool(re.match(r"expect\s*\(", reading.syntax.code(one.node)[:20])) and bool(one.claim.matcher)


def _surely_runs(reading: Reading, one: Declared, assertion: Assertion) -> bool:
    """Whether it stands in the test itself, or in a named function that the test calls, and in no other callback."""
    function = reading.function(one)
    node = assertion.node.parent
    while node is not None and node.type not in FUNCTIONS:
        node = node.parent
    known = {named.id for _, _, named in reading.functions}
    return node is not None and (node == function or node.id in known)


def _counts(reading: Reading) -> bool:
    """Whether ``expect`` is the runner's, so that the runner counts what is asserted with it."""
    module = reading.plain.names.imported.get("expect")
    own = re.search(r"\b(?:const|let|var|function)\s+(?:\{[^}]{0,200}\bexpect\b|expect\b)", reading.text)
    return own is None and (module is None or module in _RUNNERS)
