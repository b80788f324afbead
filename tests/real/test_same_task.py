"""The same task ends in the same tree whoever is asked, with real Vitest and git, and no word leaves this computer.

Every way is ``beai run --headless`` as a person starts it, under strace where that is to be had. What the models say is
what the drafter said, as text of the reply protocol.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from beai.core.loop.headless import YES, Exit, drive
from beai.core.loop.journal import home
from beai.core.settings import Settings
from beai.core.trust import agree
from tests.real.loops import Heard, as_text, git, opening, repository
from tests.real.provider import Say, provider
from tests.real.small import TASK, small_shop
from tests.real.sockets import missing, outside, traced

ANSWERS = {"understood": True, "cases": True, "hunks": "accept", "questions": {"vacuous": 1}, "commit": True}
KEY = "sk-a-key-of-the-same-task"
LONGEST = 120.0  # seconds, on a machine with much else to do


@dataclass(frozen=True)
class Way:
    """Whom to ask: ``model`` with the address that its protocol wants below the server's own."""

    model: str
    below: str = ""
    path: str = ""


WAYS = {
    "openai": Way("openai/loopback", "/v1", "/v1/chat/completions"),
    "anthropic": Way("anthropic/claude-loopback", "", "/v1/messages"),
    "ollama": Way("ollama/loopback", "", "/api/chat"),
}


@dataclass(frozen=True)
class Ended:
    """A session that is over: its exit code, its last line, what it left, and the trace of its calls."""

    code: int
    outcome: dict[str, object]
    tree: str
    trace: Path


@dataclass(frozen=True)
class Drafted:
    """What the drafter said on its way, and the tree that it came to."""

    texts: tuple[str, ...]
    tree: str


@pytest.fixture(scope="module")
def small(shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_shop(shop_packages, tmp_path_factory.mktemp("small") / "shop")


@pytest.fixture(scope="module")
def drafted(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    folder = tmp_path_factory.mktemp("drafted")
    root = repository(small, folder / "repo")

    async def go() -> Drafted:
        heard = Heard()
        loop = opening(root, folder / "state", TASK, Settings(sandbox="off"), suggester=heard)
        try:
            assert await drive(loop, YES, lambda _: None) is Exit.DONE
        finally:
            await loop.close()
        return Drafted(tuple(as_text(reply) for reply in heard.said), _tree(root))

    return asyncio.run(go())


@pytest.mark.parametrize("name", WAYS)
async def test_a_model_of_each_protocol_takes_the_task_to_the_same_commit(
    small: Path, drafted: Drafted, tmp_path: Path, name: str
) -> None:
    way = WAYS[name]
    async with provider(*(Say(text, pieces=6) for text in drafted.texts)) as server:
        ended = await _run(small, tmp_path, "--model", way.model, "--base", f"{server.root}{way.below}")

    assert ended.code == 0, ended.outcome
    assert ended.outcome["done"] is True
    assert set(server.paths) == {way.path}
    assert len(server.requests) == len(drafted.texts)
    assert ended.tree == drafted.tree
    _nothing_left(ended)


async def test_the_drafter_takes_it_there_without_any_socket(small: Path, drafted: Drafted, tmp_path: Path) -> None:
    ended = await _run(small, tmp_path)

    assert ended.outcome["done"] is True
    assert ended.tree == drafted.tree
    _nothing_left(ended)


def _nothing_left(ended: Ended) -> None:
    if not missing():
        assert ended.trace.stat().st_size > 0
        assert outside([ended.trace]) == []


async def _run(small: Path, folder: Path, *words: str) -> Ended:
    """``beai run`` on a repository of its own."""
    root, state, trace = repository(small, folder / "repo"), folder / "state", folder / "trace"
    assert agree(root, home(state, root)) is None
    (folder / "answers.json").write_text(json.dumps(ANSWERS))
    given = ("run", TASK, "--path", str(root), "--headless", "--answers", str(folder / "answers.json"), *words)
    command = (*(() if missing() else traced(trace)), sys.executable, "-P", "-m", "beai.tui.main", *given)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BEAI_")}
    own = {"BEAI_STATE": str(state), "BEAI_CONFIG": str(folder / "none.toml"), "BEAI_SANDBOX": "off"}
    own |= {"BEAI_KEY_ENV": "THE_KEY", "THE_KEY": KEY} if words else {}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env={**kept, **own}, stdout=pipe, stderr=pipe)
    out, said = await asyncio.wait_for(process.communicate(), LONGEST)
    assert out, said.decode()
    last = json.loads(out.splitlines()[-1])["outcome"]
    return Ended(process.returncode or 0, last, _tree(root), trace)


def _tree(root: Path) -> str:
    """What git calls the tree of tests and code; the tasks' own pages hold who did it and when."""
    return git(root, "ls-tree", "-r", "HEAD", "--", "src", "prisma")
