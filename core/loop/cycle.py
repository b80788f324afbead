"""The change cycle, written once for RED, GREEN, REFACTOR and RECORD: ask → review → apply → run → judge."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Change, Decision, Receipt, Verdict
from beai.core.edits.policy import is_test
from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import Adopt, Apply, RunTests, Suggest
from beai.core.loop.events import EditsChecked, FileJudged
from beai.core.loop.guidance import stuck
from beai.core.loop.moves import Moved, issue, on_cycle, still, troubled
from beai.core.loop.session import CaseState, Cycle, Session, Stage
from beai.core.runner.report import RunRequest
from beai.core.suggest.exchange import Feedback, HunkFeedback, Purpose

ATTEMPTS = 3


def begin(session: Session, purpose: Purpose, feedback: tuple[Feedback, ...] = (), failing: str = "") -> Moved:
    """Start a cycle by asking the suggester."""
    return consult(on_cycle(session, Cycle(purpose, feedback=feedback)), failing)


def consult(session: Session, failing: str = "") -> Moved:
    """Ask, within the cycle at hand, with everything the suggester must know."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    recording = cycle.purpose is Purpose.RECORD
    asking = replace(cycle, stage=Stage.ASKING, change=None, decisions=())
    done = tuple((case.id, case.idea) for case in session.approved() if case.state is not CaseState.SKIPPED)
    effect = Suggest(
        purpose=cycle.purpose,
        task_id=session.task_id,
        cases=done,
        case_id=session.case_id,
        feedback=cycle.feedback,
        answers=session.answers,
        failing=failing,
        locked=locked(session) if cycle.purpose is Purpose.CODE else (),
        touched=tuple(written.path for receipt in session.written for written in receipt.files),
        schema_before=session.project.schema if recording and session.project else None,
    )
    return issue(on_cycle(session, asking), effect)


def review(session: Session, change: Change) -> Session:
    """Show a change to the person."""
    cycle = session.cycle
    if cycle is None:
        return session
    return on_cycle(
        session, replace(cycle, stage=Stage.REVIEWING, change=change, decisions=(), checked=None, checked_for=())
    )


def edits_checked(session: Session, event: EditsChecked) -> Moved:
    """Keep what the checks say of an edited change, unless it was edited again or another one is there by now."""
    cycle = _reviewing(session)
    if cycle is None or cycle.change != event.change or cycle.edits() != event.edits:
        return still(session)
    return still(on_cycle(session, replace(cycle, checked=event.checked, checked_for=event.edits)))


def judge_hunk(session: Session, decision: Decision) -> Moved:
    """Record one verdict; a later one on the same hunk replaces the earlier."""
    cycle = _reviewing(session)
    if cycle is None or cycle.change is None:
        return still(session)
    if decision.hunk not in {hunk.id for hunk in cycle.change.hunks()}:
        return still(session)
    kept = tuple(earlier for earlier in cycle.decisions if earlier.hunk != decision.hunk)
    return still(on_cycle(session, replace(cycle, decisions=(*kept, decision))))


def judge_file(session: Session, event: FileJudged) -> Moved:
    """Record the same verdict for every undecided hunk of one file; a hunk with a warning is only accepted alone."""
    cycle = _reviewing(session)
    if cycle is None or cycle.change is None:
        return still(session)
    undecided = set(cycle.undecided())
    rest = [hunk for hunk in cycle.change.hunks() if hunk.file == event.path and hunk.id in undecided]
    taken = [hunk for hunk in rest if event.verdict is Verdict.REJECTED or not hunk.warnings]
    fresh = tuple(Decision(hunk.id, event.verdict, event.reason) for hunk in taken)
    after = on_cycle(session, replace(cycle, decisions=(*cycle.decisions, *fresh)))
    return still(after, "A hunk with a warning is decided alone." if len(taken) < len(rest) else "")


def undo_verdict(session: Session) -> Moved:
    """Take the last verdict back."""
    cycle = _reviewing(session)
    if cycle is None or not cycle.decisions:
        return still(session)
    return still(on_cycle(session, replace(cycle, decisions=cycle.decisions[:-1])))


def close_review(session: Session) -> Moved:
    """Do what was decided: write the accepted hunks, or take a full rejection back to the suggester."""
    cycle = _reviewing(session)
    if cycle is None or cycle.change is None:
        return still(session)
    if undecided := cycle.undecided():
        count = len(undecided)
        return still(session, f"{count} hunk{'s are' if count > 1 else ' is'} still undecided.")
    change, told = cycle.change, replace(cycle, feedback=(*cycle.feedback, verdicts(cycle)))
    if any(decision.verdict is Verdict.ACCEPTED for decision in cycle.decisions):
        applying = on_cycle(session, replace(told, stage=Stage.APPLYING))
        return issue(applying, Apply(change, cycle.decisions))
    return consult(on_cycle(session, told))


def verdicts(cycle: Cycle) -> Feedback:
    """What the person decided, hunk by hunk, for the suggester."""
    hunks = cycle.change.hunks() if cycle.change else ()
    told = ((hunk, cycle.decision(hunk.id)) for hunk in hunks)
    return Feedback(hunks=tuple(HunkFeedback(hunk, decision) for hunk, decision in told if decision is not None))


def run(session: Session, receipt: Receipt) -> Moved:
    """Run the tests on exactly what is on disk now."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    judging = replace(cycle, stage=Stage.JUDGING, receipts=(*cycle.receipts, receipt))
    changed = tuple(written.path for written in receipt.files)
    return issue(on_cycle(session, judging), judge(session, changed))


def judge(session: Session, changed: tuple[str, ...]) -> RunTests:
    """The run that judges ``changed``, with an eye on every approved test file and the one under judgement."""
    request = run_for(session, changed)
    return RunTests(request, tuple(sorted({*locked(session), *(request.files or ())})))


def whole_run(session: Session) -> RunTests:
    """The run before the record: everything, with an eye on each file that this task wrote."""
    written = {written.path for receipt in session.written for written in receipt.files}
    return RunTests(RunRequest(), tuple(sorted({*locked(session), *written})))


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
    told = replace(cycle, feedback=(*cycle.feedback, Feedback(outcome=why)), attempt=cycle.attempt + 1)
    session = on_cycle(session, told)
    if cycle.attempt >= ATTEMPTS:
        return still(replace(session, question=stuck(session, f"Three attempts did not do it. {why}", why)))
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


def stale(session: Session, fault: Fault) -> Moved:
    """A file changed under the review: ask again on the bytes that are there now."""
    cycle = session.cycle
    if cycle is None or fault.kind is not FaultKind.STALE:
        return still(troubled(session, fault))
    told = Feedback(
        outcome=f"Not applied, nothing was written: {fault.summary} Propose the change again for the file as it is now."
    )
    moved, effects = consult(on_cycle(session, replace(cycle, feedback=(*cycle.feedback, told))))
    return replace(moved, notice=fault.sentence()), effects


def locked(session: Session) -> tuple[str, ...]:
    """The test files that hold an approved test; only RED and REFACTOR may write them."""
    return tuple(sorted({case.test.file for case in session.cases if case.test is not None}))


def _reviewing(session: Session) -> Cycle | None:
    cycle = session.cycle
    return cycle if cycle is not None and cycle.stage is Stage.REVIEWING else None
