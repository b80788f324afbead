"""The faulty provider of the tests in a process of its own, told what to do and telling when, line by line.

``python -m tests.bench.faulty`` prints its address; a line ``HANG`` on its input makes the next requests that trouble,
``SAY`` answers them. It prints ``asked SECONDS`` and ``left SECONDS`` by ``time.monotonic``, which all processes share.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select

from tests.real.provider import Provider, Say, Trouble, provider

_REPO = Path(__file__).parents[2]
_CASES = Say(
    "One case.\n\n### cases\n- [happy path] adds the product (criterion: 1)\n\n### end {nonce} edits=0 cases=1\n"
)


class Faulty:
    """The provider as the benchmark sees it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._told = b""
        self.base = self._line(10.0)

    def play(self, name: str) -> None:
        """From now on answer so."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n".encode())
        self._process.stdin.flush()

    def when(self, what: str, seconds: float) -> float | None:
        """When ``what`` (asked, left) was told; None where it was not in that time."""
        last = time.monotonic() + seconds
        while (left := last - time.monotonic()) > 0:
            word, _, at = self._line(left).partition(" ")
            if word == what:
                return float(at)
        return None

    def forget(self) -> None:
        """What was told so far is of no interest any more."""
        while self._line(0.02):
            pass

    def _line(self, seconds: float) -> str:
        assert self._process.stdout is not None
        last = time.monotonic() + seconds
        while b"\n" not in self._told:
            left = last - time.monotonic()
            if left <= 0 or not select([self._process.stdout], [], [], left)[0]:
                return ""
            self._told += self._process.stdout.read1(4096)
        line, _, self._told = self._told.partition(b"\n")
        return line.decode()


@contextmanager
def faulty() -> Iterator[Faulty]:
    """A faulty provider that runs as long as the block."""
    command = (sys.executable, "-m", "tests.bench.faulty")
    with subprocess.Popen(command, cwd=_REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield Faulty(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


async def _watch(running: Provider) -> None:
    """Tell each request and each end of a connection once."""
    while True:
        await running.asked.wait()
        print(f"asked {time.monotonic():.6f}", flush=True)
        running.asked.clear()


async def _leaves(running: Provider) -> None:
    while True:
        await running.hung_up.wait()
        print(f"left {running.left_at:.6f}", flush=True)
        running.hung_up.clear()


async def main() -> None:
    """Serve until the input ends."""
    loop = asyncio.get_running_loop()
    async with provider(_CASES) as running:
        print(running.base, flush=True)
        told = [asyncio.create_task(_watch(running)), asyncio.create_task(_leaves(running))]
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            name = line.strip()
            running.play(_CASES if name == "SAY" else Trouble[name])
        for task in told:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
