"""A weakened test is named in words; an honest refactoring of it is not."""

from __future__ import annotations

import pytest

from beai.core.edits.change import Change, Decision, Verdict, WholeFile
from beai.core.edits.match import match, rewarned
from beai.core.edits.tamper import words_for
from beai.core.loop.refused import warned
from beai.core.loop.running import run
from beai.core.runner.report import FileOutcome, Report, RunRequest, TestKey, TestOutcome, TestState
from beai.core.runner.signs import unasserted
from tests.core.tampering import FIRST, Case, bases, cases
from tests.core.worlds import World

WEAKENED = tuple(
    cases("weaken_tests", "weaken_assertions", "weaken_flow", "weaken_around", "weaken_standing", "weaken_helpers")
)


def _words(case: Case) -> list[str]:
    beside = {FIRST: (bases()[FIRST], bases()[FIRST])} if case.path == "src/order.ts" else {}
    return [one.words for one in words_for(case.path, case.before, case.after, beside)]


def test_there_are_enough_weakenings() -> None:
    assert len(WEAKENED) >= 60


@pytest.mark.parametrize("case", WEAKENED, ids=lambda case: case.name)
def test_a_weakening_is_named(case: Case) -> None:
    told = _words(case)
    assert [words for words in case.words if not any(words in one for one in told)] == [], told


HONEST = tuple(cases("honest_wording", "honest_shape", "honest_around"))
KNOWN_ALARMS: frozenset[str] = frozenset()


def test_there_are_enough_honest_refactorings() -> None:
    assert len(HONEST) >= 60


def test_honest_refactorings_raise_at_most_two_alarms() -> None:
    told = {case.name: words for case in HONEST if (words := _words(case))}
    assert len(KNOWN_ALARMS) <= 2
    assert {name: words for name, words in told.items() if name not in KNOWN_ALARMS} == {}


HELD_OUT = tuple(cases("held_out_honest", "held_out_honest_more"))
HELD_OUT_ALARMS = {
    "held_out_honest_more: the prices one by one",
    "held_out_honest_more: the every becomes a loop",
}


def test_refactorings_that_no_detector_was_written_for_raise_few_alarms() -> None:
    """Eight of the first twenty did at first sight, ten of the next twenty-six; what is left is not followed yet."""
    assert len(HELD_OUT) == 46
    assert len(KNOWN_ALARMS) + len(HELD_OUT_ALARMS) <= 2
    assert {case.name for case in HELD_OUT if _words(case)} == HELD_OUT_ALARMS


_UNSEEN = tuple(f"held_out_weaken{which}" for which in ("", "_more", "_fresh", "_again"))


@pytest.mark.parametrize("case", cases(*_UNSEEN), ids=lambda case: case.name)
def test_a_weakening_that_no_detector_was_written_for_is_named(case: Case) -> None:
    """At first sight: nine of the first ten, fourteen of the next sixteen, three and then twelve of fifteen.

    The three were before the detectors of their round; with these it was fourteen.
    """
    assert any(words in one for words in case.words for one in _words(case))


def test_a_test_whose_name_is_computed_is_read_too() -> None:
    path = "src/server/billing/plans.test.ts"
    before = bases()[path]
    looser = before.replace("expect(planPrice(plan)).toBe(cents)", "expect(planPrice(plan)).toBeDefined()")
    assert [one.words for one in words_for(path, before, looser, {})] == [
        "loosens an assertion (toBe → toBeDefined) in 'prices ${plan}'"
    ]


def test_a_key_more_is_said_to_be_expected_too() -> None:
    before = bases()[FIRST]
    more = before.replace("totalCents: 4900 });\n  });", "totalCents: 4900, note: null });\n  });")
    (told,) = words_for(FIRST, before, more, {})
    assert told.words == "expects note too in 'C1 returns the order with its items'"


def test_a_hunk_that_the_person_edited_gets_the_words_for_their_text() -> None:
    path, before = FIRST, bases()[FIRST]
    change = match([WholeFile(path, before.replace("toBe(0)", "toBe(7)"))], {path: before}.get)
    assert isinstance(change, Change)
    (hunk,) = change.hunks()
    assert hunk.warnings == ("changes what is expected (0 → 7) in 'C4 adds up'",)
    honest = Decision(hunk.id, Verdict.ACCEPTED, edited="".join(hunk.old))
    worse = Decision(hunk.id, Verdict.ACCEPTED, edited="".join(hunk.new).replace("toBe(7)", "toBeDefined()"))
    assert [one.warnings for one in rewarned(change, (honest,)).hunks()] == [()]
    (words,) = rewarned(change, (worse,)).hunks()[0].warnings
    assert words == "loosens an assertion (toBe → toBeDefined) in 'C4 adds up'"


def test_a_source_is_held_against_the_approved_tests() -> None:
    files = bases()
    special = files["src/order.ts"].replace("  const order", '  if (id === "order_1") return null;\n  const order')
    change = match([WholeFile("src/order.ts", special)], files.get, approved=(FIRST,))
    assert isinstance(change, Change)
    assert change.hunks()[0].warnings == ("knows a value of the tests (order_1)",)


def test_a_test_file_that_moves_takes_its_tests_along() -> None:
    text = bases()[FIRST]
    assert words_for(FIRST, text, None, {"src/orders.test.ts": (None, text)}) == ()
    (lost,) = words_for(FIRST, text, None, {"src/orders.ts": (None, text)})
    assert lost.words == "moves 8 tests to 'src/orders.ts', where no run finds them"


@pytest.mark.parametrize("case", tuple(cases("weaken_tests", "weaken_flow"))[::9], ids=lambda case: case.name)
def test_a_file_and_its_reversal_are_read_without_raising_at_any_cut(case: Case) -> None:
    for at in range(0, len(case.after or ""), 997):
        words_for(case.path, (case.after or "")[:at], case.before, {})
        words_for(case.path, case.before, (case.after or "")[at:], {})


def _hard_coded() -> tuple[Change, dict[str, str]]:
    """A source that knows a value of the approved tests in its first hunk, and is only renamed in its second."""
    files = bases()
    after = files["src/order.ts"].replace("  const order", '  if (id === "order_1") return null;\n  const order')
    after = after.replace('status: "CANCELLED"', 'status: "GONE"')
    change = match([WholeFile("src/order.ts", after)], files.get, approved=(FIRST,))
    assert isinstance(change, Change)
    return change, files


def test_words_stay_on_a_hunk_while_the_person_edits_another() -> None:
    change, _ = _hard_coded()
    first, second = change.hunks()
    assert first.warnings == ("knows a value of the tests (order_1)",)
    again = warned(change, ((first, "no hard-coding"),))
    mine = Decision(second.id, Verdict.ACCEPTED, edited="".join(second.new).replace("GONE", "OVER"))
    now = rewarned(again, (mine,)).hunks()
    assert [one.warnings for one in now] == [(*first.warnings, "you refused this before: no hard-coding"), ()]


def test_what_the_person_writes_is_held_against_the_approved_tests_too() -> None:
    change, _ = _hard_coded()
    first, second = change.hunks()
    worse = "".join(second.new).replace('"GONE"', 'id === "order_1" ? "A" : "B"')
    mine = (
        Decision(first.id, Verdict.ACCEPTED, edited="".join(first.old)),
        Decision(second.id, Verdict.ACCEPTED, edited=worse),
    )
    assert [one.warnings for one in rewarned(change, mine).hunks()] == [(), ("knows a value of the tests (order_1)",)]


def test_a_new_mock_beside_a_module_is_named() -> None:
    (told,) = words_for("src/__mocks__/order.ts", None, "export const total = () => 3;\n", {})
    assert told.words == "is what tests get in place of 'src/order.ts'"


def test_a_helper_that_moves_with_its_assertions_is_not_said_to_be_gone() -> None:
    before = bases()["src/lib/checks.ts"]
    start = before.index("export function checkOrder")
    end = before.index("export default")
    there = 'import { expect } from "vitest";\n' + before[start:end]
    assert (
        words_for("src/lib/checks.ts", before, before[:start] + before[end:], {"src/lib/more.ts": (None, there)}) == ()
    )


_TOP = 'import { expect, it } from "vitest";\nimport { f } from "./a";\n'


def _rows(rows: int, k: int, more: str) -> str:
    """A test that asserts once for each pair of rows, before one that asserts ``more``; both use the constant K."""
    each = ", ".join(map(str, range(rows)))
    loops = f"for (const a of [{each}]) for (const b of [{each}])"
    body = f"{loops} {{ expect(f(a, b, K)).toEqual({{ x: a, y: b, z: [a, b, K] }}); }}"
    return (
        f'{_TOP}const K = {k};\nit("matrix", () => {{ {body} }});\nit("C2", () => {{ {more} expect(K).toBe(f()); }});\n'
    )


def test_a_test_that_is_too_large_is_said_to_be_so_and_the_others_are_read() -> None:
    told = [one.words for one in words_for("a.test.ts", _rows(60, 1, "expect(f(1)).toBe(2);"), _rows(60, 2, ""), {})]
    assert "takes 1 of 2 assertions out of 'C2'" in told
    assert "is too large to be read to its end: 'matrix'" in told
    assert not any("in 'matrix'" in words for words in told)


def test_few_sentences_are_said_of_one_test() -> None:
    told = words_for("a.test.ts", _rows(4, 1, ""), _rows(4, 1, "").replace("y: b", "y: a"), {})
    assert [one.words for one in told][-1].startswith("and ") and len(told) == 9


def test_of_many_weakened_tests_each_has_its_words() -> None:
    before = _TOP + "".join(f'it("t{n}", () => {{\n  expect(f({n})).toEqual([{n}]);\n}});\n' for n in range(600))
    assert len(words_for("a.test.ts", before, before.replace("toEqual(", "toContain("), {})) == 600


def test_the_last_key_of_a_large_object_is_compared_too() -> None:
    keys = ", ".join(f"k{n}: {n}" for n in range(400))
    before = f'{_TOP}it("a", () => {{\n  expect(f()).toEqual({{ {keys} }});\n}});\n'
    (told,) = words_for("a.test.ts", before, before.replace("k390: 390", "k390: 1"), {})
    assert told.words.startswith("changes what is expected")


_LATER_TEST = """import { expect, it } from "vitest";
import { later } from "./queue";
import { f } from "./a";

it("a", () => {
  expect(f(1)).toBe(2);
  expect(f(2)).toBe(3);
});
"""


@pytest.mark.parametrize(("made", "told"), [(0, 1), (2, 0)], ids=["never called", "called"])
async def test_what_no_words_can_know_is_seen_in_the_count_of_assertions(made: int, told: int) -> None:
    """Whether a function that is handed over is called, only a run can tell."""
    path = "src/a.test.ts"
    moved = _LATER_TEST.replace("  expect(f(1)", "  later(() => {\n  expect(f(1)").replace("(3);\n", "(3);\n  });\n")
    assert words_for(path, _LATER_TEST, moved, {}) == ()
    world = World(files={path: moved})
    test = TestOutcome(TestKey(path, "a"), TestState.PASS, assertions=made)
    world.tests.outcome = lambda _: (FileOutcome(path, (test,)),)
    report = await run(world.ports(), RunRequest(), lambda _: None, (path,))
    assert isinstance(report, Report)
    assert report.required == ((TestKey(path, "a"), 1),)
    assert len(unasserted(Report(0, report.kind, ()), report)) == told
