"""What ``beai verify`` finds: in the made-up history of cheats, run and read, and in parts of public histories, read.

``python -m tests.bench verify [--read] [--public [--commits N] [--skip N] [--show] GIT_DIR…]``. Nobody cheated in the
public ones, as far as anyone knows, so that what is found there by error or warning is an alarm; that code carries no
evidence is told apart.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from pathlib import Path

from beai.core.fault import Fault
from beai.core.git_query import ask_git
from beai.core.verify.finding import Finding, Level
from beai.core.verify.history import History
from beai.core.verify.outcome import Outcome
from beai.core.verify.span import Span
from beai.core.verify.verifying import Wanted, verify


def main() -> None:
    """The figures that are asked for."""
    parser = argparse.ArgumentParser("verify", description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path, help="git directories, with their history")
    parser.add_argument("--public", action="store_true", help="read parts of public histories")
    parser.add_argument("--commits", type=int, default=200, help="of each history")
    parser.add_argument("--skip", type=int, default=0, help="the newest that are left out")
    parser.add_argument("--show", action="store_true", help="each alarm")
    chosen = parser.parse_args()
    for folder in chosen.repositories:
        _public(folder, chosen)


def _public(folder: Path, chosen: argparse.Namespace) -> None:
    history = History(folder)
    words = ("rev-list", "--reverse", "--topo-order", f"--max-count={chosen.commits}", f"--skip={chosen.skip}", "HEAD")
    said = ask_git(folder, *words, patience=60)
    commits = tuple(said.decode().split()) if isinstance(said, bytes) else ()
    began = time.perf_counter()
    outcome = asyncio.run(verify(history, Span("part", "", commits[-1], commits), Wanted()))
    took = time.perf_counter() - began
    history.close()
    assert not isinstance(outcome, Fault), outcome
    _tell(folder.parent.name, outcome, took, chosen.show)


def _tell(name: str, outcome: Outcome, took: float, show: bool) -> None:
    alarms = [one for one in outcome.findings if one.rule != "no-evidence" and one.level is not Level.NOTE]
    wrong = {one.commit for one in alarms if one.level is Level.ERROR}
    loud = {one.commit for one in alarms}
    count = len(outcome.commits)
    print(
        f"{name:45} {count:4} commits  {100 * len(wrong) / count:5.1f} with errors, {100 * len(loud) / count:5.1f} with"
        f" errors or warnings of 100  {1000 * took / count:6.1f} ms each,"
        f" slowest {max(one.ms for one in outcome.commits):.0f} ms"
    )
    print("      ", ", ".join(f"{rule} {number}" for rule, number in Counter(one.rule for one in alarms).most_common()))
    for one in alarms if show else ():
        print(f"    {one.commit[:10]} {one.level:7} {one.rule} {_place(one)} {one.message}")


def _place(one: Finding) -> str:
    return f"{one.path}:{one.line}" if one.line else one.path


if __name__ == "__main__":
    main()
