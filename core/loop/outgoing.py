"""What the session's next request would send, and to whom; put together as the loop does it, with nothing sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import Suggest
from beai.core.loop.foretelling import next_request
from beai.core.loop.session import Session
from beai.core.settings import Settings, access_for
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Purpose, Request
from beai.core.suggest.known_window import Asking, asking
from beai.core.suggest.pack import pack
from beai.core.suggest.pack.part import Pack
from beai.core.suggest.plan import line, settings_for
from beai.core.suggest.privacy.local import DEFAULTS, is_local
from beai.core.suggest.scribe import by_settings


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The parts of a request with whom it would go to; ``local`` is whether it stays on this computer.

    ``where`` is the address, as far as it is known; ``refused`` is why it would not be sent, ``""`` where it would.
    ``failed`` names those who are passed over for now, ``others`` are asked in turn where it fails as well, each with
    whether it stays on this computer.
    """

    chosen: Chosen
    where: str
    local: bool
    packed: Pack
    refused: str = ""
    failed: tuple[str, ...] = ()
    others: tuple[tuple[str, bool], ...] = ()


@dataclass(slots=True)
class Foreseeing:
    """Looks at the repository at ``root`` each time it is called, beside the event loop."""

    root: Path
    env: Mapping[str, str]
    settings: Settings
    _ways: dict[Chosen, Asking] = field(default_factory=dict, init=False)
    _begun: tuple[Session, asyncio.Task[Outgoing | Fault]] | None = field(default=None, init=False)

    async def __call__(self, session: Session) -> Outgoing | Fault:
        """What would be sent as the session is now.

        Who stops waiting leaves the work under way, for whoever asks for the same before it is done.
        """
        begun = self._begun
        if begun is None or begun[0] is not session or begun[1].done():
            begun = self._begun = session, asyncio.create_task(self._made(session), name="foresee")
        return await asyncio.shield(begun[1])

    async def _made(self, session: Session) -> Outgoing | Fault:
        if session.project is None or session.task is None:
            return Fault(FaultKind.USAGE, "No task is chosen yet, so there is nothing to send.")
        made = await asyncio.to_thread(next_request, self.root, self.env, self.settings, session)
        if isinstance(made, Fault):
            return made
        chosen, *others = self._line(session, made)
        how = await self._how(chosen)
        packed = await asyncio.to_thread(how.packed if how is not None else pack, made)
        turn = session.asking or session.resting
        failed = turn.failed if turn is not None and turn.chosen == chosen else ()
        after = tuple((one.name, self._local(one)) for one in others)
        local, where = self._local(chosen), _where(chosen, self._base(chosen))
        return Outgoing(chosen, where, local, packed, self._refused(chosen, local, made), failed, after)

    def _line(self, session: Session, made: Request) -> list[Chosen]:
        """Who is asked now, and who where that fails: in turn, but whoever failed a moment ago at the end.

        The words of a record are our own recorder's where the settings name nobody for them, or where those fail.
        """
        asks = session.pending if isinstance(session.pending, Suggest) else None
        by, turn = made.by, session.asking or session.resting
        if made.purpose is Purpose.RECORD:
            named = by_settings(self.settings)(made)
            return [Chosen()] if named is None else [named, Chosen()]
        every = list(line(self.settings, made.purpose, by))
        if by is None and turn is not None:
            every.sort(key=lambda one: (asks is None or one != turn.chosen, one.name in turn.failed))
        if by is None and self.settings.local_only:
            every = [one for one in every if one.way is not Way.MODEL or self._local(one)] or every[:1]
        return every

    def _base(self, chosen: Chosen) -> str:
        return chosen.base or access_for(self.settings, chosen.model).base

    def _local(self, chosen: Chosen) -> bool:
        """Whether what ``chosen`` is sent stays on this computer."""
        by_itself = chosen.way is Way.DRAFTER
        return by_itself or (chosen.way is Way.MODEL and is_local(chosen.model, self._base(chosen)))

    async def _how(self, chosen: Chosen) -> Asking | None:
        """How much a model takes and in which steps; asked for once, since it takes seconds."""
        if chosen.way is not Way.MODEL:
            return None
        if chosen not in self._ways:
            self._ways[chosen] = await asking(settings_for(self.settings, chosen), self.env)
        return self._ways[chosen]

    def _refused(self, chosen: Chosen, local: bool, made: Request) -> str:
        if chosen.way is Way.DRAFTER and made.purpose is Purpose.RECORD:
            return "beai writes the record from what it saw: nothing is sent, and this is what a model would get"
        if chosen.way is Way.DRAFTER:
            return "the drafter works on this computer by itself: nothing is sent, and this is what a model would get"
        if chosen.way is Way.MODEL and self.settings.local_only and not local:
            return "local_only is set and it is not on this computer: nothing would be sent"
        return ""


def _where(chosen: Chosen, base: str) -> str:
    match chosen.way:
        case Way.MODEL:
            usual = next((address for prefix, address in DEFAULTS.items() if chosen.model.startswith(prefix)), "")
            return base or usual or "the provider's own address"
        case Way.CLIPBOARD:
            return "a chat of yours, by the clipboard"
        case _:
            return "nowhere"
