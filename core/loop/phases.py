"""Opening, understanding, and how an effect that failed or was stopped leaves the step at hand."""

from __future__ import annotations

from dataclasses import replace

from beai.core.fault import Fault, FaultKind
from beai.core.loop import (
    budget,
    cases,
    commit,
    contracting,
    cycle,
    guidance,
    handing_out,
    hooking,
    judging,
    leaving,
    rebasing,
    rejudging,
    rereading,
)
from beai.core.loop.asked import again
from beai.core.loop.effects import (
    Adopt,
    Apply,
    Effect,
    ReadProject,
    Restore,
    RunTests,
    Suggest,
    SwitchBranch,
)
from beai.core.loop.events.deeds import Opened, Resumed
from beai.core.loop.guidance import detect, ledger
from beai.core.loop.guidance.raising import raised
from beai.core.loop.moves import Moved, issue, on_cycle, still, ways
from beai.core.loop.rerunning import still_failed
from beai.core.loop.saves import owed
from beai.core.loop.session import Phase, Session, Stage
from beai.core.project.facts import Project, RepoState
from beai.core.project.next_task import first_open
from beai.core.project.runner_proposal import unready
from beai.core.record.waived import Waived
from beai.core.runner.report import Report, RunRequest
from beai.core.runner.triggers import UNSEEN
from beai.core.suggest.exchange import Card, Purpose

_SOON = "Goes on as soon as the baseline is in."


def opened(session: Session, event: Opened) -> Moved:
    """Read the repository first."""
    if session.project is not None:
        return still(session)
    begun = replace(session, task_id=event.task_id, suggester=event.suggester, token=event.token)
    begun = replace(begun, budget=event.budget, plan=event.plan, unit=event.unit, ledger=event.ledger)
    begun = replace(begun, notes=event.notes)
    return issue(begun, ReadProject())


def resumed(session: Session, event: Resumed) -> Moved:
    """beai was started again: another suggester may be at work, and the repository may have moved on meanwhile."""
    session = rebasing.outdated(again(budget.resumed(session, event.budget), event))
    notes = session.notes if event.notes is None else event.notes
    session = replace(session, unit=event.unit or session.unit, notes=notes)
    session = session if event.ledger is None else ledger.reloaded(session, event.ledger)
    if session.standing is not None:
        session = owed(session, (UNSEEN,))
    if session.pending is not None:
        return still(session)
    moved, effects = issue(session, ReadProject())
    told = " ".join(filter(None, (session.notice, still_failed(session))))
    return replace(moved, failed=session.failed, notice=told), effects


def project_read(session: Session, project: Project) -> Moved:
    """Choose the task, then run everything once, so that red heads are known before anything is written."""
    if session.standing is not None:
        branch = project.repo.branch
        draft = replace(session.draft, branch=branch) if session.draft else None
        session = rereading.read(replace(session, project=project, draft=draft))
        if commit.between(session):
            return hooking.passed(session)
        if contracting.waits(session):
            return cases.next_case(session)
        return commit.look(session) if commit.due(session) else rejudging.look(session)
    task = project.task(session.task_id) if session.task_id else first_open(project.tasks, context=project.context)
    session = replace(session, project=project, task_id=task.id if task else session.task_id)
    session = session if session.written else replace(session, begun=project.schema)
    if task is None:
        return _unready(session, FaultKind.REPOSITORY, "No open task was found.", "Add one to tasks/, then press t.")
    if project.runner is None:
        return still(replace(session, failed=ReadProject()), unready(project).sentence())
    return issue(session, RunTests(RunRequest()))


def _unready(session: Session, kind: FaultKind, summary: str, remedy: str) -> Moved:
    return still(replace(session, fault=Fault(kind, summary, remedy=remedy), failed=ReadProject()))


def task_chosen(session: Session, task_id: str) -> Moved:
    """Another task: while nothing was begun, or afresh when this one is done (``""``: the next open one)."""
    if session.phase is Phase.DONE:
        stem, _, number = session.token.partition("-")
        token = f"{stem}-{int(number or 1) + 1}"  # each commit's own trailer
        fresh = Session(
            task_id=task_id,
            suggester=session.suggester,
            plan=session.plan,
            token=token,
            ticket=session.ticket,
            chosen=session.chosen,
            budget=session.budget,
            unit=session.unit,
            ledger=session.ledger,
            notes=session.notes,
            warm=session.warm,
            unread=session.unread,
            declined=session.declined,
        )
        return issue(fresh, ReadProject())
    if session.phase is not Phase.UNDERSTAND or session.project is None or session.project.task(task_id) is None:
        return still(session)
    branch = tuple(answer for answer in session.answers if answer.asks is Card.BRANCH)
    waived = tuple(waiver for waiver in session.waivers if waiver.kind is Waived.BRANCH)
    return still(replace(session, task_id=task_id, understood=False, answers=branch, waivers=waived, deferred=()))


def understood(session: Session) -> Moved:
    """The person goes on; the baseline may still be running."""
    if session.phase is not Phase.UNDERSTAND or session.task is None:
        return still(session)
    if session.standing is None and session.project is not None and session.project.runner is None:
        return still(session, unready(session.project).sentence())
    session = replace(session, understood=True)
    if session.pending is not None:
        return still(session, _SOON)
    return advance(session)


def advance(session: Session) -> Moved:
    """Leave UNDERSTAND when the person confirmed, the baseline is in and nothing is open."""
    if not session.understood or session.standing is None or session.question is not None:
        return still(session)
    if question := guidance.branch(session):
        return still(replace(session, question=question))
    session = raised(session, detect.before_cases(session))
    if session.question is not None:
        return still(session)
    return cycle.begin(replace(session, phase=Phase.CASES), Purpose.CASES)


def baseline(session: Session, report: Report) -> Moved:
    """A confirmed run came in; in UNDERSTAND it may be what was waited for."""
    if session.notice == _SOON:
        session = replace(session, notice="")
    moved, effects = judging.tests_ran(session, report)
    return advance(moved) if moved.phase is Phase.UNDERSTAND and not effects else (moved, effects)


def switched(session: Session, repo: RepoState) -> Moved:
    """git is on another branch; the files may differ, so read again."""
    if session.project is not None:
        session = replace(session, project=replace(session.project, repo=repo), standing=None)
    return issue(session, ReadProject())


def failed(session: Session, effect: Effect, fault: Fault) -> Moved:
    """An effect failed. A review of a file that was saved meanwhile is rebased; all else waits for the person."""
    session = replace(session, failed=handing_out.unspent(effect, fault), fault=fault)
    at = session.cycle
    match effect:
        case Suggest() if fault.kind is FaultKind.CAP:
            return budget.reached(session, effect, fault)
        case Apply() if at is not None and fault.kind is FaultKind.STALE:
            return still(rebasing.stale(session, fault))
        case Apply() | Adopt() if at is not None and at.review is not None:
            return still(on_cycle(session, replace(at, stage=Stage.REVIEWING)))
        case Adopt() if at is not None:
            return still(on_cycle(session, replace(at, stage=Stage.BY_HAND)))
        case Restore() if at is not None and fault.kind is FaultKind.STALE and leaving.tries_again(at):
            return leaving.not_put_back(session, fault)
        case SwitchBranch():
            return _asked_again(session, fault.sentence())
        case _:
            return still(session)


def cancelled(session: Session, effect: Effect) -> Moved:
    """The person stopped the effect; nothing is decided by that."""
    session = replace(session, failed=effect)
    at = session.cycle
    if isinstance(effect, SwitchBranch):
        return _asked_again(session, "The switch was stopped.")
    if isinstance(effect, Apply | Adopt) and at is not None and at.review is not None:
        session = on_cycle(session, replace(at, stage=Stage.REVIEWING))
    return still(session, f"Stopped. {ways(session, 't tries again')}")


def _asked_again(session: Session, words: str) -> Moved:
    """git did not go to the branch: the answer is void, and the question stands again with git's words."""
    answers = tuple(answer for answer in session.answers if answer.asks is not Card.BRANCH)
    session = replace(session, answers=answers, failed=None)
    question = guidance.branch(session)
    if question is None:
        return still(session)
    told = replace(question, question=replace(question.question, considered=words))
    return still(replace(session, question=told))
