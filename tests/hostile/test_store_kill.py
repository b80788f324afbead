"""``kill -9`` at every single write step: after the next start it is all of the change or none of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from beai.core.edits.store import Recovery, Store

OLD = {"src/a.ts": b"a1\na2\n", "src/b.ts": b"b1\r\nb2\r\n"}
NEW = {"src/a.ts": b"a1\nA2\n", "src/b.ts": b"B1\r\nb2\r\n", "src/new/c.ts": b"c\n"}
STEPS = 9
"""plan, folder, three temps, three renames, commit."""

CHILD = """
import os, signal, sys
from pathlib import Path
from beai.core.edits.change import Change, Decision, Receipt, Verdict
from beai.core.edits.match import file_change
from beai.core.edits.store import Store

root, state, act, at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
steps = []

def step(word):
    steps.append(word)
    if len(steps) == at:
        os.kill(os.getpid(), signal.SIGKILL)

change = Change((
    file_change("src/a.ts", "a1\\na2\\n", "a1\\nA2\\n"),
    file_change("src/b.ts", "b1\\r\\nb2\\r\\n", "B1\\r\\nb2\\r\\n"),
    file_change("src/new/c.ts", None, "c\\n"),
))
decisions = [Decision(hunk.id, Verdict.ACCEPTED) for hunk in change.hunks()]
killed = Store(root, state, step)
match act:
    case "apply":
        outcome = killed.apply(change, decisions)
    case "restore":
        outcome = killed.restore((Store(root, state).apply(change, decisions),))
    case "restore two":
        first = Store(root, state).apply(change, decisions)
        again = Change((file_change("src/a.ts", "a1\\nA2\\n", "A1\\nA2\\n"),))
        second = Store(root, state).apply(again, [Decision(hunk.id, Verdict.ACCEPTED) for hunk in again.hunks()])
        outcome = killed.restore((first, second))
    case "probe":
        outcome = killed.overwrite("src/a.ts", "broken\\n")
    case "adopt":
        head = (root / "src/a.ts").read_bytes()
        (root / "src/a.ts").write_bytes(b"by hand\\n")
        outcome = killed.adopt("", {"src/a.ts": head}, ())
    case "remember":
        outcome = killed.remember("", ("src/a.ts",))
    case "recover":
        outcome = killed.recover()
print(type(outcome).__name__, len(steps))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for name, data in OLD.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def run(root: Path, act: str, at: int) -> tuple[int, str]:
    command = [sys.executable, "-c", CHILD, str(root), str(root.parent / "state"), act, str(at)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout.strip()


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("at", range(1, STEPS + 1))
def test_an_apply_killed_at_any_step_is_wholly_undone(root: Path, at: int) -> None:
    assert run(root, "apply", at)[0] == -signal.SIGKILL
    store = Store(root, root.parent / "state")
    assert isinstance(store.recover(), Recovery)
    assert files(root) == OLD
    assert not (root / "src/new").exists()
    assert store.recover() == Recovery()
    assert run(root, "apply", 0) == (0, f"Receipt {STEPS}")
    assert files(root) == NEW


@pytest.mark.parametrize("at", range(1, 8))
def test_a_restore_killed_at_any_step_leaves_the_change_whole(root: Path, at: int) -> None:
    assert run(root, "restore", at)[0] == -signal.SIGKILL
    assert isinstance(Store(root, root.parent / "state").recover(), Recovery)
    assert files(root) == NEW
    assert run(root, "restore", 0) == (0, "tuple 7")
    assert files(root) == OLD


@pytest.mark.parametrize("at", range(1, 8))
def test_a_restore_of_two_writes_killed_at_any_step_leaves_both(root: Path, at: int) -> None:
    assert run(root, "restore two", at)[0] == -signal.SIGKILL
    assert isinstance(Store(root, root.parent / "state").recover(), Recovery)
    assert files(root) == NEW | {"src/a.ts": b"A1\nA2\n"}


def test_two_writes_are_restored_at_once(root: Path) -> None:
    assert run(root, "restore two", 0) == (0, "tuple 7")
    assert files(root) == OLD


@pytest.mark.parametrize("at", range(1, 5))
def test_a_probe_killed_at_any_step_or_after_is_undone(root: Path, at: int) -> None:
    assert run(root, "probe", at)[0] == -signal.SIGKILL
    assert isinstance(Store(root, root.parent / "state").recover(), Recovery)
    assert files(root) == OLD


@pytest.mark.parametrize(("act", "left"), [("adopt", b"by hand\n"), ("remember", OLD["src/a.ts"])])
@pytest.mark.parametrize("at", [1, 2])
def test_taking_note_of_a_persons_file_killed_at_any_step_leaves_it_alone(
    root: Path, act: str, left: bytes, at: int
) -> None:
    assert run(root, act, at)[0] == -signal.SIGKILL
    (root / "src/b.ts").write_bytes(b"mine\n")
    assert Store(root, root.parent / "state").recover() == Recovery()
    assert files(root) == {"src/a.ts": left, "src/b.ts": b"mine\n"}


@pytest.mark.parametrize("at", [1, 2])
def test_a_recovery_killed_half_way_is_finished_by_the_next(root: Path, at: int) -> None:
    run(root, "apply", 9)
    assert run(root, "recover", at)[0] == -signal.SIGKILL
    assert isinstance(Store(root, root.parent / "state").recover(), Recovery)
    assert files(root) == OLD


def test_a_kill_loses_no_work_that_somebody_saved_meanwhile(root: Path) -> None:
    run(root, "apply", 8)
    (root / "src/a.ts").write_bytes(b"mine\n")
    recovered = Store(root, root.parent / "state").recover()
    assert recovered == Recovery(back=("src/b.ts", "src/new/c.ts"), left=("src/a.ts",))
    assert files(root) == OLD | {"src/a.ts": b"mine\n"}
