"""The five lights of a session; derived from what was observed, so nothing can set them."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.receipts import written_paths
from beai.core.loop import outstanding
from beai.core.loop.covering import facts
from beai.core.loop.mistyped import of_task, said
from beai.core.loop.observed import case_fact
from beai.core.loop.schema_by_hand import by_hand
from beai.core.loop.session import Session, Waiver
from beai.core.project.tasks import is_done
from beai.core.record import contract, opened
from beai.core.record.contract import open_points
from beai.core.record.done import Light, lights
from beai.core.record.waived import Waived
from beai.core.record.work import CommitFact, WaiverFact, Work, WriteFact
from beai.core.suggest.exchange import Decider


def lit(session: Session) -> tuple[Light, ...]:
    """The definition of done as it stands now."""
    return lights(work(session))


def left_out(session: Session) -> tuple[str, ...]:
    """Everything left out in this task, with the reason and who decided it."""
    return opened.waivers(work(session))


def work(session: Session) -> Work:
    """What the task has come to: receipts, confirmed runs, commits read back, and what the person left out."""
    project, task = session.project, session.task
    context = project.context if project else None
    agreed = facts(session)
    mistyped = session.types.of(frozenset(of_task(session))) if session.types else ()
    seen = Work(
        cases=tuple(case_fact(case) for case in session.approved()),
        report=session.standing,
        shown=session.latest,
        written=_written(session),
        writes=tuple(
            WriteFact(receipt.id, one.path, one.before_hash, one.after_hash)
            for receipt in session.written
            for one in receipt.files
        ),
        context=context.path if context else "",
        task_file=task.file if task and task.status else "",
        status_done=bool(task and is_done(task.status)),
        commits=_commits(session),
        uncommitted=_uncommitted(session),
        mistyped=tuple(said(one) for one in mistyped),
        points=open_points(agreed),
        deferred=tuple(asked.question.issue for asked in session.deferred),
        uncovered=contract.waived(agreed),
        bound=contract.bound(agreed),
        by_hand=by_hand(session),
    )
    return _decided(session, seen)


def _decided(session: Session, seen: Work) -> Work:
    """``seen`` with what the person left out; what nobody decided leaves nothing out."""
    mine = tuple(waiver for waiver in session.waivers if waiver.by is Decider.PERSON)
    waived = {waiver.kind: waiver.reason for waiver in mine if not waiver.about}
    return replace(
        seen,
        untyped=waived.get(Waived.TYPES, ""),
        unjudged=waived.get(Waived.LAST_RUN, ""),
        unrecorded=waived.get(Waived.RECORD, ""),
        declined=waived.get(Waived.COMMIT, ""),
        declined_paths=_single(mine, Waived.RECORD),
        left_out=_single(mine, Waived.LIGHT),
        waivers=tuple(WaiverFact(one.kind, one.what, one.reason, who(one)) for one in session.waivers),
    )


def who(waiver: Waiver) -> str:
    """Who decided it, in words."""
    match waiver.by:
        case Decider.PERSON:
            return "decided by you"
        case Decider.LEDGER:
            return "decided by you before"
        case Decider.DELEGATED:
            return "you let it be decided"
        case None:
            return "nobody decided it: there was nothing to do"


def _single(waivers: tuple[Waiver, ...], kind: Waived) -> tuple[tuple[str, str], ...]:
    """What was left out one by one, each with its newest reason."""
    return tuple({about: one.reason for one in waivers if one.kind is kind for about in one.about}.items())


def _written(session: Session) -> tuple[str, ...]:
    """The paths this task wrote, by their last write; without those that read again as before the task."""
    paths = [one.path for receipt in session.written for one in receipt.files]
    newest = tuple(reversed(dict.fromkeys(reversed(paths))))
    there = outstanding.there(session)
    return tuple(path for path in newest if path in there)


def _uncommitted(session: Session) -> tuple[str, ...]:
    there = outstanding.there(session)
    return tuple(path for path in written_paths(outstanding.uncommitted(session)) if path in there)


def _commits(session: Session) -> tuple[CommitFact, ...]:
    return tuple(CommitFact(one.sha, one.branch, one.subject, one.paths, one.output) for one in session.commits)
