"""The pipe to the worker: nothing on it waits for ever, and every answer on it is the answer to its own order."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

from beai.core.fault import Fault
from beai.core.settings import Settings
from beai.core.suggest.exchange import ProposeCases
from beai.core.suggest.model import Deadlines, ModelSuggester
from beai.core.suggest.pack import Message
from beai.core.suggest.progress import Progress, Sending
from tests.real.pair import CASES, ignore, model, request
from tests.real.provider import Say, provider

BRIEF = Deadlines(start=0.5, key=0.5, first=0.5, pinged=0.5, total=0.5)


async def test_a_worker_that_stands_still_while_an_order_longer_than_the_pipe_is_sent_ends_in_a_fault() -> None:
    async with provider(Say(CASES)) as running, model(running) as suggester:
        assert await suggester.start() is None
        await suggester.window()
        assert suggester.workers.current is not None
        os.kill(suggester.workers.current.process.pid, signal.SIGSTOP)
        suggester.deadlines = BRIEF
        long = Message("user", "word " * 80_000)
        reply = await asyncio.wait_for(suggester.ask(request(), (long,), ignore), 30)

    assert isinstance(reply, Fault)
    assert running.requests == []


async def test_an_answer_that_nobody_waits_for_any_more_is_not_taken_for_the_next_one() -> None:
    async with provider(Say(CASES)) as running, model(running) as suggester:
        assert await suggester.start() is None
        dear, cheap = (
            ModelSuggester(Settings(name, running.base, steps="whole"), shared=suggester.workers)
            for name in ("gpt-4o", "gpt-4o-mini")
        )
        waiting = asyncio.create_task(dear.window())
        assert suggester.workers.current is not None
        for _ in range(10):
            await asyncio.sleep(0)
        assert suggester.workers.current.orders == 1
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        told: list[Progress] = []
        reply = await cheap.suggest(request(), told.append)

    assert isinstance(reply, ProposeCases)
    assert [one.price.into for one in told if isinstance(one, Sending)] == [1.5e-07]


async def test_a_worker_that_starts_slowly_is_waited_for_and_not_killed() -> None:
    slow = Deadlines(start=0.05, key=60.0)
    async with provider(Say(CASES)) as running, model(running, slow) as suggester:
        assert await suggester.start() is None
        worker = suggester.workers.current
        reply = await suggester.suggest(request(), ignore)

        assert isinstance(reply, ProposeCases)
        assert worker is not None and worker is suggester.workers.current
