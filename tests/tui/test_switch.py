"""``M`` shows who can be asked; typing narrows the list, enter picks, esc decides nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import Suggest
from beai.core.loop.events.deeds import SuggesterChosen
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.reachable.values import Offer, Seen
from beai.tui import present
from beai.tui.choices import MOST, every, fitting, shortcuts
from beai.tui.screens.switch import Switch
from beai.tui.screens.workbench import Workbench
from tests.tui import sessions as known
from tests.tui.conftest import CLOUD, HERE, SMALL, FakeAround
from tests.tui.test_hostile import screen_text

SEEN = FakeAround().found
SETTINGS = Settings("openai/gpt-6.1-sol", phases=(("code", "drafter"),))


def rows(session, settings, seen, measured, typed=""):
    return fitting(every(session, settings, seen, measured), typed)


def titles(typed: str = "", session=known.UNDERSTAND, settings=SETTINGS, seen=SEEN):
    return [row.title for row in rows(session, settings, seen, {}, typed)[0]]


class TestRows:
    """The settings, the drafter, the settings' models, what was found, and a chat."""

    def test_who_is_offered_in_which_order(self) -> None:
        assert titles() == [
            "as the settings say: drafter",
            "drafter",
            "openai/gpt-6.1-sol",
            "anthropic/claude-sonnet-5-5",
            "ollama_chat/qwen2.5-coder:7b",
            "clipboard",
        ]

    def test_older_models_come_when_they_are_asked_for_by_name(self) -> None:
        assert titles("sonnet") == ["anthropic/claude-sonnet-5-5", "anthropic/claude-sonnet-4-5"]

    @pytest.mark.parametrize(("typed", "found"), [("OLLAMA qwen", 1), ("here", 2), ("nobody", 0), ("  ", 6)])
    def test_every_word_counts_wherever_it_stands(self, typed: str, found: int) -> None:
        assert len(titles(typed)) == found

    def test_the_current_one_is_marked(self) -> None:
        for chosen in (None, Chosen(Way.DRAFTER), HERE.chosen, Chosen(Way.CLIPBOARD)):
            found, _ = rows(replace(known.UNDERSTAND, chosen=chosen), SETTINGS, SEEN, {})
            assert [row.chosen for row in found if row.current] == [chosen]

    def test_one_that_was_picked_and_is_gone_is_still_there(self) -> None:
        gone = Chosen(Way.MODEL, "lm_studio/gone", "http://127.0.0.1:1234/v1")
        found, _ = rows(replace(known.UNDERSTAND, chosen=gone), SETTINGS, SEEN, {})
        assert [row.title for row in found if row.current] == ["lm_studio/gone"]

    def test_a_model_of_the_settings_is_offered_once_with_what_its_server_says(self) -> None:
        found, _ = rows(known.UNDERSTAND, Settings(HERE.model), SEEN, {})
        assert [(row.chosen, "loaded" in row.about) for row in found if row.title == HERE.model] == [
            (Chosen(Way.MODEL, HERE.model), True)
        ]

    def test_where_nothing_may_leave_a_remote_one_says_that_it_would_be_refused(self) -> None:
        found, _ = rows(known.UNDERSTAND, replace(SETTINGS, local_only=True), SEEN, {})
        refused = [row.title for row in found if "refused" in row.about]
        assert refused == ["as the settings say: drafter", "openai/gpt-6.1-sol", "anthropic/claude-sonnet-5-5"]
        about = next(row.about for row in found if row.chosen is None)
        assert about.endswith("local_only is set: openai/gpt-6.1-sol would be refused")

    def test_thousands_are_not_all_drawn(self) -> None:
        many = Seen((), tuple(Offer(f"litellm_proxy/m{n}") for n in range(2_000)))
        found, more = rows(known.UNDERSTAND, SETTINGS, many, {})
        assert len(found) == MOST and more == 2_004 - MOST

    def test_hostile_names_are_one_line_each(self) -> None:
        evil = Seen((), (Offer("ollama_chat/\x1b[2J\u202e[bold]x", detail="\x1b]0;t\x07"),))
        found, _ = rows(known.UNDERSTAND, Settings(), evil, {})
        assert all(block.body.plain.isprintable() for row in found for block in row.prose)

    def test_the_palette_has_those_that_are_known_without_looking(self) -> None:
        assert [row.title for row in shortcuts(known.UNDERSTAND, SETTINGS)] == [
            "as the settings say: drafter",
            "drafter",
            "openai/gpt-6.1-sol",
            "clipboard",
        ]


async def test_enter_picks_the_one_that_was_typed(opened) -> None:
    async with opened(known.UNDERSTAND, size=SMALL) as bench:
        await bench.press("M", *"qwen")
        bench.clock.now += 1.0
        await bench.press("enter")
        assert isinstance(bench.app.screen, Workbench)
        assert bench.loop.posted == [SuggesterChosen(HERE.chosen)]


async def test_an_enter_that_was_on_its_way_before_the_list_was_there_picks_nobody(opened) -> None:
    async with opened(known.UNDERSTAND, size=SMALL) as bench:
        await bench.press("M", *"qwen", "enter")
        assert isinstance(bench.app.screen, Switch) and bench.loop.posted == []


async def test_keys_that_mean_something_elsewhere_are_letters_here(opened) -> None:
    async with opened(known.RED_REVIEW, size=SMALL) as bench:
        await bench.press("M", "y", "j", "q", "backspace", "backspace", "backspace", "down", "down", "down")
        bench.clock.now += 1.0
        await bench.press("enter")
        assert bench.loop.posted == [SuggesterChosen(CLOUD.chosen)]


async def test_esc_decides_nothing(opened) -> None:
    async with opened(known.RED_REVIEW, size=SMALL) as bench:
        await bench.press("M", "down", "down", "x", "escape")
        assert isinstance(bench.app.screen, Workbench) and bench.loop.posted == []


async def test_picking_the_current_one_changes_nothing(opened) -> None:
    async with opened(replace(known.RED_REVIEW, chosen=HERE.chosen), size=SMALL) as bench:
        await bench.press("M", *"qwen")
        bench.clock.now += 1.0
        await bench.press("enter")
        assert bench.loop.posted == []


async def test_it_looks_when_it_is_opened_and_not_before(opened) -> None:
    around = FakeAround()
    async with opened(known.UNDERSTAND, size=SMALL, around=around) as bench:
        assert around.looked == 0
        await bench.press("M")
        assert around.looked == 1


async def test_where_looking_fails_what_is_known_can_be_picked(opened) -> None:
    around = FakeAround(fault=Fault(FaultKind.MODEL, "Looking for models broke off."))
    async with opened(known.UNDERSTAND, size=SMALL, around=around) as bench:
        await bench.press("M")
        assert "Looking for models broke off." in screen_text(bench.app)
        bench.clock.now += 1.0
        await bench.press(*"drafter", "down", "enter")
        assert bench.loop.posted == [SuggesterChosen(Chosen(Way.DRAFTER))]


async def test_a_request_under_way_is_told_to_stay_with_who_was_asked(opened) -> None:
    async with opened(known.ASKING) as bench:
        await bench.press("M")
        assert isinstance(bench.app.screen, Switch)
        assert "stays with who was asked" in screen_text(bench.app)


def test_the_header_shows_who_is_asked_now() -> None:
    session = replace(known.RED_REVIEW, plan=((Purpose.TEST, "ollama_chat/x"),))
    assert "ollama_chat/x" in present.header(session, 120).plain
    assert "clipboard" in present.header(replace(session, chosen=Chosen(Way.CLIPBOARD)), 120).plain


def test_what_is_under_way_names_who_was_asked_and_what_they_noted() -> None:
    pending = replace(known.ASKING.pending, by=HERE.chosen)
    assert isinstance(pending, Suggest)
    session = replace(known.ASKING, pending=pending, chosen=CLOUD.chosen, noted="waits 12 s: rate limit")
    words = present.summary(session).plain
    assert HERE.model in words and CLOUD.model not in words and "waits 12 s" in words


async def test_while_a_recording_is_replayed_nobody_else_can_be_picked(opened) -> None:
    async with opened(known.UNDERSTAND, size=SMALL, around=FakeAround(Settings(replay="tape.jsonl"))) as bench:
        await bench.press("M")
        assert isinstance(bench.app.screen, Workbench)
