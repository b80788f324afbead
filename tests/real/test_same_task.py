"""The same task ends in the same tree whoever is asked, with real Vitest and git, and no word leaves this computer.

Every way is ``beai run --headless`` as a person starts it, under strace where that is to be had: a model behind one
protocol, a chat behind the clipboard, and the drafter. What is said is what the drafter said, as text of the reply
protocol. Another protocol and a replay are taken to the same commit by ``test_whole_loops.py``, and a
third one answers in ``test_model_access.py``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from beai.core.loop.journal import home
from beai.core.suggest.recording.tape import Tape, load
from beai.core.trust import agree
from tests.real.loops import as_text, git, repository
from tests.real.provider import Say, provider
from tests.real.small import TASK, small_shop
from tests.real.sockets import missing, outside, traced

QUESTIONS = {"vacuous": 1, "contract": "the small shop has three criteria of five"}
ANSWERS = {"understood": True, "cases": True, "hunks": "accept", "questions": QUESTIONS, "commit": True}
KEY = "sk-a-key-of-the-same-task"
LONGEST = 120.0  # seconds, on a machine with much else to do


@dataclass(frozen=True)
class Way:
    """Whom to ask: ``model`` with the address that its protocol wants below the server's own."""

    model: str
    below: str = ""
    path: str = ""


WAYS = {
    "anthropic": Way("anthropic/claude-loopback", "", "/v1/messages"),
}


@dataclass(frozen=True)
class Ended:
    """A session that is over: its exit code, its last line, what it left, and the trace of its calls."""

    code: int
    outcome: dict[str, Any]
    tree: str
    trace: Path


@dataclass(frozen=True)
class Drafted:
    """What the drafter said on its way, as text, and what came of it."""

    texts: tuple[str, ...]
    ended: Ended


@pytest.fixture(scope="module")
def small(shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_shop(shop_packages, tmp_path_factory.mktemp("small") / "shop")


@pytest.fixture(scope="module")
def drafted(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    """The drafter's own way, recorded."""
    folder = tmp_path_factory.mktemp("drafted")
    tape = folder / "tape.jsonl"
    ended = asyncio.run(_run(small, folder, "--record", str(tape)))
    recorded = load(tape)
    assert isinstance(recorded, Tape), recorded
    return Drafted(tuple(as_text(entry.answer) for entry in recorded.entries), ended)


def test_the_drafter_takes_the_task_to_its_commit(drafted: Drafted) -> None:
    assert drafted.ended.outcome["commit"]
    _done(drafted.ended)


@pytest.mark.parametrize("name", WAYS)
async def test_a_model_of_each_protocol_takes_it_to_the_same_tree(
    small: Path, drafted: Drafted, tmp_path: Path, name: str
) -> None:
    way = WAYS[name]
    async with provider(*(Say(text, pieces=6) for text in drafted.texts)) as server:
        ended = await _run(small, tmp_path, "--model", way.model, "--base", f"{server.root}{way.below}")

    _done(ended)
    assert set(server.paths) == {way.path}
    assert len(server.requests) == len(drafted.texts)
    assert ended.tree == drafted.ended.tree


async def test_a_chat_behind_the_clipboard_takes_it_to_the_same_tree(
    small: Path, drafted: Drafted, tmp_path: Path
) -> None:
    replies, file = iter(drafted.texts), tmp_path / "reply.txt"

    def brings(line: dict[str, Any]) -> None:
        if out := line.get("handout"):
            file.write_text(next(replies).replace("{nonce}", out["nonce"]))

    ended = await _run(small, tmp_path, "--reply-file", str(file), env={"BEAI_WAY": "clipboard"}, heard=brings)

    _done(ended)
    assert ended.tree == drafted.ended.tree
    assert next(replies, None) is None


def _done(ended: Ended) -> None:
    assert ended.code == 0, ended.outcome
    assert ended.outcome["done"] is True
    if not missing():
        assert ended.trace.stat().st_size > 0
        assert outside([ended.trace]) == []


async def _run(
    small: Path,
    folder: Path,
    *words: str,
    env: Mapping[str, str] = {},
    heard: Callable[[dict[str, Any]], None] = lambda line: None,
) -> Ended:
    """``beai run`` on a repository of its own; ``heard`` is told every line."""
    root, state, trace = repository(small, folder / "repo"), folder / "state", folder / "trace"
    assert agree(root, home(state, root)) is None
    (folder / "answers.json").write_text(json.dumps(ANSWERS))
    given = ("run", TASK, "--path", str(root), "--headless", "--answers", str(folder / "answers.json"), *words)
    command = (*(() if missing() else traced(trace)), sys.executable, "-P", "-m", "beai.tui.main", *given)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BEAI_")}
    own = {"BEAI_STATE": str(state), "BEAI_CONFIG": str(folder / "none.toml"), "BEAI_SANDBOX": "off"}
    own |= {"BEAI_KEY_ENV": "THE_KEY", "THE_KEY": KEY} if "--model" in words else {}
    with (folder / "said").open("w") as said:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, env={**kept, **own, **env}, stdout=pipe, stderr=said, limit=1 << 24
        )
        line: dict[str, Any] = {}
        async with asyncio.timeout(LONGEST):
            async for each in process.stdout:  # type: ignore[union-attr]
                line = json.loads(each)
                heard(line)
            code = await process.wait()
    assert "outcome" in line, (folder / "said").read_text()
    return Ended(code, line["outcome"], _tree(root), trace)


def _tree(root: Path) -> str:
    """What git calls the files of tests and code; the tasks' own pages hold who did it and when."""
    return git(root, "ls-tree", "-r", "HEAD", "--", "src", "prisma")
