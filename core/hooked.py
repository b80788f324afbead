"""A git command that runs hooks has a process group of its own and no terminal, and ends whole or not at all."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from beai.core.sandbox.guard import hooked

T = TypeVar("T")

_OUTPUT = 64 * 1024  # bytes kept of what hooks print, from the end
_SHOWN = 4 * 1024  # and told while they run
_LOOK = 0.1  # seconds between two looks

# Set when we are started from a hook, they would point git at another repository (git-rev-parse --local-env-vars).
_INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")

# A signer that asks on the terminal would draw over the screen and wait for keys that are ours (gpg-agent, GPG_TTY).
_TERMINAL = ("GPG_TTY", "SSH_TTY")


async def run_hooked(
    root: Path,
    command: tuple[str, ...],
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    finish: float = 0.0,
    grace: float = 2.0,
    tell: Callable[[str], None] | None = None,
) -> tuple[int, str]:
    """Run ``git`` with ``command`` in ``root``; return its exit status and the end of what was printed.

    Its hooks cannot start what changes a database through Prisma (``sandbox.guard``); nothing else is kept from them.

    Cancelling lets it finish for ``finish`` seconds, then asks the group to end (SIGTERM, on which git removes its
    locks), and kills what is left after ``grace`` seconds. ``tell`` hears the end of what was printed so far, whenever
    there is more of it. Raises OSError where git cannot be started.
    """
    kept = {name: value for name, value in os.environ.items() if name not in (*_INHERITED, *_TERMINAL)}
    # A file and no pipe: a hook that leaves a daemon behind would keep a pipe open for ever.
    with tempfile.TemporaryFile() as output:
        process = await asyncio.create_subprocess_exec(
            *("git", *command),
            cwd=root,
            env=hooked({**kept, "GIT_TERMINAL_PROMPT": "0", **(environment or {})}),
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            await _ended(process, stdin, output.fileno(), tell)
        except asyncio.CancelledError:
            await whole(_end(process, finish, grace))
            raise
        return process.returncode or 0, _tail(output.fileno(), _OUTPUT)


async def _ended(
    process: asyncio.subprocess.Process, stdin: bytes, output: int, tell: Callable[[str], None] | None
) -> None:
    """Wait for the process; look from time to time at what it printed, which a file has no event for."""
    ending = asyncio.ensure_future(process.communicate(stdin))
    try:
        size = 0
        while not (await asyncio.wait({ending}, timeout=_LOOK if tell else None))[0]:
            if tell is not None and (now := os.fstat(output).st_size) != size:
                size = now
                tell(_tail(output, _SHOWN))
    except asyncio.CancelledError:
        ending.cancel()
        raise


def _tail(output: int, most: int) -> str:
    size = os.fstat(output).st_size
    return os.pread(output, most, max(0, size - most)).decode("utf-8", "replace")


async def whole(work: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
    """``work`` to its end, however often the caller is cancelled: it is short, and half of it would be worse."""
    task = asyncio.ensure_future(work)
    stopped: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as cancelled:
            stopped = cancelled
    if stopped is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # seen: the cancellation is what is told
    raise stopped


async def _end(process: asyncio.subprocess.Process, finish: float, grace: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), finish)
    for blow in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, blow)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace)
