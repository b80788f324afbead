"""What a session observed of its cases and tries, as the facts that lights and records are made of."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.case import Case, CaseState, Proof
from beai.core.loop.session import Session
from beai.core.record.story import Story, Struggle
from beai.core.record.work import CaseFact, Observed
from beai.core.suggest.exchange import Purpose

_STEPS = {
    Purpose.CASES: "the cases",
    Purpose.TEST: "the test",
    Purpose.CODE: "the code",
    Purpose.REFACTOR: "the refactoring",
    Purpose.RECORD: "the record",
}


def case_fact(case: Case) -> CaseFact:
    """One case as it stands."""
    return CaseFact(
        case.id,
        case.state.settled,
        case.test,
        skipped=case.state is CaseState.SKIPPED,
        text=case.idea.text,
        criterion=case.idea.criterion,
        red=_observed(case.red),
        green=_observed(case.green),
        unproven=case.state is CaseState.KEPT,
        proven=case.state is CaseState.PROVEN,
        waiver=case.waiver,
    )


def story(session: Session) -> Story:
    """Everything that the record may tell of."""
    standing, runner = session.standing, session.project.runner if session.project else None
    named = session.warm.what if session.warm is not None else runner.name.value if runner is not None else ""
    return Story(
        tuple(case_fact(case) for case in session.approved()),
        session.struggles,
        named,
        standing.run if standing is not None else 0,
        standing.at if standing is not None else 0.0,
        len(standing.tests()) if standing is not None else 0,
        len(standing.failed()) if standing is not None else 0,
    )


def struggled(session: Session, said: str) -> Session:
    """The session that knows of one try more that did not do it."""
    at = session.cycle
    if at is None or at.purpose in (Purpose.CASES, Purpose.RECORD):
        return session
    report = at.report
    one = Struggle(
        session.case_id,
        _STEPS[at.purpose],
        at.attempt,
        said,
        report.run if report is not None else 0,
        report.at if report is not None else 0.0,
    )
    return replace(session, struggles=(*session.struggles, one))


def _observed(proof: Proof | None) -> Observed | None:
    return Observed(proof.run, proof.at, proof.message) if proof is not None else None
