"""What can be asked now is found by looking in a few places, and no server that answers oddly can hang or fool that."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from beai.core.settings import Access, Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.measured import Measured
from beai.core.suggest.privacy.local import is_loopback_url
from beai.core.suggest.reachable import look, seen_of, text_of
from beai.core.suggest.reachable.fetching import NOTHING, SILENCE, Answer, fetch
from beai.core.suggest.reachable.keys import PROVIDERS, present
from beai.core.suggest.reachable.picking import pick
from beai.core.suggest.reachable.servers import configured, litellm_proxy, llama_cpp, lm_studio, ollama
from beai.core.suggest.reachable.table import Table, read, version
from beai.core.suggest.reachable.values import Offer, Place, Price, Seen, State

Pages = dict[str, object]
NOWHERE = "http://127.0.0.1:9"


@asynccontextmanager
async def serving(pages: Pages | Callable[[str, str], bytes]) -> AsyncIterator[str]:
    """A server on this computer that answers each path with JSON, or with the bytes that a function gives."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ", 2)[1]
        if callable(pages):
            writer.write(pages(path, head))
        else:
            body = json.dumps(pages.get(path, {})).encode()
            status = "200 OK" if path in pages else "404 Not Found"
            writer.write(f"HTTP/1.0 {status}\r\nContent-Type: application/json\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


OLLAMA: Pages = {
    "/api/tags": {
        "models": [
            {"name": "qwen2.5-coder:7b", "details": {"parameter_size": "7.6B", "quantization_level": "Q4_K_M"}},
            {"name": "tiny:1b", "details": {}},
            {"name": "gpt-oss:120b-cloud"},
            {"name": "evil\x1b[2Jname"},
            {"name": 3},
            "no row",
        ]
    },
    "/api/ps": {"models": [{"name": "qwen2.5-coder:7b", "context_length": 8192}]},
    "/api/show": {"model_info": {"qwen2.context_length": 32768}, "parameters": "stop x\nnum_ctx 4096"},
}


async def test_ollama_tells_its_models_with_the_window_they_run_with() -> None:
    async with serving(OLLAMA) as root:
        place, offers = await ollama(root)
    assert (place.state, place.models) == (State.THERE, 3)
    assert [(one.model, one.local, one.out) for one in offers[2:]] == [("ollama_chat/gpt-oss:120b-cloud", False, None)]
    assert offers[0] == Offer(
        "ollama_chat/qwen2.5-coder:7b",
        root,
        "Ollama",
        True,
        8192,
        0.0,
        0.0,
        detail="7.6B, Q4_K_M, loaded, can take 32,768 tokens",
        most=32768,
    )
    assert (offers[1].model, offers[1].window) == ("ollama_chat/tiny:1b", 4096)
    async with serving(OLLAMA | {"/api/show": {"model_info": {"qwen2.context_length": 32768}}}) as root:
        _, offers = await ollama(root)
    assert (offers[1].window, offers[1].most, "can take" in offers[1].detail) == (None, 32768, False)


async def test_lm_studio_tells_its_models_without_those_that_embed() -> None:
    rows = [
        {
            "id": "qwen3-8b",
            "type": "llm",
            "state": "loaded",
            "loaded_context_length": 4096,
            "max_context_length": 32768,
        },
        {"id": "nomic", "type": "embeddings"},
    ]
    async with serving({"/api/v0/models": {"data": rows}}) as root:
        place, offers = await lm_studio(root)
    assert [(one.model, one.base, one.window) for one in offers] == [("lm_studio/qwen3-8b", f"{root}/v1", 4096)]
    assert place.state is State.THERE


async def test_an_older_lm_studio_tells_them_in_openais_way() -> None:
    async with serving({"/v1/models": {"data": [{"id": "qwen3-8b"}]}}) as root:
        _, offers = await lm_studio(root)
    assert [one.model for one in offers] == ["lm_studio/qwen3-8b"]


async def test_llama_cpp_tells_its_model_and_the_window_it_was_started_with() -> None:
    pages: Pages = {
        "/v1/models": {"data": [{"id": "qwen.gguf", "meta": {"n_ctx_train": 131072}}]},
        "/props": {"default_generation_settings": {"n_ctx": 16384}},
    }
    async with serving(pages) as root:
        _, offers = await llama_cpp(root)
    assert [(one.model, one.base, one.window, one.local) for one in offers] == [
        ("openai/qwen.gguf", f"{root}/v1", 16384, True)
    ]


async def test_a_proxys_models_may_run_elsewhere_and_cost_what_it_says() -> None:
    info = {"data": [{"model_name": "team", "model_info": {"max_input_tokens": 200000, "input_cost_per_token": 3e-6,
                                                           "output_cost_per_token": 1.5e-5}}]}  # fmt: skip
    async with serving({"/v1/models": {"data": [{"id": "team"}]}, "/model/info": info}) as root:
        _, offers = await litellm_proxy(root)
    assert [(one.model, one.local, one.window) for one in offers] == [("litellm_proxy/team", False, 200000)]
    assert (offers[0].into, offers[0].out) == (pytest.approx(3.0), pytest.approx(15.0))


async def test_a_server_of_the_settings_gets_its_own_key_and_no_other() -> None:
    heads: list[str] = []

    def page(path: str, head: str) -> bytes:
        heads.append(head)
        return b'HTTP/1.1 200 OK\r\n\r\n{"data": [{"id": "x"}, {"id": "openai/y"}]}'

    async with serving(page) as root:
        place, offers = await configured(f"{root}/v1", "openai/", "the-key", is_loopback_url)
        await configured(f"{root}/v1", "openai/", "", is_loopback_url)
    assert [one.model for one in offers] == ["openai/x", "openai/y"] and place.state is State.THERE
    assert "Authorization: Bearer the-key" in heads[0] and "Authorization" not in heads[1]


ODD: dict[str, tuple[bytes, State]] = {
    "a key is asked for": (b"HTTP/1.1 401 Unauthorized\r\n\r\n{}", State.REFUSED),
    "something else": (b"HTTP/1.1 200 OK\r\n\r\n<html>hello</html>", State.STRANGE),
    "another shape": (b'HTTP/1.1 200 OK\r\n\r\n{"models": {"data": 3}}', State.STRANGE),
    "a redirect is not followed": (b"HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\n\r\n", State.STRANGE),
    "no http": (b"SSH-2.0-OpenSSH_9.6\r\n", State.SILENT),
    "nothing": (b"", State.SILENT),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-", State.STRANGE),
    "deep JSON": (b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000, State.STRANGE),
    "a flood": (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000, State.SILENT),
    "no bytes of text": (b'HTTP/1.1 200 OK\r\n\r\n{"data": [{"id": "\xff\xfe"}]}', State.STRANGE),
    "broken chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", State.SILENT),
}


@pytest.mark.parametrize("odd", ODD)
async def test_a_server_that_answers_oddly_is_named_for_what_it_is(odd: str) -> None:
    raw, state = ODD[odd]
    async with serving(lambda path, head: raw) as root:
        place, offers = await lm_studio(root)
    assert (place.state, offers) == (state, ())


async def test_pieces_in_chunks_are_put_together() -> None:
    body = b'5\r\n{"dat\r\n4\r\na":3\r\n1\r\n}\r\n0\r\n\r\n'
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    async with serving(lambda path, head: raw) as root:
        assert await fetch(f"{root}/x") == Answer(200, {"data": 3})


async def test_a_server_that_says_nothing_costs_its_deadline_and_no_more() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await fetch(f"http://127.0.0.1:{port}/", deadline=0.05) == SILENCE
    assert await fetch(f"{NOWHERE}/") == NOTHING
    assert await fetch("http://127.0.0.1:99999/") == SILENCE


def test_a_provider_is_reachable_by_the_name_of_its_variable_alone() -> None:
    found = present({"ANTHROPIC_API_KEY": "secret", "OPENAI_API_KEY": " ", "GOOGLE_API_KEY": "x"})
    assert [(provider.name, name) for provider, name in found] == [
        ("Anthropic", "ANTHROPIC_API_KEY"),
        ("Google Gemini", "GOOGLE_API_KEY"),
    ]


TABLE = Table(
    {
        name: {
            "litellm_provider": "anthropic",
            "mode": "chat",
            "max_input_tokens": 200000,
            "supports_function_calling": True,
            "input_cost_per_token": into,
            "output_cost_per_token": into * 5,
        }
        | more
        for name, into, more in (
            ("claude-big-4-1", 15e-6, {}),
            ("claude-mid-4-5", 3e-6, {}),
            ("claude-mid-5", 3e-6, {}),
            ("claude-mid-5-20261001", 3e-6, {}),
            ("claude-mid-6", 3e-6, {"deprecation_date": "2026-01-01"}),
            ("claude-small-4-5", 1e-6, {}),
            ("claude-draw-9", 1e-6, {"mode": "image_generation"}),
            ("claude-narrow-9", 1e-6, {"max_input_tokens": 4096}),
        )
    }
    | {"broken": 3},
    "2026-06-01",
)


class TestTable:
    """litellm's own table: what is there, for code, with room, and not of a single day."""

    OFFERS = TABLE.offers(PROVIDERS[0], "ANTHROPIC_API_KEY")

    def test_the_newest_of_each_price_is_shown_and_the_others_on_demand(self) -> None:
        names = {offer.model.removeprefix("anthropic/claude-"): offer.main for offer in self.OFFERS}
        assert names == {"big-4-1": True, "mid-4-5": False, "mid-5": True, "small-4-5": True}

    def test_prices_are_for_a_million_tokens(self) -> None:
        assert TABLE.price("anthropic/claude-mid-5") == Price(200000, 3.0, 15.0)
        assert TABLE.price("nobody/knows") == Price() == Table({"x": 3}).price("x")

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("claude-mid-4-5", (4, 5)),
            ("gpt-6.1-sol", (6, 1)),
            ("llama-3.3-70b", (3, 3)),
            ("gemma-31b", ()),
            ("o3", (3,)),
        ],
    )
    def test_a_version_is_read_from_a_name(self, name: str, said: tuple[int, ...]) -> None:
        assert version(f"x/{name}") == said

    def test_the_installed_litellm_has_one(self) -> None:
        table = read(datetime.date(2026, 1, 1))
        assert len(table.rows) > 1000 and table.offers(PROVIDERS[0], "K")


class TestPicking:
    """A suggestion with its reason."""

    PAID = TestTable.OFFERS
    HERE = Offer("ollama_chat/qwen-coder", "http://127.0.0.1:11434", "Ollama", True, 8192, 0.0, 0.0)

    def test_without_anything_it_is_the_drafter(self) -> None:
        assert pick((), {}, False).chosen == Chosen(Way.DRAFTER)

    def test_a_key_brings_the_newest_of_a_middle_price(self) -> None:
        found = pick((*self.PAID, self.HERE), {}, False)
        assert found.chosen.model == "anthropic/claude-mid-5"
        assert found.why.startswith("ANTHROPIC_API_KEY is set") and "$15" in found.why

    def test_a_local_one_where_there_is_no_key_or_nothing_may_leave(self) -> None:
        assert (
            pick((self.HERE,), {}, False).chosen == pick((*self.PAID, self.HERE), {}, True).chosen == self.HERE.chosen
        )

    def test_what_kept_to_the_protocol_and_what_was_used_count_for_more(self) -> None:
        key = (self.HERE.model, self.HERE.base)
        tried = {key: Measured(*key, protocol=True, tried_at=1.0)}
        assert pick((*self.PAID, self.HERE), tried, False).chosen == self.HERE.chosen
        old = ("anthropic/claude-big-4-1", "")
        used = tried | {old: Measured(*old, used_at=2.0)}
        assert pick((*self.PAID, self.HERE), used, False).chosen.model == old[0]

    def test_one_that_broke_the_protocol_is_not_picked_for_having_been_tried(self) -> None:
        key = (self.HERE.model, self.HERE.base)
        broke = {key: Measured(*key, protocol=False, tried_at=1.0)}
        assert pick((*self.PAID, self.HERE), broke, False).chosen != self.HERE.chosen


def test_what_was_seen_passes_between_processes_unchanged() -> None:
    place = Place("Ollama", NOWHERE, State.ABSENT)
    seen = Seen((place,), (replace(TestPicking.HERE, main=False),), {"x": Price(1, 2.0, None)})
    assert seen_of(json.loads(text_of(seen))) == seen


async def test_it_looks_at_this_computer_and_at_the_settings_addresses_and_nowhere_else() -> None:
    async with serving(OLLAMA) as root, serving({"/v1/models": {"data": [{"id": "own"}]}}) as own:
        port = int(root.rsplit(":", 1)[1])
        settings = Settings("openai/own", f"{own}/v1", access=(Access("x/", f"{own}/v1"),))
        env = {"ANTHROPIC_API_KEY": "sk-not-to-be-seen", "PATH": "/usr/bin:/bin", **_python()}
        seen = await look(settings, env, {"Ollama": port})
    assert isinstance(seen, Seen), seen
    states = {(place.name, place.state) for place in seen.places}
    assert states == {("Anthropic", State.SET), ("Ollama", State.THERE), ("your base", State.THERE)}
    assert {"openai/own", "ollama_chat/tiny:1b"} < {offer.model for offer in seen.offers}
    assert "sk-not-to-be-seen" not in text_of(seen)


async def test_with_local_only_no_address_of_another_computer_is_asked() -> None:
    asked: list[str] = []

    def page(path: str, head: str) -> bytes:
        asked.append(head)
        return b'HTTP/1.1 200 OK\r\n\r\n{"data": [{"id": "x"}]}'

    env = {"WORK_KEY": "sk-work", "PATH": "/usr/bin:/bin", **_python()}
    elsewhere = Access("y/", "https://models.example/v1", "WORK_KEY")
    async with serving(page) as own:
        seen = await look(Settings("openai/x", f"{own}/v1", access=(elsewhere,), local_only=True), env, {})
    assert isinstance(seen, Seen)
    assert [(place.where, place.state) for place in seen.places] == [(f"{own}/v1", State.THERE)] and len(asked) == 1


async def test_a_key_is_not_sent_to_another_computer_without_encryption() -> None:
    env = {"WORK_KEY": "sk-work", "PATH": "/usr/bin:/bin", **_python()}
    seen = await look(Settings("openai/x", "http://models.invalid/v1", "WORK_KEY"), env, {})
    assert isinstance(seen, Seen)
    assert [(place.where, place.state) for place in seen.places] == [("http://models.invalid/v1", State.BARE)]


async def test_a_server_behind_a_proxy_is_not_called_past_it() -> None:
    env = {"HTTPS_PROXY": "http://proxy.example:3128", "PATH": "/usr/bin:/bin", **_python()}
    seen = await look(Settings("openai/x", "https://models.example/v1"), env, {})
    assert isinstance(seen, Seen)
    assert [(place.where, place.state) for place in seen.places] == [("https://models.example/v1", State.BEHIND)]


def _python() -> dict[str, str]:
    import os

    return {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
