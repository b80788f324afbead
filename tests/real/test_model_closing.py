"""Closing: whatever is under way, no worker is left, and none is started any more."""

from __future__ import annotations

import asyncio

from beai.core.fault import Fault
from beai.core.suggest.exchange import ProposeCases
from tests.real.pair import CASES, ignore, model, request
from tests.real.provider import Say, Trouble, provider
from tests.real.test_model_process import children


async def test_closing_during_a_request_leaves_no_spare_to_be_started() -> None:
    others = children()
    async with provider(Trouble.HANG) as running, model(running, spare=True) as suggester:
        task = asyncio.create_task(suggester.suggest(request(), ignore))
        await asyncio.wait_for(running.asked.wait(), 30)
        await suggester.close()
        reply = await asyncio.wait_for(task, 5)

        assert isinstance(reply, Fault)
        assert suggester.workers.warm() is None
        assert children() == others


async def test_closing_while_a_worker_is_being_started_leaves_none() -> None:
    others = children()
    async with provider(Say(CASES)) as running, model(running) as suggester:
        task = asyncio.create_task(suggester.start())
        await asyncio.sleep(0)
        await suggester.close()

        assert children() == others
        assert isinstance(await suggester.start(), Fault)
        await asyncio.gather(task, return_exceptions=True)
        assert children() == others


async def test_a_spare_that_is_being_started_is_closed_with_the_rest() -> None:
    others = children()
    async with provider(Say(CASES)) as running, model(running, spare=True) as suggester:
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)
        warming = suggester.workers.warm()
        assert warming is not None
        await suggester.close()

        assert warming.done()
        assert children() == others
