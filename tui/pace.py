"""The screen's pace: frames close enough for a typist, and garbage collected after a frame or while nothing moves."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable

FPS = "120"
"""Frames a second. A key waits for the next frame, and at Textual's own 60 that alone is up to 17 ms."""

LATER = 0.003
"""Seconds from a frame to the collection of what it left behind, in which a thread of Textual's writes it."""

TURN = 0.001
"""Seconds after which a thread that computes lets the screen's own go on: a request is packed beside it, and at
Python's own 5 ms every step from a key to its paint waits for that (Python documentation, "sys.setswitchinterval")."""

REST = 20.0
"""Seconds between two looks whether anything moved."""


def keep() -> None:
    """Set the pace of this process, before Textual is imported, which reads its frames from the environment.

    The oldest generation is left to ``Rest``: with 5,000 tests and their history a full collection takes 100 ms, and
    Python would make one in the middle of a key (Python documentation, "gc — Garbage Collector interface").
    """
    os.environ.setdefault("TEXTUAL_FPS", FPS)
    gc.set_threshold(20_000, 500, 1_000_000)
    sys.setswitchinterval(TURN)


MIDDLE = 16
"""Frames from one look through the middle generation to the next; the first is what was made to start."""


class Rest:
    """Collects all garbage once nothing has moved between two looks, and after each frame what was made for it.

    Most of that is strips: one that is drawn whole keeps itself in its own cache (``textual.strip.Strip.divide``).
    """

    def __init__(
        self, collect: Callable[[], object] = gc.collect, collect_young: Callable[[int], object] = gc.collect
    ) -> None:
        self._collect, self._collect_young = collect, collect_young
        self._moves = self._seen = self._frames = 0
        self._collected = -1

    def painted(self) -> None:
        """A frame was written: here, rather than in the middle of the next key, is the time for a millisecond of it."""
        self._collect_young(0 if self._frames % MIDDLE else 1)
        self._frames += 1

    def moved(self) -> None:
        """Something happened."""
        self._moves += 1

    def look(self) -> None:
        """Collect where nothing happened since the last look, and something since the last collection."""
        quiet, self._seen = self._moves == self._seen, self._moves
        if quiet and self._moves != self._collected:
            self._collected = self._moves
            self._collect()
