"""Who writes the words of the record: our own recorder, or a model where the settings name one for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.choice import Way
from beai.core.suggest.exchange import Purpose, Reply, Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.plan import planned
from beai.core.suggest.progress import Grew, Noted, Progress
from beai.core.suggest.switchboard import ANOTHER, Asked, Switchboard


@dataclass(frozen=True, slots=True)
class Scribe:
    """RECORD's words: our own recorder's, and a model's where the settings name one for them and it does not fail."""

    recorder: Asked
    switchboard: Switchboard
    name: str = "beai"

    async def start(self) -> Fault | None:
        """There is nothing to warm before it is asked."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | HandOut | Fault:
        """The record; the person's pick of the drafter holds for its words, too."""
        settings = self.switchboard.settings
        if not dict(settings.phases).get("words"):
            return await self.recorder.suggest(request, tell)
        by = request.by or planned(settings, Purpose.RECORD)
        if by.way is not Way.DRAFTER:
            reply = await self.switchboard.suggest(replace(request, by=by), tell)
            if not isinstance(reply, Fault) or reply.kind not in ANOTHER | {FaultKind.REFUSED}:
                return reply
            tell(Grew(""))
            tell(Noted(f"{reply.summary} beai writes the record from what it saw."))
        return await self.recorder.suggest(request, tell)

    async def close(self) -> None:
        """The switchboard is closed by whoever made it."""
