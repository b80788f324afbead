"""A chat's answer that is saved into a file is taken as soon as it is whole, with a screen or with none."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.loop.effects import Suggest
from beai.core.loop.engine import Engine
from beai.core.loop.events.deeds import Opened, ReplyPasted
from beai.core.loop.fakes.chat import FakeChat
from beai.core.loop.headless import Answers, Exit, drive
from beai.core.loop.journal import Journal
from beai.core.loop.outline import waits_for
from beai.core.loop.reply_file import ReplyFile, text_in
from beai.core.loop.resuming import resume
from beai.core.loop.session import OpenHandout, Phase, Session
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.handout import HandOut
from tests.core.worlds import World

ANSWERS = Answers(understood=True)
OPEN = Session(handout=OpenHandout(HandOut("A prompt.", "k1"), Suggest(Purpose.CASES, "BE-1")))
CASES = "### cases\n- [happy path] adds a note\n\n### end {nonce} edits=0 cases=1\n"


@dataclass
class Posts:
    """What was posted, and when the next is."""

    posted: list[ReplyPasted] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, deed: ReplyPasted) -> None:
        self.posted.append(deed)
        self.came.set()


@asynccontextmanager
async def watching(path: Path, session: Session = OPEN) -> AsyncIterator[Posts]:
    posts = Posts()
    file = ReplyFile(path, posts, pause=0.0)
    file.follow(session)
    try:
        yield posts
    finally:
        await file.close()


async def test_a_reply_is_taken_once_all_of_it_is_there(tmp_path: Path) -> None:
    path, whole = tmp_path / "reply.md", CASES.replace("{nonce}", "k1")
    async with watching(path) as posts:
        for part in (whole[:10], whole[:-10]):
            await asyncio.to_thread(path.write_text, part)
            await _looked()
            assert posts.posted == []
        await asyncio.to_thread(path.write_text, whole)
        await asyncio.wait_for(posts.came.wait(), 20)
        await _looked()
    assert posts.posted == [ReplyPasted(whole, "k1")]


async def test_what_was_saved_while_nobody_looked_is_found_and_an_older_answer_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "reply.md"
    await asyncio.to_thread(path.write_text, CASES.replace("{nonce}", "k0"))
    async with watching(path) as posts:
        await _looked()
        assert posts.posted == []
        await asyncio.to_thread(path.write_text, CASES.replace("{nonce}", "k1"))
        await asyncio.wait_for(posts.came.wait(), 20)


async def test_nothing_is_looked_for_while_no_prompt_waits(tmp_path: Path) -> None:
    path = tmp_path / "reply.md"
    await asyncio.to_thread(path.write_text, CASES.replace("{nonce}", "k1"))
    for session in (Session(), replace(OPEN, pending=Suggest(Purpose.CASES, "BE-1"))):
        async with watching(path, session) as posts:
            await _looked()
            assert posts.posted == []


def test_a_folder_a_pipe_a_binary_and_far_too_much_are_no_answer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "much").write_bytes(b"a" * 4_000_001)
    assert [text_in(tmp_path / name) for name in (".", "pipe", "much", "absent", "a\0b")] == [""] * 5
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert text_in(tmp_path / "bytes") == "\udcff\udcfe"


async def _looked() -> None:
    """Several looks have been taken: each is one turn in a thread."""
    for _ in range(6):
        await asyncio.to_thread(lambda: None)


@dataclass
class Run:
    """A run without a screen on a chat outside, begun and gone on with as separate processes would."""

    folder: Path
    world: World = field(default_factory=World)
    lines: list[dict[str, object]] = field(default_factory=list)

    async def __call__(self, answers: Answers, reply_file: Path | None = None) -> tuple[Exit, Session]:
        journal = Journal.open(self.folder / "state")
        assert isinstance(journal, Journal)
        kept = resume(journal, "")
        assert not isinstance(kept, Fault)
        if kept.session is None:
            journal.begin(0.0)
        engine = Engine(replace(self.world.ports(), suggester=FakeChat()), journal, kept.session)
        replies = ReplyFile(reply_file or self.folder / "reply.md", engine.post, pause=0.0)
        engine.observe(replies.follow)
        if kept.session is None:
            engine.post(Opened("", "clipboard", "token-1"))
        try:
            code = await asyncio.wait_for(drive(engine, answers, self.tell, reply_file is not None), 30)
        finally:
            await replies.close()
            await engine.close()
        return code, engine.session

    def tell(self, line: dict[str, object]) -> None:
        self.lines.append(line)

    def handed(self) -> list[dict[str, object]]:
        return [line["handout"] for line in self.lines if "handout" in line]  # type: ignore[misc]


async def test_without_an_answer_a_run_ends_waiting_and_a_later_one_takes_it_by_the_same_word(
    tmp_path: Path,
) -> None:
    run = Run(tmp_path)
    code, session = await run(ANSWERS)
    (handed,) = run.handed()
    assert code is Exit.WAITING and handed["nonce"] in waits_for(session)
    assert handed.keys() == {"file", "nonce", "round", "characters", "tokens"}
    code, _ = await run(replace(ANSWERS, replies=(f"{tmp_path}/*.txt",)))
    assert code is Exit.WAITING and run.handed() == [handed, handed]
    await asyncio.to_thread((tmp_path / "old.txt").write_text, CASES.replace("{nonce}", "0ld"))
    await asyncio.to_thread((tmp_path / "a.txt").write_text, CASES.replace("{nonce}", str(handed["nonce"])))
    code, session = await run(replace(ANSWERS, replies=(f"{tmp_path}/*.txt",)))
    assert code is Exit.WAITING and session.phase is Phase.CASES and len(session.cases) == 1


async def test_with_a_reply_file_the_run_waits_for_what_is_saved_there(tmp_path: Path) -> None:
    run = Run(tmp_path)
    path = tmp_path / "answer.md"

    def chat(line: dict[str, object]) -> None:
        run.lines.append(line)
        if "handout" in line:
            path.write_text(CASES.replace("{nonce}", str(run.handed()[-1]["nonce"])))

    run.tell = chat  # type: ignore[method-assign]
    code, session = await run(ANSWERS, path)
    assert code is Exit.WAITING and session.phase is Phase.CASES and len(session.cases) == 1


@pytest.mark.parametrize("replies", [(), ("no/such/*.md",), ("[",)])
async def test_answers_that_say_nothing_of_a_prompt_leave_it(tmp_path: Path, replies: tuple[str, ...]) -> None:
    code, session = await Run(tmp_path)(replace(ANSWERS, replies=replies))
    assert code is Exit.WAITING and session.handout is not None
