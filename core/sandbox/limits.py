"""A tree of processes is measured from ``/proc``, and what uses more than its share is ended, with a reason.

Resource limits of the kernel bind one process at a time, some do not bind root, and an address space limit breaks
WebAssembly; so what all processes together use is counted here. A process that leaves the tree is only followed where
a pid namespace holds it.
"""

from __future__ import annotations

import os
import re
import signal
from contextlib import suppress
from dataclasses import dataclass

MIB = 1024 * 1024
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _half_of_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * _PAGE // 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of memory, processes, bytes that one run prints, bytes of a file and of each private folder."""

    memory: int = min(4096 * MIB, _half_of_memory())
    processes: int = 512
    output: int = 256 * MIB
    file: int = 1024 * MIB
    scratch: int = 1024 * MIB


DEFAULTS = Limits()


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the tree that can be ended without the driver; ``own`` are the bytes that it shares with no file."""

    pids: tuple[int, ...]
    own: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that was passed: the sentence for the person, and the processes to end (none: all of them)."""

    sentence: str
    ended: tuple[int, ...] = ()


def breach(root: int, limits: Limits) -> Breach | None:
    """What the processes below ``root`` use too much of, or None."""
    trunk, branches = census(root)
    every = (trunk, *branches)
    if sum(len(branch.pids) for branch in every) > limits.processes:
        largest = max(every, key=lambda branch: len(branch.pids))
        return _ended(f"The tests started more than {limits.processes} processes and were stopped.", largest, trunk)
    used = sum(branch.own for branch in every)
    if used > limits.memory and sum(_share(pid) for branch in every for pid in branch.pids) > limits.memory:
        largest = max(every, key=lambda branch: branch.own)
        return _ended(f"The tests used more than {size(limits.memory)} of memory and were stopped.", largest, trunk)
    return None


def too_much_printed(limits: Limits) -> Breach:
    """The breach of ``limits.output``; who printed is not known, so everything ends."""
    return Breach(f"The tests printed more than {size(limits.output)} and were stopped.")


def end(found: Breach) -> None:
    """End the processes that ``found`` names; those that have gone meanwhile do not matter."""
    for pid in found.ended:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def census(root: int) -> tuple[Branch, tuple[Branch, ...]]:
    """The trunk, which is the driver with what encloses it, and every branch below it or beside it."""
    trunk = [root]
    while _name(trunk[-1]) == "bwrap" and (below := _children(trunk[-1])):
        trunk.append(below[0])  # the oldest child: the driver's own, whatever came to be a child later
    starts = (child for pid in trunk for child in _children(pid) if child not in trunk)
    return Branch(tuple(trunk), sum(map(_own, trunk))), tuple(_branch(start) for start in starts)


def size(count: int) -> str:
    """``count`` bytes for a person, as ``4 GiB``."""
    return f"{count // (1024 * MIB)} GiB" if count % (1024 * MIB) == 0 else f"{round(count / MIB)} MiB"


def _ended(sentence: str, largest: Branch, trunk: Branch) -> Breach:
    return Breach(sentence, () if largest is trunk else largest.pids)


def _branch(start: int) -> Branch:
    pids = {start: None}
    waiting = [start]
    while waiting:
        for child in _children(waiting.pop(0)):  # parents first, so that they start no new ones when ended in order
            if child not in pids:
                pids[child] = None
                waiting.append(child)
    return Branch(tuple(pids), sum(map(_own, pids)))


def _children(pid: int) -> tuple[int, ...]:
    """The children of every thread, oldest first."""
    found: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - twice as fast, and done four times a second
            found += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())
    return tuple(found)


def _own(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return (int(fields[1]) - int(fields[2])) * _PAGE if len(fields) > 2 else 0


def _share(pid: int) -> int:
    """Its proportional share of memory, which forked copies are counted in once."""
    match = re.search(r"^Pss:\s+(\d+) kB", _read(f"/proc/{pid}/smaps_rollup"), re.MULTILINE)
    return int(match[1]) * 1024 if match else _own(pid)


def _name(pid: int) -> str:
    return _read(f"/proc/{pid}/comm").strip()


def _read(path: str) -> str:
    try:
        with open(path) as file:  # noqa: PTH123 - as above
            return file.read()
    except OSError:
        return ""
