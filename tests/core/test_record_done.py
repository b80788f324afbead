"""The five lights: none is lit without its evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.record.done import Lit, lights
from beai.core.record.waived import Waived
from beai.core.record.work import CaseFact, CommitFact, Observed, WaiverFact, Work, WriteFact
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
    written=(
        "router.ts",
        "prisma/schema.prisma",
        "tasks/handoff/2025-11-20_be-1.md",
        "tasks/be.md",
        "tasks/context.md",
    ),
    context="tasks/context.md",
    task_file="tasks/be.md",
    commits=(CommitFact("0123456789abcdef"),),
)
OPEN = (CaseFact("C1", True, KEY), CaseFact("C2", False))
LEFT = (CaseFact("C1", True, KEY), CaseFact("C2", True, skipped=True, waiver="later"))


def test_a_finished_task_has_five_lit_lights_with_evidence() -> None:
    assert [(light.lit, light.evidence) for light in lights(DONE)] == [
        (True, "1 case settled: C1"),
        (True, "1 test passed in run 7"),
        (True, "tasks/context.md, tasks/be.md"),
        (True, "0123456789ab"),
        (True, "tasks/handoff/2025-11-20_be-1.md"),
    ]


def test_a_test_that_was_red_before_the_task_darkens_nothing() -> None:
    states = (TestState.PASS, TestState.FAIL)
    assert lights(replace(DONE, report=seen(*states), shown=seen(*states)))[1].lit


def but(path: str) -> tuple[str, ...]:
    """What was written, without ``path``."""
    return tuple(one for one in DONE.written if one != path)


@pytest.mark.parametrize(
    ("work", "dark", "evidence"),
    [
        (replace(DONE, cases=()), {0, 1}, "no test case is approved yet"),
        (replace(DONE, cases=OPEN), {0}, "open: C2"),
        (replace(DONE, mistyped=("a.ts:3 no (TS1)", "b.ts:1 no")), {0}, "type error: a.ts:3 no (TS1) and 1 more"),
        (replace(DONE, deferred=("Which status?",)), {0}, "1 question put off: Which status?"),
        (replace(DONE, points=("C1 has no criterion", "x")), {0}, "C1 has no criterion and 1 more"),
        (replace(DONE, report=None), {1}, "no confirmed run yet"),
        (replace(DONE, report=report(TestState.SKIP)), {1}, "not passing: C1 adds once"),
        (replace(DONE, cases=(CaseFact("C1", True, replace(KEY, name="gone")),)), {1}, "not passing: gone"),
        (replace(DONE, cases=(CaseFact("C1", True, KEY), CaseFact("C2", True))), {1}, "no test: C2"),
        (replace(DONE, shown=seen(TestState.FAIL)), {1}, "not passing: C1 adds once"),
        (replace(DONE, shown=seen(TestState.SKIP)), {1}, "not passing: C1 adds once"),
        (replace(DONE, shown=Report(8, RunKind.CONFIRMED, ())), {1}, "not passing: C1 adds once"),
        (replace(DONE, shown=seen(TestState.PASS, TestState.FAIL)), {1}, "not passing: other 1"),
        (replace(DONE, shown=unloaded()), {1}, "not passing: b.test.ts"),
        (replace(DONE, written=("router.ts",)), {2}, "tasks/context.md is unchanged"),
        (replace(DONE, written=but("tasks/be.md")), {2}, "tasks/be.md is unchanged"),
        (replace(DONE, context="", task_file=""), {2}, "there is no active context file"),
        (replace(DONE, context="", written=but("tasks/be.md"), status_done=True), {2}, "there is no active context"),
        (replace(DONE, commits=()), {3}, "not committed yet"),
        (replace(DONE, uncommitted=("router.ts",)), {3}, "not committed yet: router.ts"),
        (
            replace(DONE, written=("a/schema.prisma", *but("tasks/handoff/2025-11-20_be-1.md"))),
            {4},
            "prisma/schema.pris",
        ),
        (replace(DONE, written=(*DONE.written, "a/schema.prisma")), {4}, "a/schema.prisma changed after tasks/handoff"),
    ],
)
def test_a_light_without_evidence_is_dark_and_says_why(work: Work, dark: set[int], evidence: str) -> None:
    shown = lights(work)
    assert {number for number, light in enumerate(shown) if light.state is Lit.DARK} == dark
    assert shown[min(dark)].evidence.startswith(evidence)


@pytest.mark.parametrize(
    ("work", "waived", "evidence"),
    [
        (replace(DONE, cases=LEFT), {0}, "1 case settled: C1, left out: C2"),
        (
            replace(DONE, cases=(CaseFact("C1", True, KEY, unproven=True),)),
            {0},
            "1 case settled: C1, never seen red: C1",
        ),
        (replace(DONE, mistyped=("a.ts:3 no",), untyped="theirs"), {0}, "1 case settled: C1, type errors left: theirs"),
        (
            replace(DONE, uncovered=("P2002 left out: next sprint",)),
            {0},
            "1 case settled: C1, P2002 left out: next sprint",
        ),
        (
            replace(DONE, shown=seen(TestState.FAIL), unjudged="flaky"),
            {1},
            "not passing: C1 adds once; left out: flaky",
        ),
        (replace(DONE, written=("router.ts",), unrecorded="no time"), {2}, "left out: no time"),
        (
            replace(DONE, written=but("tasks/be.md"), declined_paths=(("tasks/be.md", "not yet"),)),
            {2},
            "tasks/be.md left out: not yet",
        ),
        (replace(DONE, commits=(), declined="by hand"), {3}, "declined: by hand"),
        (
            replace(DONE, commits=(), left_out=(("commit proposed: not committed yet", "I do"),)),
            {3},
            "not committed yet; left out: I do",
        ),
    ],
)
def test_what_a_person_left_out_is_neither_lit_nor_dark(work: Work, waived: set[int], evidence: str) -> None:
    shown = lights(work)
    assert {number for number, light in enumerate(shown) if light.state is not Lit.LIT} == waived
    assert all(shown[number].state is Lit.WAIVED for number in waived)
    assert shown[min(waived)].evidence == evidence


def test_a_light_that_was_left_out_is_dark_again_once_it_lacks_something_else() -> None:
    left = replace(DONE, cases=OPEN, left_out=(("logic implemented: open: C2", "later"),))
    assert lights(left)[0].state is Lit.WAIVED
    assert lights(replace(left, cases=(*OPEN, CaseFact("C3", False))))[0].state is Lit.DARK


def test_with_every_case_left_out_nothing_else_is_asked_for() -> None:
    shown = lights(Work(cases=LEFT[1:], report=report(TestState.PASS), context="tasks/context.md"))
    assert [light.state for light in shown] == [*[Lit.WAIVED] * 4, Lit.LIT]


def test_each_light_opens_to_what_was_observed() -> None:
    case = CaseFact(
        "C1", True, KEY, text="adds once", red=Observed(3, 1.0, "expected 1"), green=Observed(4, 61.0, "passes")
    )
    commit = CommitFact("0123456789abcdef", "feature/x", "feat: x", ("router.ts",), "lint-staged\x1b[31m ok\n")
    work = replace(
        DONE,
        cases=(case,),
        commits=(commit,),
        writes=(WriteFact("r1", "tasks/be.md", "a" * 64, "b" * 64), WriteFact("r2", "a/schema.prisma", "", "c" * 64)),
        waivers=(WaiverFact(Waived.BRANCH, "branch", "stayed", "decided by you"),),
    )
    logic, tests, context, committed, schema = (light.opened for light in lights(work))
    assert logic == ("C1 settled: adds once",)
    assert tests[:3] == (
        "C1 a.test.ts › wishlist > C1 adds once",
        "  red in run 3 at 1970-01-01 00:00:01 UTC: expected 1",
        "  green in run 4 at 1970-01-01 00:01:01 UTC: passes",
    )
    assert context[0] == "tasks/be.md: aaaaaaaaaaaa → bbbbbbbbbbbb, receipt r1"
    assert committed == (
        "0123456789abcdef on feature/x",
        "  feat: x",
        "  router.ts",
        "  hook: lint-staged ok",
        "left out: branch: stayed (decided by you)",
    )
    assert schema == ("a/schema.prisma: new → cccccccccccc, receipt r2",)


def test_no_schema_change_needs_no_sheet() -> None:
    assert lights(Work())[4].evidence == "no schema change"
