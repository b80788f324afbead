"""How far a long command is, in one line on a terminal's stderr that is gone when the command ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_PATIENCE = 1.0  # seconds before anything is said
_PACE = 0.1  # seconds between two words
_CLEAR = "\r\x1b[K"  # to the first column, and erase to the end of the line (ECMA-48, CR and EL)


@contextmanager
def counting(
    what: str, of: int, stream: TextIO | None = None, now: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[str], None]]:
    """A function to call for each of ``of`` things; silent where ``stream`` (stderr) is no terminal."""
    out = sys.stderr if stream is None else stream
    began, done, said = now(), 0, 0.0

    def one(_: str) -> None:
        nonlocal done, said
        done += 1
        at = now() - began
        if at >= _PATIENCE and at - said >= _PACE and out.isatty():
            said = at
            out.write(f"{_CLEAR}{what}: {done} of {of}")
            out.flush()

    try:
        yield one
    finally:
        if said:
            out.write(_CLEAR)
            out.flush()
