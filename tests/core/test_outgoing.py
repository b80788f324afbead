"""What would be sent is told before anything is, with whom it would go to."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core import demo
from beai.core.fault import Fault
from beai.core.files import DiskTree
from beai.core.loop.outgoing import Foreseeing, Outgoing
from beai.core.loop.session import Cycle, Phase, Session
from beai.core.project.layout import read
from beai.core.settings import Access, Settings
from beai.core.suggest.choice import Chosen, Turn, Way
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.privacy.masking import MASK
from beai.tui.sending import ahead
from tests.tui import sessions as known

TASK = "BE-S3-001"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The demo, with a file of values and one of its files holding one of them."""
    place = tmp_path / "shop"
    shutil.copytree(Path(demo.__path__[0]) / "shop", place, ignore=shutil.ignore_patterns("node_modules"))
    (place / ".env").write_text("SESSION_SECRET=hunter2-hunter2\n")
    router = place / "src/server/api/routers/wishlist.ts"
    router.write_text(f"{router.read_text()}// hunter2-hunter2\n")
    return place


async def test_it_is_the_request_that_the_session_would_make_masked_and_with_nobody_asked(root: Path) -> None:
    session = Session(project=read(DiskTree(root), "shop"), task_id=TASK)
    found = await Foreseeing(root, {}, Settings())(session)

    assert isinstance(found, Outgoing)
    assert (found.chosen.way, found.local) == (Way.DRAFTER, True) and "nothing is sent" in found.refused
    text = "".join(part.text for part in found.packed.parts)
    assert MASK in text and "hunter2" not in text
    assert found.packed.hidden[0][0] == "SESSION_SECRET of .env"

    chat = await Foreseeing(root, {}, Settings())(replace(session, chosen=Chosen(Way.CLIPBOARD)))
    assert isinstance(chat, Outgoing) and not chat.local and chat.where == "a chat of yours, by the clipboard"


@pytest.mark.parametrize("session", [known.RED_REVIEW, known.RED_DECIDED], ids=["undecided", "decided"])
async def test_while_a_test_is_reviewed_the_code_is_told_with_who_is_asked_for_it(root: Path, session: Session) -> None:
    session = replace(session, project=read(DiskTree(root), "shop"), task_id=TASK)
    here = Settings("anthropic/claude-x", phases=(("test", "ollama/q"), ("code", "drafter")), window=100_000)
    found = await Foreseeing(root, {}, here)(session)
    assert isinstance(found, Outgoing)
    assert (found.packed.purpose, found.chosen) == (Purpose.CODE, Chosen(Way.DRAFTER))


async def test_what_was_begun_for_a_page_that_closed_early_is_not_thrown_away(root: Path) -> None:
    session = Session(project=read(DiskTree(root), "shop"), task_id=TASK)
    foreseeing = Foreseeing(root, {}, Settings())
    early = asyncio.create_task(foreseeing(session))
    await asyncio.sleep(0)
    early.cancel()
    await asyncio.gather(early, return_exceptions=True)
    assert early.cancelled()
    first, second = await asyncio.gather(foreseeing(session), foreseeing(session))
    assert isinstance(first, Outgoing) and first is second
    assert await foreseeing(session) is not first  # files may have changed: whoever asks later looks again
    assert await foreseeing(replace(session, task_id="")) is not first


async def test_the_record_is_our_own_recorders_whoever_else_is_asked(root: Path) -> None:
    session = Session(
        phase=Phase.RECORD, project=read(DiskTree(root), "shop"), task_id=TASK, cycle=Cycle(Purpose.RECORD)
    )
    picked = replace(session, chosen=Chosen(Way.MODEL, "openai/x"))
    found = await Foreseeing(root, {}, Settings("openai/x", window=100_000))(picked)
    assert isinstance(found, Outgoing) and found.chosen == Chosen(Way.DRAFTER) and found.local
    words = await Foreseeing(root, {}, Settings("openai/x", phases=(("words", "openai/y"),), window=100_000))(session)
    assert isinstance(words, Outgoing) and words.chosen.model == "openai/y"


async def test_a_task_that_asks_for_nothing_more_says_so(root: Path) -> None:
    session = Session(phase=Phase.DONE, project=read(DiskTree(root), "shop"), task_id=TASK)
    found = await Foreseeing(root, {}, Settings())(session)
    assert isinstance(found, Fault) and "Nothing more is asked for" in found.summary


async def test_before_a_task_is_chosen_there_is_nothing_to_tell(root: Path) -> None:
    assert isinstance(await Foreseeing(root, {}, Settings())(Session()), Fault)


async def test_while_a_fallback_is_asked_it_and_those_after_it_are_told_with_what_leaves_this_computer(
    root: Path,
) -> None:
    here = Access("openai/first", "http://127.0.0.1:9/v1")
    settings = Settings("openai/first", fallbacks=("openai/second", "drafter"), access=(here,), window=32_000)
    session = Session(project=read(DiskTree(root), "shop"), task_id=TASK)
    look = Foreseeing(root, {}, settings)

    before = await look(session)
    assert isinstance(before, Outgoing) and (before.chosen.model, before.local) == ("openai/first", True)
    assert before.others == (("openai/second", False), ("drafter", True))

    turn = Turn(Chosen(Way.MODEL, "openai/second"), ("openai/first",), 60.0)
    now = await look(replace(session, resting=turn))
    assert isinstance(now, Outgoing) and (now.chosen.model, now.local) == ("openai/second", False)
    assert (now.failed, now.others) == (("openai/first",), (("drafter", True), ("openai/first", True)))
    said = "\n".join(block.body.plain for block in ahead(now))
    assert "openai/first failed a moment ago, so openai/second is asked" in said
    assert "if it fails: drafter stays on this computer, then openai/first stays on this computer" in said
