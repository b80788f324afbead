"""What a run of a commit shows against that of its parent, as it is read for verifying."""

from __future__ import annotations

from beai.core.runner.report import FileOutcome, Report, RunKind, TestKey, TestOutcome, TestState
from beai.core.verify.readings import against

FILE = "src/a.test.ts"
KEPT, GONE = TestKey(FILE, "a > C1 adds"), TestKey(FILE, "a > C2 rejects")


def _report(*keys: TestKey) -> Report:
    tests = tuple(TestOutcome(key, TestState.PASS) for key in keys)
    return Report(1, RunKind.CONFIRMED, (FileOutcome(FILE, tests),), whole=True)


def test_a_test_that_is_declared_still_and_runs_no_more_is_told() -> None:
    found = list(against(_report(KEPT, GONE), _report(KEPT), frozenset(), frozenset({KEPT, GONE})))
    assert [(rule, key) for rule, _, key in found] == [("test-skipped", GONE)]


def test_a_test_that_nothing_declares_any_more_is_no_skipped_one() -> None:
    assert list(against(_report(KEPT, GONE), _report(KEPT), frozenset(), frozenset({KEPT}))) == []
