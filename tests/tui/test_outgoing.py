"""``S`` shows what will be sent and what was, part by part, with the exact text of each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from beai.core.fault import Fault, FaultKind
from beai.core.loop.outgoing import Outgoing
from beai.core.loop.session import Session
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.manner import Manner
from beai.core.suggest.privacy.masking import MASK
from beai.tui import present, sending
from beai.tui.app import BeaiApp
from beai.tui.prose import Prose, fold
from beai.tui.screens.outgoing import OutgoingCard, PartCard, Text
from beai.tui.widgets.page import Page
from beai.tui.widgets.picker import Picker
from tests.tui import outgoings
from tests.tui import sessions as known
from tests.tui.conftest import FakeAround, FakeClock, FakeLoop
from tests.tui.test_hostile import screen_text


def told(prose: Prose) -> str:
    return "\n".join(line.plain for line in fold(prose, 110))


def test_the_head_says_to_whom_it_goes_how_much_it_is_and_what_was_masked_by_name() -> None:
    head = told(sending.ahead(outgoings.CLOUD))

    assert "to openai/gpt-6.1-sol · the provider's own address · leaves this computer" in head
    assert "DATABASE_URL of .env ×2, STRIPE_SECRET_KEY of .env.local ×1, GitHub token ×1" in head
    assert "tokens · test · 5 parts" in head
    assert "stays on this computer" in told(sending.behind(outgoings.SENT))


def test_a_row_has_bytes_tokens_reason_cut_and_masks_and_what_is_kept_back_has_its_reason() -> None:
    rows = [told(row) for row in sending.rows(outgoings.PACK)]

    assert "640 tok  src/server/api/routers/wishlist.ts  1 masked" in rows[2]
    assert "`wishlist` is mounted there" in rows[2] and "cut: T7–T9" in rows[1]
    assert f"{len(outgoings.ROUTER.encode()):,} B" in rows[2]
    assert "not sent" in rows[5] and "it is a key file" in rows[5]


def test_the_drafter_and_a_refusal_say_that_nothing_is_sent() -> None:
    drafter = replace(
        outgoings.CLOUD, chosen=Chosen(Way.DRAFTER), refused="the drafter works by itself: nothing is sent"
    )
    assert "drafter: the drafter works by itself: nothing is sent." in told(sending.ahead(drafter))


def test_the_header_says_local_only() -> None:
    assert "local only" in present.header(known.RED_REVIEW, 160, local_only=True).plain
    assert "local only" not in present.header(known.RED_REVIEW, 160).plain


def test_the_header_says_small_steps_as_long_as_the_one_that_is_asked_takes_them() -> None:
    small = replace(outgoings.SENT, packed=replace(outgoings.PACK, manner=Manner.SMALL))
    session = replace(known.RED_REVIEW, chosen=Chosen(Way.MODEL, small.to), sent=small)
    assert "qwen2.5-coder:7b, small steps" in present.header(session, 160).plain
    assert "small steps" not in present.header(replace(session, sent=outgoings.SENT), 160).plain
    assert "small steps" not in present.header(replace(session, chosen=Chosen()), 160).plain


def app(session: Session, foresee: object = outgoings.foreseen) -> tuple[BeaiApp, FakeClock]:
    clock = FakeClock()
    made = BeaiApp(FakeLoop(session), clock=clock, around=FakeAround(Settings("m")), foresee=foresee)  # type: ignore[arg-type]
    return made, clock


async def test_where_looking_breaks_the_card_says_so_and_nobody_waits_for_it() -> None:
    async def breaks(session: Session) -> Outgoing | Fault:
        raise RuntimeError("no home directory")

    shown, _ = app(known.RED_REVIEW, breaks)
    async with shown.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("S")
        await pilot.pause()
        assert "no home directory" in screen_text(shown)


async def test_the_key_opens_the_page_enter_the_text_and_slash_finds_in_it() -> None:
    shown, _ = app(known.RED_REVIEW)
    async with shown.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("S")
        await pilot.pause()
        assert isinstance(shown.screen, OutgoingCard)
        assert len(shown.screen.query_one(Picker)._rows) == 7
        await pilot.press("j", "j", "enter")
        await pilot.pause()
        assert isinstance(shown.screen, PartCard)
        lines = shown.screen.query_one(Text)
        assert "\n".join(map(str, lines.items)) == outgoings.ROUTER
        await pilot.press("slash", *"masked", "enter")
        await pilot.pause()
        assert lines.scroll_offset.y > 10
        assert "1 of 1" in str(shown.screen.query_one(".card").border_subtitle)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert not isinstance(shown.screen, OutgoingCard | PartCard)


async def test_what_was_sent_last_is_one_key_from_what_will_be() -> None:
    shown, _ = app(replace(known.RED_REVIEW, sent=outgoings.SENT))
    async with shown.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("S")
        await pilot.pause()
        await pilot.press("tab")
        await pilot.pause()
        assert "What was sent last" in str(shown.screen.query_one(".card").border_title)
        assert "127.0.0.1:11434" in "\n".join(str(line) for line in shown.screen.query_one(Page).items)


@pytest.mark.parametrize("key", ["tab", "enter"])
async def test_where_nothing_can_be_told_the_page_says_why(key: str) -> None:
    async def failing(session: Session) -> Outgoing | Fault:
        return Fault(FaultKind.USAGE, "No task is chosen yet, so there is nothing to send.")

    shown, _ = app(known.EMPTY, failing)
    async with shown.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("S")
        await pilot.pause()
        await pilot.press(key)
        assert isinstance(shown.screen, OutgoingCard)
        assert "No task is chosen yet" in "\n".join(str(line) for line in shown.screen.query_one(Page).items)


def lines(shown: BeaiApp) -> str:
    return "\n".join(str(line) for line in shown.screen.query_one(Page).items)


async def test_the_page_follows_the_session_while_it_is_open() -> None:
    async def by_task(session: Session) -> Outgoing | Fault:
        return outgoings.CLOUD if session.task_id else Fault(FaultKind.USAGE, "No task is chosen yet.")

    shown, _ = app(known.EMPTY, by_task)
    async with shown.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("S")
        await pilot.pause()
        assert "No task is chosen yet" in lines(shown)
        shown.session = known.RED_REVIEW
        await pilot.pause()
        assert isinstance(shown.screen, OutgoingCard) and "to openai/gpt-6.1-sol" in lines(shown)


async def test_a_line_wider_than_the_window_is_folded_and_none_of_it_is_lost() -> None:
    long = "const answer = 42; // 漢字 " * 40
    async with app(known.RED_REVIEW)[0].run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        pilot.app.push_screen(PartCard("a file", f"first\n{long}\nlast"))
        await pilot.pause()
        view = pilot.app.screen.query_one(Text)
        assert len(view.items) > 10 and all(cell_len(str(line)) <= view.size.width for line in view.items)
        assert "".join(map(str, view.items)) == f"first{long}last"
        await pilot.resize_terminal(50, 24)
        await pilot.pause()
        assert "".join(map(str, view.items)) == f"first{long}last"
        assert max(cell_len(str(line)) for line in view.items) < 50


def test_what_is_masked_is_never_told_by_value() -> None:
    assert MASK not in told(sending.ahead(outgoings.CLOUD))
