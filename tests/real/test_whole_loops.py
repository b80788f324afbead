"""The whole loop on the shop, with real Vitest and git: by a litellm worker, and by a person's own hand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.edits.change import Verdict
from beai.core.fault import Fault, FaultKind
from beai.core.loop.events.deeds import (
    CasesApproved,
    FileJudged,
    Interrupted,
    QuestionAnswered,
    Retried,
    ReviewClosed,
    TakenByHand,
    Understood,
)
from beai.core.loop.headless import YES, Exit, drive
from beai.core.loop.session import CaseState, Choice, Phase, Session, Stage
from beai.core.runner.report import TestState
from beai.core.settings import Settings
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.recording.entry import Entry
from beai.core.suggest.recording.tape import load
from tests.real.loops import Following, as_text, git, opening, repository
from tests.real.provider import Say, Trouble, provider
from tests.real.small import small_shop

TASK = "BE-S3-001"
ROUTER = "src/server/api/routers/wishlist.ts"
TEST = "src/server/api/routers/__tests__/wishlist.test.ts"

ANSWERS = replace(YES, questions=(*YES.questions, ("contract", "the small shop has three criteria of five")))


def reviewing(phase: Phase):
    return lambda s: s.phase is phase and s.cycle is not None and s.cycle.stage is Stage.REVIEWING


def accept(session: Session):
    return (*(FileJudged(file.path, Verdict.ACCEPTED) for file in session.cycle.review.change.files), ReviewClosed())


@pytest.fixture(scope="module")
def small(shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_shop(shop_packages, tmp_path_factory.mktemp("small") / "shop")


@pytest.fixture(scope="module")
def drafted(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a repository in which the drafter did the task, and what was recorded of that."""
    folder = tmp_path_factory.mktemp("drafted")
    loop = opening(
        repository(small, folder / "repo"),
        folder / "state",
        TASK,
        Settings(sandbox="off", record=str(folder / "tape.jsonl")),
    )

    async def draft() -> None:
        try:
            assert await drive(loop, ANSWERS, lambda _: None) is Exit.DONE
        finally:
            await loop.close()

    asyncio.run(draft())
    return folder


def taped(path: Path) -> tuple[Entry, ...]:
    tape = load(path)
    assert not isinstance(tape, Fault), tape
    return tape.entries


def committed(root: Path) -> tuple[str, str]:
    """What a commit holds and says, without the trailer that is its own."""
    said = git(root, "log", "-1", "--format=%B").partition("Beai-Session: ")[0]
    return git(root, "rev-parse", "HEAD^{tree}"), said


async def test_a_recorded_task_is_replayed_to_the_same_commit_and_refused_where_a_file_is_another(
    drafted: Path, small: Path, tmp_path: Path
) -> None:
    root, settings = repository(small, tmp_path / "again"), Settings(sandbox="off", replay=str(drafted / "tape.jsonl"))
    before = (root / ROUTER).read_text()
    (root / ROUTER).write_text(f"// of another state\n{before}")
    changed = opening(root, tmp_path / "state", TASK, settings)
    try:
        assert await drive(changed, ANSWERS, lambda _: None) is Exit.FAULT
    finally:
        await changed.close()
    assert changed.session.fault is not None
    assert changed.session.fault.summary == f"tape.jsonl was made of another context: {ROUTER} changed."
    (root / ROUTER).write_text(before)
    loop = opening(root, tmp_path / "state", TASK, settings)
    try:
        assert await drive(loop, ANSWERS, lambda _: None) is Exit.DONE
    finally:
        await loop.close()
    assert loop.session.suggester == "replay" and loop.session.spent == ()
    assert committed(root) == committed(drafted / "repo")


async def test_a_litellm_worker_takes_a_task_to_its_commit_and_a_cancelled_request_does_no_harm(
    drafted, small, tmp_path
):
    said = [entry.answer for entry in taped(drafted / "tape.jsonl")]
    root = repository(small, tmp_path / "again")
    script = [Say(as_text(reply), pieces=6) for reply in said]
    async with provider(Trouble.HANG) as server:
        settings = Settings(
            sandbox="off", model="openai/scripted", base=server.base, record=str(tmp_path / "tape.jsonl")
        )
        loop = opening(root, tmp_path / "state2", TASK, settings)
        async with Following(loop) as seen:
            await seen.until(lambda s: s.standing is not None)
            loop.post(Understood())
            await asyncio.wait_for(server.asked.wait(), 60)
            loop.post(Interrupted())
            await seen.until(lambda s: s.failed is not None and s.pending is None)
            await asyncio.wait_for(server.hung_up.wait(), 10)
            server.play(*script)
            loop.post(Retried())
            session = await seen.until(lambda s: s.cases)
            assert [case.idea.text for case in session.cases] == [idea.text for idea in said[0].cases]
        rest = opening(root, tmp_path / "state2", TASK, settings)
        try:
            assert await drive(rest, ANSWERS, lambda _: None) is Exit.DONE
        finally:
            await rest.close()
        session = rest.session
    assert [case.state for case in session.cases].count(CaseState.GREEN) >= 3
    assert session.suggester == "openai/scripted"
    assert all([message["role"] for message in one["messages"]] == ["system", "user"] for one in server.requests)
    asked = ["\n".join(str(message["content"]) for message in one["messages"]) for one in server.requests]
    code = [text for text in asked if "# What is asked: the minimum code" in text]
    tests = {entry.answer.rationale for entry in taped(drafted / "tape.jsonl") if entry.purpose is Purpose.TEST}
    assert code and all(tests) and not any(words in text for text in code for words in tests)
    stopped, *entries = taped(tmp_path / "tape.jsonl")
    assert isinstance(stopped.answer, Fault) and stopped.answer.kind is FaultKind.CANCELLED
    assert [(type(entry.answer), entry.parsed, entry.by) for entry in entries] == [
        (type(reply), True, "openai/scripted") for reply in said
    ]
    assert set(git(root, "diff", "--name-only", "main..HEAD").split()) >= {ROUTER, TEST}
    assert git(root, "ls-tree", "-r", "HEAD", "--", "src", "prisma") == git(
        drafted / "repo", "ls-tree", "-r", "HEAD", "--", "src", "prisma"
    )


async def test_a_router_broken_by_hand_turns_the_panel_red_and_back(shop, tmp_path):
    root = repository(shop, tmp_path / "repo")
    good = (root / ROUTER).read_text()
    async with Following(opening(root, tmp_path / "state", TASK)) as seen:
        await seen.until(lambda s: s.standing is not None and s.pending is None)
        (root / ROUTER).write_text(good.replace("ctx.session.user.id", '"somebody else"'))
        session = await seen.until(lambda s: s.latest and s.latest.failed())
        assert {test.key.file for test in session.latest.failed()} == {TEST}
        (root / ROUTER).write_text(good)
        session = await seen.until(lambda s: s.latest and not s.latest.failed())
        assert session.latest.count(TestState.PASS) == session.standing.count(TestState.PASS)
        assert session.phase is Phase.UNDERSTAND and session.written == ()


async def test_a_test_written_by_hand_is_as_good_a_red_as_ours(shop, tmp_path):
    root = repository(shop, tmp_path / "repo")
    loop = opening(root, tmp_path / "state", TASK)
    async with Following(loop) as seen:
        await seen.until(lambda s: s.standing is not None)
        loop.post(Understood())
        await seen.until(lambda s: s.cases)
        loop.post(CasesApproved())
        session = await seen.until(reviewing(Phase.RED))
        drafted = session.cycle.review.change.files[0].after
        loop.post(TakenByHand())
        await seen.until(lambda s: s.cycle and s.cycle.stage is Stage.BY_HAND)
        (root / TEST).write_text(drafted)
        session = await seen.until(reviewing(Phase.GREEN))
        assert session.case.state is CaseState.RED and session.case.test.file == TEST
        assert [written.path for receipt in session.written for written in receipt.files] == [TEST]


async def test_a_guard_that_passes_at_once_is_seen_red_by_breaking_it_and_the_code_is_put_back(shop, tmp_path):
    root = repository(shop, tmp_path / "repo")
    loop = opening(root, tmp_path / "state", TASK)
    async with Following(loop) as seen:
        await seen.until(lambda s: s.standing is not None)
        loop.post(Understood())
        await seen.until(lambda s: s.cases)
        loop.post(CasesApproved())
        while loop.session.question is None:
            before = loop.session
            session = await seen.until(lambda s: s.question or (s.cycle and s.cycle.stage is Stage.REVIEWING))
            if session.question is None:
                for event in accept(session):
                    loop.post(event)
                await seen.until(lambda s, before=before: s.question or s.phase is not before.phase)
        session = loop.session
        code = (root / ROUTER).read_text()
        assert "passes at once" in session.question.question.issue
        case_id = session.case_id
        loop.post(QuestionAnswered(session.question.choices.index(Choice.PROVE)))
        session = await seen.until(lambda s: s.case_id != case_id)
        proven = next(case for case in session.cases if case.id == case_id)
        assert (
            proven.state is CaseState.PROVEN and "protectedProcedure replaced by publicProcedure" in proven.red.message
        )
        assert (root / ROUTER).read_text() == code
