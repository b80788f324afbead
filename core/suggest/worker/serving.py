"""One line of the parent's, answered: whatever goes wrong is one ``fault`` without any key in it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from typing import Any

from beai.core.suggest.worker import cost
from beai.core.suggest.worker.classify import kind_of, missing
from beai.core.suggest.worker.keys import key_of, renewed, sealed, signature, without_keys
from beai.core.suggest.worker.order import Limits, Order
from beai.core.suggest.worker.providers import Provider, provider_of
from beai.core.suggest.worker.retrying import Failed, answered
from beai.core.suggest.worker.traffic import Traffic
from beai.core.suggest.worker.wire import Stream, Wire

LOCAL = "gguf:"


async def serve(litellm: Any, wire: Wire, line: Mapping[str, Any], person: Mapping[str, str]) -> None:
    """Do what ``line`` says; ``person`` is the environment as the person has it."""
    match line.get("do"):
        case "window":
            wire.send({"event": "window", "id": line["id"], **await _known(litellm, line)})
        case "complete":
            await _complete(litellm, wire, Order.of(line), person)


async def _complete(litellm: Any, wire: Wire, order: Order, person: Mapping[str, str]) -> None:
    stream = Stream(wire, order.id)
    key = ""
    try:
        if order.model.startswith(LOCAL):
            done = await _gguf().complete(order, stream)
        else:
            provider = provider_of(litellm, order)
            key = sealed(await key_of(order, provider, person), provider.origin)
            try:
                done = await answered(litellm, order, provider, _given(provider, key, person), stream)
            except Failed as refused:
                fresh = await renewed(order, provider, person, key) if refused.kind == "auth" else key
                if fresh == key:
                    raise
                key = sealed(fresh, provider.origin)
                done = await answered(litellm, order, provider, _given(provider, key, person), stream)
    except Exception as error:  # noqa: BLE001  each failure is told as one fault
        stream.flush()
        failed = error if isinstance(error, Failed) else _before(litellm, error)
        told = {"kind": failed.kind, "message": without_keys(failed.message, person, key), "billed": failed.billed}
        wire.send({"event": "fault", "id": order.id, "seconds": failed.seconds, "first": failed.first, **told})
        return
    stream.flush()
    wire.send({"event": "done", "id": order.id, **done})


def _given(provider: Provider, key: str, person: Mapping[str, str]) -> Mapping[str, str]:
    """The key, or what a request is signed with, as litellm calls them."""
    return {"api_key": key} if key else signature(provider, person)


async def _known(litellm: Any, line: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is known of a model without asking it: by litellm's table, or by its file and this computer.

    Where that fails, nothing is: the request itself meets the same trouble, and tells it.
    """
    model = str(line["model"])
    try:
        if model.startswith(LOCAL):
            return dict(await asyncio.to_thread(_gguf().window, model, line.get("setting")))
        return cost.known(litellm, model) if litellm else {}
    except Exception:  # noqa: BLE001  an order without an answer would be waited for
        return {}


def _gguf() -> Any:
    """The part that runs GGUF files, imported by who has one."""
    return importlib.import_module("beai.core.suggest.worker.gguf")


def _before(litellm: Any, error: Exception) -> Failed:
    """A failure before anything was sent."""
    if litellm is None:
        return Failed("other", f"{type(error).__name__}: {error}", False)
    kind = kind_of(litellm, error, Traffic(Limits()))
    return Failed(kind, missing(error) if kind == "package" else str(error), False)
