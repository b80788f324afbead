"""How long git's state, a preview, a commit and its undoing take in a repository of many files: ``python -m …``.

``python -m tests.bench.commits [FILES]`` makes one with that many files on disk (100,000), and prints seconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from beai.core.edits.change import Receipt, Written
from beai.core.loop.planned import CommitPlan, Committed
from beai.core.repo import GitRepository

MESSAGE = "feat: one line\n\nBeai-Session: t-1\n"


def git(root: Path, *words: str, told: str = "") -> None:
    """Run git in ``root``."""
    subprocess.run(["git", *words], cwd=root, input=told.encode(), check=True, timeout=600, capture_output=True)


def many(root: Path, files: int) -> None:
    """Make ``root`` a repository with so many files, all on disk."""
    git(root, "init", "-q", "-b", "main")
    stream = ["blob\nmark :1\ndata 2\nx\n", "commit refs/heads/main\ncommitter A <a@b> 0 +0000\ndata 5\nbegin\n"]
    stream += [f"M 100644 :1 pkg{n // 1000}/f{n}.ts\n" for n in range(files)]
    git(root, "fast-import", "--quiet", told="".join(stream))
    for name, value in (("user.name", "A"), ("user.email", "a@b"), ("commit.gpgSign", "false")):
        git(root, "config", name, value)
    git(root, "reset", "-q", "--hard")


async def measured(root: Path) -> None:
    """Each step once, with its seconds."""
    file = root / "pkg0/f0.ts"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_text("ours\n")
    receipt = Receipt("r", (Written("pkg0/f0.ts", before, hashlib.sha256(b"ours\n").hexdigest()),))
    repository, plan = GitRepository(root), CommitPlan(MESSAGE, "main", (receipt,), "t-1")
    await _timed("state", repository.state())
    await _timed("preview", repository.preview(plan))
    made = await _timed("commit", repository.commit(plan))
    if isinstance(made, Committed):
        await _timed("uncommit", repository.uncommit(made.sha, "t-1"))


async def _timed(name: str, work: Coroutine[Any, Any, Any]) -> Any:
    begun = time.perf_counter()
    done = await work
    print(f"{name:<9}{time.perf_counter() - begun:6.2f} s   {type(done).__name__}")
    return done


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        many(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
        asyncio.run(measured(Path(folder)))
