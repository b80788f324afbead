"""Whole loops on a real copy of the shop: a repository, a composed engine, and replies as a model would write them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from beai.core.edits.change import AddImport, Edit, MountRouter, SearchReplace, UpsertProcedure, UpsertTest, WholeFile
from beai.core.fault import Fault
from beai.core.loop.journal import home
from beai.core.loop.opening import Opening, Wanted
from beai.core.loop.ports import Suggester
from beai.core.loop.preflight import survey
from beai.core.loop.session import Session
from beai.core.settings import Settings
from beai.core.suggest.exchange import NothingToDo, ProposeCases, ProposeEdits, Reply
from beai.core.trust import agree

BRANCH = "feature/wishlist"


def git(root: Path, *words: str) -> str:
    """Run git in ``root`` as somebody; its output."""
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.invalid")
    done = subprocess.run(("git", *who, *words), cwd=root, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def repository(shop: Path, root: Path) -> Path:
    """Make ``root`` a copy of ``shop`` and a repository with one commit, on the branch that its context names."""
    shutil.copytree(shop, root, symlinks=True)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Test")
    git(root, "config", "user.email", "test@example.invalid")
    (root / ".git" / "info" / "exclude").write_text("node_modules\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "chore: begin")
    git(root, "switch", "-q", "-c", BRANCH)
    return root


def opening(
    root: Path,
    state: Path,
    task: str = "",
    settings: Settings | None = None,
    suggester: Suggester | None = None,
    agreed: bool = True,
) -> Opening:
    """A loop on ``root`` with its journal in ``state``; the person agreed to run its tests before, or is asked.

    Without ``settings`` it proposes one commit at the task's end.
    """
    if agreed:
        assert agree(root, home(state, root)) is None
    env = {**os.environ, "BEAI_STATE": str(state)}
    project = survey(root, env)
    assert not isinstance(project, Fault), project
    return Opening(root, project, settings or Settings(commits="task"), Wanted(task, suggester=suggester), env)


@dataclass
class Following:
    """Runs a loop in the background and waits for what a test wants to see."""

    loop: Opening
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Following:
        self.loop.observe(lambda _: self.changed.set())
        self.running = asyncio.create_task(self.loop.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        await self.loop.close()

    async def until(self, condition: Callable[[Session], object], seconds: float = 60) -> Session:
        """The first session that satisfies ``condition``."""
        async with asyncio.timeout(seconds):
            while not condition(self.loop.session):
                self.changed.clear()
                await self.changed.wait()
        return self.loop.session


def as_text(reply: Reply) -> str:
    """What a model would write to say the same, in the reply protocol."""
    match reply:
        case ProposeCases():
            lines = [f"- [{idea.kind.value}] {idea.text} (criterion: {idea.criterion})" for idea in reply.cases]
            return "\n".join(
                [reply.rationale, "", "### cases", *lines, "", f"### end {{nonce}} edits=0 cases={len(lines)}", ""]
            )
        case ProposeEdits():
            blocks = "\n\n".join(_block(edit) for edit in reply.edits)
            return f"{reply.rationale}\n\n{blocks}\n\n### end {{nonce}} edits={len(reply.edits)} cases=0\n"
        case NothingToDo():
            return f"### nothing to do\n{reply.reason}\n\n### end {{nonce}} edits=0 cases=0\n"
        case _:
            raise AssertionError(f"not in this script: {reply}")


def _block(edit: Edit) -> str:
    match edit:
        case UpsertProcedure():
            return f"### upsert procedure {edit.name} in {edit.variable} of {edit.file}\n````ts\n{edit.code}\n````"
        case AddImport():
            return f"### import in {edit.file}\n````ts\n{edit.statement}\n````"
        case MountRouter():
            return f"### mount router {edit.key} = {edit.variable} from {edit.module} in {edit.file}"
        case UpsertTest():
            return f'### test "{edit.name}" in "{edit.describe}" of {edit.file}\n````ts\n{edit.code}\n````'
        case SearchReplace():
            return f"### replace in {edit.file}\n````ts\n{edit.search}\n````\n````ts\n{edit.replace}\n````"
        case WholeFile():
            return f"### file {edit.file}\n````ts\n{edit.text}\n````"
        case _:
            raise AssertionError(f"not in this script: {edit}")
