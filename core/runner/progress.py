"""What a run under way has shown so far, in a size that does not grow with the run."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.runner.report import TestOutcome, TestState

FAILED, RECENT = 50, 40
"""Failing tests, and others, that are kept whole; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many tests have ended and how many of them failed; the first that failed, and the last of the others."""

    ended: int = 0
    failing: int = 0
    failed: tuple[TestOutcome, ...] = ()
    recent: tuple[TestOutcome, ...] = ()

    def after(self, outcome: TestOutcome) -> Progress:
        """One more test has ended."""
        if outcome.state is not TestState.FAIL:
            return Progress(self.ended + 1, self.failing, self.failed, (*self.recent[1 - RECENT :], outcome))
        failed = self.failed if len(self.failed) >= FAILED else (*self.failed, outcome)
        return Progress(self.ended + 1, self.failing + 1, failed, self.recent)
