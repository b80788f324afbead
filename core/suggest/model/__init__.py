"""A suggester behind any model that litellm reaches; its process ends with the request that is cancelled."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen
from beai.core.suggest.exchange import Reply, Request
from beai.core.suggest.meter import NO_CAP, Allowance, spendable
from beai.core.suggest.model.asked import Asked, asked, order
from beai.core.suggest.model.deadlines import SLACK, Caps, Deadlines, Retries
from beai.core.suggest.model.link import Link
from beai.core.suggest.model.spare import Workers
from beai.core.suggest.model.spent import Tab, price_of
from beai.core.suggest.model.trouble import OFFER, elsewhere, finished, odd_finish, oversized, silent, told, waiting
from beai.core.suggest.pack import Message, Window, messages, pack, repair, sealed
from beai.core.suggest.pack.window import REPLY, window_of
from beai.core.suggest.privacy.local import is_local
from beai.core.suggest.progress import Grew, Noted, Progress, Sending, Sent, Spending, Withheld
from beai.core.suggest.reply import parse
from beai.core.text import one_line
from beai.core.tokens import tokens

__all__ = ["Caps", "Deadlines", "ModelSuggester", "Retries"]

REPAIRS = 3
Tell = Callable[[Progress], None]


@dataclass(slots=True)
class ModelSuggester:
    """The ``Suggester`` port over a worker process, started by ``start`` or by the first request.

    ``chosen`` names the model and its address, None those of the settings. ``env`` is the worker's environment, and the
    only place of keys. What each request cost is told as it ends, however it does. ``shared`` workers are closed by
    whoever made them.
    """

    settings: Settings
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    chosen: Chosen | None = None
    deadlines: Deadlines = Deadlines()
    retries: Retries = Retries()
    caps: Caps = Caps()
    spare: bool = True
    shared: Workers | None = None
    workers: Workers = field(init=False)
    _asked: Asked = field(init=False)
    _left: Allowance = field(default=NO_CAP, init=False)
    _known: dict[str, Any] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._asked = asked(self.settings, self.chosen)
        shared = None if self._asked.is_file else self.shared  # a file's worker keeps the file in memory
        self.workers = shared or Workers(self.env, self.spare and not self._asked.is_file, self._asked.is_file)

    @property
    def name(self) -> str:
        """What the status line shows: the model."""
        return one_line(self._asked.model, 60)

    async def start(self) -> Fault | None:
        """Start the worker, which then warms up by itself; calling it again is free."""
        async with self.workers.turn:
            linked = await self.workers.linked()
        return linked if isinstance(linked, Fault) else None

    async def suggest(self, request: Request, tell: Tell) -> Reply | Fault:
        """Render, stream, parse; a reply that cannot be read is repaired at most ``REPAIRS`` times."""
        async with self.workers.turn:
            try:
                return await self._suggest(request, tell)
            except asyncio.CancelledError:
                await self.workers.drop()
                raise
            finally:
                self.workers.warm()

    async def ask(self, request: Request, sent: Sequence[Message], tell: Tell) -> str | Fault:
        """One answer to ``sent`` as it stands: nothing is packed, parsed or repaired, as ``trial`` wants it."""
        async with self.workers.turn:
            self._left = request.allowance
            try:
                answer = await self._complete(request, sent, tell)
            except asyncio.CancelledError:
                await self.workers.drop()
                raise
        return answer if isinstance(answer, Fault) else answer[0]

    async def close(self) -> None:
        """Leave no process behind; a request in flight is not waited for."""
        if self.workers is not self.shared:
            await self.workers.close()

    async def window(self) -> Window:
        """How much the model takes: as set, else as litellm knows, else a cautious guess; asked for once."""
        async with self.workers.turn:
            return await self._window()

    async def _window(self) -> Window:
        setting, most = self.settings.window, self.settings.max_tokens
        known = {} if setting is not None else await self._what_is_known()
        return window_of(setting, most, _whole(known.get("in")), _whole(known.get("out")))

    async def _suggest(self, request: Request, tell: Tell) -> Reply | Fault:
        self._left = request.allowance
        if self._left.over:
            return Fault(FaultKind.CAP, f"Nothing is left below the cap, so {self.name} was not asked.")
        packed = await asyncio.to_thread(pack, request, await self._window())
        if not packed.fits:
            return oversized(self.name, packed)
        sent: tuple[Message, ...] = messages(packed)
        complaint, text = "", ""
        for _ in range(1 + REPAIRS):
            if (leak := await asyncio.to_thread(sealed, packed, sent, request.secrets)) is not None:
                return leak
            leaving = Sent(self.name, self._asked.base, self._is_here(), packed, sent)
            answer = await self._complete(request, sent, tell, leaving)
            if isinstance(answer, Fault):
                return answer
            text, odd = answer
            reply = parse(text, request)
            if not isinstance(reply, Fault):
                return reply
            if odd:
                why = f'{self.name} ended its reply for the reason "{odd}", and it is incomplete. {reply.summary}'
                return Fault(FaultKind.MODEL, why, text, OFFER)
            complaint = reply.summary
            tell(Noted(f"asks again: {one_line(complaint, 120)}"))
            sent = (
                *sent,
                *repair(text, f"{reply.summary} {reply.detail}", request.nonce, request.manner, request.secrets),
            )
        summary = f"{self.name} answered {1 + REPAIRS} times, and nothing could be applied. {complaint}"
        return Fault(FaultKind.MODEL, summary, text, OFFER)

    def _is_here(self) -> bool:
        return is_local(self._asked.model, self._asked.base, self.env)

    async def _complete(
        self, request: Request, sent: Sequence[Message], tell: Tell, leaving: Sent | None = None
    ) -> tuple[str, str] | Fault:
        """One request: the whole text of the answer and an odd reason for its end, or why there is none.

        ``leaving`` is what is told of it once nothing stands in its way.
        """
        if self.settings.local_only and not self._is_here():
            return elsewhere(self.name)
        known = await self._what_is_known()
        size = sum(tokens(message.content) for message in sent)
        price = price_of(self._asked, known, self._is_here())
        sending = Sending(self._asked.model, str(request.purpose), request.case_id, size, price)
        if (dear := spendable(self._left, sending)) is not None:
            tell(Withheld(sending))
            return dear
        link = await self.workers.linked()
        if isinstance(link, Fault):
            return link
        link.requests += 1
        line = order(self.settings, self._asked, self.deadlines, self.retries, self.caps)
        line |= {"id": link.requests, "messages": [asdict(message) for message in sent]}
        held = [[one.told, one.value] for one in request.secrets]
        line |= {"guard": held, "local_only": self.settings.local_only}
        tab = Tab(sending, self._left, self.settings.max_tokens or _whole(known.get("out")) or REPLY)
        line |= {"max_tokens": tab.longest} if tab.cut else {}
        for progress in (leaving, sending):
            if progress is not None:
                tell(progress)
        spent = tab.stopped("cancelled")
        try:
            spent, answer = await self._heard(link, line, tab, tell)
        except asyncio.CancelledError:
            spent = tab.stopped("cancelled")
            raise
        finally:
            self._left = self._left.after((spent,))
            tell(spent)
        return answer

    async def _heard(
        self, link: Link, line: Mapping[str, Any], tab: Tab, tell: Tell
    ) -> tuple[Spending, tuple[str, str] | Fault]:
        """Send one order and listen to its end: what it cost, and what came of it."""
        if not await link.send(line):
            return tab.nothing("gone"), await self._gone()
        try:
            async with asyncio.timeout(self.deadlines.start + self.deadlines.total + SLACK):
                return await self._listen(link, tab, tell)
        except TimeoutError:
            await self.workers.drop()
            return tab.stopped("total"), silent(self.name, f"did not finish within {self.deadlines.total:g} seconds")

    async def _listen(self, link: Link, tab: Tab, tell: Tell) -> tuple[Spending, tuple[str, str] | Fault]:
        patience = self.deadlines.start + self.deadlines.key
        text, quiet = "", max(self.deadlines.pinged, self.deadlines.first) + SLACK
        while True:
            try:
                event = await asyncio.wait_for(link.receive(), patience)
            except TimeoutError:
                await self.workers.drop()
                return tab.stopped("first"), silent(self.name, f"sent nothing for {patience:g} seconds")
            match event:
                case {"event": "ready"}:
                    continue
                case {"event": "began"}:
                    tab.reached, patience = True, quiet
                case {"event": "waiting", "seconds": int() | float() as seconds, "why": str(why)}:
                    tell(Noted(waiting(seconds, why, int(event.get("attempt", 0)), int(event.get("of", 0)))))
                    patience = seconds + self.deadlines.connect + quiet
                case {"event": "text" | "alive"}:
                    grown = text + str(event.get("delta", ""))
                    dear = tab.heard(grown, int(event.get("thought", 0)))
                    if dear is not None:
                        await self.workers.drop()
                        return tab.stopped("cap"), dear
                    if grown != text:
                        text = grown
                        tell(Grew(text))
                case {"event": "done", "finish": "length"} if tab.cut:
                    return replace(tab.told(event), ended="cap"), tab.ended()
                case {"event": "done"}:
                    whole = finished(self.name, event, text)
                    return tab.told(event), whole if isinstance(whole, Fault) else (whole, odd_finish(event))
                case {"event": "fault", "kind": str(kind), "message": str(message)}:
                    spent = tab.stopped(kind) if event.get("billed") else tab.nothing(kind)
                    return spent, told(self.name, kind, message)
                case _:
                    return tab.stopped("gone"), await self._gone()

    async def _what_is_known(self) -> dict[str, Any]:
        """What litellm's own table says of the model; nothing where nobody answers."""
        if self._known is not None:
            return self._known
        link = await self.workers.linked()
        if isinstance(link, Fault) or not await link.send({"do": "window", "model": self._asked.model}):
            return {}
        try:
            async with asyncio.timeout(self.deadlines.start):
                while (event := await link.receive()).get("event") == "ready":
                    continue
        except TimeoutError:
            return {}
        if event.get("event") != "window":
            await self.workers.drop()  # so that the request itself meets the same trouble, and tells it
            return {}
        self._known = event
        return event

    async def _gone(self) -> Fault:
        printed = await self.workers.drop()
        return Fault(FaultKind.MODEL, "The model worker ended unexpectedly.", printed, "Try again.")


def _whole(number: object) -> int | None:
    return number if isinstance(number, int) and number > 0 else None
