"""One attempt at one reply through litellm: what is sent, and what streams back until it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from beai.core.suggest.worker.order import Order
from beai.core.suggest.worker.pace import Pace
from beai.core.suggest.worker.providers import Provider
from beai.core.suggest.worker.trouble import Trouble
from beai.core.suggest.worker.wire import Stream

_RESOLD = frozenset({"bedrock", "vertex_ai", "openrouter"})  # whose Claude takes the same marks
_MILLION = 1_000_000_000.0  # seconds: our own deadlines are the shorter ones


@dataclass(slots=True)
class Heard:
    """What came so far: ``text`` and ``thought`` in characters, ``tools`` whether it wanted to call one."""

    text: int = 0
    thought: int = 0
    tools: bool = False
    finish: str = ""
    usage: Any = None


async def ask(
    litellm: Any, order: Order, provider: Provider, given: Mapping[str, str], stream: Stream, pace: Pace, heard: Heard
) -> None:
    """Stream one completion into ``heard`` and ``stream``; retries of litellm and of its clients are off.

    ``given`` is the key, or what the request is signed with, as litellm calls them.
    """
    optional: dict[str, Any] = dict(given)
    for name, value in (("temperature", order.temperature), ("max_tokens", order.max_tokens)):
        if value is not None:
            optional[name] = value
    if provider.base:
        optional["api_base"] = provider.base
        optional.setdefault("api_key", "none")
    marked = keeps_marks(provider)
    response = await litellm.acompletion(
        model=provider.model,
        messages=[_marked(message, marked) for message in order.messages],
        stream=True,
        stream_options={"include_usage": True},
        max_retries=0,
        num_retries=0,
        timeout=_MILLION,
        **optional,
    )
    async for chunk in response:
        heard.usage = getattr(chunk, "usage", None) or heard.usage
        for choice in chunk.choices or ():
            _take(choice, order, stream, pace, heard)


def _take(choice: Any, order: Order, stream: Stream, pace: Pace, heard: Heard) -> None:
    delta = choice.delta
    heard.finish = choice.finish_reason or heard.finish
    text, thought = (getattr(delta, name, None) or "" for name in ("content", "reasoning_content"))
    heard.tools = heard.tools or bool(getattr(delta, "tool_calls", None) or getattr(delta, "function_call", None))
    if text or thought:
        pace.took(len(text) + len(thought))
        stream.alive(len(thought))
    heard.thought += len(thought)
    heard.text += len(text)
    if heard.text > order.limits.text:
        raise Trouble("long", f"{order.limits.text}")
    if text:
        stream.add(text)


def keeps_marks(provider: Provider) -> bool:
    """Whether the provider's cache wants marks: Claude's, wherever it runs (litellm docs, "Prompt Caching")."""
    return provider.name == "anthropic" or (provider.name in _RESOLD and "claude" in provider.model.lower())


def _marked(message: Mapping[str, Any], keeps: bool) -> dict[str, Any]:
    """The message for litellm; with marks its text is cut into blocks, each of which a cache may end after."""
    text, marks = message["content"], [mark for mark in message.get("marks", ()) if 0 < mark <= len(message["content"])]
    if not keeps or not marks:
        return {"role": message["role"], "content": text}
    cuts = (0, *marks)
    blocks: list[dict[str, Any]] = [
        {"type": "text", "text": text[start:end], "cache_control": {"type": "ephemeral"}}
        for start, end in pairwise(cuts)
        if text[start:end]
    ]
    if rest := text[cuts[-1] :]:
        blocks.append({"type": "text", "text": rest})
    return {"role": message["role"], "content": blocks}
