"""What a save, and the run that it set off, means for the step at hand."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.policy import is_test
from beai.core.loop import (
    commit,
    cycle,
    rebasing,
)
from beai.core.loop.effects import (
    ReadProject,
)
from beai.core.loop.moves import Moved, issue, on_cycle, still
from beai.core.loop.rerunning import still_failed
from beai.core.loop.saves import owed, touching
from beai.core.loop.session import Session, Stage
from beai.core.runner.history import remember
from beai.core.runner.report import Report, RunKind, TestState
from beai.core.runner.verdict import merge, new_test
from beai.core.suggest.exchange import Purpose


def saved(session: Session, paths: tuple[str, ...]) -> Moved:
    """Somebody saved files: remember them where the person works by hand, and where they are under review."""
    session = owed(session, touching(paths))
    session = rebasing.outdated(session, paths)
    task = session.task.file if session.task and session.cases else ""
    schema = any(path.endswith(".prisma") for path in paths)
    session = replace(session, edited=session.edited or task in paths or schema)
    at, project = session.cycle, session.project
    if at is not None and at.stage is Stage.BY_HAND:
        session = on_cycle(session, replace(at, saved=tuple(dict.fromkeys((*at.saved, *paths)))))
    if project is not None and project.runner is None and session.pending is None:
        return issue(session, ReadProject())  # a runner may have come
    if (".git/HEAD" in paths or session.edited) and session.pending is None and session.standing is not None:
        moved, effects = issue(session, ReadProject())
        return replace(moved, failed=session.failed, notice=still_failed(session)), effects
    if session.pending is None and commit.due(session) and not set(paths).isdisjoint(commit.written(session)):
        return commit.look(session)
    return still(session)


def live(session: Session, report: Report) -> Moved:
    """A save was judged: show it, and take hand-written work in once it answers the step at hand."""
    known = session.latest or session.standing
    runs = remember(session.runs, report)
    latest = merge(known, report) if known else report
    unjudged = () if report.kind is RunKind.CONFIRMED else session.unjudged
    session = replace(session, latest=latest, ran=report, running=None, unrun=None, unjudged=unjudged, runs=runs)
    at, case = session.cycle, session.case
    if at is None or at.stage is not Stage.BY_HAND or session.pending is not None or not at.saved or case is None:
        return still(session)
    if report.kind is not RunKind.CONFIRMED:
        return still(session)
    if at.purpose is Purpose.TEST and session.standing is not None:
        files = frozenset(path for path in at.saved if is_test(path))
        return cycle.adopt(session) if new_test(session.standing, report, case.id, files) else still(session)
    outcome = report.find(case.test) if case.test else None
    ready = outcome is not None and outcome.state is TestState.PASS
    return cycle.adopt(session) if ready else still(session)
