"""A server of bytes on loopback: each connection gets the next of its answers, as it is, and is then waited for."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

STREAM = "Content-Type: text/event-stream"


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    """One response; without a length among its ``headers`` it ends with the connection."""
    return "\r\n".join((f"HTTP/1.1 {status} X", *headers, "", "")).encode() + body


@dataclass(slots=True)
class Plain:
    """The running server: the ``heads`` that it was asked with and when, ``left`` once somebody hung up on it.

    The last answer is given for ever after. A connection is closed after its answer where ``closes``, else held open.
    ``answered`` can be acquired once for each answer.
    """

    answers: Sequence[bytes]
    closes: bool
    port: int = 0
    heads: list[str] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    answered: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await reader.readexactly(int(head.lower().partition("content-length:")[2].split("\r\n")[0] or 0))
            said = self.answers[min(len(self.heads), len(self.answers) - 1)]
            self.heads.append(head)
            self.at.append(asyncio.get_running_loop().time())
            writer.write(said)
            await writer.drain()
            self.answered.release()
            if not self.closes:
                await reader.read()
                self.left.set()
        writer.close()


@asynccontextmanager
async def plain(*answers: bytes, closes: bool = True, tls: ssl.SSLContext | None = None) -> AsyncIterator[Plain]:
    """Serve ``answers`` on a free port of 127.0.0.1 until the block ends."""
    running = Plain(answers, closes)
    server = await asyncio.start_server(running.serve, "127.0.0.1", 0, ssl=tls)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
