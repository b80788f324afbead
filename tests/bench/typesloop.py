"""Edit → diagnostics of the edited file and of the whole project: beside ``tsc --watch``, on the demo.

Run ``python -m tests.bench.typesloop [--edits N] [--native NODE_MODULES] NODE_MODULES``; the folders hold TypeScript 5
with the demo's packages, and TypeScript 7. Rounds of all checkers are interleaved, each on its own copy; the time
runs from the write to the diagnostics that name the new error, or to the line that says that there is none.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path

from beai.core.runner.lamp import Lamp, LampState
from beai.core.types.checker import Checker

SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
FILE = "src/server/api/routers/review.ts"
WRONG = '\nexport const wrong: number = "wrong";\n'
PATIENCE = 120.0  # seconds


class Ours:
    """Our checker, told of the save as the watcher would."""

    def __init__(self, root: Path) -> None:
        self.file, self.checker, self.lamps = root / FILE, Checker(root), asyncio.Queue[Lamp]()
        self.old = self.file.read_text()

    async def start(self) -> None:
        """Until the first whole pass is over."""
        self.checker.start(self.lamps.put_nowait)
        await self._until(lambda lamp: lamp.state is LampState.CLEAN)

    async def round(self) -> tuple[float, float]:
        """Break the file and mend it: milliseconds to the error, and to the whole project's word on the mended one."""
        began = self._save(self.old + WRONG)
        await self._until(lambda lamp: any(one.file == FILE for one in lamp.diagnostics))
        first = time.perf_counter() - began
        began = self._save(self.old)
        await self._until(lambda lamp: lamp.state is LampState.CLEAN)
        return first * 1000, (time.perf_counter() - began) * 1000

    async def close(self) -> None:
        """End it."""
        await self.checker.close()

    def _save(self, text: str) -> float:
        self.file.write_text(text)
        began = time.perf_counter()
        self.checker.changed((FILE,))
        return began

    async def _until(self, wanted: Callable[[Lamp], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not wanted(await self.lamps.get()):
                pass


class Watch:
    """``tsc --watch`` as a person starts it, at the same low priority."""

    def __init__(self, root: Path) -> None:
        self.root, self.file = root, root / FILE
        self.old = self.file.read_text()

    async def start(self) -> None:
        """Until its first compilation is over."""
        argv = (
            "nice",
            "-n",
            "10",
            "node",
            "node_modules/typescript/bin/tsc",
            "--watch",
            "--noEmit",
            "--pretty",
            "false",
        )
        self.process = await asyncio.create_subprocess_exec(*argv, cwd=self.root, stdout=PIPE)
        await self._until(b"Found 0 errors")

    async def round(self) -> tuple[float, float]:
        """Break the file and mend it; it tells everything at its end, so the error comes with the whole project."""
        self.file.write_text(self.old + WRONG)
        began = time.perf_counter()
        await self._until(b"review.ts(")
        first = time.perf_counter() - began
        await self._until(b"Found 1 error")
        self.file.write_text(self.old)
        began = time.perf_counter()
        await self._until(b"Found 0 errors")
        return first * 1000, (time.perf_counter() - began) * 1000

    async def close(self) -> None:
        """End it."""
        self.process.kill()
        await self.process.wait()

    async def _until(self, words: bytes) -> None:
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while words not in (line := await self.process.stdout.readline()):
                if not line:
                    raise SystemExit("tsc --watch ended")


async def measure(kinds: dict[str, Ours | Watch], edits: int) -> dict[str, list[tuple[float, float]]]:
    """Each checker's rounds, taken in turns."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    try:
        for one in kinds.values():
            await one.start()
        for number in range(edits + 1):
            for name, one in kinds.items():
                took = await one.round()
                found[name] += [took] if number else []  # the first round warms
    finally:
        for one in kinds.values():
            await one.close()
    return found


def copy(folder: Path, packages: Path, native: Path | None = None) -> Path:
    """The demo with its packages, TypeScript's own replaced by ``native``'s."""
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").mkdir()
    for source in (packages, *((native,) if native else ())):
        for entry in source.iterdir():
            link = folder / "node_modules" / entry.name
            link.unlink(missing_ok=True)
            link.symlink_to(entry.resolve())
    return folder


def main(words: list[str]) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path, help="the demo's installed node_modules")
    parser.add_argument("--native", type=Path, help="a node_modules with TypeScript 7")
    parser.add_argument("--edits", type=int, default=20)
    chosen = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="beai-") as folder:
        home = Path(folder)
        kinds: dict[str, Ours | Watch] = {"tsc --watch": Watch(copy(home / "watch", chosen.packages))}
        kinds["beai, library"] = Ours(copy(home / "library", chosen.packages))
        if chosen.native:
            kinds["beai, TypeScript 7"] = Ours(copy(home / "native", chosen.packages, chosen.native))
        found = asyncio.run(measure(kinds, chosen.edits))
    print(f"medians of {chosen.edits} edits of {FILE}, milliseconds")
    print(f"{'':20} {'edited file':>12} {'whole project':>14}")
    for name, rounds in found.items():
        first, whole = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"{name:20} {first:12.0f} {whole:14.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
