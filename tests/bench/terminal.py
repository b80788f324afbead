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

from tests.bench import processes
from tests.bench.glass import Glass

COLUMNS, LINES = 120, 36
_LIMIT = 40.0  # seconds any wait may take
_QUIT = b"\x11"  # ctrl+q


class Terminal:
    """Starts ``command`` at once; times are those of ``time.perf_counter``."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self._seen, self._new, self._glass = b"", b"", Glass(COLUMNS, LINES)
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

    def look(self, pattern: str, seconds: float = _LIMIT) -> str:
        """The first row that holds ``pattern``, once there is one; ``""`` where none came in that time."""
        wanted, last = re.compile(pattern), time.perf_counter() + seconds
        while True:
            if row := next((row for row in self.rows() if wanted.search(row)), ""):
                return row
            left = last - time.perf_counter()
            if left <= 0 or not self._read(left):
                return ""

    def rows(self) -> list[str]:
        """What the screen shows by now."""
        cut = self._new.rfind(b"\x1b")  # the last sequence may go on
        cut = len(self._new) if b"\x1b" not in self._new[-40:] else cut
        whole, self._new = self._new[:cut], self._new[cut:]
        self._glass.feed(whole.decode(errors="ignore"))
        return self._glass.rows

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
        """Seconds of processor time that its threads have used."""
        return processes.busy(self.pid)

    def memory(self) -> tuple[float, float]:
        """MiB of resident and of proportional memory."""
        return processes.memory(self.pid)

    def children(self) -> list[str]:
        """The command lines of the processes it started."""
        return list(processes.children(self.pid).values())

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
        self._new += chunk
        return bool(chunk)
