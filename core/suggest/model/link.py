"""The pipe to the worker process, which has a session and an empty folder of its own and dies with its children."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beai.core.fault import Fault, FaultKind

FOLDER = "beai-model-"
WORKER = "beai.core.suggest.worker"
LINE_LIMIT = 16 * 1024 * 1024
STDERR_KEPT = 8_000
LETTING_GO = 0.03  # seconds that a worker has to close its connections before it is killed
GRACE = 1.0  # seconds that a worker has to leave when its input ends


@dataclass(slots=True)
class Link:
    """One running worker; ``ready`` once it has said so, and then ``what`` names litellm with its version."""

    process: Process
    folder: str
    errors: asyncio.Task[None]
    printed: bytearray
    ready: bool = False
    what: str = ""
    orders: int = 0

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as is known."""
        return self.process.returncode is None

    async def send(self, message: Mapping[str, Any]) -> bool:
        """Write one line; False where the worker is gone."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            await self.process.stdin.drain()
        except (ConnectionError, OSError):
            return False
        return True

    def number(self) -> int:
        """The ``id`` of another order."""
        self.orders += 1
        return self.orders

    async def receive(self, order: int) -> dict[str, Any]:
        """What comes next for ``order``; ``gone`` where the worker has ended or does not speak our language.

        What answers an earlier order, which nobody waits for any more, is passed over. ``ready`` is for everyone, and
        so is what has the number 0: a worker that cannot work says so once.
        """
        while True:
            event = await self._event()
            match event:
                case {"event": "ready"}:
                    self.ready, self.what = True, f"litellm {event.get('version', '')}".strip()
                    return event
                case {"event": "gone"}:
                    return event
                case {"id": 0}:
                    return event
                case {"id": int(number)} if number == order:
                    return event

    async def _event(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        try:
            event = json.loads(await self.process.stdout.readline())
        except ValueError:
            event = None
        return event if isinstance(event, dict) else {"event": "gone"}

    async def kill(self) -> str:
        """End the worker and everything it started; returns the end of what it printed.

        It is asked to, and closes its connections first, within milliseconds; being killed, it would first free its
        memory. One that is stuck is killed all the same.
        """
        assert self.process.stdin is not None
        if not self.process.stdin.transport.is_closing():
            self.process.stdin.transport.abort()
        with suppress(ProcessLookupError):
            self.process.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(LETTING_GO):
                await self.process.wait()
        if sys.platform == "win32":
            self.process.kill()
        else:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        return await self._reaped()

    async def close(self) -> None:
        """Let the worker leave by itself, and kill it where it does not."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await self.process.wait()
        await self.kill()

    async def _reaped(self) -> str:
        await self.process.wait()
        await asyncio.wait({self.errors}, timeout=GRACE)
        self.errors.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)
        return self.printed.decode(errors="replace")


async def open_link(env: Mapping[str, str], local: bool = False) -> Link | Fault:
    """Start a worker; it imports litellm while the person reads, unless it is ``local``. ``env`` is its environment.

    ``-P`` keeps the working folder off the import path, and that folder is an empty one, so that nothing of the
    repository, such as a ``.env`` or a ``litellm.py``, is ever loaded.
    """
    folder = await asyncio.to_thread(_folder)
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", WORKER, *(("local",) if local else ())),
            cwd=folder,
            env=dict(env),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
            limit=LINE_LIMIT,
        )
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return Fault(
            FaultKind.MODEL, "The model worker could not be started.", str(error), "Free some memory and try again."
        )
    except asyncio.CancelledError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    assert process.stderr is not None
    printed = bytearray()
    return Link(process, folder, asyncio.create_task(_tail(process.stderr, printed)), printed)


def _folder() -> str:
    """An empty folder for one worker; those of processes that were killed are taken away."""
    for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        owner = left.name.removeprefix(FOLDER).partition("-")[0]
        if owner.isdecimal() and not _runs(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-")


def _runs(pid: int) -> bool:
    """Whether a process has this number; one that cannot be asked has."""
    if sys.platform == "win32":
        return True  # there, os.kill would end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


async def _tail(stream: asyncio.StreamReader, kept: bytearray) -> None:
    """Keep the last of what a worker prints, so that it never waits for a reader."""
    while piece := await stream.read(4096):
        kept += piece
        del kept[:-STDERR_KEPT]
