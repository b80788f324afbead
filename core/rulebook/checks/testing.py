"""Checks of tests: that something can fail in them, is waited for, and is not what the test itself put in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from beai.core.edits.place.suites import Declared
from beai.core.edits.tamper.hollow import hollow
from beai.core.project.expressions import FUNCTIONS, above, arguments, unwrap
from beai.core.project.modules import Binding, Outside
from beai.core.rulebook.checks.asserting import (
    Test,
    assertions,
    declarations,
    names_of,
    speaks_of_types,
    tests_of,
)
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.flow import own_function
from beai.core.rulebook.checks.subject import Subject

_REASON = re.compile(r"[(:#—–]|https?://|\b(?:because|until|flaky|broken|todo|fixme|slow|needs|requires|only)\b", re.I)
_SWITCHED = re.compile(r"\bskip|\bdisabled?\b|\bbecause\b|\bflaky\b|\btodo\b|\bfixme\b", re.IGNORECASE)
_LOOPS = ("for_statement", "for_in_statement", "while_statement", "do_statement")
_HOOKS = frozenset({"beforeEach", "beforeAll", "afterEach", "afterAll", "before", "after"})
_SLEEP = re.compile(r"\bsetTimeout\(\s*\(?\w*\)?(?:\s*=>\s*\w+\([^()]{0,40}\))?\s*(?:,\s*([^()]{1,60}))?\)")
_SLEEPS = re.compile(r"^(?:sleep|delay|wait|pause|setTimeout|timeout|waitMs)$")
_TIMERS = re.compile(r"^(?:node:)?timers/promises$")
_NO_TIME = re.compile(r"^(?:[01]|)$")
_VAIN = re.compile(
    r"\bexpect\(\s*(?:(?:true|false|null|undefined|-?\d[\d._]*|\"[^\"\n]{0,80}\"|'[^'\n]{0,80}')\s*\)|([\w.]{1,80})\s*\)\.\w+\(\s*\1\s*\))"
)  # what may assert a constant, or a value of itself
_OF_TYPES = re.compile(
    r"\btyp(?:es?|ed|ing|ings|eerror|escript)\b|\binterface\b", re.IGNORECASE
)  # the compiler is asked
_ELAPSED = re.compile(r"\b(?:Date|performance)\.now\(\)\s*-")  # the waiting itself is under test
_FAKE = re.compile(r"useFakeTimers|advanceTimers")


def test_without_assertion(subject: Subject) -> Iterator[Hit]:
    """A test in which nothing is asserted."""
    vain = dict(hollow(subject.path, subject.text)) if _VAIN.search(subject.text) else {}
    for test in tests_of(subject):
        if next(assertions(subject, test.body), None) is not None or _throws(subject, test):
            if test.declared.joined in vain:
                fix = "Assert what the case promises of what came back, not of what the test itself says."
                yield subject.hit(
                    _name(test.declared), "No assertion of this test can fail, whatever the code does.", fix
                )
            continue
        waits = next(subject.within(test.body, "await_expression"), None) is not None
        if not waits and test.body.named_children:
            continue  # that plain calls do not throw, or compile at all, may be what is shown
        if speaks_of_types(subject, test.body) or _OF_TYPES.search(f"{subject.path} {' '.join(test.declared.path)}"):
            continue
        fix = "Assert what the case promises: what comes back, the error's code, what was written and what was not."
        yield subject.hit(
            _name(test.declared), "Nothing in this test is asserted: it stays green whatever it gets.", fix
        )


def expect_not_awaited(subject: Subject) -> Iterator[Hit]:
    """``expect(promise).resolves`` or ``.rejects`` as a bare statement: the test ends before it is decided."""
    for call in subject.of("call_expression"):
        parent = call.parent
        if parent is None or parent.type != "expression_statement":
            continue
        names = names_of(subject, call)
        if names[:1] == ("expect",) and {"resolves", "rejects"} & set(names[1:-1]):
            said = "This assertion is a promise that nobody awaits: the test ends before it is decided."
            yield subject.hit(call, said, "Write `await` before it, in an `async` test.")


def expect_in_catch(subject: Subject) -> Iterator[Hit]:
    """Assertions in ``catch`` alone: where nothing is thrown, nothing is asserted."""
    for test in tests_of(subject):
        found = list(assertions(subject, test.body))
        caught = [next(iter(_catching(subject, call, test)), None) for call in found]
        first = caught[0] if caught else None
        if first is None or any(one is None for one in caught) or _throws(subject, test):
            continue
        fix = "Write `await expect(promise).rejects.toMatchObject({ code: … })`, which fails when nothing is thrown."
        yield subject.hit(first, "All assertions stand in the `catch`: if nothing is thrown, the test passes.", fix)


def test_focused(subject: Subject) -> Iterator[Hit]:
    """``.only``, and a test or suite switched off that does not say why."""
    for one in declarations(subject):
        if "only" in one.modifiers or one.word in ("fit", "fdescribe"):
            said = "With this focus no other test of the file runs."
            yield subject.hit(_name(one), said, "Take the focus out before the change is proposed.")
        elif ("skip" in one.modifiers or one.word.startswith("x")) and not _says_why(subject, one):
            fix = 'Run it again, delete it, or say why: `it.skip("… (until the queue is mocked)", …)`.'
            yield subject.hit(_name(one), "This is switched off, and nothing says why.", fix)


def test_sleeps(subject: Subject) -> Iterator[Hit]:
    """Real time that a test or a hook waits for, loops that poll aside."""
    if not tests_of(subject) or _FAKE.search(subject.text):
        return
    for node in subject.of("await_expression"):
        if (
            not _waits(subject, node)
            or any(one.type in _LOOPS for one in above(node))
            or not _runs_itself(subject, node)
            or _measures(subject, node)
        ):
            continue
        fix = "Wait for the event itself, or use `useFakeTimers()` and `await advanceTimersByTimeAsync(…)`."
        yield subject.hit(
            node, "The test waits for real time: slow when all is well, red when the machine is busy.", fix
        )


def _waits(subject: Subject, node: Node) -> bool:
    inner = unwrap(node)
    if inner.type == "new_expression":
        return _is_timer(subject, inner)
    names = names_of(subject, inner) if inner.type == "call_expression" else ()
    given = arguments(inner) if inner.type == "call_expression" else ()
    if len(names) != 1 or not given or _NO_TIME.match(subject.code(given[0])[:20]) or subject.module is None:
        return False
    found = subject.world.modules.find(subject.module, names[0])
    if isinstance(found, Outside):
        return _TIMERS.match(found.specifier) is not None and given[0].type == "number"
    if not _SLEEPS.match(names[0]):
        return False
    return isinstance(found, Binding) and "setTimeout" in found.module.syntax.code(found.value.node)[:400]


def _is_timer(subject: Subject, made: Node) -> bool:
    """``new Promise((resolve) => setTimeout(resolve, 500))``."""
    name = made.child_by_field_name("constructor")
    code = subject.code(made)[:300]
    if name is None or subject.code(name) != "Promise" or len(list(subject.within(made, "call_expression"))) > 2:
        return False
    match = _SLEEP.search(code)
    return match is not None and not _NO_TIME.match((match.group(1) or "").strip())


def _runs_itself(subject: Subject, node: Node) -> bool:
    """Whether the runner calls the function that waits: a test's callback or a hook, no mock's."""
    function = own_function(node)
    given = function.parent if function is not None else None
    call = given.parent if given is not None and given.type == "arguments" else None
    if call is None or call.type != "call_expression":
        return False
    return any(test.function == function for test in tests_of(subject)) or names_of(subject, call)[-1:] in {
        (hook,) for hook in _HOOKS
    }


def _measures(subject: Subject, node: Node) -> bool:
    function = own_function(node)
    return function is not None and _ELAPSED.search(subject.code(function)) is not None


def _throws(subject: Subject, test: Test) -> bool:
    """Whether a test fails by an error of its own, outside of any ``catch``."""
    thrown = subject.within(test.body, "throw_statement")
    if any(
        next(iter(_catching(subject, node, test)), None) is None and own_function(node) == test.function
        for node in thrown
    ):
        return True
    words = subject.code(test.body)
    return "hasAssertions" in words or "expect.assertions" in words or re.search(r"\bdone\s*\(", words) is not None


def _catching(subject: Subject, node: Node, test: Test) -> Iterator[Node]:
    """The ``catch`` blocks and ``.catch`` callbacks of a test that ``node`` stands in."""
    for one in above(node):
        if one == test.body:
            return
        if one.type == "catch_clause":
            yield one
        elif one.type in FUNCTIONS and one.parent is not None and one.parent.type == "arguments":
            call = one.parent.parent
            if call is not None and call.type == "call_expression" and names_of(subject, call)[-1:] == ("catch",):
                yield one


def _says_why(subject: Subject, one: Declared) -> bool:
    if _REASON.search(one.name):
        return True
    row = one.call.start_point.row
    comments = subject.of("comment")
    if any(comment.end_point.row in (row, row - 1) for comment in comments):
        return True
    inside = (comment for comment in comments if comment.start_point.row == row + 1)
    return any(_SWITCHED.search(subject.code(comment)) for comment in inside)


def _name(one: Declared) -> Node:
    """The line that a person looks for: what is called, and the test's name."""
    given = arguments(one.call)
    return given[0] if given else one.call
