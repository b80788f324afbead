"""A package whose test does what no test should, run for real in the sandbox, with what it must not reach."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from beai.core.fault import Fault
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunRequest
from beai.core.sandbox import Level
from beai.core.sandbox.bubblewrap import Bubblewrap
from beai.core.sandbox.limits import DEFAULTS, Limits
from beai.core.sandbox.probe import probe

FILE = "tests/wild.test.ts"
TAME = "tests/tame.test.ts"
_GONE = 5.0  # seconds that a killed process may take to be gone
_TICK = 0.005  # seconds between two turns of the event loop, when nothing keeps it
_HEAD = """
import { execFileSync, fork, spawn, spawnSync } from 'node:child_process'
import { createConnection } from 'node:net'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
const reached = (port: number) => new Promise((resolve) => {
  const socket = createConnection(port, '127.0.0.1')
  socket.on('connect', () => resolve('reached'))
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
})
"""
_TAME = "import { expect, it } from 'vitest'\nit('is tame', () => expect(1).toBe(1))\n"


async def bubblewrap_or_skip(folder: Path) -> str:
    """The path of bwrap, where it holds here what it promises."""
    program = shutil.which("bwrap")
    if program is None:
        pytest.skip("bubblewrap is not installed")
    found = await probe(lambda root: Bubblewrap(program, root, Path.home()), folder)
    if found.level is not Level.FULL:
        pytest.skip(f"bubblewrap does not hold here: {found.leak}")
    return program


@dataclass
class Wild:
    """A package with one wild and one tame test file; ``mark`` is in the command line of all that encloses them."""

    root: Path
    program: str
    limits: Limits = DEFAULTS
    ports: tuple[int, ...] = ()
    longest: float = 0.0  # between two turns of the event loop while the tests ran
    canaries: dict[Path, str] = field(default_factory=dict)
    _still: bool = True

    def write(self, body: str, files: Mapping[str, str] | None = None) -> None:
        """Make the package; canaries lie in its environment file, beside it and in a home folder."""
        sources = {FILE: f"{_HEAD}it('is wild', async () => {{\n{body}\n}}, 60_000)\n", TAME: _TAME, **(files or {})}
        for name, text in sources.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        (self.root / "package.json").write_text('{"name": "wild", "type": "module", "private": true}')
        self.home.mkdir(exist_ok=True)
        for path in (self.root / ".env", self.root.parent / "beside", self.home / "secret"):
            self.canaries[path] = uuid4().hex
            path.write_text(f"WORD={self.canaries[path]}\n")

    @property
    def home(self) -> Path:
        """Where the person lives."""
        return self.root.parent / "home"

    def tests(self, stall: float = 15.0) -> DrivenTests:
        """The port over this package, in the sandbox."""
        box = Bubblewrap(self.program, self.root, self.home, ports=self.ports, limits=self.limits)
        return DrivenTests(self.root, enclosure=box, stall=stall)

    async def run(self, stall: float = 15.0) -> Report | Fault:
        """Run both files, measuring how long the event loop was ever kept from its next turn."""
        tests = self.tests(stall)
        self._still = False
        self._tick(time.perf_counter() - _TICK)
        try:
            async with asyncio.timeout(90):
                return await tests.run(RunRequest(), lambda _: None)
        finally:
            self._still = True
            await tests.close()

    def harmed(self) -> list[Path]:
        """The canaries that are not as they were, and whatever lies beside them that was not there."""
        changed = [path for path, word in self.canaries.items() if path.read_text() != f"WORD={word}\n"]
        return [*changed, *self.root.parent.rglob("escaped*")]

    async def left(self) -> list[str]:
        """Command lines of processes of this package that still run, once the kernel had time to end them."""
        end = time.monotonic() + _GONE
        while (there := self._running()) and time.monotonic() < end:  # noqa: ASYNC110 - they set no event of ours
            await asyncio.sleep(0.01)
        return there

    def _running(self) -> list[str]:
        lines = []
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if folder.name.isdigit() and int(folder.name) != os.getpid() and str(self.root) in line:
                    lines.append(line[:200])
        return lines

    def _tick(self, last: float) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - last - _TICK)
        if not self._still:
            asyncio.get_running_loop().call_later(_TICK, self._tick, now)
