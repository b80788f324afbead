"""Cases: proposed in plain language, decided by the person, then taken one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from beai.core.loop import contracting
from beai.core.loop.cycle import begin, whole_run
from beai.core.loop.effects import ReadProject
from beai.core.loop.events.deeds import Binding, CasesApproved, CaseToggled, CaseWorded
from beai.core.loop.finishing import finish
from beai.core.loop.guidance import raising
from beai.core.loop.moves import Moved, issue, on_case, still
from beai.core.loop.session import Case, CaseState, Cycle, Phase, Session, Stage, Waiver
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import CaseIdea, CaseKind, ProposeCases, Purpose


def proposed(session: Session, reply: ProposeCases) -> Moved:
    """Number the proposed cases; the person decides which of them hold."""
    cases = tuple(Case(f"C{number}", idea) for number, idea in enumerate(reply.cases, start=1))
    contract = contracting.proposed(session, cases)
    by = session.cycle.by if session.cycle else None
    return still(replace(session, cases=cases, contract=contract, cycle=None, cases_by=by))


def decided(session: Session, event: CaseToggled | CaseWorded | CasesApproved | Binding) -> Moved:
    """Change the list while it is open, or approve it; the contract is changed at any time."""
    if isinstance(event, Binding):
        return contracting.decided(session, event)
    if session.phase is not Phase.CASES:
        return still(session)
    match event:
        case CaseToggled():
            return still(_with(session, event.id, lambda case: replace(case, approved=not case.approved)))
        case CaseWorded():
            return _worded(session, event)
        case CasesApproved():
            if not session.approved():
                return still(session, "Approve at least one case: space switches one on.")
            return next_case(session)


def next_case(session: Session) -> Moved:
    """Begin RED for the first case that is not settled; with none left, go on to RECORD."""
    todo = next((case for case in session.approved() if not case.state.settled), None)
    if todo is None:
        return last_run(replace(session, case_id="", case_written=(), cycle=None))
    return begin(replace(session, phase=Phase.RED, case_id=todo.id, case_written=(), cycle=None), Purpose.TEST)


def last_run(session: Session) -> Moved:
    """Every case is settled: the whole package is judged once more, then the record; with nothing made, it is over."""
    if all(case.state is CaseState.SKIPPED for case in session.approved()):
        waived = (*session.waivers, Waiver(Waived.RECORD, "every case was skipped", by=None))
        return finish(replace(session, waivers=waived))
    if session.edited:  # the criteria may be others by now
        return issue(replace(session, cycle=None), ReadProject())
    judging = replace(session, phase=Phase.RECORD, cycle=Cycle(Purpose.RECORD, Stage.JUDGING))
    if (asked := raising.due(judging)) is not None:
        return still(asked, "Put off before: the record comes next.")
    if question := contracting.unkept(session):
        return still(replace(judging, question=question))
    return issue(judging, whole_run(session))


def skipped(session: Session, reason: str) -> Session:
    """The case at hand left out, with the person's reason."""
    return on_case(session, lambda case: replace(case, state=CaseState.SKIPPED, waiver=reason or "skipped", test=None))


def _worded(session: Session, event: CaseWorded) -> Moved:
    text = " ".join(event.text.split())
    if not text:
        return still(session, "A case needs words.")
    if any(case.id == event.id for case in session.cases):
        return still(_with(session, event.id, lambda case: replace(case, idea=replace(case.idea, text=text))))
    fresh = Case(f"C{len(session.cases) + 1}", CaseIdea(text, CaseKind.BRANCH))
    return still(contracting.begun(replace(session, cases=(*session.cases, fresh))))


def _with(session: Session, case_id: str, change: Callable[[Case], Case]) -> Session:
    return replace(session, cases=tuple(change(case) if case.id == case_id else case for case in session.cases))
