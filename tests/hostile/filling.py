"""A disk that is really full, or read-only: nothing is lost, and one sentence says so.

``python -m tests.hostile.filling FOLDER`` wants a small file system of its own at FOLDER, as ``in_small_disk`` mounts
one, and prints how many levels of fullness were tried, and every broken promise.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from beai.core.edits.store import Store
from beai.core.fault import Fault, FaultKind
from beai.core.loop.events.deeds import Opened
from beai.core.loop.journal import Journal
from tests.hostile.killing import AFTER, BEFORE, CHANGE, YES, receipts_of, tree

PAGE = 4096
ROOT = Path(__file__).parents[2]


def in_small_disk(folder: Path) -> subprocess.CompletedProcess[str] | str:
    """Run this module in a tmpfs of half a megabyte, in namespaces of its own; or why that cannot be."""
    if shutil.which("unshare") is None:
        return "there is no unshare(1) here"
    mount = f"mount -t tmpfs -o size=512k none {shlex.quote(str(folder))}"
    probe = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount], capture_output=True, text=True, timeout=30, check=False
    )
    if probe.returncode != 0:
        return f"no file system can be mounted here: {probe.stderr.strip()}"
    command = f"{mount} && exec {shlex.quote(sys.executable)} -m tests.hostile.filling {shlex.quote(str(folder))}"
    whole = ["unshare", "-rm", "sh", "-c", command]
    return subprocess.run(whole, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)


def fill(folder: Path, left: int) -> None:
    """Leave ``left`` pages."""
    space = os.statvfs(folder)
    with (folder / "ballast").open("wb", buffering=0) as file:
        file.write(b"\0" * max(0, (space.f_bavail - left) * space.f_frsize))


def empty(folder: Path) -> None:
    """Make room again."""
    (folder / "ballast").unlink(missing_ok=True)


def applied(top: Path, left: int) -> tuple[bool, str]:
    """Apply with ``left`` pages free, then with room, then take it back: whether it fitted, and what was wrong."""
    for name, data in BEFORE.items():
        (top / "repository" / name).parent.mkdir(parents=True, exist_ok=True)
        (top / "repository" / name).write_bytes(data)
    store = Store(top / "repository", top / "state")
    fill(top, left)
    outcome, now = store.apply(CHANGE, YES), tree(top)
    empty(top)
    fitted = not isinstance(outcome, Fault)
    if fitted != (now == AFTER) or (not fitted and now != BEFORE):
        return fitted, f"{outcome} and {now}"
    if isinstance(outcome, Fault) and (outcome.kind is not FaultKind.DISK or "the disk is full" not in outcome.summary):
        return fitted, f"it says: {outcome.sentence()}"
    if isinstance(again := store.apply(CHANGE, YES), Fault) or tree(top) != AFTER:
        return fitted, f"with room: {again}"
    fill(top, left)
    back, now = store.restore(receipts_of(store)), tree(top)
    empty(top)
    if now != (AFTER if isinstance(back, Fault) else BEFORE):
        return fitted, f"restored: {back} and {now}"
    return fitted, ""


def journalled(top: Path, left: int) -> tuple[bool, str]:
    """Append until the disk is full: the fault is one sentence, what was taken is there, and it goes on with room."""
    journal = Journal.open(top / "state")
    if isinstance(journal, Fault):
        return False, f"cannot begin: {journal}"
    journal.begin(1.0)
    fill(top, left)
    taken, fault = 0, None
    while fault is None and taken < 500:
        fault = journal.append(Opened(f"BE-{taken}", "x" * 2000, "nonce"), 1.0)
        taken += fault is None
    empty(top)
    wrong = "" if fault is not None and "\n" not in fault.sentence() else f"no fault, or a long one: {fault}"
    if journal.append(Opened("last", "x", "nonce"), 1.0) is not None:
        wrong = wrong or "it does not go on with room"
    entries = journal.entries()
    if isinstance(entries, Fault) or [one.event.task_id for one in entries] != [
        *(f"BE-{n}" for n in range(taken)),
        "last",
    ]:  # type: ignore[attr-defined]
        wrong = wrong or f"entries are not those {taken} that were taken"
    journal.close()
    return fault is None, wrong


def read_only(top: Path) -> str:
    """What is wrong where the whole file system can only be read."""
    (top / "repository/src").mkdir(parents=True)
    for name, data in BEFORE.items():
        (top / "repository" / name).write_bytes(data)
    done = subprocess.run(
        ["mount", "-o", "remount,ro", str(top)], capture_output=True, text=True, timeout=30, check=False
    )
    if done.returncode != 0:
        return f"cannot remount: {done.stderr}"
    fault = Store(top / "repository", top / "state").apply(CHANGE, YES)
    if not isinstance(fault, Fault) or "read-only" not in fault.summary or tree(top) != BEFORE:
        return f"{fault} and {tree(top)}"
    return ""


def main(words: list[str]) -> int:
    """Print what was found; 1 where a promise is broken."""
    (folder,) = map(Path, words)
    tries: dict[str, Callable[[Path, int], tuple[bool, str]]] = {"apply and restore": applied, "journal": journalled}
    broken = 0
    for name, attempt in tries.items():
        found = []
        for left in range(24):
            found.append(attempt(folder, left))
            for entry in folder.iterdir():
                shutil.rmtree(entry)
        wrong = [f"    {left} pages free: {what}" for left, (_, what) in enumerate(found) if what]
        broken += len(wrong)
        full = sum(not fitted for fitted, _ in found)
        sys.stdout.write(f"{name}: {len(found)} levels, {full} of them too full, {len(wrong)} broken\n")
        sys.stdout.writelines(f"{line}\n" for line in wrong)
    if what := read_only(folder):
        sys.stdout.write(f"read-only: {what}\n")
    return 1 if broken or what else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
