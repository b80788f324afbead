"""One order from its line to its last event: attempts, waits, keys and deadlines, without litellm and its start.

``Client`` stands where litellm does: it asks by our own door, as that does, and reads OpenAI's stream.
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from beai.core.suggest.worker import environment
from beai.core.suggest.worker.keys import key_of, without_keys
from beai.core.suggest.worker.order import Limits, Order
from beai.core.suggest.worker.pace import Pace
from beai.core.suggest.worker.providers import Provider
from beai.core.suggest.worker.routes import Routes
from beai.core.suggest.worker.serving import serve
from beai.core.suggest.worker.traffic import Traffic
from beai.core.suggest.worker.transport import Transport
from beai.core.suggest.worker.trouble import Trouble as Failure
from beai.core.suggest.worker.wire import Wire
from tests.real.pair import KEY
from tests.real.plain import STREAM, answer, plain
from tests.real.provider import Say, Trouble, provider

OTHERS = "sk-the-key-of-another-provider"
ENV = {"NAMED": KEY, "OPENAI_API_KEY": OTHERS}
QUICK = {"attempts": 3, "base": 0.0, "most": 2.0, "first": 5.0, "idle": 5.0, "total": 20.0}
BUSY = answer(503, body=b"busy")


class Client:
    """What the worker needs of litellm."""

    provider_list = ("openai", "anthropic")
    exceptions = SimpleNamespace()
    model_cost: Mapping[str, Any] = {}

    def __init__(self, *, astray: str = "", breaks: str = "") -> None:
        self._http = httpx.AsyncClient(transport=Transport(Routes({})), follow_redirects=True, trust_env=False)
        self._astray, self._breaks = astray, breaks

    def get_llm_provider(self, model: str) -> tuple[str, str, None, None]:
        return model.partition("/")[2], model.partition("/")[0], None, None

    def validate_environment(self, model: str) -> Mapping[str, Any]:
        return {"missing_keys": ["OPENAI_API_KEY"]}

    async def acompletion(self, *, messages: Any, api_base: str, api_key: str, **_: Any) -> AsyncIterator[Any]:
        headers = {"Authorization": f"Bearer {api_key}"}
        base = self._astray or api_base
        asked = self._http.build_request(
            "POST", f"{base}/chat/completions", json={"messages": messages}, headers=headers
        )
        heard = await self._http.send(asked, stream=True)  # and like litellm, it closes nothing
        if heard.status_code != 200:
            if self._breaks:
                raise Failure(self._breaks)
            raise RuntimeError((await heard.aread()).decode())
        return self._pieces(heard)

    async def _pieces(self, heard: httpx.Response) -> AsyncIterator[Any]:
        async for line in heard.aiter_lines():
            if line.startswith("data: {"):
                yield json.loads(line[6:], object_hook=lambda one: SimpleNamespace(**one))
            if self._breaks and line:
                raise Failure(self._breaks)


@dataclass(slots=True)
class Heard(Wire):
    """The events of an order, and the first wait as soon as it is told."""

    descriptor: int = -1
    events: list[Mapping[str, Any]] = field(default_factory=list)
    waits: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, event: Mapping[str, Any]) -> None:
        self.events.append(event)
        if event["event"] == "waiting":
            self.waits.set()

    def told(self, name: str) -> list[Mapping[str, Any]]:
        """The events of one name."""
        return [event for event in self.events if event["event"] == name]

    @property
    def kind(self) -> str:
        """The kind of fault that ended the order."""
        return str(self.events[-1].get("kind", self.events[-1]["event"]))


def line(base: str, limits: Mapping[str, float] = {}, **more: Any) -> dict[str, Any]:
    """An order for a model at ``base``."""
    said = [{"role": "user", "content": "Hello"}]
    return {"do": "complete", "id": 1, "model": "m", "base": base, "messages": said, "limits": QUICK | limits, **more}


async def ordered(base: str, limits: Mapping[str, float] = {}, client: Client | None = None, **more: Any) -> Heard:
    """What is told of one order until it has ended."""
    heard = Heard()
    await asyncio.wait_for(serve(client or Client(), heard, line(base, limits, **more), ENV), 20)
    return heard


async def wait_of(base: str, /, **limits: float) -> Heard:
    """What is told until the first wait, which is then not waited for."""
    heard = Heard()
    task = asyncio.create_task(serve(Client(), heard, line(base, limits), ENV))
    await asyncio.wait_for(heard.waits.wait(), 20)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return heard


def at(running: Any) -> str:
    """The base of a plain server."""
    return f"http://127.0.0.1:{running.port}/v1"


# --- attempts and waits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempts", [1, 2, 5])
async def test_a_provider_that_fails_is_asked_as_often_as_the_order_says(attempts: int) -> None:
    async with plain(BUSY) as running:
        heard = await ordered(at(running), {"attempts": attempts})

    assert (len(running.heads), heard.kind) == (attempts, "server")
    assert [(one["attempt"], one["of"]) for one in heard.told("waiting")] == [
        (n, attempts) for n in range(2, attempts + 1)
    ]
    assert len(heard.told("fault")) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_what_would_fail_again_is_asked_once(status: int) -> None:
    async with plain(answer(status, body=b"no")) as running:
        heard = await ordered(at(running))

    assert len(running.heads) == 1 and not heard.told("waiting")


async def test_a_wait_doubles_and_half_of_it_is_chance() -> None:
    async with plain(BUSY) as running:
        heard = await ordered(at(running), {"attempts": 4, "base": 0.1})

    first, _, third = (one["seconds"] for one in heard.told("waiting"))
    assert first <= 0.1 and 0.2 <= third <= 0.4
    gaps = [later - earlier for earlier, later in zip(running.at, running.at[1:], strict=False)]
    assert gaps[0] >= 0.049 and gaps[2] >= 0.199, "they are really waited"


async def test_no_wait_is_longer_than_the_longest() -> None:
    async with plain(BUSY) as running:
        (told,) = (await wait_of(at(running), base=1000.0, most=7.0)).told("waiting")

    assert (told["seconds"], told["why"]) == (7.0, "server")


async def test_no_wait_goes_beyond_what_is_left_of_the_whole() -> None:
    async with plain(BUSY) as running:
        heard = await ordered(at(running), {"base": 1000.0, "most": 600.0, "total": 15.0})

    assert (len(running.heads), heard.kind, heard.told("waiting")) == (1, "server", [])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 6", 6.0),
        ("Retry-After: 6.5", 6.5),
        ("retry-after-ms: 6250", 6.2),
        ("retry-after-ms: 6250\r\nRetry-After: 60", 6.2),
        pytest.param(f"Retry-After: {email.utils.formatdate(time.time() - 3600, usegmt=True)}", 0.0, id="date"),
        ("Retry-After: -5", 0.0),
        ("Retry-After: soon", 0.0),
        ("Retry-After: nan", 0.0),
        ("retry-after-ms: nan", 0.0),
    ],
)
async def test_what_the_provider_says_is_waited_and_nonsense_is_not(header: str, seconds: float) -> None:
    async with plain(answer(429, header)) as running:
        (told,) = (await wait_of(at(running), most=20.0)).told("waiting")

    assert told["seconds"] == seconds


@pytest.mark.parametrize("limits", [{"most": 5.0, "total": 1e12}, {"most": 60.0, "total": 5.0}], ids=["most", "total"])
@pytest.mark.parametrize(
    "header",
    [
        "Retry-After: 3600",
        "retry-after-ms: 3600000",
        "retry-after-ms: inf",
        "Retry-After: 1e400",
        f"Retry-After: {email.utils.formatdate(time.time() + 7e6, usegmt=True)}",
    ],
    ids=["seconds", "milliseconds", "for ever", "more than for ever", "date"],
)
async def test_a_wait_that_is_too_long_ends_the_order_and_says_how_long(header: str, limits: dict[str, float]) -> None:
    async with plain(answer(429, header)) as running:
        heard = await ordered(at(running), limits)

    assert (len(running.heads), heard.kind) == (1, "rate-long")
    assert 3000 < int(heard.events[-1]["message"]) <= 10**9


@pytest.mark.parametrize(
    "said", [{"content": "I begin"}, {"reasoning_content": "Let me think"}], ids=["word", "thought"]
)
@pytest.mark.parametrize("kind", ["reset", "server", "rate"])
async def test_after_a_word_or_a_thought_nothing_is_asked_again(said: dict[str, str], kind: str) -> None:
    chunk = {"choices": [{"delta": said, "finish_reason": None}]}
    body = f"data: {json.dumps(chunk)}\n\n".encode()
    async with plain(answer(200, STREAM, body=body)) as running:
        heard = await ordered(at(running), client=Client(breaks=kind))
        assert (len(running.heads), heard.kind) == (1, kind)
        await ordered(at(running), client=Client(breaks=kind))

    assert len(heard.told("text")) == ("content" in said)


async def test_before_any_word_the_same_trouble_is_asked_again() -> None:
    async with plain(answer(200, STREAM, body=b": ping\n\n")) as running:
        heard = await ordered(at(running), client=Client(breaks="reset"))

    assert (len(running.heads), heard.kind) == (3, "reset")


# --- keys, addresses and what is in the body -----------------------------------------------------------------------


async def test_an_address_of_ones_own_gets_the_key_that_was_named_and_no_other() -> None:
    async with provider(Say("Hello")) as running:
        for key, bearer in (({"env": "NAMED"}, KEY), ({}, "none")):
            assert (await ordered(running.base, key=key)).kind == "done"
            assert f"authorization: bearer {bearer}\r\n" in running.headers[-1].lower()


async def test_the_usual_key_of_a_provider_is_for_its_own_address_alone() -> None:
    usual = Provider("m", "openai", keys=("OPENAI_API_KEY",), must=True)
    env = {**ENV, "OPENAI_API_BASE": "http://elsewhere"}

    assert await key_of(Order(1, "openai/m"), usual, env) == OTHERS
    assert await key_of(Order(1, "openai/m", "https://one.of.my.own"), usual, env) == ""
    assert await key_of(Order(1, "openai/m"), Provider("m", "own"), env) == "", "where none is needed none is taken"
    with pytest.raises(Failure, match="OPENAI_API_KEY is not set"):
        await key_of(Order(1, "openai/m"), usual, {"OPENAI_API_BASE": "http://elsewhere"})


async def test_a_client_that_would_go_to_another_address_reaches_nobody() -> None:
    async with provider(Say("Hello")) as running, plain(BUSY) as other:
        heard = await ordered(running.base, client=Client(astray=at(other)), key={"env": "NAMED"})

    assert (heard.kind, other.heads, len(heard.told("waiting"))) == ("elsewhere", [], 0)


async def test_what_an_order_keeps_back_is_kept_back() -> None:
    async with provider(Say("Hello")) as running:
        elsewhere = running.base.replace("127.0.0.1", "0.0.0.0")
        assert (await ordered(elsewhere, local_only=True)).kind == "elsewhere"
        assert (await ordered(running.base, guard=[["A_KEY", "Hello"]])).kind == "secret"
        assert running.requests == []
        assert (await ordered(elsewhere)).kind == "done", "nothing of it holds for another order"


async def test_a_key_that_a_provider_repeats_is_not_told() -> None:
    async with provider(Trouble.UNAUTHORIZED) as running:
        heard = await ordered(running.base, key={"env": "NAMED"})

    assert heard.kind == "auth" and KEY not in repr(heard.events)
    assert "Incorrect API key provided: •••" in heard.events[-1]["message"]
    assert without_keys(f"{OTHERS} {KEY}", ENV, KEY) == "••• •••"


# --- time and size -------------------------------------------------------------------------------------------------

HELD: list[tuple[Trouble, Mapping[str, float], str]] = [
    (Trouble.HANG, {"first": 0.1}, "first"),
    (Trouble.HANG_AFTER_HEAD, {"first": 0.1, "idle": 0.1}, "first"),
    (Trouble.SILENT_MIDWAY, {"idle": 0.1}, "idle"),
    (Trouble.PING_ONLY, {"first": 0.1, "pinged": 0.3}, "pinged"),
    (Trouble.DRIP, {"first": 0.1, "idle": 0.1}, "first"),
    (Trouble.DRIP_WORDS, {"rate": 200.0, "span": 0.2}, "slow"),
    (Trouble.DRIP_WORDS, {"rate": 0.0, "total": 0.3}, "total"),
    (Trouble.FLOOD, {"text": 5000}, "long"),
    (Trouble.EMPTY_FLOOD, {"body": 100_000}, "body"),
]


@pytest.mark.parametrize(("trouble", "limits", "kind"), HELD, ids=lambda one: getattr(one, "name", None))
async def test_what_takes_too_long_or_is_too_much_is_ended_and_its_connection_closed(
    trouble: Trouble, limits: Mapping[str, float], kind: str
) -> None:
    async with provider(trouble) as running:
        client = Client()  # which keeps what it opened
        heard = await ordered(running.base, limits, client)
        await asyncio.wait_for(running.hung_up.wait(), 5)

    assert (heard.kind, len(running.requests)) == (kind, 1)


async def test_an_attempt_is_closed_before_the_next_is_waited_for() -> None:
    async with plain(answer(503, "Content-Length: 99"), closes=False) as running:
        heard, order = Heard(), line(at(running), {"base": 1000.0, "most": 60.0, "total": 900.0})
        task = asyncio.create_task(serve(Client(breaks="server"), heard, order, ENV))
        await asyncio.wait_for(heard.waits.wait(), 20)
        await asyncio.wait_for(running.left.wait(), 5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


NOW = 10_000_000.0  # seconds that no clock of a test reaches


def pace(limits: Limits, **ago: float) -> Pace:
    """A pace of which things were so many seconds ago."""
    now = time.monotonic()
    traffic = Traffic(
        limits, **{name: now - seconds for name, seconds in ago.items() if name in ("asked", "sent", "heard")}
    )
    made = Pace(limits, traffic, now + NOW, begun=now - 5000)
    made.last = made.first = now - ago["last"] if "last" in ago else 0.0
    return made


PATIENT = Limits(connect=100, first=1000, idle=500, pinged=3000, total=9000)
PACES: list[tuple[dict[str, float], str]] = [
    ({}, ""),
    ({"asked": 50}, ""),
    ({"asked": 150}, "connect"),
    ({"asked": 900, "sent": 900}, ""),
    ({"asked": 1100, "sent": 1100}, "first"),
    ({"asked": 2000, "sent": 2000, "heard": 100}, ""),  # pings lengthen it,
    ({"asked": 2000, "sent": 2000, "heard": 600}, "first"),  # those of long ago do not,
    ({"asked": 3100, "sent": 3100, "heard": 1}, "pinged"),  # and none does for ever
    ({"asked": 4000, "sent": 4000, "heard": 400, "last": 400}, ""),
    ({"asked": 4000, "sent": 4000, "heard": 600, "last": 600}, "idle"),
    ({"asked": 4000, "sent": 4000, "heard": 100, "last": 600}, ""),
    ({"asked": 4000, "sent": 4000, "heard": 1, "last": 3100}, "pinged"),
]


@pytest.mark.parametrize(("ago", "kind"), PACES)
def test_only_words_are_life_and_pings_lengthen_a_silence_once(ago: dict[str, float], kind: str) -> None:
    found = pace(PATIENT, **ago).late()

    assert (found.kind if found else "") == kind


def test_who_waits_looks_again_when_something_is_due() -> None:
    assert 49 < pace(PATIENT, asked=50).due() - time.monotonic() <= 50
    assert 99 < pace(PATIENT, asked=900, sent=900).due() - time.monotonic() <= 100
    late = pace(PATIENT, asked=900, sent=900)
    late.total = time.monotonic() - 1
    trouble = late.late()
    assert trouble is not None and trouble.kind == "total"


# --- the environment -----------------------------------------------------------------------------------------------


def test_litellm_sees_nothing_of_an_environment_that_could_move_it() -> None:
    moved = (
        *("OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "OLLAMA_API_BASE", "AZURE_API_BASE"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "NO_PROXY", "SSL_VERIFY", "SSL_CERT_FILE"),
        *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HF_TOKEN"),
        *("LITELLM_CALLBACKS", "LITELLM_LOG", "LANGFUSE_HOST", "OTEL_EXPORTER_OTLP_ENDPOINT", "SENTRY_DSN"),
        *("PYTHONSTARTUP", "PYTHONINSPECT", "GOOGLE_APPLICATION_CREDENTIALS", "AWS_PROFILE", "LC", "BEAI_MODEL"),
    )
    kept = {"PATH": "/bin", "HOME": "/home/me", "LC_ALL": "C", "AWS_REGION": "eu-central-1"}

    assert environment.cleared({**dict.fromkeys(moved, "x"), **kept}) == {**kept, **environment.OURS}


def test_no_variable_of_the_person_undoes_one_of_ours() -> None:
    assert environment.cleared(dict.fromkeys(environment.OURS, "theirs")) == environment.OURS
    assert environment.OURS["LITELLM_MODE"] == "PRODUCTION", "in which litellm reads no .env"
    assert environment.OURS["LITELLM_LOCAL_MODEL_COST_MAP"] == "True", "prices come from the package"
