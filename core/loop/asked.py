"""Who is asked now, by the session: the one the person picked, else whom the settings plan for the step at hand."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.effects import Suggest
from beai.core.loop.events.deeds import Resumed
from beai.core.loop.moves import Moved, still
from beai.core.loop.phase import Phase
from beai.core.loop.session import Session, Stage
from beai.core.suggest.choice import Chosen
from beai.core.suggest.exchange import Purpose

_NEXT = {Purpose.CASES: Purpose.TEST, Purpose.TEST: Purpose.CODE, Purpose.CODE: Purpose.REFACTOR}


def asked(session: Session) -> str:
    """The name of who is asked in this step, ``""`` before anyone is known."""
    return asked_for(session, purpose(session), session.chosen)


def asked_for(session: Session, purpose: Purpose, by: Chosen | None) -> str:
    """The name of who is asked for ``purpose``: ``by``, else whom the settings name."""
    return by.name if by is not None else dict(session.plan).get(purpose, session.suggester)


def picked(session: Session, chosen: Chosen | None) -> Moved:
    """Whom the person wants asked from now on; what is under way stays with who was asked."""
    now = replace(session, chosen=chosen)
    if not isinstance(session.pending, Suggest):
        return still(now, f"{asked(now) or 'The drafter'} is asked from now on.")
    return still(now, f"{asked(now)} is asked at the next request; ctrl+g, then t asks at once.")


def again(session: Session, event: Resumed) -> Session:
    """beai was started again: the one picked before is still asked, unless settings or flags say other than then.

    A request that was under way is made to whoever is asked now.
    """
    same = not event.named and event.suggester == session.suggester and event.plan == session.plan
    chosen = session.chosen if same else None
    pending = session.pending
    if isinstance(pending, Suggest) and not pending.pasted:  # what a person brought is read all the same
        pending = replace(pending, by=chosen)
    return replace(session, suggester=event.suggester, plan=event.plan, chosen=chosen, pending=pending)


def purpose(session: Session) -> Purpose:
    """What is asked for in this step."""
    if session.cycle is not None:
        return session.cycle.purpose
    return Purpose.CASES if session.phase in (Phase.UNDERSTAND, Phase.CASES) else Purpose.RECORD


def upcoming(session: Session) -> Purpose:
    """What will be asked for next: while the person reads a suggestion, what comes after it."""
    now = purpose(session)
    waits = session.cycle.stage is Stage.ASKING if session.cycle is not None else session.phase is not Phase.CASES
    return now if waits or session.pending is not None else _NEXT.get(now, now)
