"""A probe proves a test only by a failure that the missing guard must cause, and puts the code back in any case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import Probe
from beai.core.loop.events.facts import Failed, Probed
from beai.core.loop.fakes.runner import FakeTests
from beai.core.loop.probing import probe
from beai.core.project.trpc import read_api
from beai.core.runner.report import FileOutcome, RunRequest, TestError, TestKey, TestOutcome, TestState
from tests.core.test_probe import BARE, NOTES
from tests.core.worlds import PROJECT, World

FILE, TEST = "src/notes.ts", TestKey("src/notes.test.ts", "notes.add > C1 guards something")
EMPTIED = "() => undefined as never"
BY_NAME: dict[str, Callable[[str], bool]] = {
    ".use() dropped": lambda code: ".use(isAuthed)" not in code,
    ".min() dropped": lambda code: ".min(1)" not in code,
    "the throw of line 10 removed": lambda code: "throw new Error" not in code,
    ".input() dropped": lambda code: ".input(" not in code,
    "the procedure emptied": lambda code: EMPTIED in code,
}

AWAITED = TestError("AssertionError", 'promise resolved "1" instead of rejecting', expected="reject", actual="1")
CALLED = TestError("AssertionError", 'expected "vi.fn()" to be called with arguments: [ 1 ]')
CRASH = TestError(
    "TRPCError",
    "Cannot read properties of undefined (reading 'text')",
    code="INTERNAL_SERVER_ERROR",
    cause="TypeError: Cannot read properties of undefined (reading 'text')",
)
CRASH_AWAITED = TestError(
    "AssertionError",
    "promise rejected \"TRPCError: Cannot read properties of undefin… { code: '…' }\" instead of resolving",
    cause="TRPCError [INTERNAL_SERVER_ERROR]: Cannot read properties of undefined\nTypeError: Cannot read properties",
)
BARE_CRASH = TestError("TypeError", "input is not iterable")
TIMEOUT = TestError("Error", "Test timed out in 5000ms.")
REFUSED = TestError("TRPCError", "too small", code="BAD_REQUEST", cause="ZodError: too small")


def other_than(code: str) -> TestError:
    """What a test that awaits ``code`` says where the procedure stumbled instead."""
    return TestError(
        "AssertionError",
        f"expected TRPCError: Cannot read properties of undef… {{ code: '…' }} to match object {{ code: '{code}' }}",
        expected=f'{{\n  "code": "{code}",\n}}',
        actual='TRPCError {\n  "code": "INTERNAL_SERVER_ERROR",\n}',
    )


class Notes(World):
    """The procedure ``notes.add`` under one test, that falls as ``falls`` says for each way to break the code."""

    def __init__(self, falls: dict[str, TestError]) -> None:
        self.falls = falls
        super().__init__(project=replace(PROJECT, api=read_api(BARE)), files={FILE: NOTES})

    def _outcome(self, request: RunRequest) -> tuple[FileOutcome, ...]:
        code = self.workspace.files[FILE]
        broken = [self.falls[name] for name, lacks in BY_NAME.items() if name in self.falls and lacks(code)]
        state = TestState.FAIL if broken else TestState.PASS
        return (FileOutcome(TEST.file, (TestOutcome(TEST, state, errors=tuple(broken[:1])),)),)

    async def probed(self) -> Probed:
        """The fact of one probe; the code is as it was."""
        fact = await probe(self.ports(), 1, Probe(TEST, "notes.add"), lambda _: None)
        assert self.workspace.files == {FILE: NOTES}
        assert isinstance(fact, Probed), fact
        return fact


PROOFS = {
    "a promise that should reject resolves": (".use() dropped", AWAITED),
    "a call is not as awaited": ("the throw of line 10 removed", CALLED),
    "the guard of the session is gone, so the code stumbles": (".use() dropped", other_than("UNAUTHORIZED")),
    "the check of the input is gone, so the code stumbles": (".input() dropped", other_than("BAD_REQUEST")),
    "what was put in order is now refused": (".min() dropped", REFUSED),
}


@pytest.mark.parametrize(("broken", "error"), PROOFS.values(), ids=PROOFS)
async def test_a_failure_that_the_missing_guard_must_cause_proves_the_test(broken: str, error: TestError) -> None:
    notes = Notes({broken: error})
    fact = await notes.probed()
    assert (fact.broken, fact.message) == (broken, error.message)
    assert fact.report is not None and fact.report.clean()
    assert notes.tests.requests[-1].files == (TEST.file,)


ACCIDENTS = {
    "an error inside the broken code": (".input() dropped", CRASH),
    "the same in a matcher": (".use() dropped", CRASH_AWAITED),
    "an error outside any procedure": (".use() dropped", BARE_CRASH),
    "a stumble where another code was awaited": (".input() dropped", other_than("FORBIDDEN")),
    "a stumble where another guard's code was awaited": (".use() dropped", other_than("CONFLICT")),
    "a test that hangs": ("the throw of line 10 removed", TIMEOUT),
    "a refusal that the guard did not make": (".use() dropped", REFUSED),
}


@pytest.mark.parametrize(("broken", "error"), ACCIDENTS.values(), ids=ACCIDENTS)
async def test_an_accident_in_the_broken_code_proves_nothing(broken: str, error: TestError) -> None:
    fact = await Notes({broken: error}).probed()
    assert (fact.broken, fact.report) == ("", None)
    assert fact.message.startswith(f"It fell only by an accident ({broken}: ")
    assert error.message[:20] in fact.message
    assert broken in fact.tried


async def test_after_an_accident_the_next_guard_is_tried() -> None:
    fact = await Notes({".use() dropped": CRASH, "the throw of line 10 removed": AWAITED}).probed()
    assert fact.broken == "the throw of line 10 removed"


async def test_a_test_that_falls_only_with_the_whole_procedure_is_not_proven() -> None:
    fact = await Notes({"the procedure emptied": AWAITED}).probed()
    assert (fact.broken, fact.report) == ("", None)
    assert fact.message == "It falls only when the whole procedure is emptied."
    assert fact.tried[-1] == "the procedure emptied"


async def test_a_test_that_nothing_moves_is_not_proven_and_what_was_tried_is_named() -> None:
    """Row: Tests that can't fail."""
    fact = await Notes({}).probed()
    assert (fact.broken, fact.message, fact.report) == ("", "", None)
    assert set(BY_NAME) <= set(fact.tried)


async def test_a_test_that_does_not_pass_after_the_code_is_back_is_a_fault() -> None:
    notes = Notes({".use() dropped": AWAITED})
    seen: list[int] = []

    def outcome(request: RunRequest) -> tuple[FileOutcome, ...]:
        seen.append(1)
        state = TestState.FAIL if len(seen) == 1 else TestState.SKIP
        return (FileOutcome(TEST.file, (TestOutcome(TEST, state, errors=(AWAITED,) if len(seen) == 1 else ()),)),)

    notes.tests = FakeTests(outcome)
    fact = await probe(notes.ports(), 1, Probe(TEST, "notes.add"), lambda _: None)
    assert isinstance(fact, Failed)
    assert "does not pass after the code was put back" in fact.fault.summary
    assert notes.workspace.files == {FILE: NOTES}


async def test_a_runner_that_fails_leaves_the_code_as_it_was() -> None:
    notes = Notes({})
    notes.tests = FakeTests(lambda _: Fault(FaultKind.TESTS, "The test runner ended unexpectedly."))
    fact = await probe(notes.ports(), 1, Probe(TEST, "notes.add"), lambda _: None)
    assert isinstance(fact, Failed)
    assert notes.workspace.files == {FILE: NOTES}
