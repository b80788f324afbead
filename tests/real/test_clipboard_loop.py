"""A task taken to its commit through a chat outside: a person carries prompts and answers, one process is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from beai.core.edits.change import SearchReplace
from beai.core.fault import Fault
from beai.core.loop.events.deeds import ReplyPasted
from beai.core.loop.foretelling import foretell
from beai.core.loop.headless import YES, Exit, drive
from beai.core.loop.journal import home
from beai.core.loop.opening import Opening
from beai.core.loop.session import CaseState
from beai.core.settings import Settings
from beai.core.suggest.drafter import draft
from beai.core.suggest.exchange import ProposeCases, ProposeEdits, Purpose, Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.outside import PROMPT, ClipboardSuggester
from beai.core.suggest.pack.window import DEFAULT
from beai.core.suggest.progress import Progress
from beai.core.trust import agree
from tests.real.loops import as_text, git, opening, repository

TASK = "BE-S3-001"
ROUTER = "src/server/api/routers/wishlist.ts"
TEST = "src/server/api/routers/__tests__/wishlist.test.ts"
LOST = SearchReplace(ROUTER, "  // no line of the file reads like this", "  // and none will")
CHAT = Settings(way="clipboard")
ANSWERS = replace(YES, questions=(*YES.questions, ("contract", "two cases are enough of a chat")))


@dataclass
class Carrying:
    """The suggester of the clipboard mode; keeps what was asked, so that a test can answer as a chat would."""

    inner: ClipboardSuggester
    requests: list[Request] = field(default_factory=list)
    name: str = "clipboard"

    async def start(self) -> Fault | None:
        """Nothing to warm."""
        return await self.inner.start()

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> HandOut | Fault:
        """Hand out, and remember."""
        self.requests.append(request)
        return await self.inner.suggest(request, tell)

    async def close(self) -> None:
        """Nothing to close."""


@dataclass
class Person:
    """Carries each prompt to a chat that says what the drafter says, once with an edit that has no place."""

    chat: Carrying
    first: Request
    loop: Opening | None = None
    handed: list[dict[str, object]] = field(default_factory=list)
    missed: bool = False

    def hears(self, line: dict[str, object]) -> None:
        """Paste the answer to a prompt as soon as it is there."""
        handed = line.get("handout")
        if isinstance(handed, dict) and self.loop is not None:
            self.handed.append(handed)
            request = self.chat.requests[-1] if self.chat.requests else self.first
            nonce = str(handed["nonce"])
            self.loop.post(ReplyPasted(self._answer(request).replace("{nonce}", nonce), nonce))

    def _answer(self, request: Request) -> str:
        reply = draft(replace(request, feedback=()) if request.follows else request)
        if isinstance(reply, ProposeCases):
            reply = replace(reply, cases=reply.cases[:2])  # enough for a repair, and half the time
        if request.purpose is Purpose.CODE and not self.missed and isinstance(reply, ProposeEdits):
            self.missed = True
            return as_text(ProposeEdits((*reply.edits, LOST), reply.rationale))
        return f"Sure!\n\n``````text\n{as_text(reply)}``````\n"


async def test_a_chat_takes_a_task_to_its_commit_with_a_repair_and_over_a_kill_between_prompt_and_paste(shop, tmp_path):
    root, state = repository(shop, tmp_path / "repo"), tmp_path / "state"
    folder = home(state, root)
    killed = _handed_out_and_killed(root, state)
    prompt = (folder / PROMPT).read_text()
    assert str(folder / PROMPT) == killed["file"] and f"### end {killed['nonce']}" in prompt

    found = foretell(root, {**os.environ, "BEAI_STATE": str(state)}, CHAT, TASK, Purpose.CASES)
    assert not isinstance(found, Fault)
    chat = Carrying(ClipboardSuggester(folder, DEFAULT))
    person = Person(chat, found.request)
    person.loop = loop = opening(root, state, TASK, CHAT, suggester=chat)
    try:
        assert await drive(loop, ANSWERS, person.hears, watches=True) is Exit.DONE
    finally:
        await loop.close()

    assert person.handed[0] == killed, "the same prompt, with the same word, waits after the kill"
    assert [one["round"] for one in person.handed].count(2) == 1 and max(one["round"] for one in person.handed) == 2
    repair = next(request for request in chat.requests if request.follows)
    assert "no lines of the file read like this" in repair.follows and "These edits have their place" in repair.follows
    assert [case.state for case in loop.session.cases].count(CaseState.GREEN) >= 1
    assert set(git(root, "diff", "--name-only", "main..HEAD").split()) >= {ROUTER, TEST}


def _handed_out_and_killed(root: Path, state: Path) -> dict[str, object]:
    """What a run without a screen says of its first prompt, before it is killed while it waits for the answer."""
    assert agree(root, home(state, root)) is None
    answers = root.parent / "answers.json"
    answers.write_text('{"understood": true}')
    words = ("run", TASK, "--headless", "--answers", str(answers), "--reply-file", str(root.parent / "answer.md"))
    env = {**os.environ, "BEAI_STATE": str(state), "BEAI_WAY": "clipboard"}
    command = (sys.executable, "-m", "beai.tui.main", *words, "--path", str(root))
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        for text in process.stdout:
            if "handout" in (line := json.loads(text)):
                process.send_signal(signal.SIGKILL)
                return line["handout"]
    raise AssertionError("no prompt was handed out")
