"""A suggester behind any model that litellm reaches; its process ends with the request that is cancelled."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings, state_dir
from beai.core.suggest.choice import Chosen
from beai.core.suggest.deadlines import Caps, Deadlines, Retries
from beai.core.suggest.exchange import Reply, Request
from beai.core.suggest.manner import Manner, Seen, Steps, steps
from beai.core.suggest.measured import measured
from beai.core.suggest.meter import NO_CAP, Allowance, spendable
from beai.core.suggest.model.asked import Asked, asked, bounds, order
from beai.core.suggest.model.link import Link
from beai.core.suggest.model.listening import Answer, listen
from beai.core.suggest.model.spare import Workers
from beai.core.suggest.model.spent import Tab, price_of
from beai.core.suggest.model.tell import Tell
from beai.core.suggest.model.trouble import OFFER, oversized
from beai.core.suggest.pack import Message, Window, messages, narrowed, pack, repair, sealed
from beai.core.suggest.pack.window import REPLY, window_of
from beai.core.suggest.privacy.local import elsewhere, is_local
from beai.core.suggest.progress import Noted, Sending, Sent, Spending, Withheld
from beai.core.suggest.steps import readable, stepwise
from beai.core.text import one_line
from beai.core.tokens import tokens

__all__ = ["Caps", "Deadlines", "ModelSuggester", "Retries"]

REPAIRS = 3


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
    _silent: Link | None = field(default=None, init=False)
    _seen: Seen = field(default=Seen(), init=False)

    def __post_init__(self) -> None:
        self._asked = asked(self.settings, self.chosen)
        shared = None if self._asked.is_file else self.shared  # a file's worker keeps the file in memory
        self.workers = shared or Workers(self.env, self.spare and not self._asked.is_file, self._asked.is_file)

    @property
    def name(self) -> str:
        """What the status line shows: the model."""
        return self._asked.name

    @property
    def _local(self) -> bool:
        """Whether what is sent stays on this computer."""
        return is_local(self._asked.model, self._asked.base)

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
                self.workers.abandon()
                raise
            finally:
                self.workers.warm()

    async def ask(self, request: Request, sent: Sequence[Message], tell: Tell) -> str | Fault:
        """One answer to ``sent`` as it stands: nothing is packed, parsed or repaired, as ``trial`` wants it."""
        async with self.workers.turn:
            self._left, self._silent = request.allowance, None
            try:
                answer = await self._complete(request, sent, tell)
            except asyncio.CancelledError:
                self.workers.abandon()
                raise
        return answer if isinstance(answer, Fault) else answer.text

    async def close(self) -> None:
        """Leave no process behind; a request in flight is not waited for."""
        if self.workers is not self.shared:
            await self.workers.close()

    async def window(self) -> Window:
        """How much the model takes: as set, else as litellm or the file says, else a cautious guess; asked for once.

        A file is never asked for more than it has.
        """
        async with self.workers.turn:
            return await self._window()

    async def steps(self) -> Steps:
        """How it is asked, and why: as set, else by its window, its trial and what this session saw."""
        return await self._steps(await self.window())

    async def _window(self) -> Window:
        setting, most, file = self.settings.window, self.settings.max_tokens, self._asked.is_file
        known = {} if setting is not None and not file else await self._what_is_known()
        there = _whole(known.get("in"))
        if file and there is not None and there != setting:
            return replace(window_of(there, most, None, None), why=f"the file and this computer allow {there:,}")
        return window_of(setting, most, there, _whole(known.get("out")))

    async def _steps(self, window: Window) -> Steps:
        able = await asyncio.to_thread(measured, state_dir(self.env), self._asked.model, self._asked.base)
        return steps(self.settings.steps, window.tokens, able, self._seen)

    async def _suggest(self, request: Request, tell: Tell) -> Reply | Fault:
        """The answer, in the manner that the model can take."""
        self._left, self._silent = request.allowance, None
        if self._left.over:
            return Fault(FaultKind.CAP, f"Nothing is left below the cap, so {self.name} was not asked.")
        self._seen = self._seen.after(request.repeated)
        window = await self._window()
        chosen = await self._steps(window)
        if not chosen.small:
            return await self._one(request, window, tell)
        tell(Noted(chosen.told))
        return await stepwise(request, lambda step: self._one(step, narrowed(window), tell), tell)

    async def _one(self, request: Request, window: Window, tell: Tell) -> Reply | Fault:
        """One request, and again with a complaint where its reply is of no use."""
        packed = await asyncio.to_thread(pack, request, window)
        if not packed.fits:
            return oversized(self.name, packed)
        sent: tuple[Message, ...] = messages(packed)
        complaint, text = "", ""
        for _ in range(1 + REPAIRS):
            if (leak := await asyncio.to_thread(sealed, packed, sent, request.secrets)) is not None:
                return leak
            leaving = Sent(self.name, self._asked.base, self._local, packed, sent)
            answer = await self._complete(request, sent, tell, leaving)
            if isinstance(answer, Fault):
                return answer
            text = answer.text
            reply = readable(text, request)
            if not isinstance(reply, Fault):
                return reply
            if answer.odd:
                why = (
                    f'{self.name} ended its reply for the reason "{answer.odd}", and it is incomplete. {reply.summary}'
                )
                return Fault(FaultKind.MODEL, why, text, OFFER)
            complaint, self._seen = reply.summary, self._seen.after(again=True)
            tell(Noted(f"asks again: {one_line(complaint, 120)}"))
            kept, why = sent if request.manner is Manner.WHOLE else sent[:2], f"{reply.summary} {reply.detail}"
            sent = (*kept, *repair(text, why, request.nonce, request.manner, request.secrets))
        summary = f"{self.name} answered {1 + REPAIRS} times, and nothing could be applied. {complaint}"
        return Fault(FaultKind.MODEL, summary, text, OFFER)

    async def _complete(
        self, request: Request, sent: Sequence[Message], tell: Tell, leaving: Sent | None = None
    ) -> Answer | Fault:
        """One request: the whole answer, or why there is none; ``leaving`` is told once nothing stands in its way."""
        if self.settings.local_only and not self._local:
            return elsewhere(self.name)
        known = await self._what_is_known()
        price = price_of(self._asked, known, self._local)
        size = sum(tokens(message.content) for message in sent)
        sending = Sending(self._asked.model, str(request.purpose), request.case_id, size, price)
        if (dear := spendable(self._left, sending)) is not None:
            tell(Withheld(sending))
            return dear
        link = await self.workers.linked()
        if isinstance(link, Fault):
            return link
        line = order(self.settings, self._asked, self.deadlines, self.retries, self.caps)
        line |= {"id": link.number(), "messages": [asdict(message) for message in sent]}
        line |= {"guard": [[one.told, one.value] for one in request.secrets], "local_only": self.settings.local_only}
        line |= bounds(line, request.manner, await self._window(), self._asked.is_file)
        tab = Tab(sending, self._left, line["max_tokens"] or _whole(known.get("out")) or REPLY)
        line |= {"max_tokens": tab.longest} if tab.cut else {}
        for progress in (leaving, sending):
            if progress is not None:
                tell(progress)
        spending: Spending | None = tab.stopped("cancelled")
        try:
            ended = await listen(link, line, tab, self.deadlines, self.name, tell)
            spending = ended.spending
        except asyncio.CancelledError:
            spending = tab.stopped("cancelled")
            raise
        finally:
            self._left = tab.allowance.after((spending,) if spending is not None else ())
            if spending is not None:
                tell(spending)
        printed = ""
        if ended.stuck or ended.gone:
            printed = await self.workers.drop()
        return ended.answer or Fault(FaultKind.MODEL, "The model worker ended unexpectedly.", printed, "Try again.")

    async def _what_is_known(self) -> dict[str, Any]:
        """What litellm's own table says of the model; nothing where nobody answers, who is asked once a request."""
        if self._known is not None:
            return self._known
        link = await self.workers.linked()
        if isinstance(link, Fault) or link is self._silent:
            return {}
        line: dict[str, Any] = {
            "do": "window",
            "id": link.number(),
            "model": self._asked.model,
            "setting": self.settings.window,
        }
        try:
            async with asyncio.timeout(self.deadlines.start):
                if not await link.send(line):
                    return {}
                while (event := await link.receive(line["id"])).get("event") == "ready":
                    continue
        except TimeoutError:
            self._silent = link
            return {}
        if event.get("event") != "window":
            await self.workers.drop()  # so that the request itself meets the same trouble, and tells it
            return {}
        self._known = event
        return event


def _whole(number: object) -> int | None:
    return number if isinstance(number, int) and number > 0 else None
