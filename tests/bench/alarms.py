"""What the words for tampering say of changes that people really made to tests, drawn from the history of repositories.

``python -m tests.bench alarms [--half working|held] [--draw N] [--every] [--show] GIT_DIR…``. Changes that call
themselves refactorings, style, renames, formatting, types or chores are drawn (with ``--every``: any), at most two of
one commit, and halved by commit: what a detector is mended by is one half, what it is measured by is the other.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from beai.core.edits.tamper import words_for
from beai.core.text import one_line

_TESTS = ("*.test.ts", "*.test.tsx", "*.spec.ts", "*.spec.tsx")
_HONEST = re.compile(
    r"^(?:refactor|style|chore|types?|format|lint|rename|cleanup|build|deps)\b"
    r"|\b(?:refactor\w*|renam\w+|format(?:ted|ting)?|prettier|eslint|biome|lint\w*|clean ?up)\b"
    r"|\b(?:move[sd]?|reorgani[sz]\w+|typings?)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"^(?:feat|fix|perf|revert|test)\b", re.IGNORECASE)
_OF_ONE_COMMIT = 2


@dataclass(frozen=True, slots=True)
class Drawn:
    """One changed test file of one commit."""

    repository: Path
    commit: str
    subject: str
    was: str
    path: str

    @property
    def name(self) -> str:
        """Where to look it up."""
        return f"{self.repository.parent.name}@{self.commit[:10]}:{self.path}"

    def texts(self) -> tuple[str, str]:
        """The file before and after."""
        return self._text(f"{self.commit}^:{self.was}"), self._text(f"{self.commit}:{self.path}")

    def _text(self, of: str) -> str:
        made = subprocess.run(["git", "--git-dir", self.repository, "show", of], capture_output=True, timeout=60)
        return made.stdout.decode("utf-8", "surrogateescape")


def main(words: list[str]) -> None:
    """Draw, ask, and print what is told of each; then the count by repository and by the first words."""
    parser = argparse.ArgumentParser("alarms", description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path, help="git directories, with their history")
    parser.add_argument("--half", choices=("working", "held"), default="working")
    parser.add_argument("--draw", type=int, default=600, help="changes that are drawn over both halves")
    parser.add_argument("--every", action="store_true", help="any change, whatever its commit calls itself")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--show", action="store_true", help="the difference of each change that is told of")
    parser.add_argument("--only", default="", help="only changes whose name holds this")
    chosen = parser.parse_args(words)
    found = [one for folder in chosen.repositories for one in _changes(folder, chosen.every)]
    drawn = [one for one in _half(found, chosen) if chosen.only in one.name]
    told: Counter[str] = Counter()
    all_of = Counter(one.repository.parent.name for one in drawn)
    start = time.process_time()
    by_words: Counter[str] = Counter()
    for one in drawn:
        before, after = one.texts()
        said = words_for(one.path, before, after, {}) if before and after else ()
        if not said:
            continue
        told[one.repository.parent.name] += 1
        by_words.update({" ".join(each.words.split()[:3]) for each in said})
        print(f"\n{one.name}\n   {one_line(one.subject, 100)[:100]}")
        for each in said[:12]:
            print(f"   ! {each.words}   {each.old} {each.new}")
        if chosen.show:
            sys.stdout.writelines(unified_diff(before.splitlines(True), after.splitlines(True), n=2))
    took = time.process_time() - start
    print(f"\n{sum(told.values())} of {len(drawn)} changes are told of ({len(found)} to draw from, {took:.1f} s)")
    for name, number in all_of.most_common():
        print(f"   {told[name]:4} of {number:4} {name}")
    for name, number in by_words.most_common():
        print(f"   {number:4} {name}")


def _half(found: list[Drawn], chosen: argparse.Namespace) -> list[Drawn]:
    """The half that was asked for: commits in a drawn order, each wholly in one half."""
    by_commit: dict[str, list[Drawn]] = {}
    for one in found:
        by_commit.setdefault(one.commit, []).append(one)
    chance = random.Random(chosen.seed)
    commits = sorted(by_commit)
    chance.shuffle(commits)
    halves: tuple[list[Drawn], list[Drawn]] = ([], [])
    for at, commit in enumerate(commits):
        each = sorted(by_commit[commit], key=lambda one: one.path)
        halves[at % 2].extend(chance.sample(each, min(_OF_ONE_COMMIT, len(each))))
    return halves[chosen.half == "held"][: chosen.draw // 2]


def _changes(folder: Path, every: bool) -> Iterator[Drawn]:
    """The test files that commits change or move."""
    command = ["git", "--git-dir", folder, "log", "--no-merges", "--diff-filter=MR", "-M60%", "--name-status"]
    made = subprocess.run([*command, "--format=%x01%H %s", "--", *_TESTS], capture_output=True, timeout=300)
    for part in made.stdout.decode("utf-8", "replace").split("\x01")[1:]:
        head, *rows = part.strip().split("\n")
        commit, _, subject = head.partition(" ")
        if not every and (_OTHER.match(subject) or not _HONEST.search(subject)):
            continue
        for row in rows:
            status, *paths = row.split("\t")
            if status[:1] == "M" or (status[:1] == "R" and len(paths) == 2):
                yield Drawn(folder, commit, subject, paths[0], paths[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
