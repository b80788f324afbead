"""What each test did in the runs of one session, oldest first; the panel's marks and sparklines are derived from it."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.runner.report import Report, RunKind, TestKey, TestState

KEPT = 20
"""Runs that are remembered."""


@dataclass(frozen=True, slots=True)
class RunMark:
    """One run: its time, its wall milliseconds, and what each test that ran did and took (milliseconds)."""

    run: int
    at: float
    ms: float
    kind: RunKind
    tests: tuple[tuple[TestKey, TestState, float], ...]


def remember(runs: tuple[RunMark, ...], report: Report) -> tuple[RunMark, ...]:
    """``runs`` with ``report`` at the end; only confirmed runs are history, and only the newest are kept."""
    if report.kind is not RunKind.CONFIRMED:
        return runs
    tests = tuple((test.key, test.state, test.ms) for test in report.tests())
    return (*runs, RunMark(report.run, report.at, report.ms, report.kind, tests))[-KEPT:]
