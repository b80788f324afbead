"""A chat outside is handed one text, which is kept in a file for nobody else's eyes."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.fakes.chat import FakeChat
from beai.core.loop.ports import Suggester
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.handout import HandOut
from beai.core.suggest.outside import PROMPT, ClipboardSuggester
from beai.core.suggest.pack import Window
from beai.core.suggest.privacy.secret import Secret
from beai.core.tokens import tokens
from tests.core.contracts.chat import ChatContract, ignore, request

WINDOW = Window(32_000, 8_000, "a test says so")


class TestFakeChat(ChatContract):
    @pytest.fixture
    def chat(self) -> Suggester:
        return FakeChat()


class TestClipboardSuggester(ChatContract):
    @pytest.fixture
    def chat(self, tmp_path: Path) -> Suggester:
        return ClipboardSuggester(tmp_path / "state", WINDOW)


async def test_one_text_holds_the_role_the_protocol_and_the_ask_in_this_order(tmp_path: Path) -> None:
    out = await ClipboardSuggester(tmp_path, WINDOW).suggest(request(Purpose.TEST), ignore)

    assert isinstance(out, HandOut)
    heads = ["# This message", "# Role", "# How to reply", "# The end mark", "## Task BE-1", "# What is asked"]
    places = [out.text.index(head) for head in heads]
    assert places == sorted(places)
    assert out.tokens == tokens(out.text) < WINDOW.room


async def test_a_prompt_that_still_holds_a_secret_is_handed_to_nobody(tmp_path: Path) -> None:
    ours = "Reply in plain text. Begin with one to three sentences"  # of our own words, which nothing masks
    asked = replace(request(), secrets=(Secret("API_TOKEN", ours),))
    out = await ClipboardSuggester(tmp_path, WINDOW).suggest(asked, ignore)

    assert isinstance(out, Fault) and out.kind is FaultKind.REFUSED
    assert "API_TOKEN" in out.sentence() and ours not in f"{out}"
    assert not (tmp_path / PROMPT).exists()


def test_the_prompt_is_in_a_file_that_only_its_owner_reads_and_the_next_one_takes_its_place(tmp_path: Path) -> None:
    chat = ClipboardSuggester(tmp_path / "state", WINDOW)
    for asked in (request(), replace(request(), follows="Again.\n", round=2)):
        out = asyncio.run(chat.suggest(asked, ignore))
        assert isinstance(out, HandOut)
        file = Path(out.file)
        assert file == tmp_path / "state" / PROMPT and file.read_text() == out.text
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in (tmp_path / "state").iterdir()] == [PROMPT]


async def test_a_prompt_that_does_not_fit_the_window_is_told_and_not_handed_out(tmp_path: Path) -> None:
    fault = await ClipboardSuggester(tmp_path, Window(1_000, 500, "tiny")).suggest(request(), ignore)

    assert isinstance(fault, Fault) and fault.kind is FaultKind.USAGE
    assert "window" in fault.sentence() and not (tmp_path / PROMPT).exists()


async def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    fault = await ClipboardSuggester(tmp_path / "state", WINDOW).suggest(request(), ignore)

    assert isinstance(fault, Fault) and fault.kind is FaultKind.DISK
    assert "\n" not in fault.sentence()
