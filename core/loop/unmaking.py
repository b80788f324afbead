"""A commit of this task that nobody else has yet is taken back: its work stays, and its proposal stands again."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.commit import look
from beai.core.loop.effects import UndoCommit
from beai.core.loop.moves import Moved, issue, still
from beai.core.loop.outstanding import nth, since
from beai.core.loop.session import Session
from beai.core.loop.undoing import gone_to
from beai.core.project.facts import RepoState


def wanted(session: Session) -> Moved:
    """Take the newest commit back, unless something was written since: that goes first."""
    if session.uncommit is None or not session.commits:
        return still(session, "There is no commit to take back from here.")
    if since(session):
        return still(session, "Something was written since that commit: take that back first, or commit it.")
    return issue(session, UndoCommit(session.commits[-1].sha, nth(session, len(session.commits))))


def taken_back(session: Session, repo: RepoState) -> Moved:
    """The proposal stands as it was confirmed, and is looked at anew."""
    back = session.uncommit
    if back is None:
        return still(session)
    sha = session.commits[-1].sha[:10] if session.commits else ""
    then = gone_to(session, back)
    then = replace(then, uncommit=back.before.uncommit, question=None, waiting=())
    if then.project is not None:
        then = replace(then, project=replace(then.project, repo=repo))
    words = f"Taken back: {sha}. Its work stays in the tree and the index, and is proposed again."
    moved, effects = look(replace(then, notice=words))
    return moved, effects
