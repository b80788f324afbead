"""What the test panel says of a session, without a terminal."""

from dataclasses import replace

import pytest

from beai.core.loop.session import Session
from beai.core.runner.report import FileOutcome, RunKind, TestError, TestOutcome, TestState
from beai.tui.outcomes import head, rows
from beai.tui.outcomes.choice import Choice, Index
from beai.tui.outcomes.past import Past
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
