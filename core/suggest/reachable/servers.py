"""The model servers that people run on their own computer, and those the settings name: what each offers now.

Ollama: its API documentation (``/api/tags``, ``/api/ps``, ``/api/show``). LM Studio: REST API v0. llama.cpp: server
README (``/v1/models``, ``/props``). LiteLLM proxy: ``/v1/models``, ``/model/info``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from beai.core.suggest.own import is_free
from beai.core.suggest.privacy.local import is_local
from beai.core.suggest.reachable.fetching import Answer, fetch
from beai.core.suggest.reachable.values import Offer, Place, State, amount, count, named, said

Found = tuple[Place, tuple[Offer, ...]]
SHOWN = 40
"""Models of one server that are asked about one by one."""

_AT = {"Ollama": 11434, "LM Studio": 1234, "LiteLLM proxy": 4000, "llama.cpp": 8080}


async def local(ports: Mapping[str, int] = _AT) -> tuple[Found, ...]:
    """What listens on this computer, all asked at once; ``ports`` are where each usually is."""
    kinds = {"Ollama": ollama, "LM Studio": lm_studio, "LiteLLM proxy": litellm_proxy, "llama.cpp": llama_cpp}
    return tuple(await asyncio.gather(*(kinds[name](f"http://127.0.0.1:{port}") for name, port in ports.items())))


async def ollama(root: str) -> Found:
    """Ollama's models; the window is what it runs with, which is mostly less than the model could take."""
    tags, running = await asyncio.gather(fetch(f"{root}/api/tags"), fetch(f"{root}/api/ps"))
    names = {name: row for row in _rows(tags, "models") if (name := named(row.get("name")))}
    loaded = {row.get("name"): count(row.get("context_length")) for row in _rows(running, "models")}
    asked = list(names)[:SHOWN]
    shown = await asyncio.gather(*(fetch(f"{root}/api/show", post={"model": name}) for name in asked))
    about = dict(zip(asked, shown, strict=True))
    offers = []
    for name, row in names.items():
        details: Any = row.get("details") if isinstance(row.get("details"), dict) else {}
        most, set_to = _ollama_window(about.get(name))
        words = [said(details.get("parameter_size"), 12), said(details.get("quantization_level"), 12)]
        words += ["loaded"] if name in loaded else []
        window, model = loaded.get(name) or set_to, f"ollama_chat/{name}"
        words += [f"can take {most:,} tokens"] if most and window else []
        told = ", ".join(filter(None, words))
        local = is_local(model, root)  # of some it is only the one who hands them on
        price = 0.0 if local else None
        offers.append(Offer(model, root, "Ollama", local, window, price, price, detail=told, most=most))
    return _place("Ollama", root, tags, offers, "models")


async def lm_studio(root: str) -> Found:
    """LM Studio's models, without those that only embed."""
    rest = await fetch(f"{root}/api/v0/models")
    answer = rest if rest.status == 200 else await fetch(f"{root}/v1/models")
    offers = [
        Offer(
            f"lm_studio/{name}",
            f"{root}/v1",
            "LM Studio",
            True,
            count(row.get("loaded_context_length")) or count(row.get("max_context_length")),
            0.0,
            0.0,
            detail=", ".join(filter(None, (said(row.get("quantization"), 12), said(row.get("state"), 12)))),
        )
        for row in _rows(answer, "data")
        if row.get("type") != "embeddings" and (name := named(row.get("id")))
    ]
    return _place("LM Studio", root, answer, offers, "data")


async def litellm_proxy(root: str) -> Found:
    """The models of a LiteLLM proxy; where they run, and for how much, is the proxy's affair."""
    answer, info = await asyncio.gather(fetch(f"{root}/v1/models"), fetch(f"{root}/model/info"))
    about = {row.get("model_name"): row.get("model_info") for row in _rows(info, "data")}
    offers = []
    for row in _rows(answer, "data"):
        if name := named(row.get("id")):
            known: Any = about.get(name) if isinstance(about.get(name), dict) else {}
            prices = (amount(known.get(f"{way}_cost_per_token")) for way in ("input", "output"))
            into, out = (None if price is None else price * 1e6 for price in prices)
            window = count(known.get("max_input_tokens"))
            offers.append(Offer(f"litellm_proxy/{name}", root, "LiteLLM proxy", False, window, into, out))
    return _place("LiteLLM proxy", root, answer, offers, "data")


async def llama_cpp(root: str) -> Found:
    """The model that llama.cpp's server holds; at such an address a proxy may answer too, so no price is known."""
    answer, props = await asyncio.gather(fetch(f"{root}/v1/models"), fetch(f"{root}/props"))
    settings = props.body.get("default_generation_settings") if isinstance(props.body, dict) else None
    window = count(settings.get("n_ctx")) if isinstance(settings, dict) else None
    offers = [
        Offer(f"openai/{name}", f"{root}/v1", "llama.cpp", True, window or _trained(row))
        for row in _rows(answer, "data")
        if (name := named(row.get("id")))
    ]
    return _place("llama.cpp", root, answer, offers, "data")


async def configured(base: str, prefix: str, key: str, here: Callable[[str], bool]) -> Found:
    """What a server that the settings name says it has; ``prefix`` is what the names of its models begin with."""
    answer = await fetch(f"{base}/models", key=key, deadline=3.0)
    on_this = here(base)
    offers = []
    for row in _rows(answer, "data"):
        if name := named(row.get("id")):
            model, window = _with(prefix, name), count(row.get("context_length"))
            price = 0.0 if is_free(model, on_this) else None
            offers.append(Offer(model, base, "your base", on_this, window, price, price))
    return _place("your base", base, answer, offers, "data")


def _with(prefix: str, name: str) -> str:
    return name if name.startswith(prefix) else f"{prefix}{name}"


def _rows(answer: Answer, key: str) -> Iterator[Mapping[str, Any]]:
    """The models of a list, where the answer holds one."""
    found = answer.body.get(key) if answer.status == 200 and isinstance(answer.body, dict) else None
    for row in (found if isinstance(found, list) else [])[:1000]:
        if isinstance(row, dict):
            yield row


def _place(name: str, where: str, answer: Answer, offers: list[Offer], key: str) -> Found:
    lists = isinstance(answer.body, dict) and isinstance(answer.body.get(key), list)
    match answer.status:
        case 0:
            state = State.ABSENT
        case -1:
            state = State.SILENT
        case 401 | 403:
            state = State.REFUSED
        case 200 if lists:
            state = State.THERE
        case _:
            state = State.STRANGE
    kept = {(offer.model, offer.base): replace(offer, main=len(offers) <= SHOWN) for offer in offers}
    return Place(name, where, state, len(kept)), tuple(kept.values())


def _ollama_window(answer: Answer | None) -> tuple[int | None, int | None]:
    """How much the model could take, and what its own parameters set."""
    if answer is None or not isinstance(answer.body, dict):
        return None, None
    info, parameters = answer.body.get("model_info"), answer.body.get("parameters")
    most = None
    if isinstance(info, dict):
        most = next((count(value) for name, value in info.items() if str(name).endswith(".context_length")), None)
    lines = parameters.split("\n") if isinstance(parameters, str) else []
    set_to = [words[1] for words in map(str.split, lines) if len(words) == 2 and words[0] == "num_ctx"]
    return most, count(int(set_to[-1])) if set_to and set_to[-1].isascii() and set_to[-1].isdigit() else None


def _trained(row: Mapping[str, Any]) -> int | None:
    meta = row.get("meta")
    return count(meta.get("n_ctx_train")) if isinstance(meta, dict) else None
