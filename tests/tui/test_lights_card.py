"""The window of the five lights opens each to its evidence, shows who left out what, and sets nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.loop.case import Proof
from beai.core.loop.session import Waiver
from beai.core.record.done import Lit
from beai.core.record.waived import Waived
from beai.core.settings import Settings
from beai.tui import light_pages
from beai.tui.app import BeaiApp
from beai.tui.present import LIGHT_MARKS
from beai.tui.prose import Prose, fold
from beai.tui.screens.lights import LightsCard
from tests.tui import sessions as known
from tests.tui.conftest import FakeAround, FakeClock, FakeLoop
from tests.tui.test_hostile import screen_text

CASES = tuple(
    replace(case, red=Proof(3, 1763640000.0, "expected CONFLICT"), green=Proof(5, 1763640060.0, "passes"))
    for case in known.SETTLED
)
DONE = replace(known.DONE, cases=CASES)


def text(prose: Prose) -> str:
    return "\n".join(line.plain for line in fold(prose, 200))


def test_the_light_of_the_tests_shows_test_red_and_green_with_run_and_time() -> None:
    shown = " ".join(text(light_pages.page(DONE, 1)).split())
    assert f"C1 {known.TEST_FILE} › " in shown
    assert "✗ red in run 3 at 2025-11-20 12:00:00 UTC: expected CONFLICT" in shown
    assert "✓ green in run 5 at 2025-11-20 12:01:00 UTC: passes" in shown


def test_the_last_page_lists_everything_left_out_with_who_decided_it() -> None:
    left = (Waiver(Waived.RECORD, "no time"), Waiver(Waived.REFACTOR, "nothing to refactor", ("C2",), by=None))
    shown = " ".join(text(light_pages.page(replace(DONE, waivers=left), 5)).split())
    assert "– record: no time (decided by you)" in shown
    assert "– refactor C2: nothing to refactor (nobody decided it: there was nothing to do)" in shown


def test_each_state_of_a_light_has_a_glyph_of_its_own() -> None:
    assert len({LIGHT_MARKS[state][0] for state in Lit}) == 3


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_key_opens_the_lights_and_the_pages_turn_by_number_and_by_tab(size: tuple[int, int]) -> None:
    loop = FakeLoop(DONE)
    app = BeaiApp(loop, clock=FakeClock(), around=FakeAround(Settings("m")))  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("L")
        await pilot.pause()
        assert isinstance(app.screen, LightsCard)
        await pilot.press("2")
        await pilot.pause()
        assert "unit tests pass" in screen_text(app) and "red in run 3" in screen_text(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "context updated" in screen_text(app)
        app.session = replace(DONE, waivers=(Waiver(Waived.RECORD, "no time"),))
        await pilot.press("6")
        await pilot.pause()
        assert "no time (decided by you)" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, LightsCard)
        assert loop.posted == []
