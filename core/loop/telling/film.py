"""One session of a journal as it can be looked at again: the session after any of its events, and what that was."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.fault import Fault, FaultKind
from beai.core.loop.codec import decode
from beai.core.loop.journal import Begun, Journal, Link
from beai.core.loop.session import Session
from beai.core.loop.step import step
from beai.core.loop.telling.happening import PERSON, Happening
from beai.core.loop.telling.told import told

_EVERY = 50  # events between two sessions that are kept, so that going back one event is quick


@dataclass(frozen=True, slots=True)
class Frame:
    """The session after its ``number``-th event, and what happened by that; number 0 is before the first one."""

    number: int
    session: Session
    link: Link | None = None
    happenings: tuple[Happening, ...] = ()
    turned: bool = False

    @property
    def text(self) -> str:
        """What happened, in one line."""
        return " · ".join(one.text for one in self.happenings) or "before the first event"

    @property
    def marked(self) -> bool:
        """Whether a person decided something here, or the session went to another phase."""
        return self.turned or any(one.who == PERSON and not one.quiet for one in self.happenings)


class Film:
    """Goes to any event of one session; ``last`` is the number of the last one, ``cut`` why that is not the end."""

    def __init__(self, journal: Journal, begun: Begun) -> None:
        self.begun, self.last, self.cut = begun, begun.last, ""
        self._journal = journal
        self._kept: dict[int, Session] = {0: Session()}
        self._at: tuple[int, Session] = (0, Session())

    def frame(self, number: int) -> Frame:
        """What stood after that event; one beyond the last is the last. Raises as ``Journal.links`` does."""
        wanted = min(max(number, 0), self.last)
        before = self._after(wanted - 1) if wanted else Session()
        wanted = min(wanted, self.last)
        links = self._journal.span(self.begun.id, wanted - 1, wanted) if wanted else ()
        if not links:
            return Frame(0, Session())
        try:
            event = decode(links[0].text)
        except ValueError:
            self._cut(wanted)
            return self.frame(self.last)
        after, _ = step(before, event)
        self._remember(wanted, after)
        turned = after.phase is not before.phase or after.task_id != before.task_id
        return Frame(wanted, after, links[0], told(before, event, after), turned)

    def _after(self, number: int) -> Session:
        """The session after that event, from the nearest one that is known."""
        start, session = max(
            (one for one in (self._at, self._nearest(number)) if one[0] <= number), key=lambda one: one[0]
        )
        for link in self._journal.span(self.begun.id, start, number):
            try:
                session, _ = step(session, decode(link.text))
            except ValueError:
                self._cut(link.seq)
                return session
            self._remember(link.seq, session)
        return session

    def _nearest(self, number: int) -> tuple[int, Session]:
        at = next(one for one in range(number - number % _EVERY, -1, -_EVERY) if one in self._kept)
        return at, self._kept[at]

    def _remember(self, number: int, session: Session) -> None:
        self._at = (number, session)
        if number % _EVERY == 0:
            self._kept[number] = session

    def _cut(self, seq: int) -> None:
        self.last = seq - 1
        self.cut = f"Event {seq} cannot be read by this version of beai, so the session is shown up to the one before."


def chosen(journal: Journal, session: int = 0, task: str = "") -> Film | Fault:
    """The session of that number, the newest one of a task, or the newest of all that holds anything."""
    begun = journal.begun()
    if isinstance(begun, Fault):
        return begun
    if session:
        one = next((one for one in begun if one.id == session), None)
        return (
            _film(journal, one)
            if one
            else Fault(FaultKind.USAGE, f"There is no session {session}.", remedy=_newest(begun))
        )
    held = [one for one in reversed(begun) if one.last or one.foreign]
    if not task:
        return _film(journal, held[0]) if held else Fault(FaultKind.USAGE, "No session was kept yet.")
    for one in held:
        if not one.foreign and (film := Film(journal, one)).frame(one.last).session.task_id == task:
            return film
    return Fault(FaultKind.USAGE, f"No session of task {task} was kept.", remedy=_newest(begun))


def _film(journal: Journal, begun: Begun) -> Film | Fault:
    if begun.foreign:
        said = f"Session {begun.id} was kept by another version of beai and cannot be shown."
        return Fault(FaultKind.USAGE, said, remedy="It stays in the journal.")
    return Film(journal, begun)


def _newest(begun: tuple[Begun, ...]) -> str:
    return f"The newest is {begun[-1].id}." if begun else "None was kept yet."
