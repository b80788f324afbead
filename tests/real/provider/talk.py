"""One request that a provider has read, and the pen to answer it with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.real.provider.dialect import OpenAI


@dataclass(frozen=True, slots=True)
class Talk:
    """A request's ``path``, ``head`` and ``body``, the protocol it is in, and the connection."""

    path: str
    head: str
    body: dict[str, Any]
    dialect: OpenAI
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def nonce(self) -> str:
        """The word that the last message asks to be closed with."""
        said = self.body["messages"][-1]["content"]
        asked = said if isinstance(said, str) else "".join(block.get("text", "") for block in said)
        return asked.rpartition("### end ")[2].split(" ")[0] if "### end " in asked else ""

    async def write(self, *pieces: bytes) -> None:
        """Send bytes as they are."""
        for piece in pieces:
            self.writer.write(piece)
        await self.writer.drain()

    async def begin(self, status: int = 200, kind: str = "", *more: str) -> None:
        """Send a head; without a length, the body ends with the connection."""
        lines = (f"HTTP/1.1 {status} X", f"Content-Type: {kind or self.dialect.kind}", "Connection: close", *more)
        await self.write("\r\n".join((*lines, "", "")).encode())

    async def stream(self, pieces: Iterable[bytes], *, end: bool = True) -> None:
        """Send a head, the pieces, and the mark of a whole stream."""
        await self.begin()
        await self.write(self.dialect.begin())
        for piece in pieces:
            await self.write(piece)
        if end:
            await self.write(self.dialect.done)

    async def refuse(self, status: int, message: str, code: str = "", *more: str) -> None:
        """Answer with an error."""
        await self.begin(status, "application/json", *more)
        await self.write(json.dumps(self.dialect.error(message, code)).encode())

    async def until_hung_up(self) -> None:
        """Wait for the other side to leave."""
        await self.reader.read()
