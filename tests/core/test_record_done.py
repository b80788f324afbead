"""The five lights: none is lit without its evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.record.done import CaseFact, Work, lights
from beai.core.runner.report import FileOutcome, Report, RunKind, TestError, TestKey, TestOutcome, TestState

KEY = TestKey("a.test.ts", "wishlist > C1 adds once")
BROKEN = FileOutcome("b.test.ts", errors=(TestError("SyntaxError", "no"),))


def seen(*states: TestState) -> Report:
    """A run of the task's test, and of others after it."""
    keys = (KEY, *(TestKey(KEY.file, f"other {number}") for number in range(1, len(states))))
    tests = tuple(TestOutcome(key, state) for key, state in zip(keys, states, strict=True))
    return Report(8, RunKind.CONFIRMED, (FileOutcome(KEY.file, tests),))


def unloaded() -> Report:
    """A run of the task's test, beside a file that does not load."""
    return Report(8, RunKind.CONFIRMED, (BROKEN, *seen(TestState.PASS).files))


def report(state: TestState) -> Report:
    return Report(7, RunKind.CONFIRMED, (FileOutcome(KEY.file, (TestOutcome(KEY, state),)),))


DONE = Work(
    cases=(CaseFact("C1", True, KEY),),
    report=report(TestState.PASS),
    written=("router.ts", "prisma/schema.prisma", "tasks/handoff/2025-11-20_be-1.md", "tasks/active_context.md"),
    context="tasks/active_context.md",
    commit="0123456789abcdef",
)


def test_a_finished_task_has_five_lit_lights_with_evidence() -> None:
    assert [(light.lit, light.evidence) for light in lights(DONE)] == [
        (True, "1 case settled: C1"),
        (True, "1 test passed in run 7"),
        (True, "tasks/active_context.md"),
        (True, "0123456789ab"),
        (True, "tasks/handoff/2025-11-20_be-1.md"),
    ]


def test_a_test_that_was_red_before_the_task_darkens_nothing() -> None:
    states = (TestState.PASS, TestState.FAIL)
    assert lights(replace(DONE, report=seen(*states), shown=seen(*states)))[1].lit


@pytest.mark.parametrize(
    ("work", "dark", "evidence"),
    [
        (replace(DONE, cases=()), {0, 1}, "no test case is approved yet"),
        (replace(DONE, cases=(CaseFact("C1", True, KEY), CaseFact("C2", False))), {0}, "open: C2"),
        (replace(DONE, mistyped=("a.ts:3 no (TS1)", "b.ts:1 no")), {0}, "type error: a.ts:3 no (TS1) and 1 more"),
        (replace(DONE, report=None), {1}, "no confirmed run yet"),
        (replace(DONE, report=report(TestState.SKIP)), {1}, "not passing: C1 adds once"),
        (replace(DONE, cases=(CaseFact("C1", True, replace(KEY, name="gone")),)), {1}, "not passing: gone"),
        (replace(DONE, shown=seen(TestState.FAIL)), {1}, "not passing: C1 adds once"),
        (replace(DONE, shown=seen(TestState.PASS, TestState.FAIL)), {1}, "not passing: other 1"),
        (replace(DONE, shown=unloaded()), {1}, "not passing: b.test.ts"),
        (replace(DONE, written=("router.ts",)), {2}, "tasks/active_context.md is unchanged"),
        (replace(DONE, written=(), waived="no time"), {2}, "left out: no time"),
        (replace(DONE, context=""), {2}, "there is no active context file"),
        (replace(DONE, commit=""), {3}, "not committed yet"),
        (replace(DONE, commit="", declined="by hand"), {3}, "declined: by hand"),
        (
            replace(DONE, written=("a/schema.prisma", DONE.context)),
            {4},
            "a/schema.prisma changed, and no hand-off sheet",
        ),
    ],
)
def test_a_light_without_evidence_is_dark_and_says_why(work: Work, dark: set[int], evidence: str) -> None:
    shown = lights(work)
    assert {number for number, light in enumerate(shown) if not light.lit} == dark
    assert shown[min(dark)].evidence.startswith(evidence)


def test_no_schema_change_needs_no_sheet() -> None:
    assert lights(Work())[4].evidence == "no schema change"
