"""At 80×24 nothing runs over what lies below it, and what a person needs now stays in sight."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.suggest.exchange import Option
from tests.tui import sessions as known
from tests.tui.conftest import SMALL
from tests.tui.test_hostile import screen_text

SOFT = (
    "This task has cost $0.52, more than the soft cap of $0.50; it goes on, and beai asks at $2.00. It is said once, "
    "and the page of the task has what each request took."
)
ODD = (
    "That is no figure. Say one alone, above $2.00 or above 20.0k tokens, such as $4.00 or 400k tokens, as one answer."
)
FRAME = set(" │─╭╮╰╯▄▂▁▃▅▆▇█")
ASKED = known.CAPPED.question
MANY = replace(
    known.CAPPED,
    notice=ODD,
    question=replace(
        ASKED,
        question=replace(ASKED.question, options=tuple(Option(f"way {n}", f"what way {n} means") for n in range(9))),
    ),
)


@pytest.mark.parametrize(
    "session",
    [
        replace(known.IN_CASES, notice=SOFT),
        replace(known.CAPPED, notice=ODD),
        replace(known.COMMIT, notice=SOFT),
        known.COMMIT_FAULT,
        MANY,
    ],
    ids=["cases", "cap", "commit", "commit failed", "nine options"],
)
async def test_a_window_leaves_no_shreds_of_what_is_below_it(opened, session) -> None:
    async with opened(known.WORKING, SMALL) as bench:
        await bench.push(session)
        card = bench.app.screen.query_one(".card").region
        lines = screen_text(bench.app).split("\n")
    assert card.bottom <= 22 and card.y >= 3
    for line in lines[card.y : card.bottom]:
        assert set(line[: card.x]) | set(line[card.right :]) <= FRAME, line
    assert "the window on top has the keys" in lines[22]
    assert "esc look behind" in "".join(lines[card.bottom - 3 : card.bottom - 1]) and "esc look behind" in lines[23]


async def test_each_way_on_from_a_cap_is_in_sight_beside_what_was_wrong(opened) -> None:
    async with opened(known.WORKING, SMALL) as bench:
        await bench.push(replace(known.CAPPED, notice=ODD))
        text = screen_text(bench.app)
    assert "That is no figure" in text and "as one answer" in text
    assert "1 Go on up to" in text and "3 Stop here" in text and "Nothing more is sent" in text


@pytest.mark.parametrize("words", [60, 140, 200, 400])
async def test_how_to_stop_it_is_said_whatever_is_noted(opened, words: int) -> None:
    async with opened(replace(known.ASKING, noted="waits for a while " * (words // 18)), SMALL) as bench:
        text = screen_text(bench.app)
    assert "ctrl+g stops it" in text


@pytest.mark.parametrize(
    "session", [known.ASKING, known.RED_REVIEW, known.GREEN_REVIEW], ids=["asking", "red", "green"]
)
async def test_what_is_sent_and_who_is_asked_is_offered_while_it_matters(opened, session) -> None:
    async with opened(session, SMALL) as bench:
        keys = screen_text(bench.app).split("\n")[23]
    assert "S sent" in keys and "M who" in keys and "? keys" in keys and "ctrl+q quit" in keys
