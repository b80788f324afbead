"""What each test did in the runs of one session, oldest first; the panel's marks and sparklines are derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from beai.core.runner.report import Report, RunKind, TestKey, TestState

KEPT = 20
"""Runs that are remembered."""
SLOW = 300.0
"""Milliseconds from which on a test counts as slow, as Vitest's ``slowTestThreshold`` has it."""
_ENDED = (TestState.PASS, TestState.FAIL)


@dataclass(frozen=True, slots=True)
class RunMark:
    """One run: its time, its wall milliseconds, and what each test that ran did and took (milliseconds).

    ``changed`` are the paths that had changed since the run before.
    """

    run: int
    at: float
    ms: float
    kind: RunKind
    tests: tuple[tuple[TestKey, TestState, float], ...]
    changed: tuple[str, ...] = ()


def remember(runs: tuple[RunMark, ...], report: Report) -> tuple[RunMark, ...]:
    """``runs`` with ``report`` at the end; only confirmed runs are history, and only the newest are kept."""
    if report.kind is not RunKind.CONFIRMED:
        return runs
    tests = tuple((test.key, test.state, test.ms) for test in report.tests())
    return (*runs, RunMark(report.run, report.at, report.ms, report.kind, tests, report.changed))[-KEPT:]


def flipping(runs: tuple[RunMark, ...]) -> tuple[TestKey, ...]:
    """The tests that passed and failed in runs between which nothing had changed."""
    found: dict[TestKey, None] = {}
    starts = [at for at, run in enumerate(runs) if run.changed or at == 0]
    for start, end in pairwise((*starts, len(runs))):
        if end - start < 2:  # nearly always: each run follows a save, and thousands of tests need not be looked at
            continue
        last: dict[TestKey, TestState] = {}
        for key, state, _ in (test for run in runs[start:end] for test in run.tests):
            if state in _ENDED and last.setdefault(key, state) is not state:
                found[key] = None
                last[key] = state
    return tuple(found)


def slow(report: Report) -> tuple[TestKey, ...]:
    """The tests of ``report`` that took long, the slowest first."""
    taken = sorted((test for test in report.tests() if test.ms >= SLOW), key=lambda test: -test.ms)
    return tuple(test.key for test in taken)
