"""What a run, a probe or a write means for the step at hand."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.edits.change import Receipt
from beai.core.edits.policy import is_test
from beai.core.edits.receipts import hashes_after
from beai.core.loop import commit, contracting, guidance, hooking, mistyped, proving
from beai.core.loop.cycle import again, kept, locked, run
from beai.core.loop.events.facts import Probed
from beai.core.loop.leaving import put_back
from beai.core.loop.moves import Moved, on_case, on_cycle, still
from beai.core.loop.schema_by_hand import by_hand
from beai.core.loop.session import CaseState, Choice, Phase, Proof, Session, Stage
from beai.core.loop.subject import exists, subject
from beai.core.loop.unit import Part
from beai.core.runner.history import remember
from beai.core.runner.report import Report, TestOutcome
from beai.core.runner.verdict import GreenVerdict, Redness, RedVerdict, explain, judge_green, judge_red, merge
from beai.core.suggest.exchange import Feedback, Purpose


def applied(session: Session, receipt: Receipt) -> Moved:
    """Accepted hunks are on disk: judge them, except for words in Markdown, which no test judges."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    session = kept(session, receipt)
    return commit.propose(session, Part.RECORD) if cycle.purpose is Purpose.RECORD else run(session)


def tests_ran(session: Session, report: Report) -> Moved:
    """Judge a run that a cycle waits for. Any other run is shown; it is a new baseline only while nothing is begun."""
    standing, cycle = session.standing, session.cycle
    session = replace(
        session, latest=merge(standing or report, report), ran=report, runs=remember(session.runs, report)
    )
    if standing is None or session.phase is Phase.UNDERSTAND:
        return still(replace(session, standing=merge(standing or report, report)))
    if cycle is None and hooking.waits(session):
        return hooking.judged(session, standing, report)
    if cycle is None or cycle.stage is not Stage.JUDGING:
        return still(session)
    session = on_cycle(session, replace(cycle, report=report))
    match cycle.purpose:
        case Purpose.TEST:
            return _judge_test(session, standing, report)
        case Purpose.CODE:
            return _judge_code(session, standing, report)
        case Purpose.REFACTOR:
            return _judge_refactor(session, standing, report)
        case Purpose.RECORD:
            return _judge_all(session, standing, report)
        case Purpose.CASES:
            return still(session)
        case _:
            assert_never(cycle.purpose)


def glanced(session: Session, report: Report) -> Moved:
    """A run of chosen tests is shown and is history; nothing is judged by it."""
    known = session.latest or session.standing or report
    return still(replace(session, latest=merge(known, report), ran=report, runs=remember(session.runs, report)))


def probed(session: Session, fact: Probed) -> Moved:
    """The code was broken and put back: either the test was seen red, or it guards nothing."""
    case, cycle = session.case, session.cycle
    if case is None or cycle is None:
        return still(session)
    if fact.report is not None:
        session = replace(session, latest=merge(session.standing or fact.report, fact.report))
    if not fact.broken or fact.report is None:
        tried = ", ".join(fact.tried) or "nothing could be broken"
        reason = fact.message or f"It still passed with the code broken ({tried})."
        return still(replace(session, question=guidance.vacuous(case, reason, absent=False, tried=True)))
    red = proving.proof(session, fact.report, f"{fact.broken}: {fact.message}")
    green = proving.proof(session, fact.report, "passes with the code put back")
    moved, effects = settle(session, CaseState.PROVEN, fact.report, red, green)
    return replace(moved, notice=f"Right red: {red.message}"), effects


def settle(session: Session, state: CaseState, report: Report, red: Proof | None, green: Proof | None) -> Moved:
    """The case at hand has its test and needs no code of its own: its commit, then the next."""
    judged = session.cycle.report if session.cycle else None
    session = on_case(session, lambda case: replace(case, state=state, red=red, green=green))
    return commit.propose(proving.taken(proving.taken(session, report), judged or report), Part.CASE)


def _judge_test(session: Session, standing: Report, report: Report) -> Moved:
    case = session.case
    if case is None:
        return still(session)
    written = frozenset(w.path for r in session.case_written for w in r.files if is_test(w.path))
    verdict = judge_red(standing, report, case.id, written, subject(session), exists(session), case.test)
    if verdict.test is not None:
        key = verdict.test.key
        session = on_case(session, lambda case: replace(case, test=key))
    match verdict.redness:
        case Redness.RIGHT:
            return _right_red(session, report, verdict)
        case Redness.WRONG:
            evidence = explain(verdict.test) if verdict.test else ""
            return again(session, f"Wrong red: {verdict.reason}\n{evidence}".strip())
        case Redness.VACUOUS | Redness.ABSENT:
            absent = verdict.redness is Redness.ABSENT
            return still(replace(session, question=guidance.vacuous(case, verdict.reason, absent, tried=False)))
        case _:
            assert_never(verdict.redness)


def _right_red(session: Session, report: Report, verdict: RedVerdict) -> Moved:
    proof = proving.proof(session, report, verdict.reason)
    session = on_case(session, lambda case: replace(case, state=CaseState.RED, red=proof))
    moved, effects = commit.propose(proving.taken(session, report), Part.TEST)
    return replace(moved, notice=f"Right red: {verdict.reason}"), effects


def _judge_code(session: Session, standing: Report, report: Report) -> Moved:
    case = session.case
    if case is None:
        return still(session)
    if changed := _unsealed(session, report):
        return still(replace(session, question=guidance.unsealed(case, changed)))
    verdict = judge_green(standing, report, case.test, frozenset(locked(session)))
    if not verdict.green:
        return again(session, _why(report, report.find(case.test) if case.test else None, verdict.reasons))
    proof = proving.proof(session, report, " ".join(("passes, and nothing else changed", *verdict.remarks)))
    session = on_case(session, lambda case: replace(case, state=CaseState.GREEN, green=proof))
    return _remarked(commit.propose(proving.taken(session, report), Part.CASE), verdict)


def _judge_refactor(session: Session, standing: Report, report: Report) -> Moved:
    cycle = session.cycle
    if cycle is None:
        return still(session)
    verdict = judge_green(standing, report, session.case.test if session.case else None)
    if verdict.green:
        return _remarked(commit.propose(proving.taken(session, report), Part.REFACTOR), verdict)
    told = replace(cycle, feedback=(*cycle.feedback, Feedback(outcome=" ".join(verdict.reasons))))
    session = on_cycle(session, told)
    if cycle.by_hand:
        why = _why(report, None, verdict.reasons)
        return still(replace(session, question=guidance.stuck(session, why, why)))
    return put_back(session, cycle.receipts, Choice.RETRY)


def _remarked(moved: Moved, verdict: GreenVerdict) -> Moved:
    """``moved`` with what a person should see of a green run, such as a test that asserts less than it did."""
    session, effects = moved
    said = " ".join(filter(None, (session.notice, *verdict.remarks)))
    return (replace(session, notice=said), effects) if verdict.remarks else moved


def _judge_all(session: Session, standing: Report, report: Report) -> Moved:
    """The whole package once more, before anything is recorded as done."""
    verdict = judge_green(standing, report, None, frozenset(path for path, _ in report.seen))
    if not verdict.green:
        return still(replace(session, question=guidance.not_green(_why(report, None, verdict.reasons))))
    accepted = hashes_after(session.written)
    drifted = tuple(path for path, digest in report.seen if accepted.get(path, digest) != digest)
    schemas = tuple(path for path in by_hand(session) if path not in drifted)
    if drifted or schemas:
        return still(replace(session, question=guidance.drifted(drifted, schemas)))
    if question := contracting.unkept(session):
        return still(replace(session, question=question))
    return mistyped.gate(proving.taken(session, report))


def _unsealed(session: Session, report: Report) -> tuple[str, ...]:
    """Approved test files whose bytes are no longer those their verdict was seen on."""
    sealed = dict(session.sealed)
    return tuple(path for path, digest in report.seen if sealed.get(path, digest) != digest)


def _why(report: Report, target: TestOutcome | None, reasons: tuple[str, ...]) -> str:
    fallen = target if target is not None and target.errors else next(iter(report.failed()), None)
    evidence = explain(fallen) if fallen is not None else ""
    return f"Not green: {' '.join(reasons)}\n{evidence}".strip()
