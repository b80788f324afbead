"""A prompt for a chat outside, with the keys of the person who carries it; the clipboard is a script and a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste

from beai.core.clipboard import OSC_MOST
from beai.core.fault import Fault, FaultKind
from beai.core.loop.events.deeds import Interrupted, QuestionAnswered, ReplyPasted, RerunAsked
from beai.core.loop.events.facts import HandedOut
from beai.core.loop.events.passing import HandoutTold
from beai.core.loop.session import Session
from beai.core.loop.step import step
from beai.core.suggest.handout import HandOut, Pasted
from beai.tui.handout import copied, page
from beai.tui.prose import fold
from beai.tui.screens.question import QuestionCard
from beai.tui.screens.workbench import Workbench
from tests.tui import sessions as known
from tests.tui.conftest import SMALL, Bench

OUT = known.HANDED_OUT.handout.out
ANSWER = f"### nothing to do\nIt is there.\n\n### end {OUT.nonce} edits=0 cases=0\n"


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[str | None], dict[str, str]]:
    """A clipboard that holds a text; without one, no tool is there at all."""

    def made(text: str | None) -> dict[str, str]:
        if text is not None:
            (tmp_path / "held").write_text(text)
            tool = tmp_path / "xclip"
            tool.write_text(
                f'#!/bin/sh\ncase "$*" in *-out*) /bin/cat {tmp_path}/held;; *) /bin/cat > {tmp_path}/held;; esac\n'
            )
            tool.chmod(0o755)
        return {"PATH": str(tmp_path), "DISPLAY": ":0"}

    return made


def words(session: Session) -> str:
    return "\n".join(line.plain for line in fold(page(session.handout), 200))


async def told(bench: Bench) -> list[object]:
    """What was posted, once the courier is back."""
    if under_way := [one for one in bench.app.workers if one.group == "courier"]:
        await bench.app.workers.wait_for_complete(under_way)
    await bench.settle()
    return bench.loop.posted


async def test_c_takes_the_answer_from_the_clipboard(opened, desk):
    async with opened(known.HANDED_OUT, size=SMALL, env=desk(ANSWER)) as bench:
        await bench.press("C")
        assert await told(bench) == [ReplyPasted(ANSWER, OUT.nonce)]


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (OUT.text, "It is the prompt itself"),
        (ANSWER.replace(OUT.nonce, "0ld0ld00"), "another prompt"),
        ("https://example.invalid", "Once more takes it all the same"),
        (None, "paste the answer into this window"),
        ("", "finds no text"),
    ],
    ids=["prompt", "older", "anything", "no tool", "empty"],
)
async def test_what_is_no_answer_is_told_in_one_sentence_and_not_taken(opened, desk, held, words):
    async with opened(known.HANDED_OUT, size=SMALL, env=desk(held)) as bench:
        await bench.press("C")
        (event,) = await told(bench)
        assert isinstance(event, HandoutTold) and event.nonce == OUT.nonce
        assert words in event.words and "\n" not in event.words


async def test_what_reads_like_no_answer_is_taken_when_it_is_brought_once_more(opened, desk):
    async with opened(known.HANDED_OUT, size=SMALL, env=desk("I cannot help with that.")) as bench:
        await bench.press("C")
        await told(bench)
        await bench.press("C")
        assert (await told(bench))[1:] == [ReplyPasted("I cannot help with that.", OUT.nonce)]


async def test_a_paste_into_the_terminal_is_the_answer_and_no_letter_of_it_is_a_command(opened, desk):
    async with opened(known.HANDED_OUT, size=SMALL, live=True, env=desk(None)) as bench:
        bench.app.post_message(Paste("https://example.invalid/yadnhxUWPg\n"))
        await bench.settle()
        assert [type(event) for event in await told(bench)] == [HandoutTold]
        assert "The paste was not taken" in bench.loop.session.handout.told
        bench.app.post_message(Paste(ANSWER))
        await bench.settle()
        assert (await told(bench))[-1] == ReplyPasted(ANSWER, OUT.nonce)
        assert bench.loop.session.pending.pasted == (Pasted(OUT.nonce, ANSWER),)


async def test_a_paste_is_nothing_while_no_prompt_waits(opened):
    for session in (known.RED_REVIEW, known.UNDERSTAND, known.ASKING):
        async with opened(session, size=SMALL) as bench:
            bench.app.post_message(Paste(ANSWER))
            await bench.settle()
            assert bench.loop.posted == []


async def test_a_terminal_that_types_a_paste_decides_nothing_by_it(opened, desk):
    async with opened(known.HANDED_OUT, size=SMALL, env=desk(None)) as bench:
        await bench.press(*"yadnhxUWPgsetbu", "enter", "space")
        assert bench.loop.posted == [] and not bench.app.screen.typing


@pytest.mark.parametrize(
    "text",
    [
        "M drafter\r",
        "My\rM drafter\r\r",
        "F x \rF y\r",
        "R\r",
        "rR",
        "tt",
        "C3 it is\r",
        "\rRun it.\r",
        "SqM\td\n",
        "é\r\n",
    ],
    ids=repr,
)
async def test_keys_faster_than_a_person_types_are_a_paste_and_decide_nothing(opened, desk, tmp_path, text):
    failed = replace(known.HANDED_OUT, fault=Fault(FaultKind.NETWORK, "It failed."))
    async with opened(failed, size=SMALL, env=desk(ANSWER)) as bench:
        for _ in range(2):
            await bench.typed(text)
            assert isinstance(bench.app.screen, Workbench) and not bench.app.screen.typing
        said = await told(bench)
        assert {type(event) for event in said} == {HandoutTold}
        assert "read as a paste, which was not taken" in said[-1].words


@pytest.mark.parametrize("opening", ["M", "F", "ctrl+g"])
async def test_a_typed_paste_decides_nothing_in_a_line_or_a_window_either(opened, desk, tmp_path, opening):
    async with opened(known.HANDED_OUT, size=SMALL, live=True, env=desk(None)) as bench:
        await bench.press(opening)
        await bench.push(bench.loop.session, rest=0.05)
        before = [event for event in bench.loop.posted if not isinstance(event, HandoutTold)]
        await bench.typed(f"2 drafter\r{tmp_path}/x\r")
        assert [event for event in await told(bench) if not isinstance(event, HandoutTold)] == before
        assert not (tmp_path / "x").exists()


async def test_an_answer_that_a_terminal_types_is_taken_and_a_name_is_typed_into_its_line(opened, desk, tmp_path):
    async with opened(known.HANDED_OUT, size=SMALL, env=desk(None)) as bench:
        await bench.press("F")
        await bench.typed(f"{tmp_path}/mine.md")
        bench.clock.now += 1.0
        await bench.press("enter")
        assert "Saved as" in (await told(bench))[-1].words and (tmp_path / "mine.md").exists()
        await bench.typed(ANSWER.replace("\n", "\r"))
        assert (await told(bench))[-1] == ReplyPasted(ANSWER, OUT.nonce)


async def test_a_paste_while_something_else_is_under_way_is_told_to_wait(opened, desk):
    running = step(known.HANDED_OUT, RerunAsked(everything=True))[0]
    asked = step(known.HANDED_OUT, Interrupted())[0]
    for session, why in ((running, "beai is running the tests"), (asked, "answer the question")):
        async with opened(session, size=SMALL, wait=0.0, env=desk(None)) as bench:
            if session is asked:
                await bench.press("escape")
            bench.app.post_message(Paste(ANSWER))
            await bench.settle()
            (event,) = await told(bench)
            assert isinstance(event, HandoutTold) and why in event.words and "not taken" in event.words


async def test_a_prompt_is_copied_when_it_is_handed_out_and_not_when_it_waits_since_before(opened, desk, tmp_path):
    asking = replace(known.HANDED_OUT, handout=None, pending=known.HANDED_OUT.handout.asks, ticket=9)
    async with opened(Session(), size=SMALL, env=desk("the answer, copied already")) as bench:
        await bench.push(known.HANDED_OUT)
        assert await told(bench) == [] and (tmp_path / "held").read_text() == "the answer, copied already"
        await bench.push(asking)
        await bench.push(step(asking, HandedOut(9, replace(OUT, nonce="k2")))[0])
        assert await told(bench) == [HandoutTold("k2", "It is on the clipboard (xclip).")]
        assert (tmp_path / "held").read_text() == OUT.text and bench.app.clipboard == OUT.text


async def test_p_copies_again_and_what_is_too_long_for_a_terminal_goes_to_tools_and_file_alone(opened, desk):
    long = HandOut("a" * (OSC_MOST + 1), "k3", 1, "/state/prompt.md")
    session = replace(known.HANDED_OUT, handout=replace(known.HANDED_OUT.handout, out=long))
    async with opened(session, size=SMALL, env=desk(None)) as bench:
        await bench.press("p")
        (event,) = await told(bench)
        assert "not on the clipboard: 74,995 bytes" in event.words and bench.app.clipboard == ""
    assert "(OSC 52)" in copied("", OSC_MOST) and copied("wl-copy", 10**6) == "It is on the clipboard (wl-copy)."


async def test_f_saves_the_prompt_where_nothing_is_yet(opened, desk, tmp_path):
    async with opened(known.HANDED_OUT, size=SMALL, env=desk(None)) as bench:
        for _ in range(2):
            await bench.press("F")
            bench.app.screen.query_one("Line").value = str(tmp_path / "mine.md")
            bench.clock.now += 1.0
            await bench.press("enter")
            await told(bench)
        saved, refused = bench.loop.posted
        assert (tmp_path / "mine.md").read_text() == OUT.text
        assert "Saved as" in saved.words and "is there already" in refused.words


async def test_f_says_where_it_saves_into_the_repository_and_why_it_cannot(opened, desk, tmp_path):
    async with opened(known.HANDED_OUT, size=SMALL, env=desk(None), root=str(tmp_path)) as bench:
        for name in (f"{tmp_path}/in.md", "~nosuchuser/p", f"{tmp_path}/no/such/p"):
            await bench.press("F")
            bench.app.screen.query_one("Line").value = name
            bench.clock.now += 1.0
            await bench.press("enter")
            await told(bench)
        inside, nobody, nowhere = bench.loop.posted
        assert "inside the repository" in inside.words
        assert nobody.words.startswith("~nosuchuser/p cannot be written") and "cannot be written" in nowhere.words


async def test_an_enter_that_was_on_its_way_saves_nothing(opened, desk, tmp_path):
    async with opened(known.HANDED_OUT, size=SMALL, env=desk(None)) as bench:
        await bench.press("F")
        bench.app.screen.query_one("Line").value = str(tmp_path / "mine.md")
        await bench.press("enter")
        assert bench.app.screen.typing and await told(bench) == []
        bench.clock.now += 1.0
        await bench.press("enter")
        assert "Saved as" in (await told(bench))[-1].words


async def test_ctrl_g_asks_what_instead_and_esc_leaves_the_prompt_waiting(opened, desk):
    async with opened(known.HANDED_OUT, size=SMALL, live=True, env=desk(None)) as bench:
        await bench.press("ctrl+g")
        await bench.push(bench.loop.session, rest=0.05)
        assert bench.loop.posted == [Interrupted()] and isinstance(bench.app.screen, QuestionCard)
        await bench.press("escape")
        assert bench.loop.session.handout is not None
        bench.clock.now += 1.0
        await bench.press("enter")
        bench.clock.now += 1.0
        await bench.press("2")
        assert bench.loop.posted[-1] == QuestionAnswered(1)
        assert bench.loop.session.pending.by.name == "drafter"


async def test_the_file_holds_the_prompt_that_waits_whichever_that_is(opened, desk, tmp_path):
    """After a restart, and where undo or redo brings an older prompt back."""
    file = tmp_path / "prompt.md"
    file.write_text("a newer prompt")
    here = replace(OUT, file=str(file))
    session = replace(known.HANDED_OUT, handout=replace(known.HANDED_OUT.handout, out=here))
    newer = replace(session, handout=replace(session.handout, out=replace(here, text="Once more.", nonce="k2")))
    async with opened(session, size=SMALL, env=desk(None)) as bench:
        await told(bench)
        assert file.read_text() == OUT.text
        for now in (newer, session):
            await bench.push(now)
            await told(bench)
            assert file.read_text() == now.handout.out.text
        file.unlink()
        tmp_path.rename(tmp_path.with_name("gone"))
        await bench.push(newer)
        assert await told(bench) == [] and not tmp_path.exists()


def test_the_page_says_why_another_message_is_needed():
    why = "The answer has no end mark, so it may be cut off."
    later = replace(OUT, round=2, why=why)
    assert why in words(replace(known.HANDED_OUT, handout=replace(known.HANDED_OUT.handout, out=later)))


def test_the_page_says_where_the_prompt_is_what_it_costs_and_what_to_press():
    said = words(known.HANDED_OUT)
    for one in (
        OUT.file,
        "50,000 characters, about 16,670 tokens",
        "Press C",
        "p copies",
        "ctrl+g",
        OUT.nonce,
        "wl-copy",
    ):
        assert one in said
    later = replace(known.HANDED_OUT, handout=replace(known.HANDED_OUT.handout, out=replace(OUT, round=2)))
    assert "same conversation" in words(later) and "Message 2" in words(later)
