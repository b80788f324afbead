"""What verifying a range came to: each commit with its cases and findings, and what was run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from beai.core.verify.finding import Finding, Level


class Shown(StrEnum):
    """What a replay showed; the value is its word in reports."""

    RED = "red"
    BROKEN = "red when broken"
    NEVER = "never red"
    WRONG = "wrong red"
    UNPROVEN = "unproven"
    GREEN = "green"
    FAILS = "not green"
    UNSEEN = "not replayed"


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """One case of a commit: its test, how it is said to have been seen red, and what the replay showed."""

    case: str
    mark: str
    how: str
    test: str = ""
    path: str = ""
    line: int = 0
    shown: Shown = Shown.UNSEEN
    why: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """One commit that was verified; ``green`` is what running its tests showed, ``ms`` how long it took.

    ``at`` is the first file that it changes, where a finding without a place of its own is shown.
    """

    sha: str
    subject: str
    task: str = ""
    merge: bool = False
    cases: tuple[CaseSeen, ...] = ()
    green: Shown = Shown.UNSEEN
    tests: int = 0
    findings: tuple[Finding, ...] = ()
    ms: float = 0.0
    at: str = ""

    @property
    def worst(self) -> Level | None:
        """The gravest level of what was found and not accepted."""
        return worst(self.findings)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All commits of a range, oldest first. ``runner`` and ``sandbox`` say what ran, ``""`` where nothing did."""

    label: str
    base: str
    head: str
    commits: tuple[Checked, ...]
    runner: str = ""
    sandbox: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the commits."""
        return tuple(one for commit in self.commits for one in commit.findings)

    def count(self, level: Level) -> int:
        """How many findings of this level stand."""
        return sum(one.level is level and not one.accepted for one in self.findings)

    def failed(self, strict: bool) -> bool:
        """Whether the run fails."""
        return self.count(Level.ERROR) > 0 or (strict and self.count(Level.WARNING) > 0)


def worst(findings: Iterable[Finding]) -> Level | None:
    """The gravest level of those that are not accepted."""
    there = {one.level for one in findings if not one.accepted}
    return next((level for level in (Level.ERROR, Level.WARNING, Level.NOTE) if level in there), None)
