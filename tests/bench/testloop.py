"""Save → verdict: a runner cold, its own watch mode, and our hot driver behind our watcher, as medians and ratios.

Run ``python -m tests.bench.testloop [--edits N] [--project demo|generated]``: on a copy of the demo and on a project of
300 tests made here it edits one router, and the file that every router imports, N times each (a comment, so that every
verdict is green), all ways in turn so that noise falls on all of them alike. The ``write`` is another process's; its
moment is what that process says it was. Over 300 lines because each way is a whole small program.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault
from beai.core.runner.driven import DrivenTests
from beai.core.runner.driver import quiet_environment
from beai.core.runner.report import Report, RunKind, RunRequest
from beai.core.watch import Watch

_SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
_REST = 1.0  # seconds between edits: a person's pace, and time for processes to be prepared
_LIMIT = 120.0  # seconds one verdict may take
_WRITER = """
import sys, time
for line in sys.stdin:
    path, mark = line.rstrip("\\n").split("\\t")
    text = open(path).read().split("\\n// edit ")[0]
    data = f"{text}\\n// edit {mark}\\n"
    now = time.monotonic_ns()
    with open(path, "w") as file:
        file.write(data)
    print(now, flush=True)
"""

COLD, WATCH, CONFIRMED, QUICK = "vitest run FILE (cold)", "vitest --watch", "confirmed", "provisional"
INIT_WATCH, INIT_QUICK, INIT_CONFIRMED = "init: vitest --watch", "init: provisional", "init: confirmed"
TARGETS: Sequence[tuple[str, str, float]] = (  # way, of which other, at most
    (QUICK, WATCH, 1 / 10),
    (QUICK, COLD, 1 / 20),
    (CONFIRMED, WATCH, 1 / 3),
    (INIT_QUICK, INIT_WATCH, 1 / 15),
)

Measure = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is edited: a ``router`` with the ``test`` of its name, and the ``init`` file that every test reaches."""

    name: str
    root: Path
    router: Path
    test: Path
    init: Path


class Writer:
    """Another process that edits files and says when."""

    async def start(self) -> None:
        """Begin; it ends with our end of its input."""
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-c", _WRITER, stdin=PIPE, stdout=PIPE)

    async def edit(self, path: Path) -> float:
        """Change the comment at the end of ``path``; the moment of the write, in seconds of the monotonic clock."""
        if self._process.stdin is None or self._process.stdout is None:
            raise SystemExit("The writer has no pipes.")
        self._process.stdin.write(f"{path}\t{time.monotonic_ns()}\n".encode())
        return int(await self._process.stdout.readline()) / 1e9

    async def close(self) -> None:
        """End it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


class Ours:
    """Our watcher with our driver behind it; a save becomes the verdicts that the app would show."""

    def __init__(self, subject: Subject, writer: Writer, tests: DrivenTests) -> None:
        self._subject = subject
        self._writer = writer
        self._tests = tests
        self._watch = Watch(subject.root)

    async def start(self) -> None:
        """Warm up: one run of everything, and a hot one."""
        if isinstance(fault := await self._watch.start(), Fault):
            raise SystemExit(fault.sentence())
        for kind in (RunKind.CONFIRMED, RunKind.PROVISIONAL, RunKind.PROVISIONAL):
            _green(await self._tests.run(RunRequest(kind), lambda _: None))

    async def measure(self, edited: Path, kind: RunKind, files: tuple[str, ...] | None) -> float:
        """Milliseconds from the write of ``edited`` to the verdict on ``files``, or on all that it reaches."""
        await self._drained()
        begun = await self._writer.edit(edited)
        changed = await asyncio.wait_for(anext(aiter(self._watch)), _LIMIT)
        request = RunRequest(kind, files, changed, affected=files is None)
        _green(await asyncio.wait_for(self._tests.run(request, lambda _: None), _LIMIT))
        return (time.monotonic() - begun) * 1000

    async def close(self) -> None:
        """Leave nothing behind."""
        await self._watch.close()
        await self._tests.close()

    async def _drained(self) -> None:
        """Take what other ways' edits made."""
        with suppress(TimeoutError):
            while True:
                await asyncio.wait_for(anext(aiter(self._watch)), 0.05)


class Watching:
    """A runner's own watch mode, asleep unless it is measured; ``ended`` is what it prints at the end of a run."""

    def __init__(self, argv: Sequence[str], root: Path, writer: Writer, ended: bytes = b"Duration") -> None:
        self._argv = argv
        self._root = root
        self._writer = writer
        self._ended = ended

    async def start(self) -> None:
        """Wait for its first verdict."""
        self._process = await asyncio.create_subprocess_exec(
            *self._argv, cwd=self._root, env=quiet_environment(os.environ), stdin=PIPE, stdout=PIPE, stderr=STDOUT,
            start_new_session=True,
        )  # fmt: skip
        await self._verdict()
        self._signal(signal.SIGSTOP)  # it would run at other ways' edits too, on the same cores

    async def measure(self, edited: Path) -> float:
        """Milliseconds from the write of ``edited`` to the end of its run."""
        self._signal(signal.SIGCONT)
        await asyncio.sleep(_REST)
        with suppress(TimeoutError):  # what our other edits made it run
            while True:
                await asyncio.wait_for(self._read(), 1.0)
        begun = await self._writer.edit(edited)
        await self._verdict()
        took = (time.monotonic() - begun) * 1000
        self._signal(signal.SIGSTOP)
        return took

    async def close(self) -> None:
        """End it with all it started."""
        self._signal(signal.SIGKILL)
        await self._process.wait()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    async def _verdict(self) -> None:
        seen = b""
        while self._ended not in seen:
            seen += await asyncio.wait_for(self._read(), _LIMIT)

    async def _read(self) -> bytes:
        if self._process.stdout is None or not (chunk := await self._process.stdout.read(65536)):
            raise SystemExit(f"{self._argv[0]} ended")
        return chunk


async def measure(subject: Subject, edits: int) -> dict[str, list[float]]:
    """Milliseconds from the write to the verdict, for each way, over ``edits`` interleaved edits."""
    writer = Writer()
    await writer.start()
    vitest = str(subject.root / "node_modules" / ".bin" / "vitest")
    test = str(subject.test.relative_to(subject.root))
    ours = Ours(subject, writer, DrivenTests(subject.root))
    one = Watching((vitest, "--watch", test), subject.root, writer)
    every = Watching((vitest, "--watch"), subject.root, writer)
    router, init = subject.router, subject.init
    ways: dict[str, Measure] = {
        COLD: lambda: cold((vitest, "run", test), subject.root, router, writer),
        WATCH: lambda: one.measure(router),
        CONFIRMED: lambda: ours.measure(router, RunKind.CONFIRMED, (test,)),
        QUICK: lambda: ours.measure(router, RunKind.PROVISIONAL, (test,)),
        INIT_WATCH: lambda: every.measure(init),
        INIT_QUICK: lambda: ours.measure(init, RunKind.PROVISIONAL, None),
        INIT_CONFIRMED: lambda: ours.measure(init, RunKind.CONFIRMED, None),
    }
    started: list[Ours | Watching] = []
    try:
        for part in (ours, one, every):
            started.append(part)
            await part.start()
        return await interleaved(ways, edits, subject.name)
    finally:
        for part in started:
            await part.close()
        await writer.close()


async def interleaved(ways: Mapping[str, Measure], edits: int, name: str) -> dict[str, list[float]]:
    """Each way once, then each again, ``edits`` times."""
    figures: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(edits):
        for way, run in ways.items():
            await asyncio.sleep(_REST)
            figures[way].append(await run())
            print(f"  {name} {number + 1}/{edits}  {way:24} {figures[way][-1]:8.1f} ms", file=sys.stderr)
    return figures


async def cold(argv: Sequence[str], root: Path, edited: Path, writer: Writer) -> float:
    """Milliseconds from the write of ``edited`` to the end of a run of ``argv`` begun right then."""
    begun = await writer.edit(edited)
    process: Process = await asyncio.create_subprocess_exec(
        *argv, cwd=root, env=quiet_environment(os.environ), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
    )
    if (code := await asyncio.wait_for(process.wait(), _LIMIT)) != 0:
        raise SystemExit(f"{argv[0]} ended with {code}")
    return (time.monotonic() - begun) * 1000


def demo(root: Path) -> Subject:
    """An installed copy of the demo at ``root``."""
    _install(root)
    api = root / "src" / "server" / "api"
    routers = api / "routers"
    return Subject("demo", root, routers / "category.ts", routers / "__tests__" / "category.test.ts", api / "trpc.ts")


def generated(root: Path, packages: Path) -> Subject:
    """A project of 30 routers with 10 tests each at ``root``, over the demo's ``packages``."""
    _write(root / "package.json", '{"name": "generated", "private": true, "type": "module"}')
    _write(root / "src/trpc.ts", _TRPC)
    for number in range(30):
        _write(root / f"src/routers/r{number}.ts", _ROUTER)
        _write(root / f"tests/r{number}.test.ts", _TEST.replace("NUMBER", str(number)))
    (root / "node_modules").symlink_to(packages, target_is_directory=True)
    return Subject("generated", root, root / "src/routers/r7.ts", root / "tests/r7.test.ts", root / "src/trpc.ts")


_TRPC = """
import { initTRPC } from "@trpc/server";
export const t = initTRPC.context<{ db: any; user: string | null }>().create();
"""
_ROUTER = """
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { t } from "../trpc";
const input = z.object({ id: z.string().min(1), size: z.number().int().positive() });
export const router = t.router({
  get: t.procedure.input(input).query(async ({ ctx, input }) => {
    const row = await ctx.db.find(input);
    if (!row) throw new TRPCError({ code: "NOT_FOUND" });
    return row;
  }),
});
"""
_TEST = """
import { describe, expect, it, vi } from "vitest";
import { router } from "../src/routers/rNUMBER";
import { t } from "../src/trpc";
const db = { find: vi.fn() };
const caller = t.createCallerFactory(router)({ db, user: null });
describe("rNUMBER.get", () => {
  for (let size = 1; size <= 9; size += 1) {
    it(`finds one of size ${size}`, async () => {
      db.find.mockResolvedValueOnce({ id: "1", size });
      expect(await caller.get({ id: "1", size })).toEqual({ id: "1", size });
    });
  }
  it("misses", async () => {
    db.find.mockResolvedValueOnce(null);
    await expect(caller.get({ id: "1", size: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
"""


def show(name: str, figures: Mapping[str, Sequence[float]], targets: Sequence[tuple[str, str, float]]) -> None:
    """Print a table: median and slowest of each way, and each target with what was reached."""
    edits = min(len(times) for times in figures.values())
    print(f"\n{name + ': save → verdict':34} {'median':>10} {'slowest':>10}   n = {edits}")
    for way, times in figures.items():
        print(f"{way:34} {statistics.median(times):7.0f} ms {max(times):7.0f} ms")
    for way, other, most in targets:
        if way in figures and other in figures:
            ratio = statistics.median(figures[way]) / statistics.median(figures[other])
            said = "holds" if ratio <= most else "MISSED"
            print(f"  {way} / {other}: 1/{1 / ratio:.1f}, at most 1/{1 / most:.0f}: {said}")


def _green(report: Report | Fault) -> None:
    if not isinstance(report, Report) or not report.clean():
        raise SystemExit(f"No green verdict: {report}")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _install(root: Path) -> None:
    shutil.copytree(_SHOP, root, ignore=shutil.ignore_patterns("node_modules"))
    npm = shutil.which("npm") or sys.exit("npm was not found on the PATH.")
    subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=root, check=True, timeout=300, stdout=DEVNULL
    )


def main() -> None:
    """Measure and print, project by project."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--project", choices=("demo", "generated"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shop = demo(Path(folder) / "shop")
        subjects = (shop, generated(Path(folder) / "generated", shop.root / "node_modules"))
        for subject in subjects:
            if options.project in (None, subject.name):
                show(subject.name, asyncio.run(measure(subject, options.edits)), TARGETS)


if __name__ == "__main__":
    main()
