"""One of our output streams: what it cannot show it replaces, and a reader that goes away ends us quietly."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO


class Stream:
    """Writes at once; ``gone`` is called once when nobody reads any more."""

    def __init__(self, stream: TextIO, gone: Callable[[], None]) -> None:
        self._stream = stream
        self._gone = gone
        self._open = True
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")

    def write(self, text: str) -> None:
        """Write ``text`` and let it be seen."""
        if not self._open:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._open = False
            with suppress(OSError, ValueError):  # what is left in the buffer would be a traceback at the end
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            self._gone()

    def close(self) -> None:
        """Nothing more is written."""
        self._open = False
