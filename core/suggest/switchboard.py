"""The suggester that asks others: whom the person picked or the settings plan, and the next one where that fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Turn, Way
from beai.core.suggest.exchange import Purpose, Reply, Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.plan import line, planned, usual
from beai.core.suggest.privacy.local import elsewhere
from beai.core.suggest.progress import Grew, Noted, Progress, Spending

ANOTHER = frozenset({FaultKind.MODEL, FaultKind.NETWORK, FaultKind.MISSING})
"""Kinds of trouble that another model may not have."""

REST = 60.0
"""Seconds for which one that failed is asked last, so that nobody waits for it again at each repair."""

MOST = 2
"""Models that are kept with what they hold: the one that is asked, and the one that will be next."""


class Asked(Protocol):
    """One who can be asked; the port ``Suggester``."""

    async def start(self) -> Fault | None:
        """Warm up."""

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | HandOut | Fault:
        """Answer."""
        ...

    async def close(self) -> None:
        """Leave no process behind."""


@dataclass(slots=True)
class Switchboard:
    """The port ``Suggester`` over one suggester for each of ``Chosen``, made by ``makers`` when first needed.

    ``local`` is whether a model is on this computer, ``used`` hears who answered, ``after`` closes what they share.
    ``clock`` counts monotonic seconds.
    """

    settings: Settings
    makers: Mapping[Way, Callable[[Chosen], Asked]]
    local: Callable[[str, str], bool] = lambda model, base: False
    used: Callable[[Chosen], object] = lambda chosen: None
    after: Callable[[], Awaitable[None]] | None = None
    clock: Callable[[], float] = time.monotonic
    _kept: dict[Chosen, Asked] = field(default_factory=dict, init=False)
    _failed: dict[Chosen, float] = field(default_factory=dict, init=False)
    _leaving: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    @property
    def name(self) -> str:
        """Who is asked where nothing else is said."""
        return usual(self.settings).name

    async def start(self) -> Fault | None:
        """Warm the one that will be asked first, and nobody else."""
        return await self.warm(planned(self.settings, Purpose.CASES))

    async def warm(self, chosen: Chosen) -> Fault | None:
        """Have ``chosen`` ready while the person reads; what may not be asked is not started."""
        return self.barred(chosen) or await self._with(chosen).start()

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | HandOut | Fault:
        """Ask; where one fails and another may answer, say so and ask that one."""
        faults, spent = list[Fault](), list[Spending]()
        asked, usually = self._line(request), line(self.settings, request.purpose, request.by)
        if passed := [one.name for one in usually[: usually.index(asked[0])]]:
            tell(Noted(f"{_listed(passed)} failed a moment ago, so {asked[0].name} is asked."))
        for chosen in asked:
            if faults:
                tell(Grew(""))
                tell(Noted(f"{faults[-1].summary} Now {chosen.name} is asked."))
            tell(self._turn(request, chosen))
            left = replace(request, allowance=request.allowance.after(spent))
            reply = self.barred(chosen) or await self._with(chosen).suggest(left, partial(_heard, spent, tell))
            if not isinstance(reply, Fault):
                self._failed.pop(chosen, None)
                await asyncio.to_thread(self.used, chosen)
                return reply
            if reply.kind not in ANOTHER and not (self.barred(chosen) and request.by is None):
                return reply
            self._failed[chosen] = self.clock()
            faults.append(reply)
        self._failed.clear()  # the next attempt is a decision of the person's, and begins where they would
        tell(self._turn(request, line(self.settings, request.purpose, request.by)[0]))
        return _together(faults)

    async def close(self) -> None:
        """Leave no process behind."""
        kept, self._kept = self._kept, {}
        await asyncio.gather(*self._leaving, *(one.close() for one in kept.values()), return_exceptions=True)
        if self.after is not None:
            await self.after()

    def _line(self, request: Request) -> list[Chosen]:
        """Who is asked in turn; one that failed a moment ago comes after those that did not."""
        oldest = self.clock() - REST
        return sorted(
            line(self.settings, request.purpose, request.by), key=lambda one: self._failed.get(one, oldest) > oldest
        )

    def _turn(self, request: Request, chosen: Chosen) -> Turn:
        """That ``chosen`` is asked now, and whom of those before it another request would pass over as well."""
        now, planned_ = self.clock(), line(self.settings, request.purpose, request.by)
        failed = tuple(one for one in planned_ if one != chosen and self._failed.get(one, now - REST) > now - REST)
        rests = self._failed[failed[0]] + REST - now if failed else 0.0
        return Turn(chosen, tuple(one.name for one in failed), rests)

    def barred(self, chosen: Chosen) -> Fault | None:
        """Why ``chosen`` may not or cannot be asked."""
        if chosen.way not in self.makers:
            return Fault(
                FaultKind.MISSING,
                f"Nobody can be asked by {chosen.way} here.",
                "",
                "Choose another one: M in the app, or beai model use.",
            )
        return barred(self.settings, chosen, self.local)

    def _with(self, chosen: Chosen) -> Asked:
        """The suggester of ``chosen``; the model that was asked longest ago makes room."""
        one = self._kept.pop(chosen, None) or self.makers[chosen.way](chosen)
        self._kept[chosen] = one
        models = [other for other in self._kept if other.way is Way.MODEL]
        for other in models[:-MOST]:
            task = asyncio.create_task(self._kept.pop(other).close())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
        return one


def barred(settings: Settings, chosen: Chosen, local: Callable[[str, str], bool]) -> Fault | None:
    """Why nothing may be sent to ``chosen`` by these settings; ``local`` is whether a model is on this computer."""
    if not settings.local_only or chosen.way is not Way.MODEL or local(chosen.model, chosen.base):
        return None
    return elsewhere(chosen.name)


def _heard(spent: list[Spending], tell: Callable[[Progress], None], progress: Progress) -> None:
    """Pass on what one tells, and remember what it cost: the next one may spend so much less."""
    if isinstance(progress, Spending):
        spent.append(progress)
    tell(progress)


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _together(faults: list[Fault]) -> Fault:
    """One fault for all who failed: the first one's, with the sentences of the others."""
    first, others = faults[0], faults[1:]
    if not others:
        return first
    count = "So did the one asked after it." if len(others) == 1 else f"So did {len(others)} asked after it."
    detail = "\n".join(filter(None, (first.detail, *(fault.sentence() for fault in others))))
    return replace(first, summary=f"{first.summary} {count}", detail=detail)
