"""What the sessions of a journal spent on which task, request by request."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.fault import Fault, FaultKind
from beai.core.loop.codec import TAG, decode
from beai.core.loop.events.deeds import Resumed
from beai.core.loop.events.facts import Cancelled, Failed, Replied
from beai.core.loop.events.seen import ModelAsked, ModelSpent
from beai.core.loop.journal import Brief, Journal
from beai.core.suggest.meter import counted
from beai.core.suggest.progress import Spending

_ENDS = tuple(kind.__name__ for kind in (Replied, Failed, Cancelled))
_KINDS = tuple(kind.__name__ for kind in (ModelAsked, ModelSpent, Resumed)) + _ENDS


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a session, with the time at which it ended; one that did not end has that of its sending."""

    session: int
    at: float
    task: str
    spending: Spending


@dataclass(frozen=True, slots=True)
class Account:
    """Every request that was kept, oldest first; ``began`` is when each session did, ``unread`` why one is missing."""

    requests: tuple[Request, ...]
    began: tuple[tuple[int, float], ...] = ()
    unread: tuple[tuple[int, Fault], ...] = ()


def account(journal: Journal) -> Account:
    """What ``journal`` has; a session of another version is told, and the others are counted."""
    requests: list[Request] = []
    began: list[tuple[int, float]] = []
    unread: list[tuple[int, Fault]] = []
    for session in journal.brief(_KINDS):
        found = session.lines if isinstance(session.lines, Fault) else _requests(session, session.lines)
        if isinstance(found, Fault):
            unread.append((session.id, found))
            continue
        requests += found
        began.append((session.id, session.began))
    return Account(tuple(requests), tuple(began), tuple(unread))


def _requests(session: Brief, lines: tuple[tuple[int, float, str], ...]) -> list[Request] | Fault:
    """The requests of one session; one counts as lost where the process ended before it, as the session counts it."""
    found: list[Request] = []
    open_: Request | None = None
    for _, at, line in lines:
        kind = line.rpartition(f'"{TAG}":"')[2][:-2]
        if kind == Resumed.__name__ and open_ is not None:
            found.append(open_)
        open_ = None
        if kind not in (ModelAsked.__name__, ModelSpent.__name__):
            continue
        try:
            event = decode(line)
        except ValueError as error:
            return Fault(FaultKind.DISK, "The session cannot be read by this version.", str(error))
        if isinstance(event, ModelAsked):
            open_ = Request(session.id, at, event.task_id, counted(event.sending))
        elif isinstance(event, ModelSpent):
            found.append(Request(session.id, at, event.task_id, event.spending))
    return [*found, open_] if open_ is not None else found
