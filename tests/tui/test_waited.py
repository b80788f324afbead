"""Waiting for a model shows that time passes, and costs nothing while no model is waited for."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from beai.core.loop.effects import RunTests
from beai.core.runner.report import RunRequest
from beai.core.suggest.progress import Sending, Spending
from beai.tui import present
from beai.tui.waited import Waited
from tests.tui import sessions as known
from tests.tui.conftest import SMALL, FakeClock
from tests.tui.test_hostile import screen_text

QUIET = replace(known.ASKING, streamed="", suggester="openai/x", sending=None)
RUN = RunTests(RunRequest())
SENT = replace(QUIET, sending=Sending("openai/x", "test", "C2", 4_000))


def followed(*steps):
    """What is said after each pair of a session and the seconds that pass then."""
    clock, said = FakeClock(), []
    waited = Waited(clock)
    for session, seconds in steps:
        waited.follow(session)
        clock.now += seconds
        said.append(", ".join(waited.words()))
    return said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, ""),
        (0.9, ""),
        (3.0, "3 s"),
        (12.0, "12 s, no word yet"),
        (75.0, "75 s, no word yet, gives up at 120 s if none comes"),
        (140.0, "140 s, no word yet"),
    ],
)
def test_a_silent_model_is_waited_for_in_seconds_until_it_is_given_up(seconds, said):
    assert followed((SENT, seconds)) == [said]


def test_a_piece_of_the_reply_ends_the_silence_and_another_silence_is_counted_from_it():
    said = followed((SENT, 10.0), (replace(SENT, streamed="I add"), 2.0), (replace(SENT, streamed="I add one"), 40.0))
    assert said[1:] == ["12 s", "52 s, no word for 40 s, gives up at 72 s if none comes"]


def test_an_attempt_that_is_sent_later_has_no_end_that_could_be_told():
    assert followed((SENT, 4.0), (replace(SENT, noted="rate limit: waits 20 s"), 70.0))[1] == "74 s, no word yet"


def test_the_same_request_sent_again_is_counted_anew():
    again = replace(SENT, spent=(Spending("openai/x", "test", "C2", 4_000),))
    assert followed((SENT, 30.0), (again, 2.0)) == ["30 s, no word yet", "2 s"]


@pytest.mark.parametrize(
    "session", [QUIET, replace(SENT, pending=RUN), replace(SENT, pending=None)], ids=["drafter", "run", "none"]
)
def test_nothing_is_counted_where_no_model_is_waited_for(session):
    assert followed((session, 90.0)) == [""]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("noted", ["", "it waits for a while " * 9], ids=["quiet", "noted"])
def test_how_to_stop_it_has_room_however_long_was_waited(width, rows, noted):
    waited = ("875 s", "no word for 44 s", "gives up at 900 s if none comes")
    line = present.summary(replace(SENT, noted=noted), rows=rows, width=width, waited=waited)
    assert line.plain.endswith("ctrl+g stops it") and "875 s" in line.plain
    assert len(line.wrap(width)) <= rows


async def test_the_seconds_go_on_by_themselves_and_end_with_the_request(opened):
    async with opened(QUIET, SMALL) as bench:
        await bench.push(SENT, wait=0.0)
        assert " s, no word" not in screen_text(bench.app)
        for more, said in ((12.0, "· 12 s, no word yet"), (63.0, "· 75 s, no word yet, gives up at 120 s if none")):
            bench.clock.now += more
            async with asyncio.timeout(20):
                while said not in " ".join(screen_text(bench.app).split()):
                    await bench.pilot.pause(0.05)
            assert "ctrl+g stops it" in screen_text(bench.app)
        await bench.push(replace(SENT, sending=None, pending=RUN))
        assert "no word" not in screen_text(bench.app)
