"""Every provider that ``beai model`` offers gets its key from the variable that was found there, and from no other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from beai.core.fault import FaultKind
from beai.core.suggest.model.link import Link, open_link
from beai.core.suggest.model.trouble import told
from beai.core.suggest.reachable.keys import PROVIDERS, present
from beai.core.suggest.worker.keys import key_of, signature
from beai.core.suggest.worker.order import Order
from beai.core.suggest.worker.providers import Provider

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOWHERE = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), "http://127.0.0.1:9")
AMAZON = {"AWS_ACCESS_KEY_ID": "AKIA-EXAMPLE", "AWS_SECRET_ACCESS_KEY": "a-secret", "AWS_PROFILE": "work"}
BEDROCK = Provider("bedrock/x", "bedrock", keys=("AWS_BEARER_TOKEN_BEDROCK",), signed=True)
MODELS = {"openai/": "openai/gpt-4o", "anthropic/": "anthropic/claude-sonnet-4-5", "gemini/": "gemini/gemini-2.5-pro"}


class Asks:
    """A worker with keys of its own, whose every way out is a proxy that is not there."""

    def __init__(self, link: Link) -> None:
        self.link = link

    async def ask(self, model: str) -> Mapping[str, Any]:
        """How an order to ``model`` ends."""
        number = self.link.number()
        message = {"role": "user", "content": "hello"}
        order = {"do": "complete", "id": number, "model": model, "messages": [message], "limits": {"attempts": 1}}
        assert await self.link.send(order)
        while True:
            event = await asyncio.wait_for(self.link.receive(number), 30)
            if event["event"] not in ("ready", "waiting"):
                return event


def model_of(prefix: str) -> str:
    return MODELS.get(prefix, f"{prefix}some-model")


async def asks(env: Mapping[str, str]) -> Asks:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    link = await open_link({**kept, **NOWHERE, **env})
    assert isinstance(link, Link)
    return Asks(link)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def keyless() -> AsyncIterator[Asks]:
    found = await asks({})
    yield found
    await found.link.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def keyed() -> AsyncIterator[Asks]:
    """With the variable of each provider that is looked for last."""
    found = await asks({one.variables[-1]: "a-key" for one in PROVIDERS} | AMAZON | {"AWS_REGION_NAME": "us-east-1"})
    yield found
    await found.link.close()


@pytest.mark.parametrize(
    "prefix", ["together_ai/", "fireworks_ai/", "perplexity/", "cohere_chat/", "zai/", "sambanova/", "gemini/"]
)
async def test_a_provider_is_asked_with_the_variable_that_was_found(keyed: Asks, prefix: str) -> None:
    assert (await keyed.ask(model_of(prefix)))["kind"] in ("proxy", "refused")


async def test_each_provider_without_its_key_says_which_variables_hold_it(keyless: Asks) -> None:
    for one in PROVIDERS:
        event = await keyless.ask(model_of(one.prefix))
        summary = told("some model", event["kind"], event["message"]).summary

        assert summary == f"some model has no key: {' or '.join(one.variables)} is not set in the environment."


@pytest.mark.parametrize("one", PROVIDERS, ids=lambda one: one.name)
async def test_the_key_is_that_of_the_variable_that_is_shown(one: Any) -> None:
    env = {name: f"key-of-{name}" for name in one.variables}
    provider = Provider(one.prefix, "", keys=one.variables, must=True)
    ((_, shown),) = present(env)

    assert await key_of(Order(1, one.prefix), provider, env) == env[shown]


async def test_amazon_is_sent_no_part_of_a_signing_key(keyed: Asks, keyless: Asks) -> None:
    model = "bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0"

    assert await key_of(Order(1, model), BEDROCK, AMAZON) == ""
    assert signature(BEDROCK, AMAZON) == {
        "aws_access_key_id": "AKIA-EXAMPLE",
        "aws_secret_access_key": "a-secret",
    }
    assert await key_of(Order(1, model), BEDROCK, AMAZON | {"AWS_BEARER_TOKEN_BEDROCK": "abc"}) == "abc"
    assert (await keyed.ask(model))["kind"] in ("proxy", "refused")
    assert (await keyless.ask(model))["kind"] == "key"


@pytest.mark.parametrize("model", ["openai/gpt-5-codex", "openai/o3-pro"])
async def test_a_model_of_the_responses_api_is_asked_without_more_packages(keyed: Asks, model: str) -> None:
    assert (await keyed.ask(model))["kind"] in ("proxy", "refused")


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("vertex_ai/gemini-2.5-pro", "a login of vertex_ai that beai cannot do"),
        ("github_copilot/gpt-4o", "a login of github_copilot that beai cannot do"),
        ("azure/gpt-4o", "has no address of its own with azure"),
        ("databricks/some-model", "has no address of its own with databricks"),
        ("github/gpt-4o", "has no key: GITHUB_API_KEY is not set"),
    ],
)
async def test_who_cannot_be_asked_says_why_and_nothing_is_sent(keyless: Asks, model: str, said: str) -> None:
    event = await keyless.ask(model)

    assert said in told(model, event["kind"], event["message"]).summary
    assert event["billed"] is False


async def test_a_package_that_is_missing_is_named() -> None:
    fault = told("some/model", "package", "ibm_sdk")

    assert fault.kind is FaultKind.MISSING
    assert "without the Python package ibm_sdk" in fault.summary
