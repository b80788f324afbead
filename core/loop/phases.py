"""Opening, understanding, and everything a person may steer outside a review."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.edits.policy import is_test
from beai.core.fault import Fault, FaultKind
from beai.core.loop import cases, commit, cycle, guidance, judging
from beai.core.loop.effects import Apply, Effect, ReadProject, RunTests
from beai.core.loop.events import Guided, Opened, RerunAsked, Retried, StepSkipped, TakenByHand
from beai.core.loop.moves import Moved, issue, on_cycle, still, troubled
from beai.core.loop.session import Cycle, Phase, Session, Stage
from beai.core.project.facts import Project, RepoState
from beai.core.project.next_task import first_open
from beai.core.runner.report import Report, RunRequest, TestState
from beai.core.runner.verdict import merge, new_test
from beai.core.suggest.exchange import Feedback, Purpose


def opened(session: Session, event: Opened) -> Moved:
    """Read the repository first."""
    if session.project is not None:
        return still(session)
    begun = replace(session, task_id=event.task_id, suggester=event.suggester, token=event.token)
    return issue(begun, ReadProject())


def project_read(session: Session, project: Project) -> Moved:
    """Choose the task, then run everything once, so that red heads are known before anything is written."""
    task = project.task(session.task_id) if session.task_id else first_open(project.tasks)
    session = replace(session, project=project, task_id=task.id if task else session.task_id)
    if task is None:
        return still(
            troubled(
                session,
                Fault(FaultKind.REPOSITORY, "No open task was found.", remedy="See tasks/ or name one with --task."),
            )
        )
    if project.runner is None:
        where = project.package or "."
        fault = Fault(
            FaultKind.TESTS, f"No test runner was found in {where}.", remedy="Add Vitest to its package.json."
        )
        return still(troubled(session, fault))
    return issue(session, RunTests(RunRequest()))


def task_chosen(session: Session, task_id: str) -> Moved:
    """Another task: while nothing was begun, or afresh when this one is done (``""``: the next open one)."""
    if session.phase is Phase.DONE:
        stem, _, number = session.token.partition("-")
        token = f"{stem}-{int(number or 1) + 1}"  # each commit's own trailer
        return issue(
            Session(task_id=task_id, suggester=session.suggester, token=token, ticket=session.ticket), ReadProject()
        )
    if session.phase is not Phase.UNDERSTAND or session.project is None or session.project.task(task_id) is None:
        return still(session)
    return still(replace(session, task_id=task_id, understood=False))


def understood(session: Session) -> Moved:
    """The person goes on; the baseline may still be running."""
    if session.phase is not Phase.UNDERSTAND or session.task is None:
        return still(session)
    session = replace(session, understood=True)
    if session.pending is not None:
        return still(session, "Goes on as soon as the baseline is in.")
    return advance(session)


def advance(session: Session) -> Moved:
    """Leave UNDERSTAND when the person confirmed, the baseline is in and nothing is open."""
    if not session.understood or session.standing is None or session.question is not None:
        return still(session)
    if question := guidance.before_cases(session):
        return still(replace(session, question=question))
    return cycle.begin(replace(session, phase=Phase.CASES), Purpose.CASES)


def baseline(session: Session, report: Report) -> Moved:
    """A confirmed run came in; in UNDERSTAND it may be what was waited for."""
    moved, effects = judging.tests_ran(session, report)
    return advance(moved) if moved.phase is Phase.UNDERSTAND and not effects else (moved, effects)


def switched(session: Session, repo: RepoState) -> Moved:
    """git is on another branch; the files may differ, so read again."""
    if session.project is not None:
        session = replace(session, project=replace(session.project, repo=repo), standing=None)
    return issue(session, ReadProject())


def saved(session: Session, paths: tuple[str, ...]) -> Moved:
    """Somebody saved files: remember them where the person works by hand, say so where a review is open."""
    at = session.cycle
    if at is None:
        return still(session)
    if at.stage is Stage.BY_HAND:
        return still(on_cycle(session, replace(at, saved=tuple(dict.fromkeys((*at.saved, *paths))))))
    shown = {file.path for file in at.change.files} if at.change else set()
    outdated = sorted(shown.intersection(paths))
    if at.stage is Stage.REVIEWING and outdated:
        return still(session, f"{outdated[0]} was saved meanwhile; applying will ask again on the new text.")
    return still(session)


def live(session: Session, report: Report) -> Moved:
    """A save was judged: show it, and take hand-written work in once it answers the step at hand."""
    known = session.latest or session.standing
    session = replace(session, latest=merge(known, report) if known else report, running=None)
    at, case = session.cycle, session.case
    if at is None or at.stage is not Stage.BY_HAND or session.pending is not None or not at.saved or case is None:
        return still(session)
    if at.purpose is Purpose.TEST and session.standing is not None:
        files = frozenset(path for path in at.saved if is_test(path))
        return cycle.adopt(session) if new_test(session.standing, report, case.id, files) else still(session)
    outcome = report.find(case.test) if case.test else None
    ready = outcome is not None and outcome.state is TestState.PASS
    return cycle.adopt(session) if ready else still(session)


def failed(session: Session, effect: Effect, fault: Fault) -> Moved:
    """An effect failed. A stale file is asked about again by itself; everything else waits for the person."""
    session = replace(session, failed=effect, fault=fault)
    at = session.cycle
    if at is None or not isinstance(effect, Apply):
        return still(session)
    if fault.kind is FaultKind.STALE:
        return cycle.stale(session, fault)
    return still(on_cycle(session, replace(at, stage=Stage.REVIEWING)))


def cancelled(session: Session, effect: Effect) -> Moved:
    """The person stopped the effect; nothing is decided by that."""
    return still(
        replace(session, failed=effect), "Stopped. t tries again, g tells the suggester something, h takes it by hand."
    )


def steered(session: Session, deed: Guided | TakenByHand | StepSkipped | RerunAsked | Retried) -> Moved:
    """The person steers: guidance, by hand, a waiver, a rerun, another try."""
    at = session.cycle
    match deed:
        case Retried():
            return issue(session, session.failed) if session.failed is not None else still(session, "Nothing failed.")
        case RerunAsked():
            return _rerun(session, deed.everything)
        case Guided():
            return _guide(session, at, deed.text)
        case TakenByHand():
            return by_hand(session)
        case StepSkipped():
            return _skip(session, deed.reason)
        case _:
            assert_never(deed)


def by_hand(session: Session) -> Moved:
    """The person writes this step in an editor."""
    at = session.cycle
    if at is None or at.purpose not in (Purpose.TEST, Purpose.CODE):
        return still(session, "Only a test or its code can be taken by hand.")
    hand = replace(at, stage=Stage.BY_HAND, change=None, decisions=(), saved=())
    words = f"a test whose name starts with {session.case_id}" if at.purpose is Purpose.TEST else "the code"
    return still(on_cycle(session, hand), f"Yours: write {words} and save. r judges what is saved.")


def _rerun(session: Session, everything: bool) -> Moved:
    at = session.cycle
    if session.standing is None and session.project is None:
        return still(session)
    if at is not None and at.stage is Stage.BY_HAND and at.saved:
        return cycle.adopt(session)
    if at is not None and at.stage is Stage.JUDGING:
        return issue(session, RunTests(cycle.run_for(session, _paths(at)), cycle.locked(session)))
    files = None if everything or session.case is None or session.case.test is None else (session.case.test.file,)
    return issue(session, RunTests(RunRequest(files=files)))


def _guide(session: Session, at: Cycle | None, text: str) -> Moved:
    if at is None or not text.strip():
        return still(session, "Nobody is being asked right now.")
    told = Feedback(hunks=cycle.verdicts(at).hunks, outcome=f"The person says: {text.strip()}")
    return cycle.consult(on_cycle(session, replace(at, feedback=(*at.feedback, told))))


def _skip(session: Session, reason: str) -> Moved:
    why = reason.strip() or "skipped"
    match session.phase:
        case Phase.REFACTOR:
            return cases.next_case(judging.waive(session, f"refactor {session.case_id}", why))
        case Phase.RECORD:
            return commit.propose(judging.waive(session, "record", why))
        case _:
            return still(session, "Only the refactoring and the record can be skipped.")


def _paths(at: Cycle) -> tuple[str, ...]:
    return tuple(written.path for receipt in at.receipts for written in receipt.files)
