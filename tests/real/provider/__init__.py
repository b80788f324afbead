"""A provider on loopback that speaks OpenAI's, Anthropic's and Ollama's protocol, and every way one goes wrong."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.real.provider.dialect import listed, spoken_at
from tests.real.provider.talk import Talk
from tests.real.provider.trouble import Trouble, act

__all__ = ["Provider", "Say", "Trouble", "provider"]


@dataclass(frozen=True, slots=True)
class Say:
    """A whole reply in ``pieces``; ``{nonce}`` becomes the request's own.

    A piece is sent when ``gate`` lets it pass, or else after ``pause`` seconds. ``torn`` sends byte by byte, so that
    no character and no frame is whole in what arrives at a time; ``twice`` says each piece again; ``marked`` is
    whether the stream ends with its mark, ``headers`` are more lines of the answer's head.
    """

    text: str
    pieces: int = 8
    pause: float = 0.0
    tokens: tuple[int, int] | None = (120, 40)
    gate: asyncio.Semaphore | None = None
    cached: int = 0
    torn: bool = False
    twice: bool = False
    marked: bool = True
    finish: str | None = "stop"
    headers: tuple[str, ...] = ()


@dataclass(slots=True)
class Provider:
    """The running server: ``script`` is what it does, request by request, the last entry for ever after.

    ``root`` is its address, ``base`` the same as OpenAI's clients want it. Questions about its models are answered
    beside the script. ``hung_up`` is set once a connection was ended by the other side, ``left_at`` then its time.
    """

    script: Sequence[Say | Trouble]
    root: str = ""
    base: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    left_at: float = 0.0

    def play(self, *script: Say | Trouble) -> None:
        """Forget what was asked so far and follow another script."""
        self.script = script
        for heard in (self.requests, self.headers, self.paths, self.bodies):
            heard.clear()
        self.asked.clear()
        self.hung_up.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = int(head.lower().partition("content-length:")[2].split("\r\n")[0] or 0)
            raw = await reader.readexactly(length)
            path = head.split(" ")[1].partition("?")[0]
            body = json.loads(raw) if raw else {}
            talk = Talk(path, head, body, spoken_at(path), reader, writer)
            self.paths.append(path)
            if (found := next(listed(path), None)) is not None:
                await talk.begin(200, "application/json")
                await talk.write(json.dumps(found).encode())
                return
            turn = self.script[min(len(self.requests), len(self.script) - 1)]
            self.headers.append(head)
            self.bodies.append(raw)
            self.requests.append(body)
            self.asked.set()
            await self._act(turn, talk)
        except (ConnectionError, asyncio.IncompleteReadError):
            self._left()
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _act(self, turn: Say | Trouble, talk: Talk) -> None:
        if isinstance(turn, Say):
            await _say(turn, talk)
            return
        await act(turn, talk)
        if talk.reader.at_eof():
            self._left()

    def _left(self) -> None:
        self.left_at = asyncio.get_running_loop().time()
        self.hung_up.set()


@asynccontextmanager
async def provider(*script: Say | Trouble, tls: ssl.SSLContext | None = None) -> AsyncIterator[Provider]:
    """Serve ``script`` on a free loopback port until the block ends."""
    running = Provider(script)
    server = await asyncio.start_server(running.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    running.root = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    running.base = f"{running.root}/v1"
    try:
        yield running
    finally:
        server.close()


async def _say(turn: Say, talk: Talk) -> None:
    text = turn.text.replace("{nonce}", talk.nonce)
    size = max(1, -(-len(text) // turn.pieces))
    dialect = talk.dialect
    await talk.begin(200, "", *turn.headers)
    await talk.write(dialect.begin())
    for start in range(0, len(text), size):
        await (turn.gate.acquire() if turn.gate else asyncio.sleep(turn.pause))
        piece = dialect.piece(text[start : start + size])
        for _ in range(2 if turn.twice else 1):
            await _written(talk, piece, turn.torn)
    await _written(talk, dialect.finish(turn.finish, turn.tokens, turn.cached), turn.torn)
    if turn.marked:
        await talk.write(dialect.done)


async def _written(talk: Talk, piece: bytes, torn: bool) -> None:
    if not torn:
        await talk.write(piece)
        return
    for at in range(0, len(piece), 7):
        await talk.write(piece[at : at + 7])
        await asyncio.sleep(0)
