"""What the processes of Linux take, by their numbers: processor time, memory, and who was started by whom."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path


def busy(pid: int) -> float:
    """Seconds of processor time that its threads have used (proc(5), ``schedstat``); 0 once it is gone."""
    used = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):
            used += int(task.read_text().split()[0])
    return used / 1e9


def memory(pid: int) -> tuple[float, float]:
    """MiB of resident and of proportional memory (proc(5), ``smaps_rollup``)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    mib = {name: int(kib) / 1024 for name, kib in re.findall(r"^(Rss|Pss): +(\d+) kB", rollup, re.MULTILINE)}
    return mib["Rss"], mib["Pss"]


def children(pid: int) -> dict[int, str]:
    """The processes it started that still run, with their command lines."""
    found = {}
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                command = Path(f"/proc/{child}/cmdline").read_bytes()
                found[int(child)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def workers(pid: int) -> list[int]:
    """The model workers that ``pid`` started, the oldest first."""
    return sorted(child for child, command in children(pid).items() if "beai.core.suggest.worker" in command)
