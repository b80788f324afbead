"""Three protocols of chat, each as the bytes of its pieces and its end: OpenAI's, Anthropic's and Ollama's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class OpenAI:
    """Server-sent events of ``/v1/chat/completions`` (OpenAI API reference, "Streaming")."""

    kind: str = "text/event-stream"
    ping: bytes = b": ping\n\n"
    bad: bytes = b"data: {this is no json\n\n"
    done: bytes = b"data: [DONE]\n\n"

    def begin(self) -> bytes:
        """What comes before the first piece."""
        return b""

    def piece(self, text: str) -> bytes:
        """A piece of the reply."""
        return self.chunk({"role": "assistant", "content": text})

    def thought(self, text: str) -> bytes:
        """A piece of what the model thinks."""
        return self.chunk({"role": "assistant", "content": None, "reasoning_content": text})

    def tool(self) -> bytes:
        """A call of a tool that nobody offered."""
        call = {"index": 0, "id": "t1", "type": "function", "function": {"name": "edit", "arguments": "{}"}}
        return self.chunk({"role": "assistant", "content": None, "tool_calls": [call]})

    def finish(self, reason: str | None, tokens: tuple[int, int] | None, cached: int = 0) -> bytes:
        """The reason for the end, and the counts where the provider tells them."""
        last = self.chunk({}, reason) if reason else b""
        return last + (_event({**_chunk({}), "choices": [], "usage": _usage(tokens, cached)}) if tokens else b"")

    def chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        """One event."""
        return _event(_chunk(delta, finish))

    def error(self, message: str, code: str = "") -> dict[str, Any]:
        """The body that comes with an error."""
        return {"error": {"message": message, "type": "error", "code": code or None}}


@dataclass(frozen=True, slots=True)
class Anthropic(OpenAI):
    """Server-sent events of ``/v1/messages`` (Anthropic docs, "Streaming messages")."""

    ping: bytes = b'event: ping\ndata: {"type": "ping"}\n\n'
    done: bytes = b'event: message_stop\ndata: {"type": "message_stop"}\n\n'

    def begin(self) -> bytes:
        """The message with its counts of what was sent, and the begin of its one block."""
        usage = {"input_tokens": 1180, "cache_read_input_tokens": 20, "cache_creation_input_tokens": 0}
        message = {"id": "m1", "type": "message", "role": "assistant", "content": [], "model": "claude", "usage": usage}
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        return _named({"type": "message_start", "message": message}) + _named(block)

    def piece(self, text: str) -> bytes:
        """A piece of the reply."""
        delta = {"type": "text_delta", "text": text}
        return _named({"type": "content_block_delta", "index": 0, "delta": delta})

    def finish(self, reason: str | None, tokens: tuple[int, int] | None, cached: int = 0) -> bytes:
        """The end of the block and of the message."""
        why = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}.get(reason or "", reason)
        last = {
            "type": "message_delta",
            "delta": {"stop_reason": why},
            "usage": {"output_tokens": (tokens or (0, 0))[1]},
        }
        return _named({"type": "content_block_stop", "index": 0}) + _named(last)

    def error(self, message: str, code: str = "") -> dict[str, Any]:
        """The body that comes with an error."""
        return {"type": "error", "error": {"type": code or "api_error", "message": message}}


@dataclass(frozen=True, slots=True)
class Ollama(OpenAI):
    """Lines of JSON of ``/api/chat`` (Ollama docs, "API")."""

    kind: str = "application/x-ndjson"
    ping: bytes = b"\n"
    bad: bytes = b"{this is no json\n"
    done: bytes = b""

    def piece(self, text: str) -> bytes:
        """A piece of the reply."""
        return _line({"message": {"role": "assistant", "content": text}, "done": False})

    def finish(self, reason: str | None, tokens: tuple[int, int] | None, cached: int = 0) -> bytes:
        """The last line."""
        into, out = tokens or (0, 0)
        counts = {"prompt_eval_count": into, "eval_count": out}
        end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason or "stop"}
        return _line({**end, **counts})

    def error(self, message: str, code: str = "") -> dict[str, Any]:
        """The body that comes with an error."""
        return {"error": message}


def spoken_at(path: str) -> OpenAI:
    """The protocol that is spoken at ``path``."""
    if path.endswith("/messages"):
        return Anthropic()
    return Ollama() if path.startswith("/api/") else OpenAI()


def listed(path: str) -> Iterator[dict[str, Any]]:
    """What a server says of its models, where ``path`` asks for that."""
    if path == "/api/tags":
        details = {"family": "qwen2", "parameter_size": "7.6B", "quantization_level": "Q4_K_M"}
        yield {
            "models": [
                {"name": "qwen2.5-coder:7b", "model": "qwen2.5-coder:7b", "size": 4_683_087_332, "details": details}
            ]
        }
    if path == "/api/show":
        info = {"general.architecture": "qwen2", "qwen2.context_length": 32_768}
        yield {"details": {"family": "qwen2"}, "model_info": info, "capabilities": ["completion"]}
    if path in ("/v1/models", "/models"):
        yield {"object": "list", "data": [{"id": "loopback", "object": "model", "owned_by": "nobody"}]}
    if path == "/model/info":
        prices = {"max_input_tokens": 32_768, "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}
        yield {
            "data": [{"model_name": "loopback", "litellm_params": {"model": "openai/loopback"}, "model_info": prices}]
        }
    if path == "/api/v0/models":
        yield {"data": [{"id": "loopback", "object": "model", "state": "loaded", "max_context_length": 32_768}]}


def _usage(tokens: tuple[int, int] | None, cached: int) -> dict[str, Any]:
    into, out = tokens or (0, 0)
    numbers = all(isinstance(count, int) for count in (into, out))
    told = {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out if numbers else into}
    return {**told, "prompt_tokens_details": {"cached_tokens": cached}} if cached else told


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "loopback", "choices": [choice]}


def _event(event: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _named(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\n".encode() + _event(event)


def _line(event: dict[str, Any]) -> bytes:
    return (
        json.dumps({"model": "loopback", "created_at": "2025-01-01T00:00:00Z", **event}, ensure_ascii=False).encode()
        + b"\n"
    )
