"""The terminal that the person sits at, taken as input and output while a pipe stands where it would be."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from beai.core.fault import Fault, FaultKind

_TTY = "/dev/tty"
_STANDARD = (0, 1, 2)


def out_of_reach() -> Fault | None:
    """Why no screen can be shown; None where there is a terminal, also behind pipes (tty(4))."""
    try:
        os.close(_opened())
    except OSError as error:
        said = "The review needs a terminal for its keys and its screen."
        return Fault(FaultKind.USAGE, said, str(error), "Without one, use --json with --accept and --reject.")
    return None


@contextmanager
def at_the_terminal() -> Iterator[None]:
    """Have keys come from the terminal and the screen go to it; standard input and outputs are as they were after it.

    All three are put on it, so that an editor or a pager that is started meanwhile has them too.
    """
    kept: dict[int, int] = {}
    _flush()
    handle = _opened()
    try:
        for number in _STANDARD:
            if not _is_terminal(number):
                with suppress(OSError):
                    kept[number] = os.dup(number)
                os.dup2(handle, number)
        _reopen()
        yield
    finally:
        _flush()
        for number, before in kept.items():
            os.dup2(before, number)
            os.close(before)
        os.close(handle)


def _opened() -> int:
    """The terminal that one of our outputs is on, by its own name, else the controlling one; raises ``OSError``.

    By its name first: that also serves a process that has no controlling terminal, as one started by setsid(1).
    """
    for number in reversed(_STANDARD):
        if _is_terminal(number):
            with suppress(OSError):
                return os.open(os.ttyname(number), os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    return os.open(_TTY, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)


def _is_terminal(number: int) -> bool:
    try:
        return os.isatty(number)
    except OSError:
        return False


def _reopen() -> None:
    """Streams that were closed when Python began: Textual asks them for their descriptors."""
    if sys.__stdin__ is None:
        sys.stdin = sys.__stdin__ = os.fdopen(0, "r", closefd=False)  # type: ignore[misc]
    if sys.__stderr__ is None:
        sys.stderr = sys.__stderr__ = os.fdopen(2, "w", closefd=False)  # type: ignore[misc]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
