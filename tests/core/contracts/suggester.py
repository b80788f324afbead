"""What every ``Suggester`` promises, whoever is behind it."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
from itertools import pairwise

import pytest

from beai.core.fault import Fault
from beai.core.loop.ports import Suggester
from beai.core.suggest.exchange import (
    Ask,
    BeyondMe,
    Doubt,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Request,
)
from beai.core.suggest.progress import Grew, Progress
from beai.core.text import printable

PATIENCE = 30.0  # seconds; a real adapter may have to start a process
REPLIES = (ProposeCases, ProposeEdits, Ask, NothingToDo, Doubt, BeyondMe)


class SuggesterContract:
    """Subclass it; ``opened`` gives a suggester and ``request`` what it answers with test cases."""

    def opened(self) -> AbstractAsyncContextManager[Suggester]:
        """A suggester with whatever it needs around it; closed, where it is not shared, at the end."""
        raise NotImplementedError

    def request(self) -> Request:
        """A request for CASES that the suggester under test can answer."""
        raise NotImplementedError

    async def test_its_name_fits_a_status_line(self) -> None:
        async with self.opened() as suggester:
            assert suggester.name == printable(suggester.name).strip() != ""
            assert "\n" not in suggester.name

    async def test_it_answers_a_request_for_cases_with_cases(self) -> None:
        async with self.opened() as suggester:
            reply = await asyncio.wait_for(suggester.suggest(self.request(), _ignore), PATIENCE)

            assert isinstance(reply, ProposeCases)
            assert reply.cases
            assert all(case.text.strip() for case in reply.cases)

    async def test_a_case_claims_only_criteria_of_the_task(self) -> None:
        async with self.opened() as suggester:
            reply = await asyncio.wait_for(suggester.suggest(self.request(), _ignore), PATIENCE)

            stated = {"", *(criterion.text for criterion in self.request().task.criteria)}
            assert isinstance(reply, ProposeCases)
            assert {case.criterion for case in reply.cases} <= stated

    async def test_what_streams_only_grows(self) -> None:
        async with self.opened() as suggester:
            told: list[Progress] = []
            await asyncio.wait_for(suggester.suggest(self.request(), told.append), PATIENCE)

            grown = ["", *(each.text for each in told if isinstance(each, Grew))]
            assert all(later.startswith(earlier) for earlier, later in pairwise(grown))

    async def test_a_second_request_is_answered_like_the_first(self) -> None:
        async with self.opened() as suggester:
            first = await asyncio.wait_for(suggester.suggest(self.request(), _ignore), PATIENCE)
            second = await asyncio.wait_for(suggester.suggest(self.request(), _ignore), PATIENCE)

            assert first == second

    @pytest.mark.parametrize("purpose", list(Purpose))
    async def test_every_purpose_ends_in_a_reply_or_a_fault(self, purpose: Purpose) -> None:
        async with self.opened() as suggester:
            asked = self.request()
            request = Request(purpose, asked.task, asked.project, nonce=asked.nonce)
            reply = await asyncio.wait_for(suggester.suggest(request, _ignore), PATIENCE)

            assert isinstance(reply, (*REPLIES, Fault))
            assert not isinstance(reply, ProposeCases) or purpose is Purpose.CASES
            assert not isinstance(reply, ProposeEdits) or purpose is not Purpose.CASES

    async def test_a_cancelled_request_is_followed_by_an_answered_one(self) -> None:
        async with self.opened() as suggester:
            task = asyncio.create_task(suggester.suggest(self.request(), _ignore))
            await asyncio.sleep(0)  # let it begin
            task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait_for(task, PATIENCE)

            reply = await asyncio.wait_for(suggester.suggest(self.request(), _ignore), PATIENCE)
            assert isinstance(reply, ProposeCases)

    async def test_closing_twice_is_free(self) -> None:
        async with self.opened() as suggester:
            await suggester.close()
            await suggester.close()


def _ignore(told: Progress) -> None:
    assert not isinstance(told, Grew) or isinstance(told.text, str)
