"""Pane 4 is worked in with the keys that Jest and Vitest users know, and posts exactly what it says."""

import re
from dataclasses import replace

import pytest

from beai.core.loop.events.deeds import FileJudged, HunkJudged, Interrupted, RerunAsked
from beai.core.runner.progress import Progress
from beai.core.runner.report import FileOutcome, TestState
from beai.tui.outcomes.verdict import verdict
from beai.tui.widgets.outcome_list import OutcomeList
from tests.tui import sessions as known
from tests.tui.conftest import SMALL
from tests.tui.test_hostile import screen_text

CART, ORDER = known.CART_FILE, known.ORDER_FILE
TAX = r"^cart\.total(?: > | )?"


def at_hand(bench):
    key = bench.app.screen.query_one(OutcomeList).at
    return key.name.rsplit(" > ", 1)[-1] if key else None


TABLE = [
    ("4 a", RerunAsked(everything=True)),
    ("4 f", RerunAsked(failed=True)),
    ("4 R", RerunAsked(everything=True)),
    ("4 p o r d e r enter", RerunAsked(files=(ORDER,))),
    ("4 ctrl+g", Interrupted()),
    ("4 q r", RerunAsked()),
]


async def test_the_letters_of_watch_mode_run_what_they_say(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        posted = {}
        for keys, event in TABLE:
            await bench.begin(known.PANEL)
            await bench.press(*keys.split())
            if bench.loop.posted != [event]:
                posted[keys] = bench.loop.posted[:]
            await bench.press("3")
        assert posted == {}


async def test_r_runs_the_test_at_hand_and_no_other(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4", "down", "r")
        [event] = bench.loop.posted
        names = [test.key.name for test in known.PANEL.latest.tests() if re.search(event.name, test.key.name)]
        assert event.files == (ORDER,) and names == ["order.place > stores the order"]
        assert re.search(event.name, "order.place stores the order")


async def test_t_runs_the_tests_whose_names_hold_the_words(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4", "t", *"cart", "enter")
        [event] = bench.loop.posted
        names = [test.key.leaf for test in known.PANEL.latest.tests() if re.search(event.name, test.key.name)]
        assert event.files == (CART, ORDER) and len(names) == 7


async def test_keys_of_the_review_decide_nothing_that_the_tests_know(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4", "space", "enter", "u", "j", "k", "o", "e", "home", "end", "J")
        assert [event for event in bench.loop.posted if isinstance(event, HunkJudged | FileJudged)] == []


async def test_the_arrows_go_from_test_to_test_over_what_is_told_of_them(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4")
        assert at_hand(bench) == "adds the tax of the country"
        seen = []
        for key in ("down", "j", "k", "up", "up", "end", "home"):
            await bench.press(key)
            seen.append(at_hand(bench))
        first, second, third = "adds the tax of the country", "stores the order", "is zero for an empty cart"
        assert seen == [second, third, second, first, first, "refuses an empty cart", first]


async def test_enter_opens_the_test_at_hand_and_folds_it_again(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4", "enter")
        assert "│ rate 0" in screen_text(bench.app)
        await bench.press("enter")
        assert "│ rate 0" not in screen_text(bench.app)
        await bench.press("o")
        assert "│ rate 0" in screen_text(bench.app)


async def test_the_history_of_the_test_at_hand_is_on_the_frame_of_the_pane(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4")
        assert "✓✓✗✓✓✗ ─╯" in screen_text(bench.app)


async def test_a_filter_narrows_with_every_letter_and_esc_shows_all_again(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4", "/", *"zero")
        shown = screen_text(bench.app)
        assert (
            "is zero for an empty cart" in shown and "stores the order" not in shown and "name or file: zero" in shown
        )
        await bench.press("enter")
        assert "stores the order" not in screen_text(bench.app)
        await bench.press("escape")
        assert "stores the order" in screen_text(bench.app)
        await bench.press("/", *"zero", "escape")
        assert "stores the order" in screen_text(bench.app) and bench.loop.posted == []


async def test_a_filter_that_nothing_matches_says_so(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4", "/", *"zzz")
        assert "no test matches" in screen_text(bench.app)
        await bench.press("enter", "r", "enter", "e", "o", "down", "end")
        assert at_hand(bench) is not None


async def test_u_says_why_no_snapshot_is_updated(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4", "u")
        assert "updates no snapshot" in str([note.message for note in bench.app._notifications])


async def test_the_test_at_hand_stays_the_same_one_while_runs_come_and_go(opened):
    async with opened(known.PANEL) as bench:
        await bench.press("4", "end")
        for running in (Progress(), Progress(3, 1, (known.FAILING,), known.PASSING), None):
            await bench.push(replace(known.PANEL, running=running), rest=0.1)
            assert at_hand(bench) == "refuses an empty cart"
        await bench.push(known.UNLOADED)
        assert at_hand(bench) == "refuses an empty cart"


async def test_a_file_that_does_not_load_can_be_run_and_opened(opened, tmp_path):
    async with opened(known.UNLOADED, root=str(tmp_path), editor="vi") as bench:
        await bench.press("4", "r", "e")
        assert bench.loop.posted == [RerunAsked(files=(CART,))]
        assert f"{CART} is no file of this repository" in str([note.message for note in bench.app._notifications])


async def test_e_says_where_the_failure_is_when_no_editor_can_be_opened(opened, tmp_path):
    (tmp_path / CART).parent.mkdir(parents=True)
    (tmp_path / CART).write_text("it()")
    for editor, words in (("vi", "An editor cannot be opened here"), ("", "Set $EDITOR")):
        async with opened(known.PANEL, root=str(tmp_path), editor=editor) as bench:
            await bench.press("4", "e")
            said = str([note.message for note in bench.app._notifications])
            assert words in said and f"{CART}:31" in said


async def test_the_footer_and_the_palette_name_the_keys_of_the_tests_while_they_count(opened):
    async with opened(known.PANEL) as bench:
        assert "run failed" not in screen_text(bench.app)
        await bench.press("4")
        assert "f run failed" in screen_text(bench.app) and "3 enter goes to" in screen_text(bench.app)
        commands = list(bench.app.get_system_commands(bench.app.screen))
        next(one for one in commands if one.title.startswith("Run the files again")).callback()
        await bench.settle()
        assert bench.loop.posted == [RerunAsked(failed=True)]
        await bench.press("q")
        assert "run failed" not in screen_text(bench.app)


async def test_a_click_brings_a_test_to_hand_and_a_second_one_opens_it(opened):
    async with opened(known.PANEL) as bench:
        await bench.pilot.click("#outcomes", offset=(5, 0))
        await bench.settle()
        assert at_hand(bench) == "adds the tax of the country" and bench.app.screen.pane == 4
        await bench.pilot.double_click("#outcomes", offset=(5, 0))
        await bench.settle()
        assert "│ rate 0" in screen_text(bench.app)


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 10)])
async def test_the_verdict_stays_in_view_wherever_the_list_is(opened, size):
    tests = tuple(known.passing(f"case {n}") for n in range(300))
    report = replace(known.RED, files=(FileOutcome(known.TEST_FILE, (*tests, known.FAILING)),))
    session = replace(known.PANEL, latest=report)
    async with opened(session, size=size) as bench:
        await bench.press("4", "end")
        assert at_hand(bench) == "case 299"
        assert "case 299" in screen_text(bench.app) and verdict(session).headline in screen_text(bench.app)


async def test_a_run_that_streams_five_thousand_tests_keeps_the_list_as_it_is(opened):
    tests = tuple(replace(known.passing(f"case {n}"), state=TestState.PASS) for n in range(5_000))
    session = replace(known.PANEL, latest=known.report(*tests))
    async with opened(session) as bench:
        view = bench.app.screen.query_one(OutcomeList)
        before = list(view.items)
        running = Progress()
        for test in tests:
            running = running.after(test)
            bench.loop.push(replace(session, running=running))
        await bench.pilot.pause(0.1)
        assert list(view.items) == before and "RUNNING  5000" in screen_text(bench.app)
