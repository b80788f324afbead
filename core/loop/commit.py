"""A commit of one logical unit: proposed as it would be made, worded and confirmed, and then the loop goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.edits.change import OnDisk
from beai.core.loop import cases, drafting, undoing
from beai.core.loop.cycle import begin
from beai.core.loop.effects import CommitWork, ReadProject, Rebase
from beai.core.loop.events.deeds import CommitConfirmed, CommitDeclined, MessageWorded
from beai.core.loop.finishing import finish
from beai.core.loop.guidance import PROTECTED
from beai.core.loop.moves import Moved, issue, still
from beai.core.loop.outstanding import between as between
from beai.core.loop.outstanding import due as due
from beai.core.loop.outstanding import paths as _paths
from beai.core.loop.outstanding import settled, token
from beai.core.loop.outstanding import uncommitted as uncommitted
from beai.core.loop.outstanding import without as without
from beai.core.loop.outstanding import written as written
from beai.core.loop.ports import CommitPlan, Committed
from beai.core.loop.session import CaseState, CommitDraft, Phase, Session, Waiver
from beai.core.loop.unit import PROPOSED, Part, Unit
from beai.core.record.commit import check
from beai.core.record.trailers import fingerprint, regreen
from beai.core.runner.verdict import explain
from beai.core.suggest.exchange import Purpose
from beai.core.text import one_line


def propose(session: Session, part: Part) -> Moved:
    """Draft the commit of what is not committed yet, where one is due after ``part``; else the loop goes on."""
    part = Part.TASK if part.last and session.unit is Unit.TASK else part
    paths = _paths(session, part)
    if part.last and (not paths or session.task is None):
        nothing = Waiver("commit", "nothing was written", by=None)
        return finish(session if session.commits else replace(session, waivers=(*session.waivers, nothing)))
    if not paths or not (part.last or part in PROPOSED[session.unit]):
        return onward(session, part)
    branch = session.project.repo.branch if session.project else ""
    told = settled(session, part)
    words = drafting.message(session, part, told, paths)
    draft = CommitDraft(words, branch, paths, part, tuple(case.id for case in told))
    return still(replace(session, phase=Phase.COMMIT, cycle=None, draft=draft))


def onward(session: Session, part: Part) -> Moved:
    """What comes after ``part``, be it committed or not."""
    case = session.case
    session = session if part.last else replace(session, draft=None)
    match part:
        case Part.TEST if case is not None and case.state is CaseState.RED:
            failing = session.standing.find(case.test) if session.standing is not None and case.test else None
            coding = replace(session, phase=Phase.GREEN)
            return begin(coding, Purpose.CODE, failing=explain(failing) if failing is not None else "")
        case Part.CASE if case is not None and case.state is CaseState.GREEN:
            return begin(replace(session, phase=Phase.REFACTOR), Purpose.REFACTOR)
        case Part.TEST | Part.CASE | Part.REFACTOR:
            return cases.next_case(session)
        case Part.RECORD | Part.TASK:
            return finish(session)
        case _:
            assert_never(part)


def look(session: Session) -> Moved:
    """Have the files read that a drafted commit is about."""
    if session.draft is None or not due(session):
        return still(session)
    after, effects = issue(session, Rebase(_paths(session, session.draft.part)))
    return replace(after, failed=session.failed, fault=session.fault, notice=session.notice), effects


def read(session: Session, files: tuple[OnDisk, ...]) -> Moved:
    """The draft holds what is there: a file that is again as it was before this task has nothing to commit."""
    if session.draft is None:
        return still(session)
    first = {one.path: one.before_hash for receipt in reversed(uncommitted(session)) for one in receipt.files}
    there = tuple(file.path for file in files if first.get(file.path) != file.hash)
    if there == session.draft.paths:
        return still(session)
    gone = [path for path in session.draft.paths if path not in there]
    words = f"As before this task, so not part of the commit: {', '.join(map(one_line, gone))}." if gone else ""
    after = {one.path: one.after_hash for receipt in session.written for one in receipt.files}
    green = fingerprint({path: digest for path, digest in after.items() if path in there})
    draft = replace(session.draft, paths=there, message=regreen(session.draft.message, green))
    return still(replace(session, draft=draft), words)


def decided(session: Session, deed: MessageWorded | CommitConfirmed | CommitDeclined) -> Moved:
    """What the person does with the draft."""
    draft = session.draft
    if draft is None or not due(session):
        return still(session)
    match deed:
        case MessageWorded():
            return still(replace(session, draft=replace(draft, message=deed.text)))
        case CommitDeclined():
            return _declined(replace(session, failed=None, fault=None), draft)
        case CommitConfirmed():
            return _confirm(session, draft)
        case _:
            assert_never(deed)


def made(session: Session, plan: CommitPlan, committed: Committed) -> Moved:
    """The commit was read back: the repository is read again, and the loop goes on."""
    if session.draft is None:
        return still(session)
    kept = replace(committed, part=session.draft.part, cases=session.draft.cases, receipts=plan.receipts)
    told = replace(session.draft, sha=committed.sha)
    session = replace(session, committed=kept, commits=(*session.commits, kept), draft=told)
    after = finish(session)[0] if kept.part.last else session
    return issue(undoing.over(after), ReadProject())


def _declined(session: Session, draft: CommitDraft) -> Moved:
    """The work stays in the tree, and joins the next proposal of the task, where there is one."""
    if not draft.part.last:
        return onward(session, draft.part)
    return finish(replace(session, waivers=(*session.waivers, Waiver("commit", "declined"))))


def _confirm(session: Session, draft: CommitDraft) -> Moved:
    if found := check(draft.message, session.task_id, token(session)):
        return still(session, f"Not committed: {found[0]}")
    agreed = any(waiver.what == "branch" for waiver in session.waivers)
    if draft.branch in PROTECTED and not agreed:
        return still(session, f"Not committed: {draft.branch} needs your explicit yes, or a feature branch.")
    if not draft.paths:
        return still(session, "Not committed: nothing of this task is left on disk.")
    within = (
        replace(receipt, files=tuple(one for one in receipt.files if one.path in draft.paths))
        for receipt in uncommitted(session)
    )
    plan = CommitPlan(draft.message, draft.branch, tuple(one for one in within if one.files), token(session))
    return issue(session, CommitWork(plan))
