"""Whole trees that come, go and change places: git's work, generated code, and roots that are deleted and made anew."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beai.core.watch import Watch
from beai.core.watched import Filter, cover

PATIENCE = 20  # seconds
CLIENT = "node_modules/.prisma/client"


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A repository with one commit on main, and another branch where every file differs and some are gone."""
    git(tmp_path, "init", "-q", "-b", "main")
    put(tmp_path / ".gitignore", "node_modules/\nsrc/generated/\n")
    for number in range(60):
        put(tmp_path / f"src/{number % 6}/{number}.ts", f"main {number}\n")
    commit(tmp_path)
    git(tmp_path, "switch", "-q", "-c", "other")
    shutil.rmtree(tmp_path / "src/5")
    for number in range(60):
        put(tmp_path / f"src/{number % 5}/{number}.ts", f"other {number}\n")
    commit(tmp_path)
    git(tmp_path, "switch", "-q", "main")
    put(tmp_path / "node_modules/zod/index.js", "zod\n")
    put(tmp_path / f"{CLIENT}/index.js", "client\n")
    put(tmp_path / "src/generated/client.ts", "generated\n")
    made = Watch(tmp_path, included=("src/generated", CLIENT))
    assert await made.start() is None
    yield made
    await made.close()


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def git(root: Path, *words: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgSign=false")
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True, timeout=60)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "feat: go on")


def tree(root: Path) -> dict[str, str]:
    """Every source file with its text."""
    paths = (path for path in root.glob("src/**/*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths}


async def reported(watch: Watch, *wanted: str) -> set[str]:
    """What is reported until all of ``wanted`` are."""
    seen: set[str] = set()
    while not set(wanted) <= seen:
        seen.update(await asyncio.wait_for(anext(watch), PATIENCE))
    return seen


async def settled(watch: Watch, root: Path) -> set[str]:
    """Everything reported until a save made now is, at the top and in a folder that stays."""
    marks = [f"mark-{time.monotonic_ns()}.ts", "src/0/mark.ts"]
    for path in marks:
        put(root / path, f"{time.monotonic_ns()}\n")
    return await reported(watch, *marks) - set(marks)


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


async def test_a_checkout_of_another_branch_is_one_batch_with_exactly_what_differs(
    watch: Watch, tmp_path: Path
) -> None:
    before = tree(tmp_path)
    git(tmp_path, "switch", "-q", "other")
    changed = differing(before, tree(tmp_path))
    assert len(changed) > 60
    assert await reported(watch, *changed, ".git/HEAD") == {*changed, ".git/HEAD"}


async def test_a_checkout_of_thousands_of_files_misses_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    for number in range(3000):
        put(tmp_path / f"src/{number % 100}/{number}.ts", f"main {number}\n")
    commit(tmp_path)
    git(tmp_path, "switch", "-q", "-c", "other")
    for number in range(1500, 4500):
        put(tmp_path / f"src/{number % 150}/{number}.ts", f"other {number}\n")
    commit(tmp_path)
    before = tree(tmp_path)
    watch = Watch(tmp_path)
    await watch.start()
    git(tmp_path, "switch", "-q", "main")
    wanted, seen, batches = differing(before, tree(tmp_path)), set[str](), 0
    while not wanted <= seen:
        seen.update(await asyncio.wait_for(anext(watch), PATIENCE))
        batches += 1
    put(tmp_path / "src/0/0.ts", "still watched\n")
    await reported(watch, "src/0/0.ts")
    await watch.close()
    assert seen - wanted <= {".git/HEAD"}
    assert batches <= 5


async def test_a_stash_and_its_return_are_reported(watch: Watch, tmp_path: Path) -> None:
    put(tmp_path / "src/1/1.ts", "mine\n")
    assert await reported(watch, "src/1/1.ts") == {"src/1/1.ts"}
    git(tmp_path, "stash", "-q")
    assert await reported(watch, "src/1/1.ts") == {"src/1/1.ts"}
    git(tmp_path, "stash", "pop", "-q")
    assert await reported(watch, "src/1/1.ts") == {"src/1/1.ts"}
    assert await settled(watch, tmp_path) == set()


async def test_sources_that_are_deleted_and_made_anew_are_still_watched(watch: Watch, tmp_path: Path) -> None:
    files = tree(tmp_path)
    shutil.rmtree(tmp_path / "src")
    assert await reported(watch, *files) == set(files)
    git(tmp_path, "checkout", "-q", "--", "src")
    tracked = {path for path in files if "generated" not in path}
    assert await reported(watch, *tracked) == tracked
    put(tmp_path / "src/2/2.ts", "after\n")
    assert await reported(watch, "src/2/2.ts") == {"src/2/2.ts"}


async def test_a_repository_that_is_deleted_and_made_anew_is_still_watched(watch: Watch, tmp_path: Path) -> None:
    files = tree(tmp_path)
    shutil.copytree(tmp_path, tmp_path.with_name("copy"))
    shutil.rmtree(tmp_path)
    assert set(files) <= await reported(watch, *files)
    tmp_path.with_name("copy").rename(tmp_path)
    assert set(files) <= await reported(watch, *files)
    put(tmp_path / "src/2/2.ts", "after\n")
    assert await reported(watch, "src/2/2.ts") == {"src/2/2.ts"}


async def test_a_renamed_folder_is_its_files_gone_and_come(watch: Watch, tmp_path: Path) -> None:
    before = tree(tmp_path)
    (tmp_path / "src/3").rename(tmp_path / "src/three")
    changed = differing(before, tree(tmp_path))
    assert len(changed) == 20
    assert await reported(watch, *changed) == changed
    put(tmp_path / "src/three/3.ts", "after\n")
    assert await reported(watch, "src/three/3.ts") == {"src/three/3.ts"}


async def test_a_folder_behind_a_link_is_seen_where_it_really_lies(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(tmp_path / "src/4", target_is_directory=True)
    put(tmp_path / "linked/4.ts", "through the link\n")
    assert await reported(watch, "src/4/4.ts") == {"src/4/4.ts"}


async def test_generated_code_is_reported_though_git_ignores_it(watch: Watch, tmp_path: Path) -> None:
    for path in ("node_modules/zod/index.js", f"{CLIENT}/deep/er.js", f"{CLIENT}/index.js", "src/generated/client.ts"):
        put(tmp_path / path, "newer\n")
    wanted = {f"{CLIENT}/index.js", "src/generated/client.ts"}
    assert await reported(watch, *wanted) == wanted
    assert await settled(watch, tmp_path) == set()


async def test_a_client_that_is_installed_anew_is_still_watched(watch: Watch, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "node_modules")
    assert await reported(watch, f"{CLIENT}/index.js") == {f"{CLIENT}/index.js"}
    put(tmp_path / f"{CLIENT}/index.js", "installed\n")
    assert await reported(watch, f"{CLIENT}/index.js") == {f"{CLIENT}/index.js"}
    put(tmp_path / f"{CLIENT}/index.js", "generated\n")
    assert await reported(watch, f"{CLIENT}/index.js") == {f"{CLIENT}/index.js"}


def test_a_client_among_the_packages_costs_one_watch(tmp_path: Path) -> None:
    put(tmp_path / "src/a.ts", "a\n")
    put(tmp_path / "node_modules/zod/lib/index.js", "zod\n")
    chosen = Filter(included=frozenset({CLIENT}))
    assert cover(tmp_path, chosen) == (("", False), ("src", True), ("node_modules", False))  # until there is a client
    put(tmp_path / f"{CLIENT}/runtime/library.js", "library\n")
    assert cover(tmp_path, chosen) == (("", False), ("src", True), (CLIENT, False))
