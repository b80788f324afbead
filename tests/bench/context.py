"""What the map of a repository costs: from nothing, from the cache on disk, and after an edit, against its size.

Run ``python -m tests.bench context [--files N …] [--repository FOLDER]``. The backends are made up (``backends``);
``--repository`` reads a real one, without edits, instead. Times are of the whole reading of the map: listing, schema,
routers, tests. CPU time stands beside wall time, since a busy machine only stretches the latter.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from beai.core.files import DiskTree
from beai.core.project.facts import Project
from beai.core.project.layout import read
from beai.core.project.recall import Recall
from beai.core.recalled import Kept
from tests.bench.backends import backend

SIZES = (200, 2_000, 20_000)
TARGETS = {"cold": 2_000.0, "a router": 50.0, "a shared module": 50.0, "a new file": 50.0, "a deleted file": 50.0}
_ROUNDS = 5
_LATER = 10**10  # nanoseconds: files that were written just now count as settled
_ROUTER = "src/server/api/routers/group0/thing{}.ts"
_SHARED = "src/lib/group0/shared{}a.ts"
_INIT = "src/server/api/trpc.ts"
_NEW = "src/lib/group0/new{}.ts"

Cost = tuple[float, float]


class Reader:
    """Reads one repository again and again, as the app does."""

    def __init__(self, root: Path, recall: Recall) -> None:
        self._disk, self._recall = DiskTree(root, now=lambda: time.time_ns() + _LATER), recall

    def read(self) -> tuple[Project, Cost]:
        """The project, and what it cost: milliseconds of wall and of CPU time."""
        wall, cpu = time.perf_counter(), time.process_time()
        self._disk.refresh()
        found = read(self._disk, "made", self._recall)
        return found, ((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


def measured(root: Path, edits: bool) -> dict[str, object]:
    """Everything about one repository, in a process of its own."""
    recall = Recall()
    reader = Reader(root, recall)
    before = _memory()
    project, cold = reader.read()
    with tempfile.TemporaryDirectory() as folder:
        kept = Kept(root, Path(folder))
        kept.save(recall)
        found: dict[str, Cost] = {"cold": cold, "kept on disk": _from_disk(root, kept)}
    found |= {"unchanged": _median(lambda _: reader.read()[1])}
    for label, path, change in _EDITS if edits else ():
        found[label] = _median(lambda n, path=path, change=change: _edited(reader, root, path.format(n), change))
    counts = [sum(len(router.procedures) for router in project.api.routers), len(project.api.routers)]
    return {"costs": found, "counts": counts, "memory": [before, _memory()]}


def _from_disk(root: Path, kept: Kept) -> Cost:
    """What a command costs that finds the answers of an earlier one: loading them, and reading."""
    wall, cpu = time.perf_counter(), time.process_time()
    _, (read_wall, read_cpu) = Reader(root, recall := kept.load()).read()
    assert recall.answers
    return max(read_wall, (time.perf_counter() - wall) * 1000), max(read_cpu, (time.process_time() - cpu) * 1000)


def _edited(reader: Reader, root: Path, path: str, change: Callable[[str], str] | None) -> Cost:
    """What the reading after an edit costs; without ``change`` the file is new, or deleted if it is there."""
    file = root / path
    if change is not None:
        file.write_text(change(file.read_text()))
    elif file.exists():
        file.unlink()
    else:
        file.write_text("export const more = 1;\n")
    return reader.read()[1]


_EDITS: tuple[tuple[str, str, Callable[[str], str] | None], ...] = (
    ("a router", _ROUTER, lambda text: text.replace("take: take + 1", "take: 1 + take", 1)),
    ("a shared module", _SHARED, lambda text: text.replace("Math.min(high", "Math.min(+high", 1)),
    ("a new file", _NEW, None),
    ("a deleted file", _NEW, None),
    ("the init file", _INIT, lambda text: text + "// one more line\n"),
)


def _median(measure: Callable[[int], Cost]) -> Cost:
    costs = [measure(number) for number in range(_ROUNDS)]
    return statistics.median(wall for wall, _ in costs), statistics.median(cpu for _, cpu in costs)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def made(files: int) -> Iterator[Path]:
    """A backend of about ``files`` files, tracked by git."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in backend(files):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        for words in (("init", "-q"), ("add", "-A")):
            subprocess.run(["git", *words], cwd=root, check=True)
        yield root


def told(root: Path, edits: bool) -> dict[str, dict[str, Cost]]:
    """``measured`` in a process of its own, so that memory is that of this repository alone."""
    words = [sys.executable, "-m", "tests.bench.context", "--measure", str(root), *(["--edits"] if edits else [])]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found: dict[str, dict[str, Cost]] = json.loads(done.stdout)
    return found


def exponent(points: list[tuple[int, float]]) -> float:
    """The slope of time against size, both as logarithms: 1 is in proportion."""
    (small, low), (large, high) = points[0], points[-1]
    return math.log(high / low) / math.log(large / small)


def table(sizes: tuple[int, ...]) -> None:
    """Print a row for each thing measured, a column for each size, and how it grows."""
    rows: dict[str, list[tuple[int, Cost]]] = {}
    for size in sizes:
        with made(size) as root:
            found = told(root, True)
        for label, cost in found["costs"].items():
            rows.setdefault(label, []).append((size, cost))
        before, after = found["memory"]
        print(f"{size:6} files: {found['counts'][0]} procedures, peak {after:.0f} MiB, {after - before:.0f} of it here")
    print(f"\n{'wall (CPU) ms':17}" + "".join(f"{size:>20,}" for size in sizes) + "   growth  target at 2,000")
    for label, costs in rows.items():
        cells = "".join(f"{wall:11.0f} ({cpu:6.0f})" for _, (wall, cpu) in costs)
        grown = exponent([(size, cpu) for size, (_, cpu) in costs]) if len(costs) > 1 else 0.0
        print(f"{label:17}{cells}   n^{grown:.2f}  {TARGETS.get(label, 0) or '':>6}")


def main() -> None:
    """Print the table, or what one repository costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=SIZES, help="sizes of the backends")
    parser.add_argument("--repository", type=Path, help="a real repository, read without edits")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--edits", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measured(given.measure, given.edits)))
    elif given.repository:
        print(json.dumps(told(given.repository, False), indent=1))
    else:
        table(tuple(given.files))


if __name__ == "__main__":
    main()
