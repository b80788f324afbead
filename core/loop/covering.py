"""What the contract of a session is judged by, and what it says; derived from what was observed alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beai.core.loop.session import Case, CaseState, Session
from beai.core.record.checklist import items
from beai.core.record.contract import Claim, Facts
from beai.core.runner.report import Report, TestKey, TestOutcome


def facts(session: Session) -> Facts:
    """The contract with the cases, the checklist and the tests as they stand now."""
    claims = tuple(_claim(case) for case in session.cases)
    standing = [(case.id, case.idea) for case in session.approved() if case.state is not CaseState.SKIPPED]
    contract = session.contract
    return Facts(
        contract,
        claims,
        items(contract.asked, standing, contract.ticks),
        unread=session.edited,
    )


def strangers(session: Session) -> tuple[TestKey, ...]:
    """The tests of the procedure that no case stands for, by their names, and by the calls that they make."""
    path, report = session.contract.procedure, session.standing
    if not path or report is None:
        return ()
    claimed = {case.test for case in session.cases if case.test}
    return tuple(dict.fromkeys(test.key for test in _tests_of(session, path, report) if test.key not in claimed))


def _tests_of(session: Session, path: str, report: Report) -> Iterator[TestOutcome]:
    named = re.compile(rf"(?<![\w.]){re.escape(path)}(?![\w.])")
    procedure = session.project.api.procedure(path) if session.project else None
    calls = {(call.file, call.line) for call in procedure.tests} if procedure else set()
    for file in report.files:
        placed = sorted((test for test in file.tests if test.line), key=lambda test: test.line)
        called = {
            above[-1].key
            for at, line in calls
            if at == file.file and (above := [test for test in placed if test.line <= line])
        }
        yield from (test for test in file.tests if named.search(test.key.name) or test.key in called)


def _claim(case: Case) -> Claim:
    skipped = case.state is CaseState.SKIPPED
    return Claim(case.id, case.idea.text, case.approved, case.state.settled, skipped, case.test)
