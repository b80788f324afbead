"""What a run means: every row is a real message of Vitest 4, of Jest 30 or of tRPC, with the verdict it must get."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.runner.report import FileOutcome, Report, RunKind, TestError, TestKey, TestOutcome, TestState
from beai.core.runner.verdict import Redness, explain, judge_green, judge_red, merge, new_test

FILE, OTHER = "src/wishlist.test.ts", "src/product.test.ts"
PROCEDURE = "wishlist.addItem"
NEW = TestKey(FILE, "wishlist.addItem > C1 adds the item")
OLD = TestOutcome(TestKey(FILE, "wishlist.count > counts"), TestState.PASS)
FAR = TestOutcome(TestKey(OTHER, "product.byId > finds"), TestState.PASS)
DISAGREES = TestError("AssertionError", "expected 1 to be 2 // Object.is equality", expected="2", actual="1")


def report(*tests: TestOutcome, load: tuple[TestError, ...] = (), **more: object) -> Report:
    """A run of the files that ``tests`` name; ``load`` are the errors of loading the written file."""
    names = dict.fromkeys([FILE, *(test.key.file for test in tests)])
    files = (FileOutcome(f, tuple(t for t in tests if t.key.file == f), load if f == FILE else ()) for f in names)
    return replace(Report(2, RunKind.CONFIRMED, tuple(files), at=5.0), **more)


STANDING = report(OLD, FAR)


def fails(*errors: TestError, key: TestKey = NEW) -> TestOutcome:
    return TestOutcome(key, TestState.FAIL, errors=errors)


def red(run: Report, *, exists: bool = False, procedure: str = PROCEDURE, standing: Report = STANDING):
    return judge_red(standing, run, "C1", frozenset({FILE}), procedure, exists)


ASSERTIONS = {
    "vitest toBe": DISAGREES,
    "vitest mock call": TestError(
        "AssertionError", 'expected "vi.fn()" to be called with arguments: [ 1 ]\n\nNumber of calls: 0\n'
    ),
    "vitest resolved": TestError("AssertionError", 'promise resolved "1" instead of rejecting', actual="1"),
    "vitest rejected": TestError(
        "AssertionError",
        "promise rejected \"TRPCError: Wishlist item not found. { code: '…' }\" instead of resolving",
        cause="TRPCError [NOT_FOUND]: Wishlist item not found.",
    ),
    "vitest other code": TestError(
        "AssertionError",
        "expected TRPCError: Prisma failed with P2002 { code: '…' } to match object { code: 'CONFLICT' }",
        expected='{\n  "code": "CONFLICT",\n}',
        actual='TRPCError {\n  "code": "INTERNAL_SERVER_ERROR",\n}',
    ),
    "vitest missing guard": TestError(
        "AssertionError",
        "expected TRPCError: Cannot read properties of null… { code: '…' } to match object { code: 'UNAUTHORIZED' }",
        expected='{\n  "code": "UNAUTHORIZED",\n}',
        actual='TRPCError {\n  "code": "INTERNAL_SERVER_ERROR",\n}',
    ),
    "vitest unreachable": TestError("AssertionError", 'expected "must not" not to be reached'),
    "jest toBe": TestError(
        "Error", "expect(received).toBe(expected) // Object.is equality\n\nExpected: 2\nReceived: 1"
    ),
    "jest matcher": TestError("JestAssertionError", "expect(jest.fn()).toHaveBeenCalledTimes(expected)"),
    "jest rejected": TestError(
        "Error",
        "expect(received).resolves.toEqual()\n\nReceived promise rejected instead of resolved\n"
        "Rejected to value: [TRPCError: Product not found.]",
    ),
    "node:assert": TestError("AssertionError", "Expected values to be strictly equal:\n\n1 !== 2\n"),
}


@pytest.mark.parametrize("error", ASSERTIONS.values(), ids=ASSERTIONS)
def test_an_assertion_that_failed_is_the_right_red(error: TestError) -> None:
    verdict = red(report(OLD, fails(error), FAR))
    assert verdict.redness is Redness.RIGHT
    assert verdict.test is not None and verdict.test.key == NEW
    assert verdict.reason in error.message


MISSING = {
    "trpc 11 caller": TestError("TRPCError", 'No procedure found on path "wishlist,addItem"', code="NOT_FOUND"),
    "trpc 11 http": TestError("TRPCError", 'No procedure found on path "wishlist.addItem"', code="NOT_FOUND"),
    "trpc 10": TestError("TRPCError", 'No "mutation"-procedure on path "wishlist.addItem"', code="NOT_FOUND"),
    "router alone": TestError("TRPCError", 'No procedure found on path "addItem"', code="NOT_FOUND"),
    "vitest resolves, message cut": TestError(
        "AssertionError",
        'promise rejected "TRPCError: No procedure found on path "wi… { code: \'…\' }" instead of resolving',
        cause='TRPCError [NOT_FOUND]: No procedure found on path "wishlist,addItem"',
    ),
    "vitest rejects, message cut": TestError(
        "AssertionError",
        "expected TRPCError: No procedure found on path \"wi… { code: '…' } to match object { code: 'CONFLICT' }",
        expected='{\n  "code": "CONFLICT",\n}',
        actual='TRPCError {\n  "code": "NOT_FOUND",\n}',
    ),
    "jest resolves": TestError(
        "Error",
        "expect(received).resolves.toEqual()\n\nReceived promise rejected instead of resolved\n"
        'Rejected to value: [TRPCError: No procedure found on path "wishlist,addItem"]',
    ),
    "caller without it": TestError("TypeError", "caller.wishlist.addItem is not a function"),
    "function": TestError("TypeError", "addItem is not a function"),
    "jest function": TestError("TypeError", "(0 , _wishlist.addItem) is not a function"),
    "router missing": TestError("TypeError", "Cannot read properties of undefined (reading 'addItem')"),
    "router missing, node 14": TestError("TypeError", "Cannot read property 'addItem' of undefined"),
    "export missing": TestError("Error", '[vitest] No "wishlistRouter" export is defined on the "~/x" mock.'),
}


@pytest.mark.parametrize("error", MISSING.values(), ids=MISSING)
def test_the_missing_procedure_is_the_right_red(error: TestError) -> None:
    verdict = red(report(OLD, fails(error), FAR))
    assert (verdict.redness, verdict.reason) == (Redness.RIGHT, "wishlist.addItem does not exist yet.")


ACCIDENTS = {
    "another procedure": TestError("TRPCError", 'No procedure found on path "product,addItem"', code="NOT_FOUND"),
    "a longer path": TestError("TRPCError", 'No procedure found on path "wishlist,addItems"', code="NOT_FOUND"),
    "another, in a matcher": TestError(
        "AssertionError",
        'promise rejected "TRPCError: No procedure found on path "pr… { code: \'…\' }" instead of resolving',
        cause='TRPCError [NOT_FOUND]: No procedure found on path "product,nothere"',
    ),
    "another, cut": TestError(
        "AssertionError",
        "expected TRPCError: No procedure found on path \"pr… { code: '…' } to match object { code: 'CONFLICT' }",
        expected="a",
        actual="b",
    ),
    "mock refused": TestError(
        "TRPCError",
        "Mock not set: db.wishlistItem.create",
        code="INTERNAL_SERVER_ERROR",
        cause="Error: Mock not set: db.wishlistItem.create",
    ),
    "mock refused, in a matcher": TestError(
        "AssertionError",
        "promise rejected \"TRPCError: Mock not set: db.wishlistItem.… { code: '…' }\" instead of resolving",
        cause="TRPCError [INTERNAL_SERVER_ERROR]: Mock not set: db.wishlistItem.count\nError: Mock not set",
    ),
    "mock answers undefined": TestError(
        "TRPCError",
        "Cannot read properties of undefined (reading 'addItem')",
        code="INTERNAL_SERVER_ERROR",
        cause="TypeError: Cannot read properties of undefined (reading 'addItem')",
    ),
    "mock lacks a method": TestError(
        "AssertionError",
        "expected TRPCError: ctx.db.wishlistItem.delete is … { code: '…' } to match object { code: 'CONFLICT' }",
        expected='{\n  "code": "CONFLICT",\n}',
        actual='TRPCError {\n  "code": "INTERNAL_SERVER_ERROR",\n}',
    ),
    "database called in the test": TestError("TypeError", "db.wishlistItem.addItem is not a function"),
    "another property": TestError("TypeError", "Cannot read properties of undefined (reading 'length')"),
    "caller missing": TestError("TypeError", "Cannot read properties of undefined (reading 'wishlist')"),
    "forgotten import": TestError("ReferenceError", "addItem is not defined"),
    "another export": TestError("Error", '[vitest] No "protectedProcedure" export is defined on the "~/x" mock.'),
    "vitest timeout": TestError("Error", "Test timed out in 100ms.\nIf this is a long-running test, pass a timeout"),
    "jest timeout": TestError("Error", 'thrown: "Exceeded timeout of 5000 ms for a test.'),
    "set-up": TestError("Error", "setup broke"),
    "input of the test": TestError(
        "TRPCError", '[\n  {\n    "code": "invalid_type"\n  }\n]', code="BAD_REQUEST", cause="ZodError: [\n  {\n  }\n]"
    ),
    "no message": TestError("", ""),
}


@pytest.mark.parametrize("error", ACCIDENTS.values(), ids=ACCIDENTS)
def test_an_accident_is_a_wrong_red(error: TestError) -> None:
    verdict = red(report(OLD, fails(error), FAR))
    assert verdict.redness is Redness.WRONG
    assert verdict.reason and "\n" not in verdict.reason


LOADING = {
    "vitest syntax": TestError("Error", "\nTransform failed with 1 error:\n\n[PARSE_ERROR] Expected `,` or `)`"),
    "vitest import": TestError("Error", "Cannot find module '~/server/api/routers/nothere' imported from b.test.ts"),
    "jest import": TestError("Error", "Cannot find module './nothere' from 'src/wishlist.test.ts'"),
    "jest suite": TestError("Error", "Your test suite must contain at least one test."),
}


@pytest.mark.parametrize("error", LOADING.values(), ids=LOADING)
def test_a_file_that_does_not_load_is_a_wrong_red(error: TestError) -> None:
    verdict = red(report(FAR, load=(error,)))
    assert verdict.redness is Redness.WRONG
    assert verdict.reason.startswith(f"{FILE} does not load: ")


def test_an_error_of_loading_another_file_is_not_the_new_tests() -> None:
    run = report(OLD, fails(DISAGREES), FAR)
    broken = replace(run, files=(*run.files, FileOutcome("src/far.test.ts", errors=(TestError("Error", "no"),))))
    assert red(broken).redness is Redness.RIGHT


def test_a_test_without_any_error_is_a_wrong_red() -> None:
    assert red(report(OLD, fails())).redness is Redness.WRONG


def test_no_test_of_the_case_is_a_wrong_red() -> None:
    assert red(report(OLD)).reason == "No test for C1 ran."
    assert red(report()).redness is Redness.WRONG


@pytest.mark.parametrize("state", [TestState.SKIP, TestState.TODO])
def test_a_skipped_test_is_a_wrong_red(state: TestState) -> None:
    verdict = red(report(OLD, TestOutcome(NEW, state)))
    assert (verdict.redness, verdict.reason) == (Redness.WRONG, "The test is skipped.")


def test_an_only_is_a_wrong_red() -> None:
    verdict = red(report(replace(OLD, state=TestState.SKIP), fails(DISAGREES), focused=True))
    assert (verdict.redness, verdict.reason) == (Redness.WRONG, "An .only hides other tests.")


def test_a_test_that_hides_another_one_is_a_wrong_red() -> None:
    verdict = red(report(replace(OLD, state=TestState.SKIP), fails(DISAGREES)))
    assert verdict.redness is Redness.WRONG and "counts" in verdict.reason


def test_a_test_that_replaces_another_one_is_a_wrong_red() -> None:
    verdict = red(report(fails(DISAGREES)))
    assert verdict.redness is Redness.WRONG and "counts" in verdict.reason


def test_an_unhandled_error_is_a_wrong_red() -> None:
    verdict = red(report(OLD, fails(DISAGREES), unhandled=(TestError("Error", "loose"),)))
    assert verdict.redness is Redness.WRONG and "loose" in verdict.reason


def test_other_tests_that_fell_are_a_wrong_red_and_are_named() -> None:
    """Row: Red leaks."""
    verdict = red(report(fails(DISAGREES, key=OLD.key), fails(DISAGREES), FAR))
    assert (verdict.redness, verdict.reason) == (Redness.WRONG, "Other tests fell as well: counts.")


def test_a_test_that_failed_before_does_not_disturb_a_red() -> None:
    broken = fails(DISAGREES, key=FAR.key)
    assert red(report(OLD, broken, fails(DISAGREES)), standing=report(OLD, broken)).redness is Redness.RIGHT


def test_a_test_that_passes_at_once_is_vacuous() -> None:
    verdict = red(report(OLD, TestOutcome(NEW, TestState.PASS)), exists=True)
    assert verdict.redness is Redness.VACUOUS and verdict.test is not None


def test_a_test_that_passes_without_the_procedure_is_absent() -> None:
    """Row: A missing procedure."""
    assert red(report(OLD, TestOutcome(NEW, TestState.PASS)), exists=False).redness is Redness.ABSENT


def test_without_a_named_procedure_a_missing_one_is_the_right_red() -> None:
    verdict = red(report(OLD, fails(MISSING["trpc 11 caller"])), procedure="")
    assert (verdict.redness, verdict.reason) == (Redness.RIGHT, "The procedure does not exist yet.")


def test_without_a_named_procedure_an_undefined_symbol_is_a_wrong_red() -> None:
    assert red(report(OLD, fails(MISSING["function"])), procedure="").redness is Redness.WRONG


def test_a_rewritten_test_with_a_known_name_is_judged_anew() -> None:
    known = report(OLD, fails(DISAGREES))
    earlier = known.failed()[0].key
    verdict = judge_red(known, known, "C1", frozenset({FILE}), PROCEDURE, exists=False, earlier=earlier)
    assert verdict.redness is Redness.RIGHT


def test_another_tasks_test_of_the_same_number_is_never_taken_for_ours() -> None:
    known = report(OLD, fails(DISAGREES))
    assert red(known, standing=known).test is None


def test_losing_another_tasks_test_of_the_same_number_is_a_wrong_red() -> None:
    before = report(OLD, replace(fails(DISAGREES), key=TestKey(FILE, "wishlist.count > C1 of another task")))
    verdict = red(report(OLD, fails(DISAGREES)), standing=before)
    assert verdict.redness is Redness.WRONG and "C1 of another task" in verdict.reason


def test_an_unhandled_error_of_the_baseline_is_no_news() -> None:
    loose = (TestError("Error", "redis is down"),)
    before = replace(STANDING, unhandled=loose)
    now = replace(report(OLD, fails(DISAGREES)), unhandled=loose)
    assert red(now, standing=before).redness is Redness.RIGHT
    assert merge(before, report(OLD)).unhandled == loose


def test_the_new_test_is_the_one_named_after_its_case() -> None:
    tests = [TestOutcome(TestKey(FILE, f"x > {name}"), TestState.FAIL) for name in ("C12 far", "C1: adds", "adds")]
    assert new_test(STANDING, report(OLD, *tests), "C1", frozenset({FILE})) == tests[1]


def test_a_test_without_the_cases_name_counts_only_when_it_is_the_only_new_one() -> None:
    one, two = (TestOutcome(TestKey(FILE, name), TestState.FAIL) for name in ("adds", "adds again"))
    assert new_test(STANDING, report(OLD, one), "C1", frozenset({FILE})) == one
    assert new_test(STANDING, report(OLD, one, two), "C1", frozenset({FILE})) is None
    assert new_test(STANDING, report(OLD, one), "C1", frozenset({OTHER})) is None


PASSES = TestOutcome(NEW, TestState.PASS)
RED_BEFORE = report(OLD, fails(DISAGREES), FAR)


def test_green_is_the_test_passing_with_nothing_else_changed() -> None:
    assert judge_green(RED_BEFORE, report(OLD, PASSES, FAR), NEW, frozenset({FILE})).green


NOT_GREEN: dict[str, tuple[Report, str]] = {
    "not run": (report(OLD, FAR), "C1 adds the item did not run."),
    "fails": (report(OLD, fails(DISAGREES)), "C1 adds the item does not pass: expected 1 to be 2"),
    "skipped": (report(OLD, TestOutcome(NEW, TestState.SKIP)), "C1 adds the item does not pass: "),
    "todo": (report(OLD, TestOutcome(NEW, TestState.TODO)), "C1 adds the item does not pass: "),
    "does not load": (report(FAR, load=(TestError("Error", "no"),)), f"{FILE} does not load: no"),
    "newly failing": (report(fails(DISAGREES, key=OLD.key), PASSES), "Newly failing: counts."),
    "newly skipped": (report(replace(OLD, state=TestState.SKIP), PASSES), "Newly skipped: counts."),
    "newly todo": (report(replace(OLD, state=TestState.TODO), PASSES), "Newly skipped: counts."),
    "vanished": (report(PASSES), "No longer there: counts."),
    "only": (report(OLD, PASSES, focused=True), "An .only hides other tests."),
    "unhandled": (report(OLD, PASSES, unhandled=(TestError("Error", "loose"),)), "Unhandled error: loose"),
    "snapshot": (report(OLD, PASSES, snapshots_written=2), "2 snapshot(s) were written during the run."),
    "locked file": (report(OLD, PASSES, touched=(FILE, "x.ts")), f"Changed during the run: {FILE}."),
    "nothing ran": (report(), "No test ran."),
}


@pytest.mark.parametrize(("run", "reason"), NOT_GREEN.values(), ids=NOT_GREEN)
def test_each_thing_that_spoils_green_is_said(run: Report, reason: str) -> None:
    verdict = judge_green(RED_BEFORE, run, NEW, frozenset({FILE}))
    assert not verdict.green
    assert any(said.startswith(reason) for said in verdict.reasons), verdict.reasons


def test_every_reason_is_said_not_only_the_first() -> None:
    run = report(fails(DISAGREES, key=OLD.key), fails(DISAGREES), focused=True, snapshots_written=1)
    assert len(judge_green(RED_BEFORE, run, NEW).reasons) == 4


def test_what_was_broken_before_does_not_spoil_green() -> None:
    far, load = fails(DISAGREES, key=FAR.key), FileOutcome("src/far.test.ts", errors=(TestError("Error", "no"),))
    before, after = report(OLD, fails(DISAGREES), far), report(OLD, PASSES, far)
    before, after = replace(before, files=(*before.files, load)), replace(after, files=(*after.files, load))
    assert judge_green(before, after, NEW).green


def test_a_test_of_a_file_that_was_not_run_is_not_gone() -> None:
    only = report(OLD, PASSES)
    assert judge_green(RED_BEFORE, only, NEW).green


def test_merging_replaces_whole_files_and_keeps_the_rest() -> None:
    merged = merge(RED_BEFORE, report(PASSES))
    assert {test.key for test in merged.tests()} == {NEW, FAR.key}
    assert merged.run == 2


def test_a_failure_is_explained_with_its_cause_and_its_place() -> None:
    error = replace(DISAGREES, cause="Error: inner", file=FILE, line=7)
    assert explain(fails(error)) == (
        f"AssertionError: expected 1 to be 2 // Object.is equality\ncaused by Error: inner\nat {FILE}:7"
    )


def _asserting(made: int, floor: int) -> Report:
    return report(OLD, replace(PASSES, assertions=made), FAR, required=((NEW, floor),))


def test_a_test_that_passes_without_asserting_is_not_green() -> None:
    verdict = judge_green(RED_BEFORE, _asserting(0, 2), NEW)
    assert verdict.reasons == ("C1 adds the item passed without asserting anything.",)


def test_a_test_that_makes_fewer_assertions_than_its_text_is_not_green() -> None:
    verdict = judge_green(RED_BEFORE, _asserting(1, 3), NEW)
    assert verdict.reasons == ("C1 adds the item made 1 of the 3 assertions that its text makes.",)


@pytest.mark.parametrize(
    ("made", "floor"), [(-1, 3), (0, 0), (3, 3), (4, 3)], ids=["untold", "unknown", "as many", "more"]
)
def test_where_no_count_speaks_against_it_a_test_is_green(made: int, floor: int) -> None:
    assert judge_green(RED_BEFORE, _asserting(made, floor), NEW).green


def test_a_test_that_asserted_as_little_before_does_not_spoil_green() -> None:
    assert judge_green(_asserting(0, 2), _asserting(0, 2), NEW).green


def test_a_test_that_asserts_less_than_at_the_last_green_is_remarked() -> None:
    verdict = judge_green(_asserting(3, 0), _asserting(1, 0), NEW)
    assert verdict.green
    assert verdict.remarks == ("C1 adds the item makes 1 assertion now, 3 before.",)


NO_PROCEDURE = TestError("TRPCError", 'No procedure found on path "wishlist,addItem"', code="NOT_FOUND")
WHY = "asserts nothing"


def test_a_test_that_asserts_nothing_is_no_right_red_though_its_procedure_is_missing() -> None:
    assert red(report(OLD, fails(NO_PROCEDURE), FAR)).redness is Redness.RIGHT
    verdict = red(report(OLD, fails(NO_PROCEDURE), FAR, hollow=((NEW, WHY),)))
    assert (verdict.redness, verdict.reason) == (Redness.WRONG, "C1 adds the item asserts nothing.")


def test_an_assertion_that_failed_was_one_whatever_the_text_seems_to_say() -> None:
    assert red(report(OLD, fails(DISAGREES), FAR, hollow=((NEW, WHY),)), exists=True).redness is Redness.RIGHT


@pytest.mark.parametrize(
    ("made", "redness"), [(-1, Redness.WRONG), (0, Redness.WRONG), (1, Redness.VACUOUS)], ids=["untold", "none", "one"]
)
def test_a_test_that_passes_and_asserts_nothing_is_wrong_and_not_vacuous(made: int, redness: Redness) -> None:
    run = report(OLD, replace(PASSES, assertions=made), FAR, hollow=((NEW, WHY),))
    assert red(run, exists=True).redness is redness


@pytest.mark.parametrize(("made", "redness"), [(1, Redness.WRONG), (2, Redness.VACUOUS)])
def test_assertions_that_could_not_fail_are_no_assertions_though_they_were_made(made: int, redness: Redness) -> None:
    run = report(OLD, replace(PASSES, assertions=made), FAR, hollow=((NEW, WHY),), required=((NEW, 1),))
    assert red(run, exists=made > 1).redness is redness


@pytest.mark.parametrize("focus", ["wishlist.addItem > C1 adds the item", "wishlist.addItem"])
def test_a_focused_test_is_no_right_red_though_there_is_nothing_beside_it_to_hide(focus: str) -> None:
    run = report(OLD, fails(DISAGREES), FAR, focuses=(TestKey(FILE, focus),))
    assert red(run, exists=True).redness is Redness.WRONG
    assert red(run, exists=True, standing=replace(STANDING, focused=True)).redness is Redness.RIGHT
    aside = report(OLD, fails(DISAGREES), FAR, focuses=(TestKey(FILE, "wishlist.add"),))
    assert red(aside, exists=True).redness is Redness.RIGHT
