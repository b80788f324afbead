"""What the contract of a session is judged by, and what it says; derived from what was observed alone."""

from __future__ import annotations

from beai.core.loop.session import Case, CaseState, Session
from beai.core.record.contract import Claim, Facts


def facts(session: Session) -> Facts:
    """The contract with the cases as they stand now."""
    return Facts(session.contract, tuple(_claim(case) for case in session.cases))


def _claim(case: Case) -> Claim:
    skipped = case.state is CaseState.SKIPPED
    return Claim(case.id, case.idea.text, case.approved, case.state.settled, skipped, case.test)
