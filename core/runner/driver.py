"""A driver process speaks JSON lines on a descriptor of its own, and ends with every process it started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from beai.core.runner.keeping import Keeper
from beai.core.runner.lines import LINE_LIMIT
from beai.core.sandbox import Confined, Enclosure
from beai.core.sandbox.forwards import Forwards
from beai.core.sandbox.limits import Limits

_TAIL = 64 * 1024  # bytes kept of what the driver and the tests print
_QUIT = 4.0  # seconds a driver gets to take down what the repository's global setup built
_CHUNK = 256 * 1024
_TOO_LONG = f"The test runner told more at once than {LINE_LIMIT // 2**20} MiB, which may hide a failure; it was ended."
_UNSET = (  # the repository's tests behave as at a person's keyboard, whatever started us
    "CI", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS", "GITLAB_CI", "UPDATE_SNAPSHOT", "FORCE_COLOR", "FORCE_TTY",
    "VITEST", "VITEST_MODE", "VITEST_POOL_ID", "VITEST_WORKER_ID", "TEST", "NODE_CHANNEL_FD", "BEAI_FD", "BEAI_LIFE",
)  # fmt: skip


class DriverProcess:
    """One running driver. Leads a process group of its own, so that nothing it starts outlives ``close()``."""

    def __init__(
        self,
        process: Process,
        reader: asyncio.StreamReader,
        transport: asyncio.BaseTransport,
        life: int,
        limits: Limits,
        forwards: Forwards | None,
    ) -> None:
        self._process = process
        self._forwards = forwards
        self.keeper = Keeper(process.pid, limits, self.kill)
        self._life = life  # closes when we die, however we die: the driver's guard waits for that
        self._reader = reader
        self._transport = transport
        self._tail = bytearray()
        self._drain = asyncio.create_task(self._collect())

    @property
    def pid(self) -> int:
        """The driver's process id, which is also its group's."""
        return self._process.pid

    def send(self, request: Mapping[str, object]) -> None:
        """Write one request; a driver that has gone shows as the end of ``lines()``."""
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(request).encode() + b"\n")

    async def lines(self) -> AsyncIterator[bytes]:
        """Each line the driver writes; one longer than ``LINE_LIMIT`` ends it: what it told is not known."""
        rest = bytearray()
        while chunk := await self._reader.read(_CHUNK):
            self.keeper.printed(len(chunk))
            *whole, last = chunk.split(b"\n")
            for part in whole:
                if len(rest) + len(part) > LINE_LIMIT:
                    self.keeper.refuse(_TOO_LONG)
                    return
                yield bytes(rest + part)
                rest.clear()
            rest += last
            if len(rest) > LINE_LIMIT:
                self.keeper.refuse(_TOO_LONG)
                return

    def printed(self) -> str:
        """The end of what the driver and the tests printed since ``forget()``."""
        return self._tail.decode(errors="replace")

    def forget(self) -> None:
        """Start ``printed()`` anew."""
        self._tail.clear()

    async def close(self) -> None:
        """Ask the driver to end, then end its whole process group; safe to call twice and after a crash."""
        self.send({"do": "quit"})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _QUIT)
        self.kill()
        await self.gone()

    def kill(self) -> None:
        """End the process group at once, and in a sandbox with it whatever left the group."""
        self.keeper.close()
        if self._forwards is not None:
            self._forwards.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._transport.close()
        if self._life >= 0:
            os.close(self._life)
            self._life = -1

    async def gone(self) -> None:
        """Wait for the end of a driver that was killed, or ends by itself."""
        await self._process.wait()
        await asyncio.gather(self._drain, return_exceptions=True)

    async def _collect(self) -> None:
        if self._process.stdout is None:
            return
        while chunk := await self._process.stdout.read(_CHUNK):
            self.keeper.printed(len(chunk))
            self._tail += chunk
            del self._tail[:-_TAIL]


async def start_driver(argv: Sequence[str], root: Path, env: Mapping[str, str], enclosure: Enclosure) -> DriverProcess:
    """Start ``argv`` in ``root``, inside ``enclosure``.

    Events come on the descriptor in ``BEAI_FD``, the one in ``BEAI_LIFE`` ends with us.

    Raises OSError where the program cannot be started.
    """
    ours, theirs = os.pipe()
    guarded, life = os.pipe()
    forwards = None
    try:
        told = {**quiet_environment(env), "BEAI_FD": str(theirs), "BEAI_LIFE": str(guarded)}
        confined = await asyncio.to_thread(enclosure.confine, argv, root, told)
        forwards = Forwards(confined.ports) if confined.ports else None
        process = await _spawn(confined, root, forwards, (theirs, guarded))
    except BaseException:
        os.close(ours)
        os.close(life)
        if forwards is not None:
            forwards.close()
        raise
    finally:
        os.close(theirs)
        os.close(guarded)
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    pipe = os.fdopen(ours, "rb", 0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    return DriverProcess(process, reader, transport, life, confined.limits, forwards)


async def _spawn(confined: Confined, root: Path, forwards: Forwards | None, passed: tuple[int, ...]) -> Process:
    ports = {} if forwards is None else {"BEAI_PORTS": str(forwards.theirs.fileno())}
    process = await asyncio.create_subprocess_exec(
        *confined.argv,
        cwd=root,
        env={**confined.env, **ports},
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        pass_fds=(*passed, *map(int, ports.values())),
        start_new_session=True,
    )
    if forwards is not None:
        forwards.sent()
    return process


def quiet_environment(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` for tests: no colours, no sign of a build server, ``NODE_ENV=test``."""
    kept = {name: value for name, value in env.items() if name not in _UNSET}
    return {**kept, "NODE_ENV": "test", "NO_COLOR": "1"}
