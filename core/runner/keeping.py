"""A running driver's processes are measured while it lives; whoever takes too much is ended, and the reason is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from beai.core.sandbox.limits import Breach, Limits, breach, end, too_much_printed

_OFTEN, _SELDOM = 0.25, 2.0  # seconds between two looks, with a run under way and without
_PATIENCE = 4  # looks that one limit may be passed in a row before everything ends


class Keeper:
    """Watches the tree below ``pid``; ``kill`` ends all of it. ``reason`` is why something was ended, ``""`` before."""

    def __init__(self, pid: int, limits: Limits, kill: Callable[[], None]) -> None:
        self.reason = ""
        self._pid = pid
        self._limits = limits
        self._kill = kill
        self._printed = 0
        self._busy = False
        self._roused = asyncio.Event()
        self._work = asyncio.create_task(self._watch(), name="keeper")

    def begin(self) -> None:
        """A run begins: nothing of it has been seen yet."""
        self.reason, self._printed, self._busy = "", 0, True
        self._roused.set()

    def rest(self) -> None:
        """No run is under way."""
        self._busy = False

    def printed(self, count: int) -> None:
        """So many more bytes came out."""
        self._printed += count
        if self._printed > self._limits.output and not self.reason:
            self._end(too_much_printed(self._limits))

    def refuse(self, sentence: str) -> None:
        """What came out cannot be taken in: everything ends, and says so."""
        if not self.reason:
            self._end(Breach(sentence))

    def close(self) -> None:
        """Look no more."""
        self._work.cancel()

    async def _watch(self) -> None:
        passed = 0
        while True:
            found = breach(self._pid, self._limits)
            passed = passed + 1 if found else 0
            if found is not None:
                self._end(found if passed < _PATIENCE else Breach(found.sentence))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._roused.wait(), _OFTEN if self._busy or passed else _SELDOM)
            self._roused.clear()

    def _end(self, found: Breach) -> None:
        self.reason = found.sentence
        if found.ended:
            end(found)
        else:
            self._kill()
