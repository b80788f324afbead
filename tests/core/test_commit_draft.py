"""A drafted commit follows the disk: what it lists, what its lights say, and what it asks before it is made."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Verdict
from beai.core.loop.effects import CommitWork
from beai.core.loop.events.deeds import CommitConfirmed, Resumed
from beai.core.loop.events.seen import Saved
from beai.core.loop.headless import Answers, Exit, drive
from beai.core.loop.lights import lit
from beai.core.loop.session import Phase, Session, Waiver
from beai.core.loop.step import step
from beai.core.record.waived import Waived
from tests.core.test_engine import OPENED, Run, begin
from tests.core.worlds import CODE_FILE, TASK_FILE, TEST_FILE

__all__ = ["begin"]
TO_COMMIT = Answers(understood=True, cases=True, hunks=Verdict.ACCEPTED)
TESTED, CONTEXT = 1, 2


async def drafted(run: Run) -> Session:
    """A session that has a commit to confirm."""
    run.engine.post(OPENED)
    assert await drive(run.engine, TO_COMMIT, lambda _: None) is Exit.WAITING
    session = run.engine.session
    assert session.phase is Phase.COMMIT and session.draft.paths == (TEST_FILE, CODE_FILE, TASK_FILE)
    assert lit(session)[TESTED].lit and lit(session)[CONTEXT].lit
    return session


async def test_a_file_that_is_as_before_the_task_drops_out_of_the_commit_with_its_light(begin):
    run = begin()
    await drafted(run)
    written, run.world.files[TASK_FILE] = run.world.files[TASK_FILE], "Status: Open\n"
    session = await run.post(Saved((TASK_FILE,)))
    assert session.draft.paths == (TEST_FILE, CODE_FILE) and not lit(session)[CONTEXT].lit
    assert session.notice == f"As before this task, so not part of the commit: {TASK_FILE}."
    run.world.files[TASK_FILE] = written
    session = await run.post(Saved((TASK_FILE,)))
    assert session.draft.paths == (TEST_FILE, CODE_FILE, TASK_FILE) and lit(session)[CONTEXT].lit
    await run.close()


async def test_after_a_restart_the_commit_lists_and_holds_what_is_on_disk(begin):
    run = begin()
    await drafted(run)
    run.world.files[TASK_FILE] = "Status: Open\n"
    session = await run.post(Resumed("fake"))
    assert session.draft.paths == (TEST_FILE, CODE_FILE)
    session = await run.post(CommitConfirmed())
    assert session.committed.paths == (TEST_FILE, CODE_FILE)
    assert session.phase is Phase.COMMIT and session.question.question.topic == "lights"
    assert not lit(session)[CONTEXT].lit
    await run.close()


async def test_with_nothing_of_the_task_left_on_disk_nothing_is_committed(begin):
    run = begin()
    before = dict(run.world.files)
    await drafted(run)
    run.world.files.update(before)
    await run.post(Saved((TEST_FILE, CODE_FILE, TASK_FILE)))
    session = await run.post(CommitConfirmed())
    assert session.draft.paths == () and session.phase is Phase.COMMIT
    assert run.world.repository.made == []
    await run.close()


async def test_on_a_protected_branch_nothing_is_committed_without_an_explicit_yes(begin):
    run = begin()
    session = await drafted(run)
    assert any(isinstance(effect, CommitWork) for effect in step(session, CommitConfirmed())[1])
    session = replace(session, draft=replace(session.draft, branch="main"))
    held, effects = step(session, CommitConfirmed())
    assert held.notice == "Not committed: main needs your explicit yes, or a feature branch."
    assert held.phase is Phase.COMMIT and not any(isinstance(effect, CommitWork) for effect in effects)
    agreed = replace(session, waivers=(*session.waivers, Waiver(Waived.BRANCH, "agreed")))
    assert any(isinstance(effect, CommitWork) for effect in step(agreed, CommitConfirmed())[1])
    await run.close()


async def test_a_commit_is_held_to_what_was_seen_of_each_of_its_files(begin):
    run = begin()
    session = await drafted(run)
    (made,) = (effect for effect in step(session, CommitConfirmed())[1] if isinstance(effect, CommitWork))
    assert made.plan.seen == tuple((file.path, file.whole) for file in session.draft.files)
    assert [path for path, whole in made.plan.seen if whole] == list(session.draft.paths)
    await run.close()


async def test_the_light_of_the_tests_is_dark_while_a_save_has_them_red(begin):
    run = begin()
    await drafted(run)
    whole = run.world.files[CODE_FILE]
    run.world.files[CODE_FILE] = whole.replace("wordC2", "")
    run.engine.post(Saved((CODE_FILE,)))
    session = await run.until(lambda s: s.unjudged)
    session = await run.until(lambda s: not s.unjudged)
    light = lit(session)[TESTED]
    assert not light.lit and light.evidence == "not passing: C2 rejects an empty note"
    run.world.files[CODE_FILE] = whole
    run.engine.post(Saved((CODE_FILE,)))
    session = await run.until(lambda s: s.unjudged)
    session = await run.until(lambda s: not s.unjudged)
    assert lit(session)[TESTED].lit
    await run.close()
