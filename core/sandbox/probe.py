"""How strong an enclosure is here, found out by trying to escape; what was found is kept while nothing changes."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from beai.core.sandbox import Enclosure, Level
from beai.core.text import one_line

_ESCAPES = Path(__file__).with_name("escapes.py")
_PATIENCE = 20.0  # seconds for all of it
_GONE = 3.0  # seconds for every process to be gone after the end

PROMISES = {
    "start": "It starts.",
    "write": "Nothing outside the output folders can be written.",
    "read": "Nothing of the home folder can be read.",
    "environment files": "Environment files but those for tests cannot be read.",
    "variables": "No variable of yours is passed on.",
    "network": "No port of this computer and no other can be reached.",
    "sockets": "No socket outside can be reached.",
    "processes": "No process outside can be seen or signalled.",
    "privileges": "No privilege is held or can be gained.",
    "survivor": "No process outlives the run.",
}
"""What is promised, by the name of the escape that tries it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, whether it was kept, and else what was found."""

    name: str
    held: bool
    detail: str = ""

    @property
    def promise(self) -> str:
        """The promise in a sentence."""
        return PROMISES.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Probe:
    """What trying to escape showed."""

    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """FULL where everything held, NONE where the enclosure did not even start."""
        if not self.findings or any(finding.name == "start" and not finding.held for finding in self.findings):
            return Level.NONE
        return Level.FULL if all(finding.held for finding in self.findings) else Level.PARTIAL

    @property
    def leak(self) -> str:
        """The first thing that did not hold, in words; ``""`` where everything did."""
        return next((finding.detail for finding in self.findings if not finding.held), "")


async def probe(enclose: Callable[[Path], Enclosure], below: Path) -> Probe:
    """Try every escape from what ``enclose`` makes around a repository of ours, which lies in ``below`` meanwhile."""
    with ExitStack() as stack:
        plan, repository = _scene(below, stack)
        command = (sys.executable, "-I", "-S", str(_ESCAPES), json.dumps(plan))
        env = {**os.environ, "SECRET_OF_YOURS": plan["word"]}
        confined = await asyncio.to_thread(enclose(repository).confine, command, repository, env)
        try:
            printed, said, gone = await _ran(confined.argv, repository, confined.env)
        except (OSError, TimeoutError) as error:
            return Probe((Finding("start", False, f"it could not be started: {error}"),))
    try:
        found: dict[str, str] = json.loads(printed)
    except ValueError:
        return Probe((Finding("start", False, one_line(said) or "it ended without a word"),))
    found["survivor"] = "" if gone else "a process outlived the run"
    held = (Finding(name, not detail, one_line(detail)) for name, detail in found.items())
    return Probe((Finding("start", True), *held))


def recall(file: Path, key: str) -> Probe | None:
    """What was found earlier, where it was found with the same ``key``."""
    try:
        kept = json.loads(file.read_bytes())
        return Probe(tuple(Finding(**finding) for finding in kept["findings"])) if kept["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(file: Path, key: str, found: Probe) -> None:
    """Keep what was found; where that is not possible it is found out anew the next time."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(json.dumps({"key": key, "findings": [asdict(finding) for finding in found.findings]}))


def _scene(below: Path, stack: ExitStack) -> tuple[dict[str, Any], Path]:
    """A repository with environment files, and beside it everything that is to stay out of reach."""
    below.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="probe-", dir=below)))
    word = secrets.token_hex(12)
    repository, away = folder / "repository", folder / "away"
    for made in (repository, away):
        made.mkdir()
    hidden = [repository / name for name in (".env", ".env.local", ".npmrc")]
    for file in (*hidden, away / "canary"):
        file.write_text(word)
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    for address in (_short(away / "socket", stack), "\0" + word):
        server = stack.enter_context(socket.socket(socket.AF_UNIX))
        server.bind(address)
        server.listen()
    plan = {
        "word": word,
        "folders": [str(repository), str(away)],
        "canary": str(away / "canary"),
        "secrets": [str(file) for file in hidden],
        "port": listener.getsockname()[1],
        "socket": str(away / "socket"),
        "parent": os.getpid(),
    }
    return plan, repository


def _short(path: Path, stack: ExitStack) -> str:
    """A name of ``path`` that fits into a socket's address, whatever the length of the folders above."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, descriptor)
    return f"/proc/self/fd/{descriptor}/{path.name}" if Path("/proc/self/fd").exists() else str(path)


async def _ran(argv: tuple[str, ...], folder: Path, env: Mapping[str, str]) -> tuple[str, str, bool]:
    """What it printed, what it complained of, and whether all of its processes were gone soon after its end."""
    kept, given = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *argv, cwd=folder, env=dict(env), stdin=DEVNULL, stdout=PIPE, stderr=PIPE, pass_fds=(given,),
            start_new_session=True,
        )  # fmt: skip
        os.close(given)
        given = -1
        try:
            printed, said = await asyncio.wait_for(process.communicate(), _PATIENCE)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        return printed.decode(errors="replace"), said.decode(errors="replace"), await _ended(kept)
    finally:
        os.close(kept)
        if given >= 0:
            os.close(given)


async def _ended(descriptor: int) -> bool:
    """Whether nobody holds the other end of a pipe any more."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, readable.set)
    try:
        await asyncio.wait_for(readable.wait(), _GONE)
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(descriptor)
    return True
