"""The first demo task with keys alone, on the real app with real Vitest and git."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

from beai.core.loop.session import CaseState, Phase, Session, Stage
from beai.tui.app import BeaiApp
from tests.real.loops import git, opening, repository

MOST = 30
ENTER_PHASES = (Phase.UNDERSTAND, Phase.CASES, Phase.COMMIT)


class Typist:
    """Presses keys and counts them; before each it waits until the session stands still and wants something."""

    def __init__(self, app: BeaiApp, pilot) -> None:
        self.app, self.pilot, self.pressed, self.reds, self.greens = app, pilot, [], [], []
        self.moved = asyncio.Event()
        app._engine.observe(self._see)

    async def press(self, key: str) -> None:
        self.pressed.append(key)
        await self.pilot.press(key)
        await self.pilot.pause()

    async def until(self, condition: Callable[[Session], object]) -> Session:
        async with asyncio.timeout(90):
            while not condition(self.app._engine.session):
                self.moved.clear()
                await self.moved.wait()
        await self.pilot.pause()
        return self.app._engine.session

    def _see(self, session: Session) -> None:
        for case in session.cases:
            if case.red and (case.id, case.red.message) not in self.reds:
                self.reds.append((case.id, case.red.message))
            if case.green and (case.id, case.green.message) not in self.greens:
                self.greens.append((case.id, case.green.message))
        self.moved.set()


def wants(session: Session) -> bool:
    """Whether the session stands still, at something only a person can do."""
    if session.pending is not None or (session.standing is None and session.question is None):
        return False
    if session.question is not None or session.phase in (Phase.COMMIT, Phase.DONE):
        return True
    if session.phase is Phase.UNDERSTAND:
        return True
    return (session.phase is Phase.CASES and bool(session.cases)) or _reviewing(session)


def _reviewing(session: Session) -> bool:
    return session.cycle is not None and session.cycle.stage is Stage.REVIEWING


async def test_the_first_task_takes_at_most_thirty_keys_from_understand_to_commit(shop: Path, tmp_path: Path):
    root = repository(shop, tmp_path / "repo")
    loop = opening(root, tmp_path / "state", "BE-S3-001", agreed=False)
    seconds = itertools.count()
    app = BeaiApp(loop, clock=lambda: float(next(seconds)))
    async with app.run_test(size=(120, 36)) as pilot:
        typist = Typist(app, pilot)
        while True:
            session = await typist.until(wants)
            if session.phase is Phase.DONE:
                break
            for key in _keys(session):
                await typist.press(key)
            await typist.until(lambda s, before=session: s is not before)
    assert len(typist.pressed) <= MOST, typist.pressed
    assert [case.state for case in session.cases].count(CaseState.GREEN) >= 3
    assert any("No procedure found" in message or "does not exist" in message for _, message in typist.reds)
    assert {case_id for case_id, _ in typist.greens} == {case.id for case in session.cases}
    assert session.committed is not None
    assert git(root, "log", "-1", "--format=%H").strip() == session.committed.sha
    assert git(root, "status", "--porcelain") == ""


def _keys(session: Session) -> tuple[str, ...]:
    if session.question is not None:
        return ("1",)
    if session.phase in ENTER_PHASES:
        return ("enter",)
    assert session.cycle is not None and session.cycle.review is not None
    return (*("a" for _ in session.cycle.review.change.files), "enter")
