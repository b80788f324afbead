"""What every suggester promises that only a person can reach: it hands out, and never waits for anybody."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from beai.core.loop.ports import Suggester
from beai.core.project.facts import Criterion, Project, Task
from beai.core.suggest.exchange import Purpose, Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.progress import Progress

TASK = Task("BE-1", "wishlist.addItem", "tasks/be_tasks.md", criteria=(Criterion("Adds once"), Criterion("CONFLICT")))


def request(purpose: Purpose = Purpose.CASES, nonce: str = "k7f3a1b2") -> Request:
    return Request(purpose, TASK, Project("shop"), nonce=nonce)


def ignore(told: Progress) -> None:
    """Nothing is told while nobody works."""
    raise AssertionError(told)


class ChatContract:
    """Subclass it with the fixture ``chat``."""

    @pytest.fixture
    def chat(self) -> Suggester:
        """The suggester under test."""
        raise NotImplementedError

    @pytest.mark.parametrize("purpose", list(Purpose))
    async def test_every_purpose_is_handed_out_with_the_word_that_closes_the_reply(
        self, chat: Suggester, purpose: Purpose
    ) -> None:
        out = await chat.suggest(request(purpose), ignore)

        assert isinstance(out, HandOut)
        assert (out.nonce, out.round) == ("k7f3a1b2", 1)
        assert "The word of this request is k7f3a1b2" in out.text

    async def test_the_same_request_gives_the_same_text(self, chat: Suggester) -> None:
        assert await chat.suggest(request(), ignore) == await chat.suggest(request(), ignore)

    async def test_what_follows_in_a_conversation_is_short_and_says_why(self, chat: Suggester) -> None:
        asked = replace(request(nonce="b"), round=2, follows="Your reply has no end mark.\n")
        out = await chat.suggest(asked, ignore)

        assert isinstance(out, HandOut)
        assert out.text.startswith("Your reply has no end mark.") and "The word of this request is b" in out.text
        assert out.round == 2 and len(out.text) < 1_000

    async def test_a_cancelled_request_is_followed_by_one_that_is_handed_out(self, chat: Suggester) -> None:
        task = asyncio.create_task(chat.suggest(request(), ignore))
        await asyncio.sleep(0)  # let it begin
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

        assert isinstance(await chat.suggest(request(), ignore), HandOut)

    async def test_closing_twice_is_free(self, chat: Suggester) -> None:
        assert await chat.start() is None
        await chat.close()
        await chat.close()
