"""A question about what a run showed falls once the files are no longer those that the run saw."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.receipts import hashes_after
from beai.core.loop import leaving
from beai.core.loop.cycle import paths, run
from beai.core.loop.effects import Rebase
from beai.core.loop.events.facts import Rebased
from beai.core.loop.moves import Moved, issue, on_cycle, still
from beai.core.loop.session import Choice, Session, Stage

_JUDGED = (Stage.JUDGING, Stage.PROBING)


def due(session: Session) -> bool:
    """Whether a question is open on files that this step wrote and a run judged."""
    cycle = session.cycle
    judged = cycle is not None and cycle.stage in _JUDGED and bool(cycle.receipts)
    return judged and session.question is not None


def look(session: Session) -> Moved:
    """Have the files read that an open question is about."""
    cycle = session.cycle
    if cycle is None or not due(session):
        return still(session)
    after, effects = issue(session, Rebase(paths(cycle)))
    return replace(after, failed=session.failed, fault=session.fault, notice=session.notice), effects


def read(session: Session, fact: Rebased) -> Moved:
    """The question stands while the files are as they were judged; else it is asked of those that are there.

    Where all of them are what they were before this step wrote anything, somebody put them back, and it begins anew.
    """
    cycle, files = session.cycle, fact.files
    if cycle is None:
        return still(session)
    judged = hashes_after(cycle.receipts)
    if all(judged.get(file.path, file.hash) == file.hash for file in files):
        return still(session)
    first = {written.path: written.before_hash for one in reversed(cycle.receipts) for written in one.files}
    free = replace(session, question=None)
    if not cycle.by_hand and all(first.get(file.path) == file.hash for file in files):
        afresh = on_cycle(free, replace(cycle, then=Choice.RETRY, attempt=1))
        moved, effects = leaving.restored(afresh, cycle.receipts)
        return replace(moved, notice="What this step wrote was put back meanwhile: it begins anew."), effects
    moved, effects = run(free)
    return replace(moved, notice="The files changed since they were judged: they are judged again."), effects
