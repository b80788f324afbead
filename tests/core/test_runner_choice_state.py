"""A repository without a test runner opens with a proposal, and is judged as soon as it has one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.loop.compose import Composed, compose
from beai.core.loop.effects import ReadProject, RunTests
from beai.core.loop.events.deeds import Opened, RerunAsked, Retried, Understood
from beai.core.loop.events.facts import ProjectRead
from beai.core.loop.events.seen import Saved
from beai.core.loop.fakes.runner import FakeTests
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.loop.opening import Wanted
from beai.core.loop.preflight import survey
from beai.core.loop.session import Phase, Session
from beai.core.loop.step import step
from beai.core.project.facts import Project, RunnerName, RunnerProposal
from beai.core.runner.late import LateTests
from beai.core.runner.report import Report, RunRequest
from beai.core.settings import Settings
from tests.core.contracts.workspace import FILES
from tests.core.worlds import PROJECT

PROPOSAL = RunnerProposal(RunnerName.VITEST, "pnpm add -D vitest@4", (), "`vite` is a dependency", "app")
BARE = replace(PROJECT, runner=None, proposed=PROPOSAL, package="app")
PATIENCE = 10


def opened(project: Project) -> tuple[Session, tuple[object, ...]]:
    session, _ = step(Session(), Opened("BE-S1-001", "me", "t"))
    return step(session, ProjectRead(session.ticket, project))


def test_a_repository_without_a_runner_opens_with_a_proposal() -> None:
    session, effects = opened(BARE)
    assert (session.phase, session.fault, session.pending, effects) == (Phase.UNDERSTAND, None, None, ())
    assert "No test runner was found in app." in session.notice
    assert "type `pnpm add -D vitest@4` in app" in session.notice


def test_nothing_goes_on_before_there_is_a_runner() -> None:
    session, _ = opened(BARE)
    after, effects = step(session, Understood())
    assert (after.phase, after.understood, effects) == (Phase.UNDERSTAND, False, ())
    assert "pnpm add" in after.notice


def test_a_save_a_rerun_and_another_try_look_for_a_runner_again() -> None:
    session, _ = opened(BARE)
    for event in (Saved(("app/package.json",)), RerunAsked(), Retried()):
        again, effects = step(session, event)
        assert effects == (ReadProject(),), event
        found, effects = step(again, ProjectRead(again.ticket, PROJECT))
        assert effects == (RunTests(RunRequest()),)
        assert found.notice == ""


async def test_tests_are_found_once_there_are_some() -> None:
    there: list[FakeTests] = []
    fault = Fault(FaultKind.TESTS, "none yet")
    tests = LateTests(lambda: there[0] if there else fault, fault)
    assert await tests.start() == fault
    assert await tests.run(RunRequest(), lambda _: None) == fault
    await tests.close()
    there.append(FakeTests(lambda _: ()))
    assert isinstance(await tests.run(RunRequest(), lambda _: None), Report)
    await tests.close()
    assert there[0].closed


async def test_a_composed_loop_without_a_runner_stands_with_the_proposal(tmp_path: Path) -> None:
    root = tmp_path / "notes"
    for path, text in {**FILES, "package.json": json.dumps({"name": "notes"})}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    process = await asyncio.create_subprocess_exec("git", "init", "-q", cwd=root)
    assert await process.wait() == 0
    project = survey(root, {})
    assert isinstance(project, Project) and project.runner is None
    env = {"BEAI_STATE": str(tmp_path / "state")}
    made = compose(root, project, Settings(), Wanted(suggester=FakeSuggester()), env)
    assert isinstance(made, Composed), made
    changed = asyncio.Event()
    made.engine.observe(lambda session: changed.set() if session.notice else None)
    loop = asyncio.create_task(made.engine.run())
    await asyncio.wait_for(changed.wait(), PATIENCE)
    assert "npm install -D vitest@4" in made.engine.session.notice
    assert made.engine.session.fault is None
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await made.close()
