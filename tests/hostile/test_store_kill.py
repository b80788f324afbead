"""``kill -9`` and errors at every call that changes the disk: after the next start it is all of a change or none.

At length: ``python -m tests.hostile.killing`` and ``… --errors``.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from beai.core.edits.store import Recovery, Store
from tests.hostile.tracing import unable

ROOT = Path(__file__).parents[2]
WHY_NOT = unable()
traceable = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
IN_MEMORY = {"TMPDIR": "/dev/shm"} if os.access("/dev/shm", os.W_OK) else {}
"""A kill is the same there, and nothing waits for a disk."""

OLD = {"src/a.ts": b"a1\na2\n", "src/b.ts": b"b1\r\nb2\r\n"}
CHILD = """
import os, signal, sys
from pathlib import Path
from beai.core.edits.change import Change, Decision, Verdict
from beai.core.edits.match import file_change
from beai.core.edits.store import Store

def step(word):
    if word == "commit":
        os.kill(os.getpid(), signal.SIGKILL)

change = Change((
    file_change("src/a.ts", "a1\\na2\\n", "a1\\nA2\\n"),
    file_change("src/b.ts", "b1\\r\\nb2\\r\\n", "B1\\r\\nb2\\r\\n"),
    file_change("src/new/c.ts", None, "c\\n"),
))
yes = [Decision(hunk.id, Verdict.ACCEPTED) for hunk in change.hunks()]
Store(Path(sys.argv[1]), Path(sys.argv[2]), step).apply(change, yes)
"""


def campaign(*words: str) -> dict[str, int]:
    """The number of points by act and campaign; fails where a promise was broken."""
    command = [sys.executable, "-m", "tests.hostile.killing", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, cwd=ROOT, env=os.environ | IN_MEMORY
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        " ".join(m[1].split()): int(m[2]) for m in re.finditer(r"(?m)^(.*?)\s+(\d+) points, 0 broken$", done.stdout)
    }


@traceable
def test_a_kill_before_or_in_any_call_leaves_all_or_nothing(record_property: pytest.RecordProperty) -> None:
    points = campaign()
    record_property("points", points)
    assert points["apply kill -9"] >= 35 and points["restore kill -9"] >= 30 and len(points) == 10


@traceable
@pytest.mark.parametrize("error", ["ENOSPC", "EINVAL"], ids=["disk full", "no exchange of names"])
def test_an_error_of_any_call_is_one_sentence_and_nothing_half_done(error: str) -> None:
    assert campaign("--act", "apply", "--error", error).keys() == {f"apply {error}", f"apply {error} on"}


@pytest.fixture
def cut_off(tmp_path: Path) -> Path:
    """A repository whose three files are written, and the process was killed before it could say so."""
    root = tmp_path / "repository"
    for name, data in OLD.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    command = [sys.executable, "-c", CHILD, str(root), str(tmp_path / "state")]
    assert subprocess.run(command, timeout=60, check=False).returncode == -signal.SIGKILL
    return root


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_kill_loses_no_work_that_somebody_saved_meanwhile(cut_off: Path) -> None:
    (cut_off / "src/a.ts").write_bytes(b"mine\n")
    recovered = Store(cut_off, cut_off.parent / "state").recover()
    assert recovered == Recovery(back=("src/b.ts", "src/new/c.ts"), left=("src/a.ts",))
    assert files(cut_off) == OLD | {"src/a.ts": b"mine\n"}
    assert not (cut_off / "src/new").exists()


def test_a_save_into_a_file_that_a_killed_write_had_put_aside_gets_its_place_back(cut_off: Path) -> None:
    aside = next(path for path in (cut_off / "src").glob(".beai-*~") if path.read_bytes() == OLD["src/a.ts"])
    aside.write_bytes(b"saved by a program that held it open\n")
    assert Store(cut_off, cut_off.parent / "state").recover() == Recovery(("src/b.ts", "src/new/c.ts"), ("src/a.ts",))
    assert files(cut_off) == OLD | {"src/a.ts": b"saved by a program that held it open\n"}


def test_two_saves_that_met_a_killed_write_are_both_kept(cut_off: Path) -> None:
    aside = next(path for path in (cut_off / "src").glob(".beai-*~") if path.read_bytes() == OLD["src/a.ts"])
    aside.write_bytes(b"one\n")
    (cut_off / "src/a.ts").write_bytes(b"two\n")
    recovered = Store(cut_off, cut_off.parent / "state").recover()
    assert isinstance(recovered, Recovery) and len(recovered.kept) == 1
    assert Path(recovered.kept[0]).read_bytes() == b"one\n"
    assert files(cut_off) == OLD | {"src/a.ts": b"two\n"}
