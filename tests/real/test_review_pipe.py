"""``beai review`` behind a pipe: the patch comes through it, the keys come from the terminal, the feedback goes on."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from beai.tui.guard import HOLD

DEADLINE = 60.0
PATCH = (
    "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n@@ -7,2 +7,2 @@\n seven\n-eight\n+EIGHT\n"
    "--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+made\n"
)
BEFORE = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n"


@dataclass
class Shell:
    """A command line of a shell that has a terminal of its own, 80×24, and all that came on it."""

    line: str
    root: Path
    output: bytearray = field(default_factory=bytearray)

    def __enter__(self) -> Shell:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(self.root)
            env = {**os.environ, "BEAI_STATE": str(self.root.parent / "state"), "TERM": "xterm-256color", "EDITOR": ""}
            os.execve("/bin/sh", ["sh", "-c", self.line], env)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.master)

    def until(self, word: bytes, seconds: float = DEADLINE) -> bool:
        """Read until ``word`` came since the last key; False where it did not in time."""
        end = time.monotonic() + seconds
        while word not in self.output:
            if not select.select([self.master], [], [], max(0.0, end - time.monotonic()))[0] or not self._read():
                return False
        return True

    def shows(self, word: bytes) -> None:
        """Read until ``word`` is shown, and for as long as a new view takes no decision."""
        assert self.until(word), f"{word!r} never came; the last was {bytes(self.output[-400:])!r}"
        self.until(b"\0 never comes", 2 * HOLD)

    def press(self, key: bytes, then: bytes) -> None:
        """Press a key and see what it does."""
        self.output.clear()
        os.write(self.master, key)
        assert self.until(then), f"{key!r} never led to {then!r}; the last was {bytes(self.output[-400:])!r}"

    def ended(self) -> int:
        """Read until the shell ends; its exit code."""
        while self._read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> bool:
        try:
            got = os.read(self.master, 65536)
        except OSError:  # Linux says so where the last process on the terminal is gone: pty(7)
            return False
        self.output += got
        return bool(got)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.txt").write_text(BEFORE)
    (tmp_path / "p.patch").write_text(PATCH)
    return tmp_path / "folder"


def test_a_piped_patch_is_decided_with_keys_in_two_sittings_and_the_feedback_goes_down_the_pipe(root: Path) -> None:
    line = f"cat ../p.patch | {sys.executable} -m beai.tui.main review > ../told.md"
    with Shell(line, root) as shell:
        shell.shows(b"0 of 3 decided")
        shell.press(b"y", b"1 of 3 decided")
        os.write(shell.master, b"\x11")
        assert shell.ended() == 3 and b"2 hunks left undecided, and nothing written" in shell.output
    assert (root / "a.txt").read_text() == BEFORE
    with Shell(line, root) as shell:
        shell.shows(b"1 of 3 decided")
        shell.press(b"n", b"why not?")
        shell.press(b"too loud\r", b"2 of 3 decided")
        shell.press(b"y", b"3 of 3 decided")
        assert (root / "a.txt").read_text() == BEFORE and not (root / "new.txt").exists()
        shell.press(b"\r", b"Wrote 2 hunks")
        os.write(shell.master, b"\x11")
        assert shell.ended() == 0
    assert (root / "a.txt").read_text() == BEFORE.replace("one", "ONE")
    assert (root / "new.txt").read_text() == "made\n"
    told = (root.parent / "told.md").read_text()
    assert "I rejected this: too loud." in told and "+EIGHT" in told and "\x1b" not in told
