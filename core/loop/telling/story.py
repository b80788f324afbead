"""The whole of a journal as a story, event by event in the order of things, in little memory however long it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from beai.core.loop.codec import decode
from beai.core.loop.journal import Journal, Link
from beai.core.loop.replaying import replayed
from beai.core.loop.session import Phase, Session
from beai.core.loop.step import step
from beai.core.loop.telling.happening import BEAI, Happening
from beai.core.loop.telling.told import told

_OPEN = 4  # sessions that are held at once; another one is gone through again when it goes on


@dataclass(frozen=True, slots=True)
class Told:
    """One event with what happened by it; ``task``, ``step`` and ``case`` are where the session stood."""

    link: Link
    task: str
    step: Phase
    case: str
    happenings: tuple[Happening, ...]


class Story:
    """Goes through a journal; a second call of ``since`` goes on where the first one ended."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._held: OrderedDict[int, tuple[int, Session | None]] = OrderedDict()
        self.number = 0

    def tell(self, session: int = 0, since: float = 0.0) -> Iterator[Told]:
        """What happened after ``number``, in one session or in all; raises ``sqlite3.Error`` as the journal does."""
        for link in self._journal.links(self.number, session, since):
            self.number = link.number
            before = self._at(link)
            if before is not None:
                yield self._tell(link, before)

    def _tell(self, link: Link, before: Session) -> Told:
        try:
            event = decode(link.text)
        except ValueError:
            self._keep(link, None)
            said = "this event cannot be read by this version, and what follows in its session is not told"
            return Told(link, before.task_id, before.phase, before.case_id, (Happening("unread", BEAI, said),))
        after, _ = step(before, event)
        self._keep(link, after)
        here = before if before.task_id and after.phase is not Phase.UNDERSTAND else after
        return Told(link, after.task_id, here.phase, here.case_id, told(before, event, after))

    def _at(self, link: Link) -> Session | None:
        """The session as it was before ``link``; None where an event before it cannot be read."""
        seq, session = self._held.get(link.session, (0, Session()))
        if seq == link.seq - 1:
            return session
        earlier = takewhile(lambda one: one.seq < link.seq, self._journal.links(0, link.session))
        try:
            return replayed(decode(one.text) for one in earlier)
        except ValueError:
            return None

    def _keep(self, link: Link, session: Session | None) -> None:
        self._held[link.session] = (link.seq, session)
        self._held.move_to_end(link.session)
        while len(self._held) > _OPEN:
            self._held.popitem(last=False)
