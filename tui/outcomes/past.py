"""What the runs of a session did to each test, read once a run, as marks and little graphs."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

from beai.core.runner.history import KEPT, SLOW, RunMark
from beai.core.runner.report import TestKey, TestOutcome, TestState

_BARS = "▁▂▃▄▅▆▇█"
_TIMES, _AT_LEAST = 5, 20.0  # a test this many times slower than it usually is, and no faster than this (ms), is slow
_ENOUGH = 4  # times that a test ran before its median says anything

Ended = tuple[TestState, float]
"""How a test ended in one run, and after how many milliseconds."""


class Past:
    """Follows ``Session.runs``; each run is read once, however often the panel is drawn."""

    def __init__(self) -> None:
        self._read: tuple[RunMark, ...] = ()
        self._trails: dict[TestKey, deque[Ended]] = {}

    def follow(self, runs: tuple[RunMark, ...]) -> None:
        """Read what is new in ``runs``; another session's runs begin anew."""
        if runs is self._read:
            return
        known = next((at for at, run in enumerate(runs, start=1) if self._read and run is self._read[-1]), 0)
        if not known:
            self._trails.clear()
        self._read = runs
        for run in runs[known:]:
            for key, state, ms in run.tests:
                if state in (TestState.PASS, TestState.FAIL):
                    self._trails.setdefault(key, deque(maxlen=KEPT)).append((state, ms))

    def trail(self, key: TestKey) -> Sequence[Ended]:
        """How ``key`` ended in each run that it was part of, oldest first."""
        return self._trails.get(key, ())

    def slow(self, test: TestOutcome) -> bool:
        """Whether ``test`` took long, or far longer than it usually does."""
        if test.ms >= SLOW:
            return True
        usual = [ms for _, ms in self.trail(test.key)]
        return test.ms >= _AT_LEAST and len(usual) >= _ENOUGH and test.ms > _TIMES * median(usual)


def bars(values: Sequence[float]) -> str:
    """One bar for each value, as high as it is beside the highest; nothing for fewer than two."""
    highest = max(values, default=0.0)
    if len(values) < 2 or highest <= 0:
        return ""
    return "".join(_BARS[round(value / highest * (len(_BARS) - 1))] for value in values)
