"""The pipe to the worker: nothing on it waits for ever, and every answer on it is the answer to its own order."""

from __future__ import annotations

import asyncio
import os
import signal

from beai.core.fault import Fault
from beai.core.suggest.model import Deadlines
from beai.core.suggest.pack import Message
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
