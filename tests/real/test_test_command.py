"""``beai test`` on a real Vitest: right after every way a tree can change, and gone at once when it is told to go."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import select
import shutil
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

BEAI = (sys.executable, "-m", "beai.tui.main", "test")
PATIENCE = 60  # seconds
CART = "export const total = (prices: number[]) => prices.reduce((sum, price) => sum + price, 0)\n"
WRONG = CART.replace("sum + price", "sum - price")
TEST = """import { expect, it } from 'vitest'
import { total } from './cart'
it('adds', () => expect(total([1, 2])).toBe(3))
it('is nothing for nothing', () => expect(total([])).toBe(0))
"""
OTHER = "import { expect, it } from 'vitest'\nit('is true', () => expect(true).toBe(true))\n"
FILES = {
    "package.json": '{"name": "shop", "private": true, "type": "module", "scripts": {"test": "vitest run"}}\n',
    "vitest.config.ts": "export default { test: { include: ['src/**/*.test.ts'] } }\n",
    ".gitignore": "node_modules\n",
    "src/cart/cart.ts": CART,
    "src/cart/cart.test.ts": TEST,
    "src/other.test.ts": OTHER,
}
LOOP = "import { it } from 'vitest'\nit('spins', () => { process.title = 'spinning'; for (;;) {} })\n"


@pytest.fixture
def package(tmp_path: Path, shop_packages: Path) -> Path:
    """A package with three green tests on main, and a branch where one more of them is red."""
    root = tmp_path / "shop"
    for path, text in FILES.items():
        put(root / path, text)
    (root / "node_modules").symlink_to(shop_packages, target_is_directory=True)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "feat: begin")
    git(root, "switch", "-q", "-c", "other")
    put(root / "src/cart/cart.ts", WRONG)
    put(root / "src/more.test.ts", OTHER)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "feat: more")
    git(root, "switch", "-q", "main")
    return root


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def git(root: Path, *words: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgSign=false")
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True, timeout=60)


def like_vim(file: Path, text: str) -> None:
    file.rename(f"{file}~")
    file.write_text(text)
    Path(f"{file}~").unlink()


def by_rename(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.tmp-1")
    new.write_text(text)
    new.rename(file)


def environment(state: Path) -> dict[str, str]:
    return {**os.environ, "BEAI_STATE": str(state), "TERM": "xterm-256color"}


def fresh(root: Path) -> tuple[int, int]:
    """How many tests pass and fail in a run of the repository's own Vitest."""
    command = [str(root / "node_modules/.bin/vitest"), "run", "--reporter=json", "--passWithNoTests"]
    done = subprocess.run(command, cwd=root, capture_output=True, timeout=PATIENCE, check=False)
    result = json.loads(done.stdout or b"{}")
    return result.get("numPassedTests", 0), result.get("numFailedTests", 0)


class Watched:
    """``beai test --watch --json`` as an editor has it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def until(self, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next line that ``found`` is true of."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := await self.process.stdout.readline():
                told: dict[str, Any] = json.loads(line)
                if found(told):
                    return told
        raise AssertionError("it ended")

    async def shows(self, passed: int, failed: int) -> dict[str, Any]:
        """The next confirmed verdict with these counts."""

        def fits(told: dict[str, Any]) -> bool:
            one = told.get("verdict", {})
            return one.get("kind") == "confirmed" and (one["passed"], one["failed"]) == (passed, failed)

        verdict: dict[str, Any] = (await self.until(fits))["verdict"]
        return verdict


@asynccontextmanager
async def watching(root: Path, *words: str) -> AsyncIterator[Watched]:
    process = await asyncio.create_subprocess_exec(
        *(*BEAI, "--watch", "--json", *words),
        cwd=root,
        env=environment(root.parent / "state"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**22,
    )
    try:
        yield Watched(process)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        _, printed = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, b"Traceback" in printed) == (143, False), printed


def _renamed(root: Path) -> None:
    (root / "src/cart").rename(root / "src/basket")
    put(root / "src/basket/third.test.ts", OTHER)


def _narrowed(root: Path) -> None:
    by_rename(root / "vitest.config.ts", FILES["vitest.config.ts"].replace("src/**", "src/cart/**"))


WAYS: tuple[tuple[str, Callable[[Path], object]], ...] = (
    ("vim", lambda root: like_vim(root / "src/cart/cart.ts", WRONG)),
    ("stash", lambda root: git(root, "stash")),
    ("stash pop", lambda root: git(root, "stash", "pop")),
    ("an atomic save", lambda root: by_rename(root / "src/cart/cart.ts", CART)),
    ("another branch", lambda root: git(root, "switch", "other")),
    ("no sources", lambda root: shutil.rmtree(root / "src")),
    ("sources again", lambda root: git(root, "checkout", "main", "--", "src")),
    ("a renamed folder", _renamed),
    ("back", lambda root: [git(root, "switch", "-f", "main"), git(root, "clean", "-fdq", "src")]),
    ("another configuration", _narrowed),
)


async def test_after_every_way_to_change_the_tree_the_verdict_is_that_of_a_fresh_run(package: Path) -> None:
    async with watching(package) as beai:
        await beai.shows(3, 0)
        for name, change in WAYS:
            change(package)
            passed, failed = await asyncio.to_thread(fresh, package)
            verdict = await beai.shows(passed, failed)
            assert verdict["green"] is (passed > 0 and failed == 0), name


def test_once_it_says_what_failed_and_where_and_ends_with_one(package: Path) -> None:
    put(package / "src/cart/cart.ts", WRONG)
    shutil.rmtree(package / ".git")  # it needs no git
    env = environment(package.parent / "state")
    done = subprocess.run([*BEAI, "cart"], cwd=package, env=env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert "✗ src/cart/cart.test.ts:3 › adds" in done.stdout
    assert "expected  3" in done.stdout and "received  -3" in done.stdout
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "> 3 │ it('adds'" in line)
    assert lines[at + 1].index("^") == lines[at].index("toBe")
    assert lines[-1].startswith("RED 1 failed · 1 passed · 1 file")
    assert "other.test.ts" not in done.stdout
    assert "Vitest 4." in done.stderr and "sandbox " in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


class Terminal:
    """``beai test`` on a terminal of its own."""

    def __init__(self, root: Path, *words: str) -> None:
        self.ours, self._theirs = pty.openpty()
        self.before = termios.tcgetattr(self.ours)
        self.process = subprocess.Popen(
            [*BEAI, *words],
            cwd=root,
            env=environment(root.parent / "state"),
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            preexec_fn=lambda: (os.setsid(), _own(0)),
        )
        self.shown = ""

    def until(self, *wanted: str) -> None:
        """Read until all of ``wanted`` were shown, one after the other."""
        for text in wanted:
            while text not in self.shown:
                ready, _, _ = select.select([self.ours], [], [], PATIENCE)
                assert ready, f"{text} is not in {self.shown}"
                self.shown += os.read(self.ours, 65536).decode("utf-8", "replace")
            self.shown = self.shown.partition(text)[2]

    def until_process(self, title: str) -> None:
        """Read until there is a process of this title."""
        while not any(_titled(process, title) for process in Path("/proc").glob("[0-9]*")):
            if select.select([self.ours], [], [], 0.05)[0]:
                self.shown += os.read(self.ours, 65536).decode("utf-8", "replace")
            assert self.process.poll() is None, self.shown

    def type(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def ended(self) -> int:
        """The exit code; the terminal is as it was."""
        code = self.process.wait(PATIENCE)
        assert termios.tcgetattr(self.ours) == self.before
        os.close(self.ours)
        os.close(self._theirs)
        return code


def _titled(process: Path, title: str) -> bool:
    with suppress(OSError):
        return (process / "cmdline").read_bytes().startswith(title.encode())
    return False


def _own(descriptor: int) -> None:
    """Make the terminal ours, so that ctrl+c reaches us."""
    import fcntl

    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


def processes_in(root: Path) -> list[str]:
    """The command lines of every process that works in ``root``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(root):
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def test_on_a_terminal_letters_choose_what_runs_and_q_leaves(package: Path) -> None:
    terminal = Terminal(package, "--watch")
    terminal.until("GREEN", "q quit")
    put(package / "src/cart/cart.ts", WRONG)
    terminal.until("saved src/cart/cart.ts", "provisional", "2 affected of 3", "› adds", "at src/cart/", "q quit")
    terminal.type("f")
    terminal.until("what failed", "RED", "1 file")
    terminal.type("pother\n")
    terminal.until("path ›", "only paths with “other”", "GREEN", "1 passed · 1 file")
    terminal.type("a")
    terminal.until("everything", "RED", "2 files")
    terminal.type("u")
    terminal.until("never written here")
    terminal.type("q")
    assert terminal.ended() == 0
    assert processes_in(package) == []


def test_ctrl_c_ends_an_endless_loop_at_once_and_leaves_no_process(package: Path) -> None:
    put(package / "src/loop.test.ts", LOOP)
    terminal = Terminal(package, "--watch")
    terminal.until_process("spinning")
    terminal.type("\x03")
    assert terminal.ended() == 130
    assert processes_in(package) == []
