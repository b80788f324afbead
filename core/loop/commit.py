"""A commit of one logical unit: proposed as it would be made, worded and confirmed, and then the loop goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from beai.core.edits.change import Receipt
from beai.core.edits.policy import is_test_side
from beai.core.edits.receipts import hashes_after
from beai.core.loop import cases, drafting, undoing
from beai.core.loop.cycle import begin
from beai.core.loop.effects import CommitWork, PreviewCommit, ReadProject
from beai.core.loop.events.deeds import CommitConfirmed, CommitDeclined
from beai.core.loop.finishing import finish
from beai.core.loop.guidance import PROTECTED
from beai.core.loop.moves import Moved, issue, still
from beai.core.loop.outstanding import between as between
from beai.core.loop.outstanding import due as due
from beai.core.loop.outstanding import paths as _paths
from beai.core.loop.outstanding import token
from beai.core.loop.outstanding import uncommitted as uncommitted
from beai.core.loop.outstanding import without as without
from beai.core.loop.outstanding import written as written
from beai.core.loop.ports import CommitPlan, Committed
from beai.core.loop.session import Back, CaseState, CommitDraft, Phase, Session, Waiver
from beai.core.loop.unit import PROPOSED, Part, Unit
from beai.core.record.commit import check
from beai.core.record.waived import Waived
from beai.core.runner.verdict import explain
from beai.core.suggest.exchange import Purpose


def propose(session: Session, part: Part) -> Moved:
    """Draft the commit of what is not committed yet, where one is due after ``part``; else the loop goes on."""
    part = Part.TASK if part.last and session.unit is Unit.TASK else part
    paths = _paths(session, part)
    if part.last and (not paths or session.task is None):
        nothing = Waiver(Waived.COMMIT, "nothing was written", by=None)
        return finish(session if session.commits else replace(session, waivers=(*session.waivers, nothing)))
    if not paths or not (part.last or part in PROPOSED[session.unit]):
        return onward(session, part)
    branch = session.project.repo.branch if session.project else ""
    after = hashes_after(session.written)
    draft = drafting.told(session, CommitDraft("", branch, paths, part), {path: after[path] for path in paths})
    return look(replace(session, phase=Phase.COMMIT, cycle=None, draft=draft))


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


def planned(session: Session) -> CommitPlan:
    """The commit as it would be made if it were confirmed as it stands."""
    draft = session.draft or CommitDraft("", "", ())
    whole = tuple(path for path in session.whole if path in _paths(session, draft.part))
    held = _within(session, draft.paths)
    return CommitPlan(draft.message, draft.branch, held, token(session), whole, draft.without)


def look(session: Session) -> Moved:
    """See what the drafted commit would hold, with what is left out of it."""
    if session.draft is None or not due(session):
        return still(session)
    every = replace(planned(session), receipts=_within(session, _paths(session, session.draft.part)))
    after, effects = issue(session, PreviewCommit(every))
    return replace(after, failed=session.failed, fault=session.fault, notice=session.notice), effects


def draw(session: Session) -> Session:
    """The session whose draft holds what was seen, without what is left out; its message tells of exactly that."""
    draft = session.draft
    if draft is None:
        return session
    held = [file for file in draft.files if not file.problem and file.path not in draft.left]
    new = {file.path: file.hash for file in held if not file.same}  # what somebody committed already is not told again
    paths = tuple(file.path for file in held)
    return replace(session, draft=drafting.told(session, replace(draft, paths=paths), new))


def decided(session: Session, deed: CommitConfirmed | CommitDeclined) -> Moved:
    """What the person does with the draft."""
    draft = session.draft
    if draft is None or not due(session):
        return still(session)
    match deed:
        case CommitDeclined():
            return _declined(replace(session, failed=None, fault=None), draft)
        case CommitConfirmed():
            return _confirm(session, draft)
        case _:
            assert_never(deed)


def made(session: Session, plan: CommitPlan, committed: Committed) -> Moved:
    """The commit was read back: the repository is read again, and then the loop goes on."""
    draft = session.draft
    if draft is None:
        return still(session)
    cut = {hunk.rpartition("#")[0] for hunk in plan.without}
    whole = (replace(one, files=tuple(file for file in one.files if file.path not in cut)) for one in plan.receipts)
    receipts = tuple(one for one in whole if one.files)
    kept = replace(committed, part=draft.part, cases=drafting.settles(session, draft), receipts=receipts)
    back = Back(undoing.plain(session), ())
    after = replace(session, committed=kept, commits=(*session.commits, kept), whole=(), uncommit=back)
    return issue(undoing.over(replace(after, draft=replace(draft, sha=committed.sha))), ReadProject())


def _declined(session: Session, draft: CommitDraft) -> Moved:
    """The work stays in the tree, and joins the next proposal of the task, where there is one."""
    if not draft.part.last:
        return onward(session, draft.part)
    return finish(replace(session, waivers=(*session.waivers, Waiver(Waived.COMMIT, "declined"))))


def _confirm(session: Session, draft: CommitDraft) -> Moved:
    files = {file.path: file for file in draft.files}
    if stuck := next((file for file in draft.files if file.problem and file.path not in draft.left), None):
        return still(session, f"Not committed: {stuck.problem} {stuck.remedy}".strip())
    if not draft.paths:
        return still(session, "Not committed: nothing of this task is left in it.")
    if found := check(draft.message, session.task_id, token(session), draft.paths, _weakened(session, draft)):
        return still(session, f"Not committed: {found[0]}")
    agreed = any(waiver.kind is Waived.BRANCH for waiver in session.waivers)
    if draft.branch in PROTECTED and not agreed:
        return still(session, f"Not committed: {draft.branch} needs your explicit yes, or a feature branch.")
    seen = tuple((path, files[path].whole) for path in draft.paths if path in files)
    note = drafting.note(session, draft) if session.notes else ""
    return issue(session, CommitWork(replace(planned(session), seen=seen, note=note)))


def _weakened(session: Session, draft: CommitDraft) -> tuple[str, ...]:
    """The tests in the draft that a hunk was accepted in against a warning."""
    ids = {receipt.id for receipt in _within(session, draft.paths)}
    return tuple(one.reason for one in session.waivers if one.receipt in ids and is_test_side(one.reason))


def _within(session: Session, paths: Sequence[str]) -> tuple[Receipt, ...]:
    within = (
        replace(receipt, files=tuple(one for one in receipt.files if one.path in paths))
        for receipt in uncommitted(session)
    )
    return tuple(one for one in within if one.files)
