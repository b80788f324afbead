"""How the contract of a task comes about, is changed by the person, and keeps the task from done."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.covering import facts
from beai.core.loop.cycle import whole_run
from beai.core.loop.events.deeds import CaseBound, PointWaived, QuestionAnswered
from beai.core.loop.moves import Moved, card, issue, still
from beai.core.loop.rereading import checklist
from beai.core.loop.session import Case, Choice, OpenQuestion, Phase, Session
from beai.core.loop.subject import subject
from beai.core.record.binding import bound, left_out, made
from beai.core.record.contract import Contract, points
from beai.core.suggest.exchange import Answer, Card

_LISTED = 12  # open points that a question lists


def proposed(session: Session, cases: tuple[Case, ...]) -> Contract:
    """The contract as ``cases`` are proposed: each serves the criteria that its proposal names."""
    criteria = session.task.criteria if session.task else ()
    contract = made(criteria, checklist(session), ((case.id, case.idea.criteria) for case in cases))
    return replace(contract, procedure=subject(session))


def begun(session: Session) -> Session:
    """The session with a contract, also where no case was proposed yet."""
    return session if session.contract.terms else replace(session, contract=proposed(session, session.cases))


def waits(session: Session) -> bool:
    """Whether every case is settled, and the task was read again before anything is recorded."""
    between = session.phase in (Phase.RED, Phase.GREEN, Phase.REFACTOR) and session.cycle is None
    return between and session.question is None and not session.case_id


def decided(session: Session, event: CaseBound | PointWaived) -> Moved:
    """The person binds a case, or leaves a point out; where that closes the last open point, the task goes on."""
    if session.phase in (Phase.UNDERSTAND, Phase.DONE) or not session.cases:
        return still(session)
    session = begun(session)
    moved = _bound(session, event) if isinstance(event, CaseBound) else _left_out(session, event)
    if isinstance(moved, str):
        return still(session, moved)
    if moved.question is None or moved.question.asks is not Card.CONTRACT:
        return still(moved)
    asked = unkept(moved)
    return still(replace(moved, question=asked)) if asked else issue(replace(moved, question=None), whole_run(moved))


def unkept(session: Session) -> OpenQuestion | None:
    """What keeps the task from being recorded; None where the contract holds."""
    found = points(facts(session))
    if not found:
        return None
    rows = (
        (Choice.RECASE, "Back to the cases", "Bind them with b, leave out with x, add with +; what is settled stays."),
        (Choice.PROCEED, "Leave all of it out", "Only with a reason in your own words, which is kept as evidence."),
    )
    count = f"{len(found)} points of the contract are open." if len(found) > 1 else "One point of the contract is open."
    more = f"\nand {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    listed = "\n".join(point.said for point in found[:_LISTED])
    cites = (session.task.file,) if session.task else ()
    return card(Card.CONTRACT, count, rows, cites=cites, considered=f"{listed}{more}")


def answered(session: Session, asked: OpenQuestion, event: QuestionAnswered) -> Moved:
    """Back to the cases, or everything that is open is left out for the reason that is given."""
    reason = " ".join(event.text.split())
    choice = asked.choices[event.choice] if event.choice >= 0 else Choice.PROCEED
    if choice is Choice.RECASE:
        return still(replace(session, question=None, phase=Phase.CASES, cycle=None))
    if not reason:
        return still(session, "Say why, in your own words: tab.")
    contract = session.contract
    for point in points(facts(session)):
        contract = left_out(contract, point.key, reason)
    answer = Answer(asked.question.topic, event.choice, reason, asked.question.issue, asks=asked.asks)
    session = replace(session, question=None, contract=contract, answers=(*session.answers, answer))
    return issue(session, whole_run(session))


def _bound(session: Session, event: CaseBound) -> Session | str:
    if all(case.id != event.id for case in session.cases):
        return f"There is no case {event.id}."
    known = [one.check for one in session.contract.asked]
    if unknown := [check for check in event.checks if check not in known]:
        return f"The checklist asks for {', '.join(known) or 'nothing'}, not for {unknown[0]}."
    contract = bound(session.contract, event.id, event.criteria, event.checks)
    if isinstance(contract, str):
        return contract
    words = {term.number: term.text for term in contract.terms}
    served = [words[number] for number in contract.of(event.id)]
    first, further = "".join(served[:1]), tuple(served[1:])
    cases = tuple(
        replace(case, idea=replace(case.idea, criterion=first, further=further)) if case.id == event.id else case
        for case in session.cases
    )
    return replace(session, contract=contract, cases=cases)


def _left_out(session: Session, event: PointWaived) -> Session | str:
    if event.point not in _points(session):
        return f"There is nothing called {event.point} to leave out."
    return replace(session, contract=left_out(session.contract, event.point, event.reason))


def _points(session: Session) -> frozenset[str]:
    """What can be left out: criteria, cases, items of the checklist."""
    contract = session.contract
    criteria = {f"criterion {term.number}" for term in contract.terms if not term.gone}
    asked = {one.check for one in contract.asked}
    return frozenset(criteria | asked | {case.id for case in session.cases})
