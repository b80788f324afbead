"""What one attempt sends and receives, as the transport below litellm sees it: the facts that failures are told by."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx

from beai.core.suggest.worker.order import Limits
from beai.core.suggest.worker.trouble import Trouble

# How a stream says that it is whole: OpenAI's, Anthropic's, Ollama's and Gemini's. In a text the quotes are escaped.
_END = re.compile(
    rb'\[DONE\]|"type":\s*"(?:message_stop|response\.completed)"|"done":\s*true|"(?:finish_reason|finishReason)":\s*"'
)
_FINISH = re.compile(rb'"(?:finish_reason|finishReason|stop_reason|done_reason)":\s*"([^"\\]{1,60})"')
_USAGE = re.compile(rb'"(?:prompt_tokens|input_tokens|prompt_eval_count|promptTokenCount)":\s*[1-9]')


@dataclass(slots=True)
class Traffic:
    """One attempt. Times are of ``time.monotonic``, 0 where it has not happened; ``heard`` is of whole lines only."""

    limits: Limits
    origin: str = ""  # scheme://host:port that alone may be asked; "" where the provider's is not known
    guard: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    local_only: bool = False
    began: Callable[[], None] = lambda: None
    asked: float = 0.0
    sent: float = 0.0
    heard: float = 0.0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    finish: str = ""
    ended: bool = False
    counted: bool = False
    trouble: Trouble | None = None
    responses: list[httpx.Response] = field(default_factory=list, repr=False)

    @property
    def streams(self) -> bool:
        """Whether the provider answers line by line."""
        kind = self.headers.get("content-type", "")
        return any(word in kind for word in ("event-stream", "ndjson", "x-json-stream"))

    def failed(self, kind: str, message: str = "") -> Trouble:
        """The trouble that ended this attempt, kept for whoever asks later."""
        self.trouble = self.trouble or Trouble(kind, message)
        return self.trouble

    async def close(self) -> None:
        """Leave no connection open."""
        for response in self.responses:
            with suppress(Exception):
                await response.stream.aclose()  # type: ignore[union-attr]

    def line(self, line: bytes) -> None:
        """Take one whole line of the body."""
        self.heard = time.monotonic()
        if _END.search(line):
            self.ended = True
        if _USAGE.search(line):
            self.counted = True
        if found := _FINISH.search(line):
            self.finish = found[1].decode(errors="replace")

    def is_on_its_way(self) -> None:
        """The connection stands and the request is written."""
        if not self.sent:
            self.sent = time.monotonic()
            self.began()


CURRENT: ContextVar[Traffic | None] = ContextVar("traffic", default=None)
