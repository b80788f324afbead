"""Outside: what connects to a forwarded port in the sandbox reaches the same port of this computer, nothing else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress

_CHUNK = 64 * 1024


class Forwards:
    """The relays of one sandbox; ``theirs`` is the socket that goes in as ``BEAI_PORTS``."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = tuple(ports)
        self._ours, self.theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._servers: list[asyncio.Server] = []
        self._work = asyncio.create_task(self._serve(), name="forwards")

    def sent(self) -> None:
        """The child has its end."""
        self.theirs.close()

    def close(self) -> None:
        """Cut every connection."""
        self._work.cancel()
        for server in self._servers:
            server.close()
        self._ours.close()
        self.theirs.close()

    async def _serve(self) -> None:
        for port, listener in zip(self._ports, await self._received(), strict=False):

            async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int = port) -> None:
                await _relay(reader, writer, port)

            self._servers.append(await asyncio.start_server(relay, sock=listener))

    async def _received(self) -> list[socket.socket]:
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._ours, arrived.set)
        try:
            await arrived.wait()
        finally:
            loop.remove_reader(self._ours)
        with suppress(OSError):
            _, descriptors, _, _ = socket.recv_fds(self._ours, 1, len(self._ports))
            return [socket.socket(fileno=descriptor) for descriptor in descriptors]
        return []


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    try:
        there, back = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.transport.abort()  # as if nobody listened
        return
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_copy(reader, back))
            both.create_task(_copy(there, writer))
    except* OSError:
        pass
    finally:
        writer.transport.abort()
        back.transport.abort()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(_CHUNK):
        target.write(chunk)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()
        await target.drain()
