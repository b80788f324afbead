"""The commit: proposed as it would be made, worded and confirmed by the person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from beai.core.edits.change import OnDisk
from beai.core.loop import proving, undoing
from beai.core.loop.effects import CommitWork, ReadProject, Rebase
from beai.core.loop.events.deeds import CommitConfirmed, CommitDeclined, MessageWorded
from beai.core.loop.finishing import finish
from beai.core.loop.guidance import PROTECTED
from beai.core.loop.moves import Moved, issue, still
from beai.core.loop.ports import CommitPlan, Committed
from beai.core.loop.session import CaseState, CommitDraft, Phase, Session, Waiver
from beai.core.record.commit import check, compose
from beai.core.record.trailers import fingerprint, regreen
from beai.core.text import one_line


def propose(session: Session) -> Moved:
    """Draft the commit of everything this task wrote; with nothing written there is nothing to commit."""
    paths = written(session)
    if not paths or session.task is None:
        waived = (*session.waivers, Waiver("commit", "nothing was written", by=None))
        return finish(replace(session, waivers=waived))
    branch = session.project.repo.branch if session.project else ""
    seen = [case for case in session.cases if case.state in (CaseState.GREEN, CaseState.PROVEN, CaseState.KEPT)]
    ideas = tuple((case.id, case.idea) for case in seen)
    told = proving.trailers(session, seen, {path: digest for path, digest in _after(session) if path in paths})
    draft = CommitDraft(compose(session.task, ideas, paths, told=told), branch, paths)
    return still(replace(session, phase=Phase.COMMIT, cycle=None, case_id="", draft=draft))


def written(session: Session) -> tuple[str, ...]:
    """The files that this task wrote."""
    return undoing.paths(session.written)


def _after(session: Session) -> Iterator[tuple[str, str]]:
    return ((one.path, one.after_hash) for receipt in session.written for one in receipt.files)


def due(session: Session) -> bool:
    """Whether a commit is drafted, whose files may be other by now."""
    return session.phase is Phase.COMMIT and session.draft is not None


def look(session: Session) -> Moved:
    """Have the files read that a drafted commit is about."""
    if not due(session):
        return still(session)
    after, effects = issue(session, Rebase(written(session)))
    return replace(after, failed=session.failed, fault=session.fault, notice=session.notice), effects


def read(session: Session, files: tuple[OnDisk, ...]) -> Moved:
    """The draft holds what is there: a file that is again as it was before this task has nothing to commit."""
    if session.draft is None:
        return still(session)
    first = {one.path: one.before_hash for receipt in reversed(session.written) for one in receipt.files}
    there = tuple(file.path for file in files if first.get(file.path) != file.hash)
    if there == session.draft.paths:
        return still(session)
    gone = [path for path in session.draft.paths if path not in there]
    words = f"As before this task, so not part of the commit: {', '.join(map(one_line, gone))}." if gone else ""
    green = fingerprint({path: digest for path, digest in _after(session) if path in there})
    draft = replace(session.draft, paths=there, message=regreen(session.draft.message, green))
    return still(replace(session, draft=draft), words)


def decided(session: Session, deed: MessageWorded | CommitConfirmed | CommitDeclined) -> Moved:
    """What the person does with the draft."""
    draft = session.draft
    if session.phase is not Phase.COMMIT or draft is None:
        return still(session)
    match deed:
        case MessageWorded():
            return still(replace(session, draft=replace(draft, message=deed.text)))
        case CommitDeclined():
            waived = (*session.waivers, Waiver("commit", "declined"))
            return finish(replace(session, waivers=waived, failed=None, fault=None))
        case CommitConfirmed():
            return _confirm(session, draft)
        case _:
            assert_never(deed)


def made(session: Session, committed: Committed) -> Moved:
    """The commit was read back: the task is done."""
    after, _ = finish(undoing.over(replace(session, committed=committed)))
    return issue(after, ReadProject())


def _confirm(session: Session, draft: CommitDraft) -> Moved:
    if found := check(draft.message, session.task_id, session.token):
        return still(session, f"Not committed: {found[0]}")
    agreed = any(waiver.what == "branch" for waiver in session.waivers)
    if draft.branch in PROTECTED and not agreed:
        return still(session, f"Not committed: {draft.branch} needs your explicit yes, or a feature branch.")
    if not draft.paths:
        return still(session, "Not committed: nothing of this task is left on disk.")
    receipts = tuple(
        replace(receipt, files=tuple(one for one in receipt.files if one.path in draft.paths))
        for receipt in session.written
    )
    plan = CommitPlan(draft.message, draft.branch, receipts, session.token)
    return issue(session, CommitWork(plan))
