"""What it costs to apply accepted hunks: 20 edits over 10 files, beside plain writes that are synced one by one.

The baseline does what an editor does for each file, write and fsync(2), with no way back: what is asked of a disk for
less. Both alternate, so that a busy disk is busy for both.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from beai.core.edits.change import Change, Decision, FileChange, Receipt, Verdict
from beai.core.edits.match import file_change
from beai.core.edits.store import Store

BUDGET = 50.0
LINES = 300


def changes(files: int, edits: int, number: int) -> tuple[Change, list[Decision]]:
    """``edits`` edits over ``files`` files, from the text of round ``number`` to that of the next."""
    made: list[FileChange] = []
    for file in range(files):
        own = range(file, edits, files)
        made.append(
            file_change(f"src/part{file % 5}/file{file}.ts", _text(file, own, number), _text(file, own, number + 1))
        )
    change = Change(tuple(made))
    return change, [Decision(hunk.id, Verdict.ACCEPTED) for hunk in change.hunks()]


def _text(file: int, edits: range, number: int) -> str:
    lines = [f"export const value{line} = {file} + {line};\n" for line in range(LINES)]
    for nth, _ in enumerate(edits):
        lines[(nth + 1) * LINES // (len(edits) + 1)] = f"export const changed = {number};\n"
    return "".join(lines)


def main(words: list[str]) -> int:
    """Print the table; 1 where the median is over the budget."""
    parser = argparse.ArgumentParser("applying", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="where to write, instead of the folder for temporary files")
    chosen = parser.parse_args(words)
    rows: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as top:
        for files, edits in ((1, 1), (10, 20), (50, 100)):
            ours, theirs, back = _measured(Path(top) / str(files), files, edits, chosen.rounds)
            for name, times in (("apply", ours), ("plain writes, fsync each", theirs), ("restore", back)):
                rows.append((name, statistics.median(times)))
                worst = statistics.quantiles(times, n=20)[-1]
                print(f"{edits:4} edits, {files:3} files  {name:26} median {rows[-1][1]:7.1f} ms   p95 {worst:7.1f} ms")
        old, new = _history(Path(top) / "history", 1000)
        print(f"with {1000:,} writes in the books: a first look {old:.1f} ms, an apply after it {new:.1f} ms")
    return 1 if rows[3][1] > BUDGET else 0


def _measured(top: Path, files: int, edits: int, rounds: int) -> tuple[list[float], list[float], list[float]]:
    root, plain = top / "repository", top / "plain"
    for file in changes(files, edits, 0)[0].files:
        for folder in (root, plain):
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.path).write_text(file.before or "")
    store = Store(root, top / "state")
    ours, theirs, back = list[float](), list[float](), list[float]()
    for number in range(rounds):
        change, decisions = changes(files, edits, number)
        receipts: list[object] = []
        ours.append(_timed(lambda: receipts.append(store.apply(change, decisions))))  # noqa: B023 - called at once
        theirs.append(_timed(lambda: _plainly(plain, change)))  # noqa: B023
        receipt = receipts[0]
        assert isinstance(receipt, Receipt), receipt
        back.append(_timed(lambda: store.restore((receipt,))))  # noqa: B023
        assert isinstance(store.redo(receipt), Receipt)
    return ours, theirs, back


def _plainly(folder: Path, change: Change) -> None:
    for file in change.files:
        with (folder / file.path).open("w") as opened:
            opened.write(file.after or "")
            opened.flush()
            os.fsync(opened.fileno())


def _history(top: Path, writes: int) -> tuple[float, float]:
    (top / "repository").mkdir(parents=True)
    (top / "repository/a.ts").write_text("0\n")
    store = Store(top / "repository", top / "state")
    for number in range(writes):
        change = Change((file_change("a.ts", f"{number}\n", f"{number + 1}\n"),))
        assert isinstance(store.apply(change, [Decision("a.ts#1", Verdict.ACCEPTED)]), Receipt)
    fresh = Store(top / "repository", top / "state")
    first = _timed(fresh.history)
    change = Change((file_change("a.ts", f"{writes}\n", "end\n"),))
    return first, _timed(lambda: fresh.apply(change, [Decision("a.ts#1", Verdict.ACCEPTED)]))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
