"""Starts the programs the demo needs, in a process group of their own that never outlives the call."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Git's location variables (set inside hooks, see "Environment Variables" in git's manual) would point git at another
# repository; npm's and Node's would drop the development packages or load a debugger. Proxies, certificates, the
# registry and the user's git configuration pass.
_DROPPED_PREFIXES = ("npm_lifecycle_", "npm_package_")
_DROPPED = frozenset({
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE",
    "GIT_PREFIX", "NODE_ENV", "NODE_OPTIONS", "NPM_COMMAND", "NPM_CONFIG_DRY_RUN", "NPM_CONFIG_GLOBAL",
    "NPM_CONFIG_OMIT", "NPM_CONFIG_ONLY", "NPM_CONFIG_PRODUCTION",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exit:
    """How a program ended; ``output`` is standard error, or standard output where that is empty."""

    code: int
    output: str


def clean(env: Mapping[str, str]) -> dict[str, str]:
    """The environment for npm and git: the caller's, without what would change their meaning."""
    kept = {
        name: value
        for name, value in env.items()
        if not name.startswith(_DROPPED_PREFIXES) and name.upper() not in _DROPPED
    }
    return kept | {"NO_COLOR": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


async def run(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    tick: Callable[[], None] | None = None,
    every: float = 0.1,
) -> Exit:
    """Run ``argv`` to its end, calling ``tick`` each ``every`` seconds; cancelling kills its whole process group.

    Raises ``OSError`` when the program cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=cwd, env=dict(env), stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    reading = asyncio.ensure_future(process.communicate())
    try:
        while tick is not None and not (await asyncio.wait({reading}, timeout=every))[0]:
            tick()
        out, err = await reading
    finally:
        if process.returncode is None:
            _kill_group(process)
            await process.wait()
        reading.cancel()
    assert process.returncode is not None
    return Exit(process.returncode, (err.strip() or out.strip()).decode(errors="replace"))


def _kill_group(process: Process) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
