"""A provider on loopback that speaks OpenAI's streaming chat completions, and every way one goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Trouble(Enum):
    """What a provider does instead of answering."""

    HANG = "accepts the request and stays silent"
    SILENT_MIDWAY = "streams one piece and stays silent"
    EMPTY = "ends the stream without a word"
    HTML = "answers 200 with a web page"
    HTML_STREAM = "streams a web page as if it were the reply"
    CUT_OFF = "stops at the output limit"
    FILTERED = "stops at its content filter"
    ERROR_500 = "answers 500"
    UNAUTHORIZED = "answers 401 and repeats the key"
    UNKNOWN_MODEL = "answers 404"
    RATE_LIMITED = "answers 429"
    TOO_LONG = "answers 400 about the context length"
    RESET = "breaks the connection midway"
    HANG_UP = "ends the connection midway as if that were all"
    WRONG_JSON = "streams what is no JSON"
    FLOOD = "streams without end"


@dataclass(frozen=True, slots=True)
class Say:
    """A whole reply in ``pieces``; ``{nonce}`` becomes the request's own.

    A piece is sent when ``gate`` lets it pass, or else after ``pause`` seconds.
    """

    text: str
    pieces: int = 8
    pause: float = 0.0
    tokens: tuple[int, int] = (120, 40)
    gate: asyncio.Semaphore | None = None


@dataclass(slots=True)
class Provider:
    """The running server: ``script`` is what it does, request by request, the last entry for ever after."""

    script: Sequence[Say | Trouble]
    base: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    def play(self, *script: Say | Trouble) -> None:
        """Forget what was asked so far and follow another script."""
        self.script = script
        self.requests.clear()
        self.headers.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = int(head.lower().partition("content-length:")[2].split("\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            turn = self.script[min(len(self.requests), len(self.script) - 1)]
            self.headers.append(head)
            self.requests.append(body)
            self.asked.set()
            await self._act(turn, body, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _act(
        self, turn: Say | Trouble, body: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        match turn:
            case Say():
                await self._say(turn, body, writer)
            case Trouble.HANG:
                await self._until_hung_up(reader)
            case Trouble.SILENT_MIDWAY:
                await _stream(writer, [_delta("I begin")], end=False)
                await self._until_hung_up(reader)
            case Trouble.FLOOD:
                await _stream(writer, (_delta("blah " * 200) for _ in range(1_000_000)), end=False)
            case Trouble.HANG_UP:
                await _stream(writer, [_delta("I begin")], end=False)
            case Trouble.RESET:
                piece = f"data: {json.dumps(_delta('I begin'))}\n\n".encode()
                await _head(writer, 200, "text/event-stream\r\nTransfer-Encoding: chunked")
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                await writer.drain()
                await asyncio.sleep(0.1)  # the piece is read before the connection breaks
                writer.transport.abort()
            case Trouble.WRONG_JSON:
                await _head(writer, 200, "text/event-stream")
                writer.write(b"data: {this is no json\n\n")
                await writer.drain()
            case _:
                await _answer(writer, turn, head=self.headers[-1])

    async def _say(self, turn: Say, body: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        text = turn.text.replace("{nonce}", _nonce(body))
        size = max(1, -(-len(text) // turn.pieces))
        await _head(writer, 200, "text/event-stream")
        for start in range(0, len(text), size):
            await (turn.gate.acquire() if turn.gate else asyncio.sleep(turn.pause))
            await _event(writer, _delta(text[start : start + size]))
        await _event(writer, _chunk({}, finish="stop"))
        into, out = turn.tokens
        usage = {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out}
        await _event(writer, {**_chunk({}), "choices": [], "usage": usage})
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()

    async def _until_hung_up(self, reader: asyncio.StreamReader) -> None:
        await reader.read()
        self.hung_up.set()


@asynccontextmanager
async def provider(*script: Say | Trouble) -> AsyncIterator[Provider]:
    """Serve ``script`` on a free loopback port until the block ends."""
    running = Provider(script)
    server = await asyncio.start_server(running.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    running.base = f"http://127.0.0.1:{port}/v1"
    try:
        yield running
    finally:
        server.close()


def _nonce(body: dict[str, Any]) -> str:
    """The word the last message asks to be closed with."""
    asked = body["messages"][-1]["content"]
    return asked.rpartition("### end ")[2].split(" ")[0] if "### end " in asked else ""


async def _answer(writer: asyncio.StreamWriter, turn: Trouble, head: str) -> None:
    page = "<!DOCTYPE html>\n<html><body>Sign in to the hotel network</body></html>"
    key = head.partition("Bearer ")[2].split("\r\n")[0]
    match turn:
        case Trouble.EMPTY:
            await _stream(writer, [_chunk({}, finish="stop")])
        case Trouble.CUT_OFF:
            await _stream(writer, [_delta("I begin and"), _chunk({}, finish="length")])
        case Trouble.FILTERED:
            await _stream(writer, [_delta("I begin and"), _chunk({}, finish="content_filter")])
        case Trouble.HTML_STREAM:
            await _stream(writer, [_delta(page), _chunk({}, finish="stop")])
        case Trouble.HTML:
            await _head(writer, 200, "text/html")
            writer.write(page.encode())
        case Trouble.ERROR_500:
            await _error(writer, 500, "the server is on fire")
        case Trouble.UNAUTHORIZED:
            await _error(writer, 401, f"Incorrect API key provided: {key}")
        case Trouble.UNKNOWN_MODEL:
            await _error(writer, 404, "The model does not exist", "model_not_found")
        case Trouble.RATE_LIMITED:
            await _error(writer, 429, "Rate limit reached")
        case Trouble.TOO_LONG:
            said = "This model's maximum context length is 10 tokens."
            await _error(writer, 400, said, "context_length_exceeded")
        case _:
            raise AssertionError(turn)
    await writer.drain()


async def _error(writer: asyncio.StreamWriter, status: int, message: str, code: str = "") -> None:
    await _head(writer, status, "application/json")
    writer.write(json.dumps({"error": {"message": message, "type": "error", "code": code or None}}).encode())


async def _stream(writer: asyncio.StreamWriter, events: Any, *, end: bool = True) -> None:
    await _head(writer, 200, "text/event-stream")
    for each in events:
        await _event(writer, each)
    if end:
        writer.write(b"data: [DONE]\n\n")
    await writer.drain()


async def _head(writer: asyncio.StreamWriter, status: int, kind: str) -> None:
    writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()


async def _event(writer: asyncio.StreamWriter, event: dict[str, Any]) -> None:
    writer.write(f"data: {json.dumps(event)}\n\n".encode())
    await writer.drain()


def _delta(text: str) -> dict[str, Any]:
    return _chunk({"role": "assistant", "content": text})


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "loopback", "choices": [choice]}
