"""The app in a real pseudo-terminal: it starts, it is left, it is killed, and nothing stays behind."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from beai.core.loop.journal import home
from beai.core.trust import agree
from tests.real.loops import repository

DEADLINE = 60.0
ALTERNATE, RESTORED = b"\x1b[?1049h", b"\x1b[?1049l"


@dataclass
class Terminal:
    """A beai in a pseudo-terminal of 120×36, and everything it wrote."""

    root: Path
    state: Path
    output: bytearray = field(default_factory=bytearray)

    def __enter__(self) -> Terminal:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self.before = termios.tcgetattr(slave)
        env = {**os.environ, "BEAI_STATE": str(self.state), "TERM": "xterm-256color"}
        assert agree(self.root, home(self.state, self.root)) is None
        command = (sys.executable, "-m", "beai.tui.main", str(self.root))
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        self.slave = slave
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE)
        os.close(self.master)
        os.close(self.slave)

    def until(self, word: bytes) -> None:
        """Read until ``word`` was written."""
        end = time.monotonic() + DEADLINE
        while word not in self.output:
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{word!r} never came; the last was {bytes(self.output[-400:])!r}"
            self.output += os.read(self.master, 65536)

    def ended(self) -> int:
        """Read until the process ends, as a terminal does; its exit code."""
        end = time.monotonic() + DEADLINE
        while self.process.poll() is None:
            assert time.monotonic() < end, "it did not end"
            self._read(0.05)
        while self._read(0):
            pass
        return self.process.returncode

    def _read(self, seconds: float) -> bool:
        ready = bool(select.select([self.master], [], [], seconds)[0])
        if ready:
            self.output += os.read(self.master, 65536)
        return ready

    def family(self) -> set[int]:
        """Every process that descends from beai now."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    stat = (entry / "stat").read_text()
                except OSError:
                    continue
                children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
        found, todo = set(), [self.process.pid]
        while todo:
            for child in children.get(todo.pop(), []):
                found.add(child)
                todo.append(child)
        return found


def gone(pids: set[int]) -> bool:
    """Whether all of them end before the deadline."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if not any(_alive(pid) for pid in pids):
            return True
        select.select([], [], [], 0.02)
    return False


def _alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def terminal(shop: Path, tmp_path: Path) -> Terminal:
    return Terminal(repository(shop, tmp_path / "repo"), tmp_path / "state")


def test_quitting_restores_the_terminal_and_leaves_no_process(terminal: Terminal):
    with terminal:
        terminal.until(b"41 of 41")
        family = terminal.family()
        assert family, "the test runner was not running"
        os.write(terminal.master, b"\x11")  # ctrl+q
        assert terminal.ended() == 0
        assert gone(family)
        assert terminal.output.rindex(RESTORED) > terminal.output.rindex(ALTERNATE)
        assert termios.tcgetattr(terminal.slave)[3] == terminal.before[3]
        assert b"Traceback" not in terminal.output


@pytest.mark.parametrize("word", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_killed_app_leaves_no_process(terminal: Terminal, word: signal.Signals):
    with terminal:
        terminal.until(b"41 of 41")
        family = terminal.family()
        terminal.process.send_signal(word)
        terminal.ended()
        assert gone(family)


def test_ctrl_c_is_answered_and_the_app_still_hears_keys(terminal: Terminal):
    with terminal:
        terminal.until(b"41 of 41")
        os.write(terminal.master, b"\x03")
        terminal.until(b"Do you want to quit?")
        assert terminal.process.poll() is None
        os.write(terminal.master, b"\x11")  # ctrl+q
        assert terminal.ended() == 0
