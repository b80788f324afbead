"""Saves as real editors make them, on a real disk: what is reported, what is not, and that nothing stays behind."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from beai.core.fault import Fault, FaultKind
from beai.core.watch import Watch
from beai.core.watched import Filter, cover

PATIENCE = 10  # seconds


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in ("src/router.ts", "src/deep/er/util.ts", "node_modules/zod/index.js", "packages/api/src/a.ts"):
        put(tmp_path / path, "before\n")
    put(tmp_path / "packages/api/node_modules/x/index.js", "x\n")
    put(tmp_path / "package.json", "{}\n")
    put(tmp_path / ".git/HEAD", "ref: refs/heads/main\n")
    put(tmp_path / ".git/refs/heads/main", "0\n")
    put(tmp_path / ".git/objects/aa/bb", "blob\n")
    return tmp_path


@pytest.fixture
async def watch(root: Path) -> AsyncIterator[Watch]:
    made = Watch(root)
    assert await made.start() is None
    yield made
    await made.close()


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgSign=false")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, timeout=30)


SENTINELS = ("package.json", "src/deep/er/util.ts", "packages/api/src/sentinel.ts", ".git/refs/heads/sentinel")


async def reported(watch: Watch, root: Path, *wanted: str) -> set[str]:
    """Everything reported until ``wanted`` and saves made now are seen; below each watch, events come in order."""
    seen: set[str] = set()
    for path in SENTINELS:
        put(root / path, f"{time.monotonic_ns()}\n")
    while not {*SENTINELS, *wanted} <= seen:
        seen.update(await asyncio.wait_for(anext(watch), PATIENCE))
    return seen - set(SENTINELS)


def in_place(file: Path) -> None:
    file.write_text("after\n")


def by_rename(file: Path) -> None:
    new = file.with_name(f".{file.name}.tmp-1")
    new.write_text("after\n")
    new.rename(file)


def like_vim(file: Path) -> None:
    """``backupcopy=no``: a probe, the old file moved aside, a new one in its place, the backup removed."""
    (file.parent / "4913").touch()
    (file.parent / "4913").unlink()
    (file.parent / f".{file.name}.swp").write_text("swap\n")
    file.rename(f"{file}~")
    file.write_text("after\n")
    Path(f"{file}~").unlink()


def like_jetbrains(file: Path) -> None:
    new, old = Path(f"{file}___jb_tmp___"), Path(f"{file}___jb_old___")
    new.write_text("after\n")
    file.rename(old)
    new.rename(file)
    old.unlink()


def from_elsewhere(file: Path) -> None:
    new = file.parents[1] / "node_modules/tmp"
    new.write_text("after\n")
    new.rename(file)


@pytest.mark.parametrize("save", [in_place, by_rename, like_vim, like_jetbrains, from_elsewhere])
async def test_a_save_is_one_batch_with_its_file_alone(root: Path, watch: Watch, save: Callable[[Path], None]) -> None:
    save(root / "src/router.ts")
    assert await asyncio.wait_for(anext(watch), PATIENCE) == ("src/router.ts",)
    assert await reported(watch, root) == set()


async def test_a_save_that_changes_no_byte_is_no_event(root: Path, watch: Watch) -> None:
    put(root / "src/router.ts", "before\n")
    os.utime(root / "src/router.ts")
    assert await reported(watch, root) == set()


async def test_reading_and_ignored_folders_are_no_events(root: Path, watch: Watch) -> None:
    (root / "src/router.ts").read_text()
    for path in (
        "node_modules/zod/index.js",
        "packages/api/node_modules/x/index.js",
        "dist/a.js",
        ".git/objects/aa/cc",
    ):
        put(root / path, "new\n")
    put(root / ".git/HEAD.lock", "lock\n")
    put(root / "src/.router.ts.swp", "swap\n")
    assert await reported(watch, root) == set()


async def test_a_deleted_and_a_moved_file_are_reported(root: Path, watch: Watch) -> None:
    (root / "packages/api/src/a.ts").unlink()
    (root / "src/router.ts").rename(root / "src/moved.ts")
    assert await reported(watch, root, "packages/api/src/a.ts", "src/moved.ts", "src/router.ts") == {
        "packages/api/src/a.ts",
        "src/moved.ts",
        "src/router.ts",
    }


async def test_new_folders_are_watched_and_ignored_ones_stay_out(root: Path, watch: Watch) -> None:
    for path in ("lib/one/two/a.ts", "src/new/node_modules/y/index.js", "src/new/b.ts"):
        put(root / path, "new\n")
    assert await reported(watch, root, "lib/one/two/a.ts", "src/new/b.ts") == {"lib/one/two/a.ts", "src/new/b.ts"}
    put(root / "lib/one/two/a.ts", "newer\n")
    put(root / "src/new/b.ts", "newer\n")
    assert await reported(watch, root, "lib/one/two/a.ts", "src/new/b.ts") == {"lib/one/two/a.ts", "src/new/b.ts"}


async def test_a_folder_that_is_replaced_is_still_watched(root: Path, watch: Watch) -> None:
    (root / "src").rename(root / "dist")
    put(root / "src/router.ts", "other\n")
    put(root / "src/deep/er/util.ts", "other\n")
    assert "src/router.ts" in await reported(watch, root, "src/router.ts")
    put(root / "src/router.ts", "again\n")
    assert await reported(watch, root, "src/router.ts") == {"src/router.ts"}


async def test_a_branch_switch_is_reported(root: Path, watch: Watch) -> None:
    put(root / ".git/HEAD.lock", "ref: refs/heads/other\n")
    (root / ".git/HEAD.lock").rename(root / ".git/HEAD")
    assert await reported(watch, root, ".git/HEAD") == {".git/HEAD"}


async def test_a_real_checkout_is_reported_with_its_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    put(tmp_path / "a.ts", "1\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "feat: begin")
    git(tmp_path, "switch", "-q", "-c", "other")
    put(tmp_path / "a.ts", "2\n")
    git(tmp_path, "commit", "-q", "-a", "-m", "feat: more")
    watch = Watch(tmp_path)
    await watch.start()
    git(tmp_path, "switch", "-q", "main")
    seen: set[str] = set()
    while not {"a.ts", ".git/HEAD"} <= seen:
        seen.update(await asyncio.wait_for(anext(watch), PATIENCE))
    await watch.close()
    assert seen == {"a.ts", ".git/HEAD"}


async def test_files_that_git_ignores_are_no_saves_until_it_does_not(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    put(tmp_path / ".gitignore", "generated/\n*.tmp.ts\n")
    put(tmp_path / "src/kept.tmp.ts", "tracked\n")
    git(tmp_path, "add", "-f", "src/kept.tmp.ts")
    watch = Watch(tmp_path)
    await watch.start()
    for path in ("generated/client.ts", "src/x.tmp.ts", "src/kept.tmp.ts", "src/žluť\n.ts"):
        put(tmp_path / path, "new\n")
    seen: set[str] = set()
    while not {"src/kept.tmp.ts", "src/žluť\n.ts"} <= seen:
        seen.update(await asyncio.wait_for(anext(watch), PATIENCE))
    assert seen == {"src/kept.tmp.ts", "src/žluť\n.ts"}
    put(tmp_path / ".gitignore", "generated/\n")
    assert await asyncio.wait_for(anext(watch), PATIENCE) == (".gitignore",)
    put(tmp_path / "generated/client.ts", "newer\n")
    put(tmp_path / "src/x.tmp.ts", "newer\n")
    assert await asyncio.wait_for(anext(watch), PATIENCE) == ("src/x.tmp.ts",)
    await watch.close()


async def test_what_the_runner_starts_from_is_a_save_even_where_git_ignores_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    put(tmp_path / ".gitignore", ".env*\n*.local.ts\n*.tmp.ts\ntmp/\n*.timestamp-*\n")
    for path in (".env.test", "vitest.config.local.ts", "apps/api/.env"):
        put(tmp_path / path, "before\n")
    watch = Watch(tmp_path)
    await watch.start()
    written = ("tmp/made/package.json", "tmp/.env", "a.tmp.ts", "vitest.config.ts.timestamp-1-a.mjs")
    for path in (*written, ".env.test", "vitest.config.local.ts", "apps/api/.env"):
        put(tmp_path / path, "after\n")
    seen: set[str] = set()
    while not {".env.test", "vitest.config.local.ts", "apps/api/.env"} <= seen:
        seen.update(await asyncio.wait_for(anext(watch), PATIENCE))
    assert seen == {".env.test", "vitest.config.local.ts", "apps/api/.env"}
    await watch.close()


async def test_what_a_run_writes_by_itself_is_no_save(root: Path, watch: Watch) -> None:
    for path in (
        *("logs/test.log", "prisma/dev.db", "prisma/dev.db-journal", "src/cache.sqlite-wal"),
        *("coverage/index.html", "test-results/a/trace.zip", "playwright-report/index.html", ".vitest/results.json"),
    ):
        put(root / path, "new\n")
    assert await reported(watch, root) == set()


async def test_our_own_announced_write_is_no_save_and_the_next_one_is(root: Path, watch: Watch) -> None:
    ours = [hashlib.sha256(text.encode()).hexdigest() for text in ("ours\n", "ours too\n")]
    for value in ours:
        watch.announce({"src/router.ts": value})
    put(root / "src/router.ts", "ours\n")
    assert await reported(watch, root) == set()
    put(root / "src/router.ts", "ours too\n")
    assert await reported(watch, root) == set()
    put(root / "src/router.ts", "ours\n")
    assert await reported(watch, root, "src/router.ts") == {"src/router.ts"}


async def test_an_announced_deletion_is_no_save(root: Path, watch: Watch) -> None:
    watch.announce({"src/router.ts": ""})
    (root / "src/router.ts").unlink()
    assert await reported(watch, root) == set()


async def test_a_storm_comes_in_few_batches(root: Path, watch: Watch) -> None:
    for number in range(300):
        put(root / f"src/storm/{number}.ts", "new\n")
    batches, seen = 0, set[str]()
    while len(seen) < 300:
        seen.update(await asyncio.wait_for(anext(watch), PATIENCE))
        batches += 1
    assert batches <= 12
    assert seen == {f"src/storm/{number}.ts" for number in range(300)}


async def test_closing_ends_the_iteration_and_every_thread(root: Path) -> None:
    before = set(threading.enumerate())
    watch = Watch(root)
    await watch.start()
    started = {thread for thread in threading.enumerate() if type(thread).__module__.startswith("watchdog")}
    assert started - before
    await watch.close()
    await watch.close()
    assert [batch async for batch in watch] == []
    assert not [thread for thread in started if thread.is_alive()]


class _UsedUp(Observer):
    """The system's observer where the kernel has no watch left for folders below the first few."""

    def schedule(self, handler: Any, path: Any, **options: Any) -> ObservedWatch:
        if "beai-" in Path(path).name:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return super().schedule(handler, path, **options)


async def test_used_up_watches_are_told_and_saves_are_still_seen(root: Path) -> None:
    watch = Watch(root, observer=_UsedUp)
    fault = await watch.start()
    assert isinstance(fault, Fault)
    assert (fault.kind, "once a second" in fault.summary) == (FaultKind.MISSING, True)
    put(root / "src/router.ts", "a longer text\n")
    assert await asyncio.wait_for(anext(watch), PATIENCE) == ("src/router.ts",)
    await watch.close()


def test_no_watch_is_spent_on_ignored_folders(root: Path) -> None:
    put(root / ".git/refs/tags/v1", "0\n")
    put(root / "generated/client.ts", "0\n")
    assert cover(root, Filter(frozenset({"generated"}))) == (
        ("", False),
        (".git", False),
        (".git/refs", False),
        (".git/refs/heads", True),
        ("packages", False),
        ("packages/api", False),
        ("packages/api/src", True),
        ("src", True),
    )
