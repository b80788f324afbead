"""The facts of a change cycle: what was answered, written, run and restored, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.edits.change import Change, Receipt, Verdict
from beai.core.edits.policy import is_test
from beai.core.loop import cases, commit, guidance
from beai.core.loop.cycle import begin, close_review, consult, locked, review, run
from beai.core.loop.effects import Restore
from beai.core.loop.events import Probed
from beai.core.loop.moves import Moved, issue, on_case, on_cycle, still
from beai.core.loop.session import CaseState, Choice, Cycle, Phase, Proof, Session, Stage, Waiver
from beai.core.loop.subject import exists, subject
from beai.core.runner.report import Report, TestOutcome
from beai.core.runner.verdict import Redness, RedVerdict, explain, judge_green, judge_red, merge
from beai.core.suggest.exchange import Ask, BeyondMe, Doubt, Feedback, NothingToDo, ProposeCases, Purpose

ATTEMPTS = 3


def replied(session: Session, reply: ProposeCases | Change | Ask | NothingToDo | Doubt | BeyondMe) -> Moved:
    """Show what the suggester answered; nothing of it is done yet."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    match reply:
        case ProposeCases() if session.phase is Phase.CASES:
            return cases.proposed(session, reply)
        case ProposeCases():
            return again(session, "The reply held cases where an edit was wanted.")
        case Change() if not reply.hunks():
            return _nothing_changed(session, cycle)
        case Change():
            return still(review(session, reply))
        case Ask() if (answer := session.answered(reply.question.topic)) is not None:
            return again(session, f"You asked this before ({answer.topic}); the answer stands: {answer.text}")
        case Ask():
            return still(replace(session, question=guidance.from_suggester(reply.question)))
        case Doubt():
            return still(replace(session, question=guidance.doubted(session, reply.reason)))
        case BeyondMe():
            return still(replace(session, question=guidance.stuck(session, reply.reason, _observed(cycle))))
        case NothingToDo():
            return nothing_to_do(session, reply.reason)
        case _:
            assert_never(reply)


def nothing_to_do(session: Session, reason: str) -> Moved:
    """Go on where that is an answer; where something is needed, ask."""
    match session.phase:
        case Phase.REFACTOR:
            return cases.next_case(waive(session, f"refactor {session.case_id}", reason))
        case Phase.RECORD:
            return commit.propose(waive(session, "record", reason))
        case _:
            considered = _observed(session.cycle) if session.cycle else ""
            return still(replace(session, question=guidance.stuck(session, reason, considered)))


def review_closed(session: Session) -> Moved:
    """Enter in a review. Declining a whole refactoring or record is an answer, not a failure."""
    cycle = session.cycle
    if cycle is None or cycle.stage is not Stage.REVIEWING or cycle.undecided():
        return close_review(session)
    declined = all(decision.verdict is Verdict.REJECTED for decision in cycle.decisions)
    reasons = "; ".join(decision.reason for decision in cycle.decisions if decision.reason)
    if declined and cycle.purpose is Purpose.RECORD:
        return commit.propose(waive(session, "record", reasons or "declined"))
    if declined and cycle.purpose is Purpose.REFACTOR and not reasons:
        return cases.next_case(waive(session, f"refactor {session.case_id}", "declined"))
    return close_review(session)


def applied(session: Session, receipt: Receipt) -> Moved:
    """Accepted hunks are on disk: judge them, except for words in Markdown, which no test judges."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    session = replace(session, written=(*session.written, receipt), case_written=(*session.case_written, receipt))
    if cycle.purpose is Purpose.RECORD:
        return commit.propose(session)
    return run(session, receipt)


def tests_ran(session: Session, report: Report) -> Moved:
    """Judge a run where a cycle waits for it; otherwise it is the baseline, or a run the person asked for."""
    known = session.standing or report
    session = replace(session, latest=merge(known, report))
    cycle = session.cycle
    if cycle is None or cycle.stage is not Stage.JUDGING or session.standing is None:
        return still(replace(session, standing=merge(known, report)))
    session = on_cycle(session, replace(cycle, report=report))
    match cycle.purpose:
        case Purpose.TEST:
            return _judge_test(session, report)
        case Purpose.CODE:
            return _judge_code(session, report)
        case Purpose.REFACTOR:
            return _judge_refactor(session, report)
        case Purpose.CASES | Purpose.RECORD:
            return still(session)
        case _:
            assert_never(cycle.purpose)


def restored(session: Session, receipts: tuple[Receipt, ...]) -> Moved:
    """Before-images are back: forget those receipts, then do what they were put back for."""
    cycle, gone = session.cycle, {receipt.id for receipt in receipts}
    if cycle is None:
        return still(session)
    session = replace(
        session,
        written=tuple(receipt for receipt in session.written if receipt.id not in gone),
        case_written=tuple(receipt for receipt in session.case_written if receipt.id not in gone),
    )
    session = on_cycle(_forget_test(session), replace(cycle, receipts=(), then=None))
    match cycle.then:
        case Choice.SKIP:
            return cases.next_case(cases.skipped(session, _last_words(session)))
        case Choice.REWRITE:
            fresh = on_case(session, lambda case: replace(case, state=CaseState.OPEN, test=None, red=None))
            return begin(replace(fresh, phase=Phase.RED), Purpose.TEST, cycle.feedback)
        case _:
            return again(session, "The tests were not green, so the refactoring was put back.")


def probed(session: Session, fact: Probed) -> Moved:
    """The code was broken and put back: either the test was seen red, or it guards nothing."""
    case, cycle = session.case, session.cycle
    if case is None or cycle is None:
        return still(session)
    if fact.report is not None:
        session = replace(session, latest=merge(session.standing or fact.report, fact.report))
    if not fact.broken or fact.report is None:
        tried = ", ".join(fact.tried) or "nothing could be broken"
        reason = f"It still passed with the code broken ({tried})."
        return still(replace(session, question=guidance.vacuous(case, reason, absent=False, tried=True)))
    red = Proof(fact.report.run, fact.report.at, f"{fact.broken}: {fact.message}")
    green = Proof(fact.report.run, fact.report.at, "passes with the code put back")
    return settle(session, CaseState.PROVEN, fact.report, red, green)


def settle(session: Session, state: CaseState, report: Report, red: Proof | None, green: Proof | None) -> Moved:
    """The case at hand has its test and needs no code of its own: on to the next."""
    session = on_case(session, lambda case: replace(case, state=state, red=red, green=green))
    return cases.next_case(replace(session, standing=merge(session.standing or report, report)))


def again(session: Session, why: str) -> Moved:
    """Tell the suggester what was observed and ask again; after three attempts, ask the person."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    told = replace(cycle, feedback=(*cycle.feedback, Feedback(outcome=why)), attempt=cycle.attempt + 1)
    session = on_cycle(session, told)
    if cycle.attempt >= ATTEMPTS:
        return still(replace(session, question=guidance.stuck(session, f"Three attempts did not do it. {why}", why)))
    moved, effects = consult(session, why)
    return replace(moved, notice=why), effects


def put_back(session: Session, receipts: tuple[Receipt, ...], then: Choice) -> Moved:
    """Restore ``receipts``, then do ``then``."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    restoring = on_cycle(session, replace(cycle, stage=Stage.RESTORING, then=then))
    return issue(restoring, Restore(receipts)) if receipts else restored(restoring, ())


def waive(session: Session, what: str, reason: str) -> Session:
    """The session with one more step left out, and why; what is left out for the same reason again is told with it."""
    *earlier, last = session.waivers or (Waiver("", ""),)
    kind, _, which = what.partition(" ")
    if which and last.reason == reason and last.what.startswith(f"{kind} "):
        told = Waiver(f"{last.what}, {which}", reason)
        return replace(session, waivers=(*earlier, told))
    return replace(session, waivers=(*session.waivers, Waiver(what, reason)))


def _nothing_changed(session: Session, cycle: Cycle) -> Moved:
    why = "The suggestion changes nothing."
    declined = cycle.purpose in (Purpose.REFACTOR, Purpose.RECORD)
    return nothing_to_do(session, why) if declined else again(session, why)


def _judge_test(session: Session, report: Report) -> Moved:
    case, standing = session.case, session.standing
    if case is None or standing is None or session.cycle is None:
        return still(session)
    written = frozenset(w.path for r in session.case_written for w in r.files if is_test(w.path))
    verdict = judge_red(standing, report, case.id, written, subject(session), exists(session))
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
    proof = Proof(report.run, report.at, verdict.reason)
    session = on_case(session, lambda case: replace(case, state=CaseState.RED, red=proof))
    session = replace(session, phase=Phase.GREEN, standing=merge(session.standing or report, report))
    moved, effects = begin(session, Purpose.CODE, failing=explain(verdict.test) if verdict.test else "")
    return replace(moved, notice=f"Right red: {verdict.reason}"), effects


def _judge_code(session: Session, report: Report) -> Moved:
    case, standing = session.case, session.standing
    if case is None or standing is None:
        return still(session)
    verdict = judge_green(standing, report, case.test, frozenset(locked(session)))
    if not verdict.green:
        return again(session, _why(report, report.find(case.test) if case.test else None, verdict.reasons))
    proof = Proof(report.run, report.at, "passes, and nothing else changed")
    session = on_case(session, lambda case: replace(case, state=CaseState.GREEN, green=proof))
    session = replace(session, phase=Phase.REFACTOR, standing=merge(standing, report))
    return begin(session, Purpose.REFACTOR)


def _judge_refactor(session: Session, report: Report) -> Moved:
    cycle, standing = session.cycle, session.standing
    if cycle is None or standing is None:
        return still(session)
    verdict = judge_green(standing, report, session.case.test if session.case else None)
    if verdict.green:
        return cases.next_case(replace(session, standing=merge(standing, report)))
    told = replace(cycle, feedback=(*cycle.feedback, Feedback(outcome=" ".join(verdict.reasons))))
    return put_back(on_cycle(session, told), cycle.receipts, Choice.RETRY)


def _why(report: Report, target: TestOutcome | None, reasons: tuple[str, ...]) -> str:
    fallen = target if target is not None and target.errors else next(iter(report.failed()), None)
    evidence = explain(fallen) if fallen is not None else ""
    return f"Not green: {' '.join(reasons)}\n{evidence}".strip()


def _forget_test(session: Session) -> Session:
    case, standing = session.case, session.standing
    if case is None or standing is None or case.test is None or session.case_written:
        return session
    files = tuple(replace(file, tests=tuple(t for t in file.tests if t.key != case.test)) for file in standing.files)
    return replace(session, standing=replace(standing, files=files), latest=replace(standing, files=files))


def _last_words(session: Session) -> str:
    return session.answers[-1].text if session.answers else ""


def _observed(cycle: Cycle) -> str:
    return "\n".join(feedback.outcome for feedback in cycle.feedback if feedback.outcome)
