"""What this computer has for a model: memory that is free, and cores that compute."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_TOPOLOGY = Path("/sys/devices/system/cpu")


def free_memory() -> int | None:
    """Bytes that a model may take: what Linux calls available, and no more than the control group allows; else all.

    None where the system does not say ("proc(5)", "Control Group v2").
    """
    told = _meminfo()
    if "MemAvailable" not in told:
        return _all_memory()
    return min((told["MemAvailable"], *_group()))


def cores() -> int:
    """Cores that compute at the same time: those this process may use, two threads of one core counted once."""
    if not hasattr(os, "sched_getaffinity"):
        return max((os.cpu_count() or 2) // 2, 1)
    allowed = os.sched_getaffinity(0)
    twins = {
        _read(_TOPOLOGY / f"cpu{number}" / "topology" / "thread_siblings_list") or str(number) for number in allowed
    }
    return max(len(twins), 1)


def _meminfo() -> Mapping[str, int]:
    rows = (line.split() for line in _read(_MEMINFO).splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) == 3 and row[1].isdigit()}


def _group() -> tuple[int, ...]:
    """What the control group leaves, as one number or none; file pages in its use can be taken."""
    most, used = _read(_CGROUP / "memory.max").strip(), _read(_CGROUP / "memory.current").strip()
    if not most.isdigit() or not used.isdigit():
        return ()
    rows = (line.split() for line in _read(_CGROUP / "memory.stat").splitlines())
    pages = sum(int(row[1]) for row in rows if len(row) == 2 and row[0] in ("inactive_file", "active_file"))
    return (max(int(most) - int(used) + pages, 0),)


def _all_memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
