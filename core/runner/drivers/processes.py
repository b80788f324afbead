"""What a driver owns of the system: its process group, the descriptor that tells of its parent's end, its channel."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Mapping  # noqa: UP035 - Python 3.8 reads this


def own(variable: str) -> int:
    """The descriptor that the environment names, no longer named there and closed in whatever we start; -1 for none."""
    named = os.environ.pop(variable, "")
    if not named.isdigit():
        return -1
    os.set_inheritable(int(named), False)
    return int(named)


class Channel:
    """Events go out as JSON lines; a reader that has gone ends everything."""

    def __init__(self) -> None:
        found = own("BEAI_FD")
        self._descriptor = found if found >= 0 else 1

    def emit(self, event: Mapping[str, Any]) -> None:
        """Write one event."""
        data = memoryview(json.dumps(event).encode("utf-8", "replace") + b"\n")
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                continue
            except OSError:
                end()


def guard() -> int:
    """Start a shell that kills the group once our parent has died, also when we are blocked or gone; gives its pid."""
    life = own("BEAI_LIFE")
    if life < 0:
        return 0
    script = f"read -r _; kill -s KILL -- -{os.getpid()} {os.getpid()}"
    nothing = subprocess.DEVNULL
    shell = subprocess.Popen(["/bin/sh", "-c", script], stdin=life, stdout=nothing, stderr=nothing, env={})
    os.close(life)
    return shell.pid


def end() -> None:
    """End this process and all that it started, at once."""
    if os.getpgrp() == os.getpid():
        os.kill(0, signal.SIGKILL)  # the adapter made us lead a group of our own
    kill_others(set())
    os.kill(os.getpid(), signal.SIGKILL)


def kill_others(keep: set[int]) -> None:
    """Kill every process of our group but us, our parent and ``keep``; what they start meanwhile too."""
    killed: set[int] = set()
    for _ in range(100):
        found = others() - keep - killed
        if not found:
            return
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        killed |= found


def others() -> set[int]:
    """Every process of our group but us and our parent."""
    return {pid for pid, group in _groups() if group == os.getpgrp()} - {os.getpid(), os.getppid(), 1}


def busy(pids: set[int]) -> float:
    """Seconds of processor time that ``pids`` have used so far, with what they waited for; 0 where nobody can tell."""
    ticks = 0
    for pid in pids:
        fields = _stat(Path("/proc", str(pid)))
        ticks += sum(int(field) for field in fields[11:15]) if len(fields) > 15 else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> set[int]:
    """``pid`` and every process that it, or one that it started, has started."""
    parents: dict[int, list[int]] = {}
    for folder in _folders():
        fields = _stat(folder)
        if len(fields) > 2:
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, queue = set(), [pid]
    while queue:
        one = queue.pop()
        found.add(one)
        queue.extend(child for child in parents.get(one, []) if child not in found)
    return found


def _groups() -> list[tuple[int, int]]:
    """Each process with its group; without ``/proc`` as ``ps`` tells."""
    if sys.platform.startswith("linux"):
        read = ((int(folder.name), _stat(folder)) for folder in _folders())
        return [(pid, int(fields[2])) for pid, fields in read if len(fields) > 2 and fields[0] != "Z"]
    told = subprocess.run(["ps", "-axo", "pid=,pgid="], stdout=subprocess.PIPE, check=False).stdout.split()
    return list(zip(map(int, told[::2]), map(int, told[1::2])))  # noqa: B905 - Python 3.8 has no strict


def _folders() -> list[Path]:
    try:
        return [folder for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    except OSError:
        return []


def _stat(folder: Path) -> list[str]:
    """What follows the name in ``stat``: state, parent, group, … (proc_pid_stat(5)); empty for one that has gone."""
    try:
        return (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []
