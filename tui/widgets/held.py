"""Painting waits while an act of the person's is under way, so that all that comes of it is one frame."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Any

from textual.app import App
from textual.widget import Widget

MOST = 0.025
"""Seconds after which is painted what is there: nothing may come of an act, or only after a while."""


class Held:
    """Painting of ``app`` is held from ``begin`` to ``end``, or for ``most`` seconds.

    A frame in between would show the cursor gone on and the verdict still missing, and what is painted after it would
    wait for the frame after that one.
    """

    def __init__(self, app: App[Any], most: float = MOST) -> None:
        self._app, self._most = app, most
        self._batch = ExitStack()
        self._last: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Hold, where it is not held already."""
        if self._last is not None:
            return
        self._batch.enter_context(self._app.batch_update())
        self._last = asyncio.get_running_loop().call_later(self._most, self.end)

    def brief(self, widget: Widget) -> None:
        """Hold until ``widget`` has taken what waits for it now."""
        self.begin()
        widget.call_later(self.end)

    def end(self) -> None:
        """Let all of it be painted, where it is held."""
        if self._last is None:
            return
        self._last.cancel()
        self._last = None
        self._batch.close()
        for screen in self._app.screen_stack:
            screen.check_idle()  # it looks for something to paint when it is idle, and may have been before
