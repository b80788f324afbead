"""Save → batch of the watcher, and what it costs to begin and to wait, on trees of the size that repositories have.

Run ``python -m tests.bench watchloop [--saves N]``. Another process makes the saves, as editors make them; the time
runs from the last system call of a save to the batch.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from pathlib import Path

from beai.core.watch import Watch

_REST = 0.1  # seconds between saves: a person's pace is slower
_IDLE = 5.0  # seconds that waiting is measured
_WRITER = """
import os, sys, time
for line in sys.stdin:
    kind, path = line.split()
    text = f"export const at = {time.monotonic_ns()}\\n"
    if kind == "rename":
        with open(f"{path}.tmp-1", "w") as file: file.write(text)
        os.rename(f"{path}.tmp-1", path)
    else:
        if kind == "vim": os.rename(path, f"{path}~")
        with open(path, "w") as file: file.write(text)
    at = time.monotonic_ns()
    if kind == "vim": os.unlink(f"{path}~")
    print(at, flush=True)
"""


async def saves(root: Path, count: int) -> dict[str, list[float]]:
    """Milliseconds from the end of a save to its batch, for each way to save."""
    _tree(root, 300)
    watch = Watch(root)
    await watch.start()
    await asyncio.sleep(1.0)
    writer = await asyncio.create_subprocess_exec(sys.executable, "-c", _WRITER, stdin=PIPE, stdout=PIPE)
    assert writer.stdin is not None and writer.stdout is not None
    times: dict[str, list[float]] = {"in place": [], "rename": [], "vim": []}
    for number in range(count * len(times)):
        way = list(times)[number % len(times)]
        file = root / f"src/{number % 300 // 20}/{number % 20}.ts"
        writer.stdin.write(f"{way.replace(' ', '')} {file}\n".encode())
        wanted = str(file.relative_to(root))
        while wanted not in await anext(watch):
            pass
        got = time.monotonic_ns()
        times[way].append((got - int(await writer.stdout.readline())) / 1e6)
        await asyncio.sleep(_REST)
    writer.stdin.close()
    await writer.wait()
    await watch.close()
    return times


async def start(root: Path, sources: int, packages: int) -> str:
    """One line: how long the watcher takes to begin, how many inotify watches it has, and what waiting costs."""
    _tree(root, sources)
    for number in range(packages):
        _put(root / f"node_modules/p{number % 900}/lib/{number}.js", "module.exports = 1\n")
    watch = Watch(root)
    begun = time.perf_counter()
    await watch.start()
    took = (time.perf_counter() - begun) * 1000
    held = _inotify_watches()
    await asyncio.sleep(3.0)  # what is still being read in the background
    cpu = time.process_time()
    await asyncio.sleep(_IDLE)
    idle = (time.process_time() - cpu) / _IDLE * 100
    await watch.close()
    folders = sum(1 for _ in (root / "src").rglob("*/")) + 1
    return f"start {took:5.0f} ms · {held} inotify watches for {folders} source folders · idle CPU {idle:.2f} %"


def _inotify_watches() -> int:
    infos = (path.read_text() for path in Path("/proc/self/fdinfo").iterdir() if path.exists())
    return sum(line.startswith("inotify ") for info in infos for line in info.splitlines())


def _tree(root: Path, sources: int) -> None:
    for number in range(sources):
        _put(root / f"src/{number // 20}/{number % 20}.ts", f"export const n = {number}\n")
    _put(root / ".gitignore", "node_modules/\n")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgSign=false")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "begin")):
        subprocess.run(["git", *identity, *words], cwd=root, check=True)


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=60, help="saves of each kind")
    count = parser.parse_args().saves
    with tempfile.TemporaryDirectory() as folder:
        for way, times in asyncio.run(saves(Path(folder), count)).items():
            worst = sorted(times)[min(len(times) - 1, round(len(times) * 0.99))]
            print(
                f"save → batch, {way:9} median {statistics.median(times):5.1f} ms   p99 {worst:5.1f} ms   n = {count}"
            )
    for sources, packages in ((2000, 48_000), (20_000, 0)):
        with tempfile.TemporaryDirectory() as folder:
            cost = asyncio.run(start(Path(folder), sources, packages))
        print(f"{sources:6} sources, {packages:6} in node_modules: {cost}")


if __name__ == "__main__":
    main()
