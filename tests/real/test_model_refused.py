"""An answer that is refused for its head alone: its connection is closed all the same."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from beai.core.fault import Fault
from beai.core.settings import Settings
from beai.core.suggest.model import ModelSuggester
from tests.real.pair import CAPS, QUICK, SOON, ignore, request

HEADS = {
    "a page without end": b"200 OK\r\nContent-Type: text/html\r\nContent-Length: 500000000\r\n\r\n<html>",
    "a redirect elsewhere": b"307 X\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 100\r\n\r\n",
    "a redirect to what is no address": b"307 X\r\nLocation: http://[/\r\nContent-Length: 100\r\n\r\n",
    "a redirect to nowhere": b"308 X\r\nContent-Length: 100\r\n\r\n",
    "nothing new": b"304 X\r\nContent-Length: 100\r\n\r\n",
    "an encoding that was not asked for": b"200 X\r\nContent-Encoding: br\r\nContent-Length: 100\r\n\r\n",
}


@asynccontextmanager
async def heads(*said: bytes) -> AsyncIterator[tuple[str, asyncio.Queue[bytes]]]:
    """A server that answers with each of these heads in turn, and tells what it was answered until its end."""
    closed: asyncio.Queue[bytes] = asyncio.Queue()
    left = list(said)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 " + left.pop(0))
        await reader.read(-1)
        closed.put_nowait(b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", closed
    finally:
        server.close()


async def test_the_connection_of_a_refused_answer_is_closed() -> None:
    async with heads(*HEADS.values()) as (base, closed):
        suggester = ModelSuggester(
            Settings("loopback", base, steps="whole"), dict(os.environ), None, SOON, QUICK, CAPS, spare=False
        )
        try:
            for name in HEADS:
                assert isinstance(await suggester.suggest(request(), ignore), Fault), name
                await asyncio.wait_for(closed.get(), 5)
        finally:
            await suggester.close()
