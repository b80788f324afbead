"""What a person sees of what a task costs: in the header, on the pages, in the title of the reply under way."""

from dataclasses import replace

import pytest

from beai.core.loop.session import Phase
from beai.core.suggest.meter import Budget, Raise
from beai.core.suggest.progress import Spending
from beai.tui import pages, present, spending
from beai.tui.prose import fold
from tests.tui import sessions as known
from tests.tui.conftest import FakeClock


def shown(prose, width=200):
    return "\n".join(line.plain for line in fold(prose, width))


def test_the_header_has_tokens_and_cost_of_the_task_between_who_is_asked_and_the_sandbox():
    line = present.header(known.SPENDING, 120).plain
    assert "· anthropic/claude · 11.2k tok · ≥ $0.03" in line
    assert "tok" not in present.header(known.ASKING, 120).plain


@pytest.mark.parametrize("width", [1, 20, 40, 60, 80, 100, 120])
def test_the_header_never_is_wider_than_the_screen_and_keeps_the_task(width):
    dear = replace(known.SPENDING, spent=known.SPENT * 400, suggester="vertex_ai/a-very-long-name-of-a-model")
    line = present.header(dear, width, pace=1234)
    assert line.cell_length <= width
    assert line.plain.strip().startswith("BE-S3-001"[: max(width - 2, 0)])


def test_where_there_is_little_room_the_sandbox_goes_first_and_what_was_spent_last():
    session = replace(known.SPENDING, warm=known.DONE.warm)
    assert "≥ $0.03" in present.header(session, 80).plain
    assert "feature/" not in present.header(session, 72).plain and "≥ $0.03" in present.header(session, 72).plain


def test_a_free_model_is_shown_with_its_tokens_and_no_cost():
    local = replace(known.SPENDING, spent=(Spending("ollama/qwen", tokens_in=900, tokens_out=100, cost=0.0),))
    assert "1.0k tok · $0.00" in present.header(local, 120).plain


def test_the_task_says_what_it_cost_so_far_and_where_the_cap_is():
    page = shown(pages.task_page(known.SPENDING))
    assert "this task: ≥ $0.03 · 3 requests · 10.3k in (3.1k cached) · 900 out · 21s" in page
    assert "beai asks at $0.50" in page and "last request: $?" in page
    assert "Spent" not in shown(pages.task_page(known.ASKING))


def test_a_task_that_is_done_says_what_it_cost_by_step_and_model_and_where_a_cap_was_raised():
    raised = Raise(cost=1.0, spent=0.48, used=60_000)
    done = replace(known.DONE, phase=Phase.DONE, spent=known.SPENT, raised=(raised,), budget=Budget(hard_cost=0.5))
    page = shown(pages.story(done))
    assert "together: ≥ $0.03" in page and "test C1: $0.0080" in page and "company/model: $?" in page
    assert "You let it go on up to $1.00 when $0.48 was spent." in page


def test_the_pace_is_of_the_reply_under_way_and_looked_at_twice_a_second_at_most():
    clock = FakeClock()
    pace = spending.Pace(clock)
    assert not pace.follow("") and pace.rate is None
    words = "some words of code " * 10
    assert not pace.follow(words)  # the first piece tells no pace
    clock.now += 0.1
    assert not pace.follow(words * 2) and pace.rate is None
    clock.now += 0.9
    assert pace.follow(words * 2)
    first = pace.rate
    assert first is not None and 30 <= first <= 60
    clock.now += 0.2
    assert not pace.follow(words * 50) and pace.rate == first
    assert pace.follow("") and pace.rate is None  # it is over


def test_a_reply_that_begins_anew_is_counted_anew():
    clock = FakeClock()
    pace = spending.Pace(clock)
    pace.follow("word " * 100)
    clock.now += 1.0
    pace.follow("word " * 200)
    assert pace.rate is not None
    pace.follow("x")
    assert pace.rate is None


async def test_the_title_of_the_reply_says_what_is_waited_for(opened):
    async with opened(known.SPENDING) as bench:
        title = bench.app.screen.query_one("#review").border_title
        assert "writing · company/model did not answer. Now anthropic/claude is asked." in str(title)
        await bench.push(replace(known.SPENDING, noted="", streamed=known.SPENDING.streamed + "or"), rest=0.1)
        assert str(bench.app.screen.query_one("#review").border_title).endswith("writing")


async def test_a_long_note_harms_nothing_on_a_small_screen(opened):
    loud = replace(known.SPENDING, streamed="", noted="it waits \x1b[31m" + "[b]x " * 200)
    async with opened(loud, size=(80, 24)) as bench:
        screen = bench.app.screen
        assert all(screen.query_one(f"#{id}").region.width <= 80 for id in ("header", "review", "keys"))
        assert "\x1b" not in str(screen.query_one("#review").border_title)
