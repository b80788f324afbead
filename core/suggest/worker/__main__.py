"""The process that imports litellm, and the only one: JSON lines in, JSON lines out, gone when its input ends.

In: ``{"do": "complete", "id", "model", "messages", "base", "key_env", "temperature", "max_tokens"}``, one at a time;
``{"do": "window", "model"}``. Out: ``ready``, then for each request ``text`` and ``alive`` as it streams, and one
``done`` or ``fault``; ``window`` with the tokens that the model takes ``in`` and gives ``out``, null where unknown.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import pairwise
from typing import Any, NoReturn

# litellm reads these while it is imported: in PRODUCTION it loads no `.env`; price and header tables come from the
# installed package instead of the network.
ENVIRONMENT = {
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
}
LINE_LIMIT = 64 * 1024 * 1024
FLUSH_EVERY = 0.04  # seconds; a screen shows no more
ALIVE_EVERY = 1.0  # seconds
_RESOLD = frozenset({"bedrock", "vertex_ai", "openrouter"})  # whose Claude takes the same marks
_LOOPBACK = "localhost,127.0.0.1,::1"

# litellm's exceptions (its documentation, "Exception Mapping"), the more special before those they derive from.
_FAULTS = (
    ("MidStreamFallbackError", "network"),
    ("AuthenticationError", "auth"),
    ("PermissionDeniedError", "auth"),
    ("NotFoundError", "model"),
    ("RateLimitError", "rate"),
    ("ContextWindowExceededError", "context"),
    ("ContentPolicyViolationError", "filter"),
    ("Timeout", "network"),
    ("BadRequestError", "request"),
    ("UnprocessableEntityError", "request"),
    ("InternalServerError", "server"),
    ("ServiceUnavailableError", "server"),
    ("APIConnectionError", "network"),
)


def main() -> int:
    """Run until standard input ends. Exit code 3: litellm could not be imported."""
    wire = Wire(_guarded_stdout())
    os.environ.update(ENVIRONMENT)
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), _LOOPBACK)))
    begun = time.perf_counter()
    try:
        litellm: Any = importlib.import_module("litellm")
    except Exception as error:  # noqa: BLE001  a broken installation can fail in any way, and is told as one fault
        wire.send({"event": "fault", "id": 0, "kind": "install", "message": f"{type(error).__name__}: {error}"})
        return 3
    litellm.suppress_debug_info = True
    litellm.drop_params = True
    milliseconds = round((time.perf_counter() - begun) * 1000)
    wire.send({"event": "ready", "ms": milliseconds, "version": version("litellm")})
    asyncio.run(_serve(litellm, wire))
    return 0


@dataclass(slots=True)
class Wire:
    """The way out; a parent that is gone ends this process."""

    descriptor: int

    def send(self, event: Mapping[str, Any]) -> None:
        """Write one event as a line."""
        left = memoryview(json.dumps(event).encode() + b"\n")
        try:
            while left:
                left = left[os.write(self.descriptor, left) :]
        except BrokenPipeError:
            _leave()


@dataclass(slots=True)
class Stream:
    """Pieces of text on their way out, sent together when they come faster than anyone reads."""

    wire: Wire
    id: int
    pieces: list[str] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None
    alive_at: float = 0.0

    def add(self, text: str) -> None:
        """Take a piece; it leaves within ``FLUSH_EVERY``."""
        self.pieces.append(text)
        if self.timer is None:
            self.timer = asyncio.get_running_loop().call_later(FLUSH_EVERY, self.flush)

    def alive(self) -> None:
        """Tell that the model works though it says nothing: reasoning models are silent for minutes."""
        now = time.monotonic()
        if now - self.alive_at >= ALIVE_EVERY:
            self.alive_at = now
            self.wire.send({"event": "alive", "id": self.id})

    def flush(self) -> None:
        """Send what is there."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.pieces:
            self.wire.send({"event": "text", "id": self.id, "delta": "".join(self.pieces)})
            self.pieces.clear()


async def _serve(litellm: Any, wire: Wire) -> None:
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        request = json.loads(line)
        if request.get("do") == "window":
            wire.send({"event": "window", **_window(litellm, request["model"])})
        if request.get("do") != "complete":
            continue
        task = asyncio.create_task(_answer(litellm, wire, request))
        running.add(task)
        task.add_done_callback(running.discard)
    _leave()


async def _answer(litellm: Any, wire: Wire, request: dict[str, Any]) -> None:
    stream = Stream(wire, request["id"])
    try:
        done = await _complete(litellm, stream, request)
    except Exception as error:  # noqa: BLE001  providers fail in any way; each failure is told as one fault
        stream.flush()
        message = _without_secrets(str(error), request)
        wire.send({"event": "fault", "id": stream.id, "kind": _kind(litellm, error), "message": message})
        return
    stream.flush()
    wire.send({"event": "done", "id": stream.id, **done})


async def _complete(litellm: Any, stream: Stream, request: dict[str, Any]) -> dict[str, Any]:
    """Stream one completion; returns how it finished. No retries: the caller's deadlines and person decide."""
    model = _model(litellm, request["model"], request["base"])
    optional = {name: request[name] for name in ("temperature", "max_tokens") if request.get(name) is not None}
    response = await litellm.acompletion(
        model=model,
        messages=[_marked(message, _keeps_marked(litellm, model)) for message in request["messages"]],
        stream=True,
        stream_options={"include_usage": True},
        max_retries=0,
        num_retries=0,
        **_access(request),
        **optional,
    )
    finish, usage = "", None
    async for chunk in response:
        stream.alive()
        usage = getattr(chunk, "usage", None) or usage
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            if choice.delta.content:
                stream.add(choice.delta.content)
    into, out = (getattr(usage, name, 0) or 0 for name in ("prompt_tokens", "completion_tokens"))
    return {
        "finish": finish,
        "tokens_in": into,
        "tokens_out": out,
        "cost": _cost(litellm, model, into, out, usage),
        "content_type": _content_type(response),
    }


def _model(litellm: Any, model: str, base: str) -> str:
    """A model at an explicit base speaks OpenAI's protocol unless its name says otherwise."""
    named = any(model.startswith(f"{getattr(provider, 'value', provider)}/") for provider in litellm.provider_list)
    return f"openai/{model}" if base and not named else model


def _window(litellm: Any, model: str) -> dict[str, int | None]:
    """What litellm's table of models says, asked without any network: by the whole name, then without its provider."""
    names = (model, *(model.split("/", at)[-1] for at in range(1, model.count("/") + 1)))
    known: dict[str, Any] = next((found for name in names if (found := litellm.model_cost.get(name))), {})
    into = known.get("max_input_tokens") or known.get("max_tokens")
    return {"in": into, "out": known.get("max_output_tokens")}


def _keeps_marked(litellm: Any, model: str) -> bool:
    """Whether the provider's cache wants marks: Claude's, wherever it runs (litellm docs, "Prompt Caching")."""
    try:
        _, provider, _, _ = litellm.get_llm_provider(model)
    except Exception:  # noqa: BLE001  litellm raises one of many kinds for a name it does not know
        return False
    return provider == "anthropic" or (provider in _RESOLD and "claude" in model.lower())


def _marked(message: dict[str, Any], keeps: bool) -> dict[str, Any]:
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


def _access(request: dict[str, Any]) -> dict[str, str]:
    """Base and key. A key meant for the provider's own address is not sent to another one unless it was named."""
    key = os.environ.get(request["key_env"], "") if request["key_env"] else ""
    if request["base"]:
        return {"api_base": request["base"], "api_key": key or "none"}
    return {"api_key": key} if key else {}


def _cost(litellm: Any, model: str, into: int, out: int, usage: Any) -> float | None:
    """US dollars by litellm's price table, what a cache gave at its price; None where it has no price for the model."""
    try:
        prices = litellm.cost_per_token(model=model, prompt_tokens=into, completion_tokens=out, usage_object=usage)
        return float(sum(prices))
    except Exception:  # noqa: BLE001  the table raises plain Exception for a model it does not know
        return None


def _content_type(response: Any) -> str:
    hidden = getattr(response, "_hidden_params", None) or {}
    return str((hidden.get("additional_headers") or {}).get("llm_provider-content-type", ""))


def _kind(litellm: Any, error: Exception) -> str:
    for name, kind in _FAULTS:
        known = getattr(litellm.exceptions, name, None)
        if known is not None and isinstance(error, known):
            return kind
    return "other"


def _without_secrets(message: str, request: dict[str, Any]) -> str:
    """``message`` without any key of the environment: providers repeat a key they refuse."""
    for name, value in os.environ.items():
        secret = name == request["key_env"] or any(word in name.upper() for word in ("KEY", "TOKEN", "SECRET"))
        if secret and len(value) >= 8:
            message = message.replace(value, "•••")
    return message[:4000]


def _guarded_stdout() -> int:
    """Keep standard output for events: whatever else is printed goes to standard error."""
    descriptor = os.dup(1)
    os.dup2(2, 1)
    return descriptor


def _leave() -> NoReturn:
    """End at once: a request in flight is of no use to anyone any more."""
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
