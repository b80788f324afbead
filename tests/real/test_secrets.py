"""Nothing secret leaves: two hundred planted secrets, the real worker, and every byte that a provider received."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core import demo
from beai.core.fault import Fault, FaultKind
from beai.core.loop.foretelling import Foretold, foretell
from beai.core.settings import Settings
from beai.core.suggest.exchange import ProposeCases, Purpose
from beai.core.suggest.privacy.masking import MASK
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.progress import Progress, Sent
from beai.core.suggest.prompts import wording
from tests.real.pair import CASES, UNFINISHED, Pair, pair, request
from tests.real.planted import KINDS, PLACES, asked, plant, planted
from tests.real.provider import Say

__all__ = ["pair"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

TASK = "BE-S3-001"


def settings(pair: Pair) -> Settings:
    """Those of the pair, with room for everything that is planted, and for this computer alone."""
    return Settings("loopback", pair.provider.base, "BEAI_TEST_KEY", window=200_000, local_only=True)


def strings(value: object) -> Iterator[str]:
    """Every text in a body."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for inner in value.values() for text in strings(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in strings(inner))


async def test_of_200_secrets_of_20_kinds_in_10_places_none_is_in_what_a_provider_receives(
    pair: Pair, tmp_path: Path
) -> None:
    secrets = planted()
    assert (len(secrets), len(KINDS), len(PLACES)) == (200, 20, 10)
    root = tmp_path / "shop"
    shutil.copytree(Path(demo.__path__[0]) / "shop", root, ignore=shutil.ignore_patterns("node_modules"))
    env = {**os.environ, "BEAI_STATE": str(tmp_path / "state"), **plant(root, secrets)}
    found = await asyncio.to_thread(foretell, root, env, settings(pair), TASK, Purpose.CASES)
    assert isinstance(found, Foretold)
    suggester = pair.other(settings(pair)).suggester
    echoed = "\n".join(one.text for one in secrets)
    pair.provider.play(Say(f"{echoed}\n{UNFINISHED}", pieces=2), Say(CASES))
    told: list[Progress] = []
    reply = await asyncio.wait_for(suggester.suggest(asked(found.request, secrets), told.append), 60)

    assert isinstance(reply, ProposeCases), reply
    assert len(pair.provider.bodies) == 2, "the second one repeats the model's own reply, in which all of them are"
    for body in pair.provider.bodies:
        texts = [body.decode(), *strings(json.loads(body))]
        everything = "\n".join(texts)
        assert [one.mark for one in secrets if one.mark not in everything] == []
        assert [one for one in secrets if any(needle in everything for needle in one.needles)] == []
    sent = [each for each in told if isinstance(each, Sent)]
    assert [(one.local, one.messages[-1].content.count(MASK) > 20) for one in sent] == [(True, True), (True, False)]
    assert len({name for name, _ in sent[0].packed.hidden}) > 80, "they are told by their names"


async def test_a_request_that_still_holds_a_secret_is_not_sent_and_the_sentence_names_the_key_and_the_part(
    pair: Pair,
) -> None:
    ours = wording("role").strip()[:40]  # our own wording is the one text that nothing masks
    pair.provider.play(Say(CASES))
    held = replace(request(), secrets=(Secret("A_KEY", ours, ".env"),))
    told: list[Progress] = []
    reply = await asyncio.wait_for(pair.suggester.suggest(held, told.append), 30)

    assert isinstance(reply, Fault) and reply.kind is FaultKind.REFUSED
    assert "Nothing was sent: the part “role” still holds the value of A_KEY of .env." in reply.summary
    assert not pair.provider.bodies and not told


async def test_with_local_only_no_other_computer_is_asked(pair: Pair) -> None:
    pair.provider.play(Say(CASES))
    for base in ("http://192.0.2.1:9/v1", "http://0.0.0.0:9/v1", "https://localhost.example.com/v1", ""):
        away = Settings("gpt-5", base, "BEAI_TEST_KEY", local_only=True)
        reply = await asyncio.wait_for(pair.other(away).suggester.suggest(request(), lambda _: None), 30)
        assert isinstance(reply, Fault) and reply.kind is FaultKind.REFUSED
        assert "local_only is set" in reply.summary
