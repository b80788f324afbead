"""The workers: one that is asked, and one more that has litellm imported already, so that a restart is not felt.

A worker takes seconds to start and some 170 MB; the spare is started half a second after a request is over, so who
never asks a model pays for none, and who reads pays nothing of the wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.model.link import Link, open_link

AFTER = 0.5  # seconds of quiet before a spare is started
CLOSED = Fault(FaultKind.MODEL, "The models were closed, so none was asked.", remedy="Start beai again.")


@dataclass(slots=True)
class Workers:
    """At most two workers with the environment ``env``; ``keep`` is whether there is a spare at all.

    Suggesters may share them: the model is said with each order, so changing to another one starts nothing. ``turn`` is
    held by who asks. Once ``closed`` none is started any more, whoever still asks.
    """

    env: Mapping[str, str]
    keep: bool = True
    local: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    current: Link | None = field(default=None, init=False)
    spare: Link | None = field(default=None, init=False)
    closed: bool = field(default=False, init=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _leaving: set[asyncio.Task[str]] = field(default_factory=set, init=False)
    _warming: asyncio.Task[None] | None = field(default=None, init=False)

    async def linked(self) -> Link | Fault:
        """The worker to ask: the one there is, else the spare, else a new one."""
        if self.current is not None and self.current.alive:
            return self.current
        await self.drop()
        async with self._opening:
            if self.closed:
                return CLOSED
            spare, self.spare = self.spare, None
            if spare is not None and not spare.alive:
                self._end(spare)
                spare = None
            opened = spare or await open_link(self.env, self.local)
            if isinstance(opened, Link):
                self.current = opened
            return opened

    def abandon(self) -> None:
        """End the current worker at once, and wait for nothing: its connection is closed as soon as it hears of it."""
        link, self.current = self.current, None
        if link is not None:
            self._end(link)

    async def drop(self) -> str:
        """End the current worker at once; returns the end of what it printed."""
        link, self.current = self.current, None
        return await asyncio.shield(self._end(link)) if link is not None else ""

    def warm(self) -> asyncio.Task[None] | None:
        """Start a spare beside everything else, unless there is one; free to call. Its start ends with the task."""
        if self.keep and not self.closed and self.spare is None and (self._warming is None or self._warming.done()):
            self._warming = asyncio.create_task(self._warm(), name="spare model worker")
        return self._warming

    async def close(self) -> None:
        """Leave no process behind, also none that is just being started."""
        self.closed = True
        warming, self._warming = self._warming, None
        if warming is not None:
            warming.cancel()
            with suppress(asyncio.CancelledError):
                await warming
        async with self._opening:
            links = [link for link in (self.current, self.spare) if link is not None]
            self.current = self.spare = None
        await asyncio.gather(*(link.close() for link in links), *self._leaving)

    async def _warm(self) -> None:
        await asyncio.sleep(AFTER)
        async with self._opening:
            if self.closed or self.spare is not None:
                return
            opened = await open_link(self.env, self.local)
            if isinstance(opened, Link):
                self.spare = opened

    def _end(self, link: Link) -> asyncio.Task[str]:
        """Kill a worker beside everything else; ``close`` waits for it."""
        task = asyncio.create_task(link.kill(), name="model worker leaves")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        return task
