"""JSON-RPC 2.0 over a process's standard streams, framed by ``Content-Length``, as language servers speak it.

Sources: JSON-RPC 2.0 specification; Language Server Protocol 3.17, "Base Protocol". The process leads a group of its
own, runs at low priority, and ends when its standard input does, so also when we are killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from beai.core.sandbox import Enclosure

_MESSAGE = 64 * 1024 * 1024  # bytes of one message
_HEADERS = 16  # lines before a message
_TAIL = 8 * 1024  # bytes kept of what the process says on its error stream
_QUIT = 2.0  # seconds a server gets to end by itself
_STREAM = 1024 * 1024


class Gone(Exception):
    """The server ended, or answered with an error; stays inside this package."""


class Server:
    """One language server process; ``ended`` is called when it has gone. What it tells unasked is not heard."""

    def __init__(self, process: Process, ended: Callable[[], None]) -> None:
        self._process = process
        self._ended = ended
        self._last = 0
        self._gone = False
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tail = bytearray()
        self._reading = asyncio.create_task(self._read())
        self._draining = asyncio.create_task(self._drain())

    @property
    def pid(self) -> int:
        """The process, which is also its group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        return not self._gone

    @property
    def said(self) -> str:
        """The end of what it wrote to its error stream."""
        return self._tail.decode(errors="replace")

    def notify(self, method: str, params: object) -> None:
        """Send a notification; a server that has gone shows in the next request."""
        self._send({"method": method, "params": params})

    async def request(self, method: str, params: object) -> Any:
        """The result of a request. Raises Gone where the server has ended, or answers with an error."""
        if self._gone:
            raise Gone("it ended unasked")
        self._last += 1
        number = self._last
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End it and everything it started; safe to call twice and after a crash."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _QUIT)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        await asyncio.gather(self._reading, self._draining, return_exceptions=True)

    def _send(self, message: Mapping[str, object]) -> None:
        stdin = self._process.stdin
        if stdin is not None and not stdin.is_closing():
            body = json.dumps({"jsonrpc": "2.0", **message}).encode()
            stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def _read(self) -> None:
        try:
            while (message := await self._message()) is not None:
                self._take(message)
        except (ValueError, RecursionError, asyncio.IncompleteReadError, ConnectionError):
            pass  # what does not keep to the protocol is as good as gone
        finally:
            self._gone = True
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(Gone("it ended unasked"))
            self._ended()

    async def _message(self) -> dict[str, Any] | None:
        """The next message; None at the end. Raises ValueError for anything else."""
        stream, length = self._process.stdout, -1
        if stream is None:
            return None
        for _ in range(_HEADERS):
            line = await stream.readline()
            if not line:
                return None
            if not line.strip():
                break
            name, _, value = line.partition(b":")
            length = int(value) if name.strip().lower() == b"content-length" else length
        if not 0 <= length <= _MESSAGE:
            raise ValueError("no usable length")
        message = json.loads(await stream.readexactly(length))
        if not isinstance(message, dict):
            raise ValueError("no object")
        return message

    def _take(self, message: dict[str, Any]) -> None:
        number, method = message.get("id"), message.get("method")
        if isinstance(method, str):
            if number is not None:  # of what it may ask, we have nothing to tell
                self._send({"id": number, "result": _nothing(method, message.get("params"))})
            return
        answer = self._waiting.get(number) if isinstance(number, int) else None
        if answer is None or answer.done():
            return
        error = message.get("error")
        if isinstance(error, dict):
            answer.set_exception(Gone(str(error.get("message"))))
        else:
            answer.set_result(message.get("result"))

    async def _drain(self) -> None:
        while self._process.stderr is not None and (chunk := await self._process.stderr.read(4096)):
            self._tail += chunk
            del self._tail[:-_TAIL]


async def start_server(
    argv: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    enclosure: Enclosure,
    ended: Callable[[], None],
) -> Server:
    """Start a server in ``folder``. Raises OSError where it cannot be started."""
    confined = enclosure.confine(argv, folder, env)
    process = await asyncio.create_subprocess_exec(
        *gently(env),
        *confined.argv,
        cwd=folder,
        env=dict(confined.env),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=_STREAM,
        start_new_session=True,
    )
    return Server(process, ended)


def _nothing(method: str, params: object) -> list[None] | None:
    """Our settings, when it asks for several: none of each."""
    items = params.get("items") if isinstance(params, dict) else None
    return [None] * len(items) if method == "workspace/configuration" and isinstance(items, list) else None


def gently(env: Mapping[str, str]) -> tuple[str, ...]:
    """The words before a command that let everything else go first."""
    nice = shutil.which("nice", path=env.get("PATH"))
    return (nice, "-n", "10") if nice else ()
