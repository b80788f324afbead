"""On a real terminal, a process that was stopped and continued is as it was: it draws, it obeys, it ends."""

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench.terminal import Terminal

KEPT = {
    name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")
}  # the terminal's own count
ENV = {**KEPT, "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2])}
STILL = (sys.executable, "-m", "tests.bench.streaming", "still")


@pytest.mark.skipif(sys.platform != "linux", reason="signals and pseudo-terminals as Linux has them")
def test_stopped_and_continued_it_draws_everything_and_still_leaves():
    with closing(Terminal("beai", STILL, ENV)) as beai:
        beai.wait("hunk 1/")
        for _ in range(3):
            beai.rest(0.2)
            beai.stop()
            beai.type("")
            beai.go_on()
            beai.wait("4 Tests.*ctrl\\+q")
        beai.type("j")
        beai.wait("hunk 2/")
        beai.type("\x11")
        beai.rest(4.0)
        assert Path(f"/proc/{beai.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
