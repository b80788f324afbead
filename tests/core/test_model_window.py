"""A model's request is packed beside the loop, and one that cannot fit is told instead of sent."""

from __future__ import annotations

import asyncio

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.model import ModelSuggester
from beai.core.suggest.progress import Progress
from tests.core.asks import request_of
from tests.core.test_project_trees import shop

NOWHERE = "http://127.0.0.1:9/v1"  # nobody is asked


async def test_a_request_that_does_not_fit_is_a_sentence_with_a_remedy_and_no_process_is_started() -> None:
    suggester = ModelSuggester(Settings("loopback", NOWHERE, window=1_000, steps="whole"), {}, spare=False)
    told: list[Progress] = []
    reply = await suggester.suggest(request_of(shop(), "BE-S3-003", Purpose.CODE), told.append)

    assert isinstance(reply, Fault) and reply.kind is FaultKind.MODEL
    assert "its window has room for 434, so nothing was sent." in reply.summary
    assert reply.remedy == "Choose a model with a longer context, or set window if it has one."
    assert told == []


async def test_the_loop_goes_on_while_a_request_is_packed() -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(turn())
    suggester = ModelSuggester(Settings("loopback", NOWHERE, window=1_000), {}, spare=False)
    await suggester.suggest(request_of(shop(), "BE-S3-003", Purpose.CODE), print)
    other.cancel()
    assert turns > 0
