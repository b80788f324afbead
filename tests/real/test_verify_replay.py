"""RED and GREEN are replayed with the demo's own runner; whatever ends a run, no worktree stays for good."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.verify.history import History
from beai.core.verify.worktree import prune, worktree
from tests.real.cheats import short
from tests.real.histories import Step, shop, write

_DIES = """
import asyncio, os, sys
from pathlib import Path
from beai.core.verify.history import History
from beai.core.verify.worktree import worktree

async def main():
    async with worktree(History(Path(sys.argv[1])), sys.argv[2], ()) as place:
        print(place.root, flush=True)
        os.kill(os.getpid(), 9)

asyncio.run(main())
"""


def _verify(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "beai.tui.main", "verify", *words]
    return subprocess.run(argv, cwd=root, capture_output=True, text=True, timeout=300, check=False)


def _worktrees(root: Path) -> int:
    done = subprocess.run(["git", "worktree", "list"], cwd=root, capture_output=True, text=True, timeout=30, check=True)
    return len(done.stdout.splitlines())


def test_each_case_is_seen_red_and_green_again_or_named(shop_packages: Path, tmp_path: Path) -> None:
    root, steps = tmp_path / "shop", short().steps
    shas = write(root, steps, shop())
    (root / "node_modules").symlink_to(shop_packages, target_is_directory=True)
    done = _verify(root, "--json")
    assert done.returncode == 1, (done.stdout[-2000:], done.stderr)
    told = json.loads(done.stdout)
    assert told["runner"].startswith("Vitest") and [one["sha"] for one in told["commits"]] == shas
    shown = [(case["case"], case["shown"]) for one in told["commits"] for case in one["cases"]]
    assert shown == [("C1", "red"), ("C2", "red when broken"), ("C3", "never red"), ("C5", "never red")]
    assert [one["green"] for one in told["commits"]] == ["green"] * 4
    grave = [(at, one["rule"]) for at, made in enumerate(told["commits"]) for one in made["findings"]]
    assert [one for one in grave if one[1] != "no-evidence"] == [(2, "never-red"), (3, "never-red")]
    assert _worktrees(root) == 1


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, list[str]]:
    """A repository of three commits, with the hashes of the last two."""
    steps = [Step("feat: b\n", {"a.ts": None, "b.ts": "2\n"}), Step("feat: c\n", {"b.ts": "3\n", "a.ts": "1\n"})]
    return tmp_path / "repo", write(tmp_path / "repo", steps, {"a.ts": "1\n", "package.json": "{}"})


async def test_a_worktree_has_the_files_of_one_commit_and_no_others(small: tuple[Path, list[str]]) -> None:
    root, (first, second) = small
    history = History(root)
    async with worktree(history, first, ()) as place:
        assert not isinstance(place, Fault)
        (place.root / "left-behind.ts").write_text("x")
        assert await place.move(second) == {"a.ts", "b.ts"}
        assert {path.name for path in place.root.iterdir()} == {".git", "a.ts", "b.ts", "package.json"}
        assert await place.lay(first, ("b.ts",), ("a.ts",)) == {"a.ts", "b.ts"}
        assert (place.root / "b.ts").read_text() == "2\n" and not (place.root / "a.ts").exists()
        assert await place.move(second) == {"a.ts", "b.ts"} and (place.root / "b.ts").read_text() == "3\n"
        prune(root)
        assert place.root.is_dir(), "one that is in use is left alone"
    history.close()
    assert _worktrees(root) == 1 and not place.root.exists()


def test_what_a_killed_run_left_the_next_one_removes(small: tuple[Path, list[str]]) -> None:
    root, shas = small
    argv = [sys.executable, "-c", _DIES, str(root), shas[0]]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    left = Path(done.stdout.strip())
    assert done.returncode == -9 and left.is_dir() and _worktrees(root) == 2
    prune(root)
    assert not left.parent.exists() and _worktrees(root) == 1


async def test_nothing_is_laid_through_a_link(small: tuple[Path, list[str]], tmp_path: Path) -> None:
    root, (first, _) = small
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.ts").write_text("mine")
    history = History(root)
    async with worktree(history, first, ()) as place:
        assert not isinstance(place, Fault)
        (place.root / "b.ts").unlink()
        os.symlink(outside / "b.ts", place.root / "b.ts")
        assert not place.write("b.ts", "theirs")
        await place.lay(first, ("b.ts",), ())
    history.close()
    assert (outside / "b.ts").read_text() == "mine"
