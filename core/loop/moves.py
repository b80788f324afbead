"""The small moves that every part of ``step`` is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from beai.core.fault import Fault
from beai.core.loop.effects import Effect, Suggest
from beai.core.loop.session import Case, Choice, Cycle, OpenQuestion, Phase, Session
from beai.core.suggest.exchange import Card, Option, Purpose, Question
from beai.core.suggest.meter import Allowance, caps

BY_HAND = (Purpose.TEST, Purpose.CODE, Purpose.REFACTOR)
"""What a person can write in an editor instead of who is asked."""

Moved = tuple[Session, tuple[Effect, ...]]


def still(session: Session, notice: str = "") -> Moved:
    """Nothing to perform; ``notice`` tells the person why, where there is something to tell."""
    return (replace(session, notice=notice) if notice else session), ()


def issue(session: Session, effect: Effect) -> Moved:
    """Issue ``effect`` under a new ticket, as the one in flight; who is asked is whom it names, else whom the person
    wants asked now.
    """
    if isinstance(effect, Suggest):
        effect = replace(effect, by=effect.by or session.chosen, allowance=left(session))
    fresh = replace(
        session,
        ticket=session.ticket + 1,
        pending=effect,
        streamed="",
        noted="",
        asking=None,
        withheld=None,
        notice="",
        fault=None,
        failed=None,
        running=None,
        unrun=None,
    )
    return fresh, (effect,)


def left(session: Session) -> Allowance:
    """What the task may still cost."""
    return caps(session.budget, session.raised).after(session.spent)


def landed(session: Session) -> Session:
    """The effect in flight has ended."""
    return replace(session, pending=None, streamed="", noted="", asking=None, running=None, sending=None)


def card(
    asks: Card,
    issue_text: str,
    options: tuple[tuple[Choice, str, str], ...],
    cites: tuple[str, ...] = (),
    considered: str = "",
    about: str = "",
) -> OpenQuestion:
    """One of our own questions from rows of (choice, label, consequence); ``about`` tells it from others like it."""
    question = Question(
        f"{asks}:{about}" if about else asks.value,
        issue_text,
        cites=cites,
        considered=considered,
        options=tuple(Option(label, consequence) for _, label, consequence in options),
    )
    return OpenQuestion(question, tuple(choice for choice, _, _ in options), asks)


def ways(session: Session, *first: str) -> str:
    """What else the person can do in the step at hand, after ``first``, as one sentence."""
    at = session.cycle
    if session.phase in (Phase.COMMIT, Phase.RECORD) or (at is not None and at.purpose in BY_HAND):
        own: tuple[str, ...] = ("h takes it by hand",)
    else:
        listed = ("enter opens the list, to add cases",) if session.phase is Phase.CASES else ()
        own = (*listed, "M asks another one")
    told = ("g tells the suggester something",) if at is not None else ()
    return f"{', '.join((*first, *told, *own))}."


def on_case(session: Session, change: Callable[[Case], Case]) -> Session:
    """The session with the case at hand changed."""
    cases = tuple(change(case) if case.id == session.case_id else case for case in session.cases)
    return replace(session, cases=cases)


def on_cycle(session: Session, cycle: Cycle) -> Session:
    """The session with its cycle replaced."""
    return replace(session, cycle=cycle)


def troubled(session: Session, fault: Fault) -> Session:
    """The session showing ``fault``."""
    return replace(session, fault=fault)
