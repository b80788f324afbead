"""A model in a GGUF file, asked in this process: it is loaded at its first request, and kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from beai.core.suggest.gguf_file import Unreadable, read_head
from beai.core.suggest.worker.gguf.computer import free_memory
from beai.core.suggest.worker.gguf.loading import Loaded, loaded, path_of, room
from beai.core.suggest.worker.order import Order
from beai.core.suggest.worker.retrying import Failed

__all__ = ["complete", "window"]


class Out(Protocol):
    """The way out of one order; ``wire.Stream``."""

    def began(self) -> None:
        """The request is on its way."""

    def add(self, text: str) -> None:
        """A piece of the reply."""

    def alive(self, thought: int) -> None:
        """The model works, and has thought so many characters more."""

    def note(self, words: str) -> None:
        """One sentence for the person."""


@dataclass(slots=True)
class Heard:
    """What came of one request."""

    thought: int = 0
    finish: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    first: float = 0.0
    noted: float = field(default_factory=time.monotonic)


async def complete(order: Order, out: Out) -> dict[str, Any]:
    """Stream one completion; returns how it finished. Raises ``Failed``."""
    model = await loaded(order.model, order.window, out)
    out.began()
    begun = time.monotonic()
    heard = await _asked(model, order, order.messages, out)
    if heard.error is not None and "system role" in str(heard.error.get("message", "")).lower():
        heard = await _asked(model, order, _merged(order.messages), out)
    if heard.error is not None:
        kind = "context" if "exceed_context" in str(heard.error.get("type")) else "other"
        raise Failed(kind, str(heard.error.get("message", heard.error))[:2000], billed=False)
    details = heard.usage.get("prompt_tokens_details") or {}
    return {
        "finish": heard.finish,
        "thought": bool(heard.thought),
        "tokens_in": int(heard.usage.get("prompt_tokens") or 0),
        "tokens_out": int(heard.usage.get("completion_tokens") or 0),
        "cached": int(details.get("cached_tokens") or 0),
        "cost": 0.0,
        "first": round(heard.first - begun, 3) if heard.first else 0.0,
        "seconds": round(time.monotonic() - begun, 3),
    }


def window(model: str, setting: int | None = None) -> dict[str, Any]:
    """The tokens that the model takes here: as set, at most what the file says and memory has room for.

    None where the file cannot be read: the request itself then meets the same trouble, and tells it.
    """
    try:
        found = room(read_head(path_of(model)), setting, free_memory())
    except (Unreadable, Failed):
        found = None
    return {"in": found, "out": None}


async def _asked(model: Loaded, order: Order, messages: Sequence[Mapping[str, Any]], out: Out) -> Heard:
    """One request, read and answered; llama.cpp calls back from a thread of its own."""
    heard, loop = Heard(), asyncio.get_running_loop()
    set_ = {"temperature": order.temperature, "max_tokens": order.max_tokens}
    body: dict[str, Any] = {
        "messages": [{"role": one["role"], "content": one["content"]} for one in messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
        "cache_prompt": True,
        **{name: value for name, value in set_.items() if value is not None},
    }

    def heed(chunk: Any) -> bool:
        loop.call_soon_threadsafe(_heed, heard, out, chunk)
        return False

    await asyncio.to_thread(model.server.handle_chat_completions, body, heed)
    return heard


def _heed(heard: Heard, out: Out, chunk: Any) -> None:
    """One piece of a reply, of its reading, or of its end (llama.cpp's server, "POST /v1/chat/completions")."""
    if not isinstance(chunk, Mapping):
        return
    if chunk.get("error") is not None or "code" in chunk:
        error = chunk.get("error", chunk)
        heard.error = error if isinstance(error, Mapping) else {"message": str(error)}
    thought = heard.thought
    if isinstance(progress := chunk.get("prompt_progress"), Mapping):
        _reads(heard, out, progress)
    heard.usage = chunk.get("usage") or heard.usage
    for choice in chunk.get("choices") or ():
        heard.finish = choice.get("finish_reason") or heard.finish
        delta = choice.get("delta") or {}
        heard.thought += len(delta.get("reasoning_content") or "")
        if text := delta.get("content"):
            heard.first = heard.first or time.monotonic()
            out.add(text)
    out.alive(heard.thought - thought)


def _reads(heard: Heard, out: Out, progress: Mapping[str, Any]) -> None:
    """Tell how far a long request is read, at most once a second."""
    total, done, now = int(progress.get("total") or 0), int(progress.get("processed") or 0), time.monotonic()
    if done < total and now - heard.noted >= 1.0:
        heard.noted = now
        out.note(f"reads the request: {done:,} of {total:,} tokens")


def _merged(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The messages for a template without a system role: what it says begins the first one of the user."""
    system = "\n\n".join(str(one["content"]) for one in messages if one["role"] == "system")
    rest = [one for one in messages if one["role"] != "system"]
    said = str(rest[0]["content"]) if rest else ""
    return [{"role": "user", "content": f"{system}\n\n{said}".strip()}, *rest[1:]]
