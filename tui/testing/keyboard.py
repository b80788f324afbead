"""Single keys from a terminal, which is as it was before once we let go of it, stopped or ended."""

from __future__ import annotations

import asyncio
import os
import re
import termios
import tty
from collections.abc import Callable
from typing import Any

_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)")  # arrows and the like, which mean nothing here


class Keyboard:
    """Hands each key typed at ``descriptor`` to ``typed``, from ``hold()`` to ``release()``."""

    def __init__(self, descriptor: int, typed: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._typed = typed
        self._before: list[Any] | None = None

    def hold(self) -> None:
        """Take keys one by one, without showing them; ctrl+c stays a signal."""
        self._before = termios.tcgetattr(self._descriptor)
        tty.setcbreak(self._descriptor, termios.TCSANOW)
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)

    def release(self) -> None:
        """Give the terminal back as it was; twice is once."""
        if self._before is not None:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)
            self._before = None

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, 1024)
        except OSError:
            data = b""
        if not data:  # the terminal is gone: no key will come, and SIGHUP ends us
            asyncio.get_running_loop().remove_reader(self._descriptor)
        for key in _SEQUENCE.sub("", data.decode("utf-8", "ignore")):
            self._typed(key)
