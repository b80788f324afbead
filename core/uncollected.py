"""While a repository is read garbage is not collected: a reading makes very many values, and hardly any in a circle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_LOCK = Lock()
_READING: list[bool] = []  # whether collection was on, for each reading under way; they may overlap in threads


@contextmanager
def uncollected() -> Iterator[None]:
    """Collection of circles is off inside, and afterwards as it was before; the garbage collector is the process's."""
    with _LOCK:
        _READING.append(gc.isenabled() if not _READING else _READING[0])
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            if _READING.pop() and not _READING:
                gc.enable()
