"""Events that were kept are stepped through again, to the very same sessions; nothing is performed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import accumulate, islice

from beai.core.loop.events import Event
from beai.core.loop.session import Session
from beai.core.loop.step import step

_BEFORE = Session()


def stepped(events: Iterable[Event]) -> Iterator[Session]:
    """The session after each of ``events``."""
    return islice(accumulate(events, _after, initial=_BEFORE), 1, None)


def replayed(events: Iterable[Event]) -> Session:
    """The session that they all lead to."""
    return reduce(_after, events, _BEFORE)


def _after(session: Session, event: Event) -> Session:
    return step(session, event)[0]
