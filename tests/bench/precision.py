"""What the checks find in real repositories, counted and sampled, so that a person can judge each finding in its code.

``python -m tests.bench precision [--check ID] [--samples N] DIR…``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

from beai.core.files import DiskTree
from beai.core.project import layout
from beai.core.project.remembered import Remembered
from beai.core.rulebook.checks.registry import CHECKS
from beai.core.rulebook.checks.run import report
from beai.core.rulebook.checks.subject import World
from beai.core.text import one_line

ROOT = Path(__file__).parents[2]
OURS = [ROOT / "core/demo/shop", ROOT / "tests/real/second/app"]


def main(words: list[str]) -> None:
    """Print counts for each check and folder, then samples of each check with the code around them."""
    parser = argparse.ArgumentParser("precision", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=OURS, help="repositories; ours without any")
    parser.add_argument("--check", action="append", default=[], help="only this check; may be given several times")
    parser.add_argument("--samples", type=int, default=3, help="findings of each check that are shown, 0 for none")
    parser.add_argument("--around", type=int, default=2, help="lines of code shown on both sides")
    chosen = parser.parse_args(words)
    found = []
    for folder in chosen.folders:
        tree = Remembered(DiskTree(folder))
        start = time.perf_counter()
        project = layout.read(tree, folder.name)
        read = time.perf_counter()
        made = report(World(tree, project), tree.paths(), only=chosen.check)
        took = time.perf_counter() - read
        print(f"{folder.name}: {made.files} files, {len(made.findings)} findings, {len(made.unread)} unread, ", end="")
        print(f"{took:.2f} s after {read - start:.2f} s of reading the project")
        for one in made.unread:
            print(f"   {one.path}:{one.line} {one.why}")
        found += [(folder, tree, finding) for finding in made.findings]
    for check in CHECKS:
        own = [each for each in found if each[2].check == check.id]
        by_folder = Counter(folder.name for folder, _, _ in own)
        print(f"\n== {check.id}: {len(own)}  {dict(by_folder)}")
        for folder, tree, finding in random.Random(7).sample(own, min(chosen.samples, len(own))):
            print(f"-- {folder.name}/{finding.path}:{finding.line}:{finding.column}  {finding.message}")
            lines = (tree.text(finding.path) or "").split("\n")
            first = max(0, finding.line - 1 - chosen.around)
            for number, line in enumerate(lines[first : finding.line + chosen.around], first + 1):
                print(f"   {number:>5}{'>' if number == finding.line else ' '} {one_line(line, 140) and line[:140]}")


if __name__ == "__main__":
    main(sys.argv[1:])
