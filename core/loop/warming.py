"""Whoever will be asked next is warmed while the person reads, and nobody else."""

from __future__ import annotations

import asyncio

from beai.core.loop.asked import upcoming
from beai.core.loop.session import Session
from beai.core.suggest.choice import Chosen
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.plan import planned
from beai.core.suggest.switchboard import Switchboard


class Warming:
    """Follows the session of an engine; each one is warmed once in a row, and trouble is told when they are asked."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard
        self._warmed: Chosen | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    def follow(self, session: Session) -> None:
        """See who is next."""
        settings, purpose = self._switchboard.settings, upcoming(session)
        wanted = session.chosen or planned(settings, purpose)
        if wanted == self._warmed or (purpose is Purpose.RECORD and not dict(settings.phases).get("words")):
            return  # the record is our own recorder's
        self._warmed = wanted
        task = asyncio.create_task(self._switchboard.warm(wanted), name="warm")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Warm nobody any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
