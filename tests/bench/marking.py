"""What a mark in a review costs: ``python -m tests.bench marking [--cases N] [--seed N]``.

Without ``--cases``: milliseconds of each act in a change of 1,000 hunks and 10,000 changed lines, of taking acts back
before and after a save, and of the save; 1 if one takes longer than promised. The clock counts what else the machine
does meanwhile, the processor does not: it is what is judged. With ``--cases``: each property of a review tried on that
many made-up reviews, saves and acts; one that does not hold raises what it found.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from beai.core.edits.change import Change, Comment, Decision, FileChange, Side, Verdict
from beai.core.edits.diff.hunks import hunks
from beai.core.edits.match import digest
from beai.core.edits.review import Review, comment, judge, judge_file, undo
from beai.core.edits.review.rebase import rebase
from beai.core.edits.review.split import split
from tests.core import test_review as properties

PATH = "src/a.ts"
HUNKS, LINES, APART = 1_000, 5, 20
JUDGED, SPLIT, SAID = 300, 200, 200
MOST = {"judge the file": 5.0, "a save": 20.0, "undo, after a save": 20.0}
"""The milliseconds that are promised where they are more than those of an act."""
ACT = 2.0
ROUNDS = 5

TRIED: dict[str, tuple[Callable[..., None], tuple[st.SearchStrategy[object], ...]]] = {
    "split, decided, taken back": (
        properties.test_whatever_is_split_and_decided_the_parts_are_the_change_and_undo_leads_back,
        (properties.texts, properties.texts, properties.acts),
    ),
    "carried over to a save": (
        properties.test_a_rebase_is_a_merge_of_three_by_whole_lines,
        (properties.texts, properties.texts, properties.texts),
    ),
    "saves between the acts": (
        properties.test_saves_between_the_acts_lose_no_undecided_hunk_and_no_undo_brings_an_old_text_back,
        (properties.texts, properties.texts, properties.acts, st.lists(properties.texts, min_size=1, max_size=3)),
    ),
}


@dataclass(slots=True)
class Reviewer:
    """A person at a review, with a stopwatch."""

    review: Review
    spent: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def does(self, name: str, act: Callable[[Review], Review]) -> None:
        """One act, and what a screen asks of the review after it."""
        clock, processor = time.perf_counter(), time.process_time()
        self.review = act(self.review)
        self.review.undecided()
        self.review.findings()
        self.review.comments_of(f"{PATH}#1")
        spent = time.perf_counter() - clock, time.process_time() - processor
        self.spent.setdefault(name, []).append((spent[0] * 1_000, spent[1] * 1_000))


def before() -> str:
    """The file as it was."""
    return "".join(f"line {at} of something long enough to be code();\n" for at in range(HUNKS * APART))


def begun() -> Review:
    """A review of a change of that many hunks."""
    rows = before().splitlines(keepends=True)
    for hunk in range(HUNKS):
        for line in range(LINES):
            rows[hunk * APART + line] = f"new {hunk} {line}\n"
    text, after = before(), "".join(rows)
    return Review(Change((FileChange(PATH, text, after, digest(text), hunks(PATH, text, after)),)))


def marked(reviewer: Reviewer) -> None:
    """Verdicts, splits and comments, as many as can be taken back and more."""
    for at in range(JUDGED):
        decision = Decision(f"{PATH}#{at + 1}", Verdict.ACCEPTED)
        reviewer.does("judge", lambda review: judge(review, decision))  # noqa: B023
    for at in range(SPLIT):
        reviewer.does("split", lambda review: split(review, f"{PATH}#{at + JUDGED + 1}", (0, 2), (0, 2)))  # noqa: B023
    for at in range(SAID):
        said = Comment(f"{PATH}#{at + JUDGED + SPLIT + 1}", "hm", Side.NEW, 1)
        reviewer.does("comment", lambda review: comment(review, said))  # noqa: B023


def measured() -> Reviewer:
    """All that is promised, several times over."""
    reviewer = Reviewer(begun())
    for number in range(ROUNDS):
        reviewer.review = begun()
        marked(reviewer)
        full = reviewer.review
        for _ in range(ROUNDS):
            reviewer.does("judge the file", lambda review: judge_file(review, PATH, Verdict.ACCEPTED)[0])
            reviewer.does("undo", undo)
        while reviewer.review.past:
            reviewer.does("undo", undo)
        reviewer.review = full
        saved = f"// {number}\n" + before().replace("line 105 ", "LINE 105 ")
        reviewer.does("a save", lambda review: rebase(review, PATH, saved, digest(saved)))  # noqa: B023
        for _ in range(SAID + 40):
            reviewer.does("undo, after a save", undo)
    return reviewer


def kept() -> float:
    """MiB that a review holds with all that can be taken back."""
    tracemalloc.start()
    reviewer = Reviewer(begun())
    at_first = tracemalloc.get_traced_memory()[0]
    marked(reviewer)
    held = tracemalloc.get_traced_memory()[0] - at_first
    tracemalloc.stop()
    return held / 2**20


def timed() -> int:
    """Print a row for each act; 1 if one takes longer than promised."""
    late = False
    print(f"{'ms':20} {'times':>6} {'p50':>7} {'p99':>7} {'p99 of the processor':>21} {'most':>6}")
    for name, spent in measured().spent.items():
        clock, processor = (sorted(column) for column in zip(*spent, strict=True))
        most = MOST.get(name, ACT)
        worst = processor[int(len(processor) * 0.99)]
        late |= worst > most
        row = f"{name:20} {len(clock):6,} {clock[len(clock) // 2]:7.2f} {clock[int(len(clock) * 0.99)]:7.2f}"
        print(f"{row} {worst:21.2f} {most:6.1f}{'  TOO LATE' if worst > most else ''}")
    print(f"\n{kept():.1f} MiB are held for {JUDGED + SPLIT + SAID} acts")
    return int(late)


def tried(cases: int, number: int) -> int:
    """Print a row for each property; one that does not hold raises what it found."""
    for name, (test, strategies) in TRIED.items():
        inner = test.hypothesis.inner_test  # type: ignore[attr-defined]
        long = settings(max_examples=cases, deadline=None, database=None)(seed(number)(given(*strategies)(inner)))
        began = time.perf_counter()
        long()
        print(f"{name:28} {cases:8,} cases {time.perf_counter() - began:7.1f} s  held", flush=True)
    return 0


def main(words: list[str]) -> int:
    """Time the acts, or try the properties."""
    options = argparse.ArgumentParser(prog="python -m tests.bench marking", description=__doc__)
    options.add_argument("--cases", type=int, default=0, help="try the properties instead, on that many cases each")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args(words)
    return tried(chosen.cases, chosen.seed) if chosen.cases else timed()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
