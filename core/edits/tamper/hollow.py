"""Tests that can be no evidence, by their text: they assert nothing at all, or nothing that could fail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits.place.suites import Declared, Role
from beai.core.edits.tamper.claims import links
from beai.core.edits.tamper.guards import Guard
from beai.core.edits.tamper.nothing import says_nothing
from beai.core.edits.tamper.reading import ASSERTS, Assertion, Reading

_OTHERWISE = re.compile(
    r"\bthrow\b|unreachable|\bdone\b|\.expect\(|expectTypeOf|assertType|\bsatisfies\b|@ts-expect-error"
    r"|hasAssertions|expect\.assertions"
)
_SAYS = re.compile(
    r"expect|assert|should|verif|ensure|snapshot|check(?!out)|must|^(?:fail|ok|plan|equal|throws|to)$", re.I
)
_MAKES = re.compile(
    r"^(?:create|make|build|new|get|mock|fake|seed|reset|set|clear|use|with|as|sign|log|render|call|request)", re.I
)
_BROWSERS = frozenset({"@playwright/test", "playwright/test", "cypress"})  # where each action of a page is an assertion
_AFTERWARDS = re.compile(r"\bafter(?:Each|All)\s*\(")
_RUNS_NEVER = frozenset({Guard.NEVER, Guard.UNCALLED, Guard.EMPTY})
_HOPS = 3


@dataclass(frozen=True, slots=True)
class _File:
    """A test file with its named functions, and the module that each imported name comes from."""

    reading: Reading
    functions: Mapping[str, Node]
    imported: Mapping[str, str]


def hollow(path: str, text: str) -> tuple[tuple[str, str], ...]:
    """The joined names of each test that asserts nothing that could fail, and why, as the rest of a sentence on it.

    Whatever may assert in a way that cannot be seen in this file (a function of ours that it imports, an error of its
    own, a hook) is no such test: only what is certain is said.
    """
    reading = Reading(text, path)
    if not _BROWSERS.isdisjoint(reading.plain.names.imported.values()):
        return ()
    if _AFTERWARDS.search(text) and ("expect" in text or "assert" in text):
        return ()
    often = Counter(one.path for one in reading.declared if one.role is Role.TEST)
    functions = {name: node for _, name, node in reading.functions}
    file = _File(reading, functions, reading.plain.names.imported)
    found = ((one, _why(file, one)) for one in reading.tests.values() if often[one.path] == 1 and not one.computed)
    return tuple((one.joined, why) for one, why in found if why)


def focused(path: str, text: str) -> tuple[str, ...]:
    """The joined names of the tests and suites that are focused, so that others of the file do not run."""
    declared = Reading(text, path).declared
    return tuple(one.joined for one in declared if "only" in one.modifiers or one.word in ("fit", "fdescribe"))


def _why(file: _File, one: Declared) -> str:
    reading = file.reading
    function = reading.function(one)
    if function is None or {"skip", "todo", "fails", "failing"} & set(one.modifiers) or one.word.startswith("x"):
        return ""
    made = reading.assertions(one)
    if any(_elsewhere(file, each, one.name) for each in _reached(file, function)):
        return ""
    if not made:
        return "asserts nothing: it holds whatever comes back, as long as nothing is thrown"
    vain = [_vain(reading, each) for each in made]
    return f"asserts nothing that could fail: it {vain[0]}" if all(vain) else ""


def _vain(reading: Reading, one: Assertion) -> str:
    if one.guards & _RUNS_NEVER:
        return "has an assertion only where it never runs"
    if not one.claim.matcher and reading.syntax.code(one.node).startswith("expect"):
        return "calls expect without a matcher"
    why = says_nothing(reading, one)
    twice = why == "compares a value with itself" and "(" in reading.syntax.code(one.claim.subject)
    return "" if twice else why  # two calls may give two values


def _reached(file: _File, function: Node) -> Iterator[Node]:
    """``function`` and the named functions of the file that it may call."""
    seen, wave = {function.id}, [function]
    for _ in range(_HOPS):
        yield from wave
        words = {word for node in wave for word in re.findall(r"[A-Za-z_$][\w$]*", file.reading.syntax.code(node))}
        wave = [
            file.functions[word]
            for word in sorted(words & file.functions.keys())
            if file.functions[word].id not in seen
        ]
        seen |= {node.id for node in wave}


def _elsewhere(file: _File, function: Node, name: str) -> bool:
    """Whether ``function`` may assert by something else than the assertions that are read."""
    if _OTHERWISE.search(file.reading.syntax.code(function)) or re.search(r"\btypes?\b|\btyped\b", name):
        return True
    return any(_may_assert(file, call) for call in file.reading.syntax.calls(function))


def _may_assert(file: _File, call: Node) -> bool:
    base, steps = links(file.reading.syntax, call)
    names = [one for one in (base, *(name for name, _ in steps)) if one]
    if base is not None and ASSERTS.fullmatch(base):
        return base != "expect" and file.imported.get(base, "").startswith((".", "~", "@/", "#"))
    if any(_SAYS.search(one) for one in names):
        return True
    module = file.imported.get(base or "", "")
    ours = module.startswith((".", "~", "@/", "#", "src/", "test"))
    return ours and len(names) == 1 and not _MAKES.match(names[0])
