"""A page of questions: each whole, answered by a digit or in words, as far as the person says, whenever they like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.loop.events.deeds import Guided, QuestionAnswered, QuestionTurned
from beai.core.loop.step import step
from beai.core.suggest.exchange import Answer, Decider, Scope
from beai.tui.pages import story
from beai.tui.prose import fold
from beai.tui.screens.question import QuestionCard
from beai.tui.screens.workbench import Workbench
from tests.tui import sessions as known
from tests.tui.conftest import SMALL
from tests.tui.test_hostile import screen_text

LARGE = (120, 36)
SECOND, THIRD = (asked.question.topic for asked in known.PAGE.waiting)
PUT_OFF = step(known.PAGE, QuestionAnswered(3))[0]
TABLE = [
    ("1", QuestionAnswered(0)),
    ("s 2", QuestionAnswered(1, scope=Scope.SPRINT)),
    ("s s 2", QuestionAnswered(1, scope=Scope.PROJECT)),
    ("s s s 2", QuestionAnswered(1)),
    ("3", QuestionAnswered(2)),
    ("4", QuestionAnswered(3)),
    ("s tab m y enter", QuestionAnswered(-1, "my", Scope.SPRINT)),
    ("j enter", QuestionAnswered(0)),
    ("n", QuestionTurned(SECOND)),
    ("right", QuestionTurned(SECOND)),
    ("p", QuestionTurned(THIRD)),
]


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x36", "80x24"])
async def test_every_key_on_a_page_of_questions_posts_its_event_and_nothing_else(opened, size):
    async with opened(known.EMPTY, size=size) as bench:
        posted = {}
        for keys, event in TABLE:
            await bench.begin(known.PAGE)
            await bench.press(*keys.split())
            if bench.loop.posted != [event]:
                posted[keys] = bench.loop.posted[:]
        assert posted == {}


async def test_a_page_lists_its_questions_and_shows_all_of_the_one_at_hand(opened):
    async with opened(known.PAGE, size=LARGE) as bench:
        shown = screen_text(bench.app)
        for words in ("1 of 3", "is a new service", "has no bound", "Two sources contradict each other · BE-S3-001"):
            assert words in shown
        for words in ("Considered", "The task holds · advised", "Criterion 2 falls away", "You decide", "Not now"):
            assert words in shown
        assert "holds for this task" in shown and "M who" not in shown
        await bench.press("s")
        assert "holds for the sprint" in screen_text(bench.app)


async def test_a_small_screen_counts_the_questions_and_keeps_the_options_in_sight(opened):
    async with opened(known.PAGE, size=SMALL) as bench:
        shown = screen_text(bench.app)
        assert "1 of 3" in shown and "The design lets" in shown
        assert all(words in shown for words in ("The task holds", "The design holds", "You decide", "Not now", "pick"))


async def test_another_question_of_the_page_comes_with_its_own_reach(opened):
    async with opened(known.PAGE, size=LARGE) as bench:
        await bench.press("s")
        await bench.push(step(known.PAGE, QuestionTurned(SECOND))[0])
        shown = screen_text(bench.app)
        assert "2 of 3" in shown and "holds for this task" in shown and "Turn it down · advised" in shown


async def test_no_clock_answers_a_question_or_takes_it_away(opened):
    async with opened(known.PAGE, size=SMALL) as bench:
        bench.clock.now += 86_400
        await bench.push(replace(known.PAGE, notice="a day later"))
        assert isinstance(bench.app.screen, QuestionCard) and bench.loop.posted == []
        await bench.press("2")
        assert bench.loop.posted == [QuestionAnswered(1)]


async def test_a_step_of_the_loop_has_no_reach_and_no_page(opened):
    asked = replace(known.PAGE, waiting=(), question=replace(known.PAGE.question, number=0))
    question = replace(asked.question.question, trigger=None)
    async with opened(replace(asked, question=replace(asked.question, question=question)), size=LARGE) as bench:
        shown = screen_text(bench.app)
        assert "holds for" not in shown and " of 3" not in shown and "reach" not in shown
        await bench.press("s", "n")
        assert bench.loop.posted == []


async def test_what_is_put_off_stands_under_the_open_points_and_a_key_asks_it_again(opened):
    off = replace(PUT_OFF, question=None, waiting=())
    told = "\n".join(line.plain for line in fold(story(off), 300))
    assert "Open points" in told and "The design lets any customer" in told and "put off; Q answers it" in told
    async with opened(off, size=LARGE) as bench:
        assert isinstance(bench.app.screen, Workbench)
        await bench.press("Q")
        assert bench.loop.posted == [QuestionTurned("design:role")]


async def test_g_shows_what_was_put_off_where_nobody_is_asked_and_guides_where_somebody_is(opened):
    off = replace(PUT_OFF, question=None, waiting=())
    async with opened(replace(off, cycle=None), size=LARGE) as bench:
        await bench.press("g")
        assert bench.loop.posted == [QuestionTurned("design:role")]
        await bench.begin(off)
        await bench.press("g", "o", "k", "enter")
        assert bench.loop.posted == [Guided("ok")]


def test_decisions_are_told_with_who_made_them_and_how_far_they_reach():
    answers = (
        Answer("a", 0, "Trim it", "Is a blank note empty?", Scope.PROJECT, Decider.LEDGER, "m1"),
        Answer("b", 0, "stayed", "Which branch?"),
    )
    told = "\n".join(line.plain for line in fold(story(replace(known.RED_VERDICT, answers=answers)), 100))
    assert "Is a blank note empty? Trim it (from the ledger, for the project)" in told and "Which branch?" not in told
