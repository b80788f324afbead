"""A process on a pseudo-terminal of 120×36 cells, with the clock, the processor time and the memory that it takes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

COLUMNS, LINES = 120, 36
_LIMIT = 40.0  # seconds any wait may take
_QUIT = b"\x11"  # ctrl+q


class Terminal:
    """Starts ``command`` at once; times are those of ``time.perf_counter``."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self._seen = b""
        self._end, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=dict(env), start_new_session=True
        )
        os.close(slave)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def wait(self, pattern: str) -> float:
        """When ``pattern`` was first on the wire since the last ``type``."""
        wanted, last = re.compile(pattern.encode(), re.DOTALL), time.perf_counter() + _LIMIT
        while not wanted.search(self._seen):
            left = last - time.perf_counter()
            if left <= 0 or not self._read(left):
                raise SystemExit(f"{self.name} never showed {pattern!r}; last it wrote {self._seen[-400:]!r}")
        return time.perf_counter()

    def type(self, text: str) -> float:
        """Forget what was shown, and send ``text``; the moment it was sent."""
        self._seen = b""
        sent = time.perf_counter()
        os.write(self._end, text.encode())
        return sent

    def rest(self, seconds: float) -> None:
        """Let it run, reading what it writes."""
        last = time.perf_counter() + seconds
        while (left := last - time.perf_counter()) > 0:
            self._read(left)

    def stop(self) -> None:
        """Take the processor away from it, so that it disturbs no other measurement."""
        os.killpg(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Give it back."""
        os.killpg(self.pid, signal.SIGCONT)

    def busy(self) -> float:
        """Seconds of processor time that its threads have used (proc(5), ``schedstat``)."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def memory(self) -> tuple[float, float]:
        """MiB of resident and of proportional memory (proc(5), ``smaps_rollup``)."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        mib = {name: int(kib) / 1024 for name, kib in re.findall(r"^(Rss|Pss): +(\d+) kB", rollup, re.MULTILINE)}
        return mib["Rss"], mib["Pss"]

    def children(self) -> list[str]:
        """The command lines of the processes it started."""
        found = []
        for task in Path(f"/proc/{self.pid}/task").glob("*/children"):
            for child in task.read_text().split():
                command = Path(f"/proc/{child}/cmdline")
                found += [command.read_bytes().replace(b"\0", b" ").decode()] if command.exists() else []
        return found

    def kill(self) -> None:
        """End it at once, with every process of its group."""
        os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Quit it as a person would; what does not go is killed."""
        if self._process.poll() is None:
            self.go_on()
            os.write(self._end, _QUIT)
        last = time.perf_counter() + 10
        while self._process.poll() is None and time.perf_counter() < last:
            self._read(0.02)
        if self._process.poll() is None:
            self.kill()
        os.close(self._end)

    def _read(self, seconds: float) -> bool:
        """Take what it wrote; False once it has ended."""
        if not select.select([self._end], [], [], seconds)[0]:
            return True
        try:
            chunk = os.read(self._end, 1 << 16)
        except OSError:  # EIO: nobody holds the other end any more
            time.sleep(seconds if seconds < 1 else 0)
            return False
        self._seen += chunk
        return bool(chunk)
