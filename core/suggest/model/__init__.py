"""A suggester behind any model that litellm reaches; its process ends with the request that is cancelled."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings
from beai.core.suggest.exchange import Reply, Request
from beai.core.suggest.model.link import Link, open_link
from beai.core.suggest.model.trouble import OFFER, finished, oversized, silent, told
from beai.core.suggest.pack import Message, Window, messages, pack, repair
from beai.core.suggest.pack.window import window_of
from beai.core.suggest.progress import Grew, Progress
from beai.core.suggest.reply import REPLY_LIMIT, parse
from beai.core.text import one_line

REPAIRS = 3
_SENT = ("model", "base", "key_env", "temperature", "max_tokens")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a model may be silent, in seconds; none of them says anything about the person."""

    start: float = 60.0  # until the worker has imported litellm
    first: float = 120.0  # from the request to the provider's first sign of life
    idle: float = 60.0  # between two signs of life
    total: float = 900.0  # for one whole reply


@dataclass(frozen=True, slots=True)
class Usage:
    """What was spent so far; ``cost`` is in US dollars, None where a price was unknown."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0


@dataclass(slots=True)
class ModelSuggester:
    """The ``Suggester`` port over a worker process, started by ``start`` or by the first request.

    ``spent`` is called with the sum after each reply. ``env`` is the worker's environment, and the only place of keys.
    """

    settings: Settings
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    deadlines: Deadlines = Deadlines()
    limit: int = REPLY_LIMIT
    spent: Callable[[Usage], None] | None = None
    usage: Usage = field(default=Usage(), init=False)
    _link: Link | None = field(default=None, init=False)
    _window: Window | None = field(default=None, init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    @property
    def name(self) -> str:
        """What the status line shows: the model."""
        return one_line(self.settings.model, 60)

    async def start(self) -> Fault | None:
        """Start the worker, which then warms up by itself; calling it again is free."""
        async with self._turn:
            linked = await self._linked()
        return linked if isinstance(linked, Fault) else None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        """Render, stream, parse; a reply that cannot be read is repaired at most ``REPAIRS`` times."""
        async with self._turn:
            try:
                return await self._suggest(request, tell)
            except asyncio.CancelledError:
                await self._drop()
                raise

    async def close(self) -> None:
        """Leave no process behind; a request in flight is not waited for."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def _suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        packed = await asyncio.to_thread(pack, request, await self.window())
        if not packed.fits:
            return oversized(self.name, packed)
        asked = messages(packed)
        sent, complaint, text = tuple[Message, ...](asked), "", ""
        for _ in range(1 + REPAIRS):
            answer = await self._complete(sent, tell)
            if isinstance(answer, Fault):
                return answer
            reply = parse(answer, request)
            if not isinstance(reply, Fault):
                return reply
            complaint, text = reply.summary, answer
            sent = (*asked, *repair(answer, f"{reply.summary} {reply.detail}", request.nonce))
        summary = f"{self.name} answered {1 + REPAIRS} times, and nothing could be applied. {complaint}"
        return Fault(FaultKind.MODEL, summary, text, OFFER)

    async def window(self) -> Window:
        """How much the model takes: as set, else as litellm knows, else a cautious guess; asked for once."""
        if self._window is None:
            setting, most = self.settings.window, self.settings.max_tokens
            known = None if setting is not None else await self._known()
            self._window = window_of(setting, most, *(known or (None, None)))
        return self._window

    async def _known(self) -> tuple[int | None, int | None] | None:
        """What litellm's own table says of the model: tokens in and out; None where nobody answers."""
        link = await self._linked()
        if isinstance(link, Fault) or not await link.send({"do": "window", "model": self.settings.model}):
            return None
        try:
            async with asyncio.timeout(self.deadlines.start):
                while (event := await link.receive()).get("event") == "ready":
                    continue
        except TimeoutError:
            return None
        if event.get("event") != "window":
            await self._drop()  # so that the request itself meets the same trouble, and tells it
            return None
        found = event.get("in"), event.get("out")
        return tuple(one if isinstance(one, int) and one > 0 else None for one in found)  # type: ignore[return-value]

    async def _complete(self, messages: Sequence[Message], tell: Callable[[Progress], None]) -> str | Fault:
        """One request: the whole text of the answer, or why there is none."""
        link = await self._linked()
        if isinstance(link, Fault):
            return link
        link.requests += 1
        order = {name: getattr(self.settings, name) for name in _SENT}
        order |= {"do": "complete", "id": link.requests, "messages": [asdict(message) for message in messages]}
        sent = await link.send(order)
        if not sent:
            return await self._gone()
        try:
            async with asyncio.timeout(self.deadlines.total):
                return await self._listen(link, tell)
        except TimeoutError:
            await self._drop()
            return silent(self.name, f"did not finish within {self.deadlines.total:g} seconds")

    async def _listen(self, link: Link, tell: Callable[[Progress], None]) -> str | Fault:
        text, heard = "", False
        while True:
            patience = self.deadlines.idle if heard else self.deadlines.first if link.ready else self.deadlines.start
            try:
                event = await asyncio.wait_for(link.receive(), patience)
            except TimeoutError:
                await self._drop()
                return silent(self.name, f"sent nothing for {patience:g} seconds")
            match event:
                case {"event": "ready"}:
                    continue
                case {"event": "alive"}:
                    heard = True
                case {"event": "text", "delta": str(delta)}:
                    heard = True
                    text += delta
                    if len(text) > self.limit:
                        await self._drop()
                        return Fault(FaultKind.MODEL, f"{self.name} sent more than {self.limit} characters.", "", OFFER)
                    tell(Grew(text))
                case {"event": "done"}:
                    self._count(event)
                    return finished(self.name, event, text)
                case {"event": "fault", "kind": str(kind), "message": str(message)}:
                    return told(self.name, kind, message)
                case _:
                    return await self._gone()

    async def _linked(self) -> Link | Fault:
        if self._link is not None and self._link.alive:
            return self._link
        await self._drop()
        opened = await open_link(self.env)
        if isinstance(opened, Link):
            self._link = opened
        return opened

    async def _drop(self) -> str:
        link, self._link = self._link, None
        return await link.kill() if link is not None else ""

    async def _gone(self) -> Fault:
        printed = await self._drop()
        return Fault(FaultKind.MODEL, "The model worker ended unexpectedly.", printed, "Try again.")

    def _count(self, done: Mapping[str, Any]) -> None:
        cost = done.get("cost")
        self.usage = Usage(
            self.usage.requests + 1,
            self.usage.tokens_in + int(done.get("tokens_in") or 0),
            self.usage.tokens_out + int(done.get("tokens_out") or 0),
            None if cost is None or self.usage.cost is None else self.usage.cost + float(cost),
        )
        if self.spent is not None:
            self.spent(self.usage)
