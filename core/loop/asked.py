"""Who is asked now, by the session: the one the person picked, else whom the settings plan for the step at hand."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop import cycle
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
    """The name of who is asked for ``purpose``: ``by``, else whom the settings name, or who is asked in their place."""
    if by is not None:
        return by.name
    name, instead = dict(session.plan).get(purpose, session.suggester), session.resting
    return instead.chosen.name if instead is not None and name in instead.failed else name


def answering(session: Session, asks: Suggest) -> str:
    """The name of who works on ``asks``, which is in flight: another one than was meant, where that one failed."""
    if session.asking is not None:
        return session.asking.chosen.name
    return asked_for(session, asks.purpose, asks.by)


def picked(session: Session, chosen: Chosen | None) -> Moved:
    """Whom the person wants asked from now on; what is under way stays with who was asked.

    A question of who was asked so far is void: the same is asked of the other one.
    """
    now = replace(session, chosen=chosen, resting=None)
    at, question = session.cycle, session.question
    if question is not None and question.theirs and at is not None and at.stage is Stage.ASKING:
        return cycle.consult(replace(now, question=None, waiting=()))
    if not isinstance(session.pending, Suggest):
        return still(now, f"{asked(now) or 'The drafter'} is asked from now on.")
    return still(now, f"{asked(now)} is asked at the next request; ctrl+g, then t asks at once.")


def again(session: Session, event: Resumed) -> Session:
    """beai was started again: the one picked before is still asked, unless settings or flags say other than then.

    A request that was under way is made to whoever is asked now.
    """
    same = not event.named and event.suggester == session.suggester and event.plan == session.plan
    chosen = session.chosen if same else None
    if session.chosen is not None and chosen is None:
        name = dict(event.plan).get(purpose(session), event.suggester)
        says = "the command line names" if event.named else "the settings now say"
        session = replace(session, notice=f"{session.chosen.name} was picked; {says} {name}. M picks again.")
    pending = session.pending
    if isinstance(pending, Suggest) and not pending.pasted:  # what a person brought is read all the same
        pending = replace(pending, by=chosen)
    return replace(session, suggester=event.suggester, plan=event.plan, chosen=chosen, pending=pending, resting=None)


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
