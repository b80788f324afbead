"""Who writes the words of the record: our own recorder, or a model where the settings name one for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Keeping
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Turn, Way
from beai.core.suggest.exchange import Purpose, Reply, Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.plan import planned
from beai.core.suggest.progress import Grew, Noted, Progress
from beai.core.suggest.switchboard import ANOTHER, Asked

Whom = Callable[[Request], Chosen | None]
"""Who writes the words of a record; None: our own recorder."""


@dataclass(frozen=True, slots=True)
class Scribe:
    """RECORD's words: our own recorder's, and those of ``asked`` where ``whom`` names one and that does not fail."""

    recorder: Asked
    asked: Asked
    whom: Whom
    name: str = "beai"

    async def start(self) -> Fault | None:
        """There is nothing to warm before it is asked."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | HandOut | Fault:
        """The record, from whoever is named for it."""
        by = self.whom(request)
        if by is not None:
            reply = await self.asked.suggest(replace(request, by=by), tell)
            if not isinstance(reply, Fault) or reply.kind not in ANOTHER | {FaultKind.REFUSED}:
                return reply
            tell(Grew(""))
            tell(Noted(f"{reply.summary} beai writes the record from what it saw."))
            tell(Turn(Chosen(), (by.name,)))
        return await self.recorder.suggest(request, tell)

    async def keep(self, request: Request, text: str, reply: Reply) -> None:
        """What a person brought for it is kept by who would have been asked, where they keep anything."""
        if isinstance(self.asked, Keeping):
            await self.asked.keep(request, text, reply)

    async def close(self) -> None:
        """Who is asked is closed by whoever made it."""


def by_settings(settings: Settings) -> Whom:
    """Whom the settings name for the words, or the person picked; the drafter is no writer of them."""

    def whom(request: Request) -> Chosen | None:
        if not dict(settings.phases).get("words"):
            return None
        by = request.by or planned(settings, Purpose.RECORD)
        return None if by.way is Way.DRAFTER else by

    return whom
