"""The change cycle, written once for RED, GREEN, REFACTOR and RECORD: ask → review → apply → run → judge."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Change, Receipt
from beai.core.edits.policy import is_test
from beai.core.edits.receipts import written_paths
from beai.core.edits.review import Review
from beai.core.loop.effects import Adopt, RunTests, Suggest
from beai.core.loop.guidance import detect, ledger, stuck
from beai.core.loop.moves import Moved, issue, on_cycle, still
from beai.core.loop.observed import story, struggled
from beai.core.loop.session import CaseState, Cycle, Session, Stage
from beai.core.record.story import NO_STORY
from beai.core.runner.report import RunRequest
from beai.core.runner.verdict import explain
from beai.core.suggest.exchange import Feedback, Purpose

ATTEMPTS = 3


def begin(session: Session, purpose: Purpose, feedback: tuple[Feedback, ...] = (), failing: str = "") -> Moved:
    """Start a cycle by asking the suggester."""
    return consult(on_cycle(session, Cycle(purpose, feedback=feedback)), failing)


def consult(session: Session, failing: str = "") -> Moved:
    """Ask, within the cycle at hand, with everything the suggester must know; ``failing`` is what a run just showed."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    recording = cycle.purpose is Purpose.RECORD
    asking = replace(cycle, stage=Stage.ASKING, review=None, outdated=(), stale=None)
    done = tuple((case.id, case.idea) for case in session.approved() if case.state is not CaseState.SKIPPED)
    effect = Suggest(
        purpose=cycle.purpose,
        task_id=session.task_id,
        cases=done,
        case_id=session.case_id,
        feedback=cycle.feedback,
        answers=session.answers,
        decided=ledger.standing(session),
        failing=failing or _red(session, cycle),
        locked=locked(session) if cycle.purpose is Purpose.CODE else (),
        touched=written_paths(session.written),
        schema_before=session.project.schema if recording and session.project else None,
        since=f"{session.commits[0].sha}^" if recording and session.commits else "",
        story=story(session) if recording else NO_STORY,
    )
    return issue(on_cycle(session, asking), effect)


def _red(session: Session, cycle: Cycle) -> str:
    """What the test showed that the code has to pass, as long as no run of this cycle has shown anything else."""
    test = session.case.test if session.case else None
    if cycle.purpose is not Purpose.CODE or test is None or session.standing is None or observed(cycle):
        return ""
    outcome = session.standing.find(test)
    return explain(outcome) if outcome is not None else ""


def review(session: Session, change: Change) -> Session:
    """Show a change to the person."""
    cycle = session.cycle
    if cycle is None:
        return session
    return on_cycle(session, replace(cycle, stage=Stage.REVIEWING, review=Review(change), outdated=(), stale=None))


def kept(session: Session, receipt: Receipt) -> Session:
    """The session in which what ``receipt`` proves to be on disk is part of the task, of its case and of its cycle."""
    cycle = session.cycle
    if receipt.files and receipt not in session.written:
        gone = tuple(path for path in session.gone if path not in {one.path for one in receipt.files})
        session = replace(session, written=(*session.written, receipt), case_written=(*session.case_written, receipt))
        session = replace(session, gone=gone)
    if cycle is None or not receipt.files or receipt in cycle.receipts:
        return session
    return on_cycle(session, replace(cycle, receipts=(*cycle.receipts, receipt)))


def run(session: Session) -> Moved:
    """Run the tests on exactly what is on disk now, for everything that this cycle wrote."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    return issue(on_cycle(session, replace(cycle, stage=Stage.JUDGING)), judge(session, paths(cycle)))


def paths(cycle: Cycle) -> tuple[str, ...]:
    """What this cycle wrote."""
    return written_paths(cycle.receipts)


def judge(session: Session, changed: tuple[str, ...]) -> RunTests:
    """The run that judges ``changed``, with an eye on every approved test file and the one under judgement."""
    request = run_for(session, changed)
    return RunTests(request, tuple(sorted({*locked(session), *(request.files or ())})))


def whole_run(session: Session) -> RunTests:
    """The run before the record: everything, with an eye on each file that this task wrote."""
    return RunTests(RunRequest(), tuple(sorted({*locked(session), *written_paths(session.written)})))


def run_for(session: Session, changed: tuple[str, ...]) -> RunRequest:
    """The confirmed run that judges ``changed``: what it affects, and the test of the case at hand."""
    files = {path for path in changed if is_test(path)}
    if session.case and session.case.test:
        files.add(session.case.test.file)
    return RunRequest(files=tuple(sorted(files)), changed=changed, affected=True)


def again(session: Session, why: str) -> Moved:
    """Tell the suggester what was observed and ask again; after three attempts, ask the person."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    told = replace(
        cycle,
        feedback=(*cycle.feedback, Feedback(outcome=why, by=cycle.by.chosen if cycle.by else None)),
        attempt=cycle.attempt + 1,
    )
    session = on_cycle(struggled(session, why), told)
    if cycle.attempt >= ATTEMPTS:
        found = detect.stuck(session) or why
        return still(replace(session, question=stuck(session, f"Three attempts did not do it. {why}", found)))
    moved, effects = consult(session, why)
    return replace(moved, notice=why), effects


def observed(cycle: Cycle) -> str:
    """Everything that our own runs showed in this cycle."""
    return "\n".join(feedback.outcome for feedback in cycle.feedback if feedback.outcome)


def adopt(session: Session) -> Moved:
    """Take what the person wrote by hand into the task, then judge it; with no save heard of, whatever is changed."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    return issue(on_cycle(session, replace(cycle, stage=Stage.APPLYING)), Adopt(cycle.saved, session.written))


def locked(session: Session) -> tuple[str, ...]:
    """The test files that hold an approved test; only RED and REFACTOR may write them."""
    return tuple(sorted({case.test.file for case in session.cases if case.test is not None}))
