"""What the test panel says of a session, without a terminal."""

from dataclasses import replace

import pytest
from textual.content import Content

from beai.core.loop.session import Session
from beai.core.runner.history import remember
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.core.runner.report import FileOutcome, RunKind, TestError, TestOutcome, TestState
from beai.tui.outcomes import head, rows
from beai.tui.outcomes.choice import By, Choice, Index
from beai.tui.outcomes.compare import compared
from beai.tui.outcomes.details import marks
from beai.tui.outcomes.past import Past, bars
from beai.tui.outcomes.verdict import shown, verdict, verdict_line
from tests.tui import sessions as known


def listed(session, width=40, choice=Choice()):  # noqa: B008 - it is frozen
    said, past = verdict(session), Past()
    past.follow(session.runs)
    seen = rows.board(session, said, past, choice)
    found = rows.rows(Index(shown(session)), seen, width)
    return "\n".join(rows.draw(row, seen, width, here=False).plain.rstrip() for row in found)


def above(session, width=40, choice=Choice()):  # noqa: B008 - it is frozen
    said = verdict(session)
    return f"{head.headline(said, width).plain}\n{head.facts(session, said, choice, width).plain}"


@pytest.mark.parametrize(
    ("session", "word"),
    [
        (Session(), "· NO RUN YET"),
        (known.UNDERSTAND, "✓ GREEN  6 of 6"),
        (known.RED_VERDICT, "✗ RED  1 of 7"),
        (known.RUNNING, "◌ RUNNING  5 of 7, 1 failing"),
        (replace(known.UNDERSTAND, latest=known.report()), "! NO TESTS  nothing ran"),
        (
            replace(known.UNDERSTAND, latest=replace(known.GREEN, kind=RunKind.PROVISIONAL)),
            "✓ GREEN  6 of 6",
        ),
        (
            replace(
                known.UNDERSTAND,
                latest=replace(known.GREEN, files=(FileOutcome("a.test.ts", (), (TestError("E", "x"),)),)),
            ),
            "✗ BROKEN  1 of 1 file unloaded",
        ),
        (
            replace(known.UNDERSTAND, latest=replace(known.GREEN, unhandled=(TestError("E", "late"),))),
            "✗ BROKEN  errors outside any test",
        ),
        (replace(known.UNDERSTAND, unjudged=("src/a.ts", "src/b.ts")), "? SAVED, NOT JUDGED  src/a.ts and 1 more"),
        (replace(known.RUNNING, unjudged=("src/a.ts",)), "◌ RUNNING  5 of 7, 1 failing"),
    ],
)
def test_the_verdict_is_a_glyph_a_word_and_a_count(session, word):
    assert verdict(session).content().plain.strip() == word


def test_where_there_is_no_panel_the_verdict_says_that_it_is_live():
    live = replace(known.UNDERSTAND, latest=replace(known.GREEN, kind=RunKind.PROVISIONAL))
    assert verdict_line(live, 80).plain.rstrip() == " ✓ GREEN  6 of 6 · live"
    assert verdict_line(known.UNDERSTAND, 80).plain.rstrip() == " ✓ GREEN  6 of 6"


def test_a_run_with_skipped_tests_does_not_count_them_as_passed():
    skipped = TestOutcome(known.key("later"), TestState.SKIP)
    session = replace(known.UNDERSTAND, latest=known.report(*known.PASSING, skipped))
    assert verdict(session).count == "6 of 7"


@pytest.mark.parametrize("session", [known.RED_VERDICT, known.RUNNING])
def test_failing_tests_come_first_with_expected_received_and_place(session):
    shown = listed(session)
    assert shown.index("✗ C2 rejects") < shown.index("✓ counts the session")
    assert "expected CONFLICT" in shown
    assert "received INTERNAL_SERVER_ERROR" in shown
    assert "wishlist.test.ts:83" in shown


def test_passing_tests_say_how_long_they_took():
    line = next(line for line in listed(known.RED_VERDICT, 60).splitlines() if "removes" in line)
    assert line.split("item")[1].strip() == "3 ms" and len(line) == 60


def test_the_reach_of_the_run_its_time_and_its_kind_are_said():
    live = replace(known.RED_VERDICT, cycle=None, latest=replace(known.RED, kind=RunKind.PROVISIONAL))
    assert "1 affected of 5  ● confirmed  83 ms" in above(known.RED_VERDICT, 60)
    assert "1 affected of 5  ◐ live  83 ms" in above(live, 60)
    assert "1 affected of 5\n● confirmed  83 ms" in above(known.RED_VERDICT, 25)


def test_tests_of_the_same_name_stand_below_their_own_file():
    same = "rejects a caller"
    paths = ("src/a/list.test.ts", "src/b/list.test.ts", "src/b/item.test.ts")
    tests = tuple(TestOutcome(known.key(same, path), TestState.PASS) for path in paths)
    shown = listed(replace(known.UNDERSTAND, latest=known.report(*tests))).splitlines()
    assert [line for line in shown if line.endswith(".ts")] == [" a/list.test.ts", " b/list.test.ts", " item.test.ts"]
    assert shown[shown.index(" item.test.ts") + 1] == f" ✓ {same}"


def test_a_file_that_does_not_load_is_shown_with_its_error():
    broken = replace(known.GREEN, files=(FileOutcome("a.test.ts", (), (TestError("Error", "Cannot find module x"),)),))
    shown = listed(replace(known.UNDERSTAND, latest=broken))
    assert "✗ a.test.ts" in shown
    assert "Cannot find module x" in shown


def test_what_failed_before_as_well_stands_below_what_is_new():
    shown_rows = listed(known.PANEL)
    assert shown_rows.index("adds the tax") < shown_rows.index("failed before as well") < shown_rows.index("stores the")
    assert "RED  2 of 8, 1 new" in above(known.PANEL)


def test_the_test_of_the_case_at_hand_is_no_old_failure():
    own = known.PANEL.latest.files[1].tests[0].key
    case = replace(known.CASES[1], test=own)
    session = replace(known.PANEL, cases=(known.C1_GREEN, case), case_id="C2", standing=known.PANEL.latest)
    session = replace(session, latest=replace(known.PANEL.latest, run=9))
    assert "stores the order" in listed(session).split("failed before as well")[0]


def test_slow_flaky_and_leaking_tests_are_marked_in_words():
    lines = listed(known.PANEL, 70).splitlines()
    marks = {word: [line for line in lines if f" {word} " in f"{line} "] for word in ("slow", "flaky", "leaks")}
    assert ["rounds each line" in line for line in marks["slow"]] == [True]
    assert ["waits for the currency rates" in line for line in marks["flaky"]] == [True]
    assert ["keeps the discount" in line for line in marks["leaks"]] == [True]


def test_a_test_that_takes_far_longer_than_it_usually_does_is_slow():
    past, quick = Past(), known.passing("adds", 5.0)
    past.follow(tuple(remember((), known.report(quick))[0] for _ in range(4)))
    assert past.slow(replace(quick, ms=60.0)) and not past.slow(replace(quick, ms=19.0))
    assert past.slow(known.passing("new", 300.0)) and not past.slow(known.passing("new", 299.0))


def test_each_run_of_a_session_is_a_mark_of_its_tests_and_a_bar():
    past = Past()
    past.follow(known.PANEL.runs[:3])
    past.follow(known.PANEL.runs)
    key = known.PANEL.latest.files[0].tests[0].key
    assert marks(past.trail(key), 9).plain == "✓✓✗✓✓✗"
    past.follow(tuple(replace(run) for run in known.PANEL.runs[-1:]))
    assert marks(past.trail(key), 9).plain == "✗"
    assert bars([38.0, 19.0, 76.0]) == "▅▃█" and bars([1.0]) == ""
    assert "▃▃█▃▃▃ 38 ms" in above(known.PANEL)


def test_why_everything_ran_and_what_speaks_against_green_is_said():
    said = above(known.UNLOADED, 60)
    assert "all: prisma/schema.prisma changed" in said and "! 2 snapshots that no test asks for." in said


def test_the_lamps_stand_below_the_verdict():
    lamp = Lamp(LampState.ERRORS, "TypeScript 5.9", diagnostics=(Diagnostic("src/a.ts", 3, 1, "TS2322", "no number"),))
    assert "types ✗ 1 in src/a.ts:3 no number" in above(replace(known.PANEL, types=lamp), 60)


def test_a_run_without_a_verdict_is_no_green():
    assert "✗ NO VERDICT" in above(known.UNRUN) and "Save again, or press a." in above(known.UNRUN)


def test_a_failure_names_its_kind_and_what_can_be_done():
    shown_rows = listed(known.UNLOADED, 90)
    assert "→ unresolved import: Correct the path" in shown_rows and "→ database unreachable: Start" in shown_rows


def test_values_of_many_lines_are_told_by_the_lines_that_differ():
    found = [
        line.plain for line in compared('{\n "a": 1,\n "b": 2,\n "c": 3\n}', '{\n "a": 1,\n "b": 5,\n "c": 3\n}', 40, 9)
    ]
    assert found == ["- expected  + received", "  ⋯", '   "a": 1,', '-  "b": 2,', '+  "b": 5,', '   "c": 3', "  ⋯"]


def test_the_words_that_differ_are_marked_by_more_than_colour():
    old, new = compared("the total is 1428", "the total is 1200", 60, 9)
    underlined = [
        line.plain[span.start : span.end]
        for line in (old, new)
        for span in line.spans
        if "underline" in str(span.style)
    ]
    assert underlined == ["1428", "1200"]


@pytest.mark.parametrize("pair", [(None, "x"), ("x", None), ("", "x"), ("x" * 9_000, "y" * 9_000), ("a\n" * 900, "b")])
def test_odd_values_are_compared_in_a_few_lines(pair):
    lines = compared(*pair, 30, 8)
    assert 2 <= len(lines) <= 8 and all(line.cell_length <= 30 for line in lines)


def test_an_opened_test_tells_code_frames_history_and_output():
    key = known.PANEL.latest.files[0].tests[0].key
    brief, full = (listed(known.PANEL, 80, choice) for choice in (Choice(), Choice().toggled(key)))
    for words in ("rate 0", "at total src/server/api/routers/cart.ts:18", "runs ✓✓✗✓✓✗", "29"):
        assert words in full and words not in brief
    assert "31▸ expect(await caller.cart.total" in brief and "▸ 2 lines of output" in brief
    assert "rate 0" in listed(known.PANEL, 80, Choice().shown_output(key))


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice("ZERO"), ["is zero for an empty cart"]),
        (Choice("order.test"), ["stores the order", "refuses an empty cart"]),
        (Choice("order.test", By.NAME), []),
        (Choice("cart.total adds", By.NAME), ["adds the tax of the country"]),
        (Choice("empty cart", By.FILE), []),
    ],
)
def test_a_filter_finds_by_name_by_file_or_by_both(choice, names):
    assert [test.key.leaf for test in Index(known.PANEL.latest).matching(choice)] == names


@pytest.mark.parametrize("width", [26, 47, 76])
@pytest.mark.parametrize("name", ["PANEL", "UNLOADED", "UNRUN", "PANEL_RUNNING", "HOSTILE"])
def test_nothing_of_the_panel_is_wider_than_its_pane(name, width):
    session = getattr(known, name)
    opened = Choice(opened=frozenset(test.key for test in session.latest.tests()))
    lines = [*listed(session, width, opened).splitlines(), *above(session, width).splitlines()]
    assert [line for line in lines if Content(line).cell_length > width] == []


def test_rows_of_five_thousand_tests_make_nothing_of_those_that_pass():
    tests = tuple(known.passing(f"case {n}") for n in range(5_000))
    session = replace(known.UNDERSTAND, latest=known.report(*tests))
    seen = rows.board(session, verdict(session), Past(), Choice())
    found = rows.rows(Index(shown(session)), seen, 40)
    assert len(found) == 5_001 and found[1] is tests[0]
