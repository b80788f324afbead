"""What ``beai test`` tells whoever shows it, as values in the order in which they happen."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.fault import Fault
from beai.core.loop.ports import Started
from beai.core.runner.judge import Verdict
from beai.core.runner.report import Reach, Report, RunKind, TestOutcome


@dataclass(frozen=True, slots=True)
class Warm:
    """The runner is up; ``files`` is how many test files there seem to be, 0 where that is not known."""

    started: Started
    files: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """Files were saved; ``idle`` says why nothing runs for them, ``""`` where something does."""

    paths: tuple[str, ...]
    idle: str = ""


@dataclass(frozen=True, slots=True)
class Began:
    """A run has begun for what ``changed``; ``wanted`` says what was asked for, in a few words."""

    kind: RunKind
    wanted: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """One test has ended."""

    kind: RunKind
    outcome: TestOutcome


@dataclass(frozen=True, slots=True)
class Judged:
    """A run is over: what it ``ran``, everything that is known with it, what that means, and how long it took.

    ``ms`` counts from the save, or from the wish, to the verdict.
    """

    ran: Report
    standing: Report
    verdict: Verdict
    ms: float


@dataclass(frozen=True, slots=True)
class Explained:
    """What a change of ``path`` would run."""

    path: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Noted:
    """One sentence for the person."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Troubled:
    """No verdict, and why."""

    fault: Fault


Told = Warm | Heard | Began | Ended | Judged | Explained | Noted | Troubled
