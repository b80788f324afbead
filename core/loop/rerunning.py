"""Tests are run again as the person asks: judged where a step waits for it, else only looked at."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop import cycle
from beai.core.loop.effects import ReadProject, RunTests
from beai.core.loop.events.deeds import RerunAsked
from beai.core.loop.moves import Moved, issue, on_cycle, still
from beai.core.loop.session import Phase, Session, Stage
from beai.core.runner.report import RunRequest, TestState
from beai.core.suggest.exchange import Purpose


def asked(session: Session, deed: RerunAsked) -> Moved:
    """Run again what is asked for; chosen tests, and any while a step asks something, are only looked at."""
    return glance(session, deed) if deed.chosen or _asks(session) else rerun(session, deed.everything)


def rerun(session: Session, everything: bool = False) -> Moved:
    """Run again: judged where a step waits for it, taken in where the person works by hand, else only shown."""
    at = session.cycle
    if session.standing is None:
        if session.project is None:
            return still(session)
        return issue(session, RunTests(RunRequest()) if session.project.runner else ReadProject())
    if at is not None and at.stage is Stage.BY_HAND:
        return cycle.adopt(session)
    if at is not None and at.stage in (Stage.JUDGING, Stage.RESTORING):
        judging = on_cycle(session, replace(at, stage=Stage.JUDGING))
        whole = cycle.whole_run(session) if at.purpose is Purpose.RECORD else cycle.judge(session, cycle.paths(at))
        return issue(judging, whole)
    files = None if everything or session.case is None or session.case.test is None else (session.case.test.file,)
    moved, effects = issue(session, RunTests(RunRequest(files=files)))
    return replace(moved, failed=session.failed, notice=still_failed(session)), effects


def glance(session: Session, asked: RerunAsked) -> Moved:
    """Run tests again, to look at them: whatever step is at hand, or asks, is judged by a run of its own."""
    shown = session.latest or session.standing
    if shown is None:
        return rerun(session)
    files = asked.files
    if not asked.chosen and not asked.everything and session.case and session.case.test:
        files = (session.case.test.file,)
    if asked.failed:
        files = tuple(
            file.file for file in shown.files if file.errors or any(test.state is TestState.FAIL for test in file.tests)
        )
        if not files:
            return still(session, "No test fails.")
    request = RunRequest(files=files or None, name=asked.name)
    moved, effects = issue(session, RunTests(request, glance=True))
    return replace(moved, failed=session.failed, notice=still_failed(session)), effects


def _asks(session: Session) -> bool:
    """Whether a question is open on a step that a run would judge, which the answer to it is to do."""
    return session.question is not None and session.phase is not Phase.UNDERSTAND


def still_failed(session: Session) -> str:
    """What a side effect must not make the person forget."""
    return session.fault.sentence() if session.fault else session.notice
