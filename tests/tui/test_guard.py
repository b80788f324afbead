"""A key that was already on its way when a decision appeared decides nothing."""

from beai.core.edits.change import Decision, Verdict
from beai.core.loop.events.deeds import HunkJudged
from beai.tui.guard import HOLD, Guard, Patient
from tests.tui import sessions as known
from tests.tui.conftest import SMALL, FakeClock

DECIDING = [
    (known.RED_REVIEW, "y"),
    (known.RED_REVIEW, "a"),
    (known.RED_DECIDED, "enter"),
    (known.UNDERSTAND, "enter"),
    (known.IN_CASES, "enter"),
    (known.IN_CASES, "space"),
    (known.QUESTION, "2"),
    (known.COMMIT, "enter"),
    (known.COMMIT, "D"),
]


async def test_a_decision_that_just_appeared_ignores_decision_keys(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        for session, key in DECIDING:
            await bench.begin(session, wait=HOLD - 0.01)
            await bench.press(key)
            assert bench.loop.posted == [], key
            bench.clock.now += 2 * HOLD
            await bench.press(key)
            assert len(bench.loop.posted) == 1, key


async def test_the_next_change_is_guarded_anew(opened):
    async with opened(known.RED_REVIEW) as bench:
        await bench.push(known.GREEN_REVIEW, wait=0.1)
        await bench.press("y")
        assert bench.loop.posted == []


async def test_a_verdict_does_not_close_the_guard_on_the_next_hunk(opened):
    async with opened(known.RED_REVIEW) as bench:
        await bench.press("y")
        await bench.push(known.RED_DECIDED, wait=0.0)
        await bench.press("k", "y")
        assert bench.loop.posted[-1] == HunkJudged(Decision("h1", Verdict.ACCEPTED))


async def test_moving_is_never_guarded(opened):
    async with opened(known.RED_REVIEW, wait=0.0) as bench:
        await bench.press("j")
        assert bench.app.screen.review.hunk == "h2"


def test_the_same_view_does_not_restart_the_guard():
    clock = FakeClock()
    guard = Guard(clock)
    guard.appeared("a")
    clock.now = HOLD
    guard.appeared("a")
    assert guard.open()
    guard.appeared("b")
    assert not guard.open()


def test_keys_that_follow_each_other_closely_decide_nothing_in_a_window_however_long_it_is_up():
    clock = FakeClock()
    guard = Patient(clock)
    guard.appeared("question")
    for _ in range(10):
        clock.now += HOLD / 2
        guard.struck()
        assert not guard.open()
    clock.now += 2 * HOLD
    guard.struck()
    assert guard.open()
    clock.now += 0.01  # it was read: now they may be quick
    guard.struck()
    assert guard.open()
    guard.restart()
    assert not guard.open()
