"""A test case of the task with what was observed of it: seen red, seen green, proven, kept, or left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.runner.report import TestKey
from beai.core.suggest.exchange import CaseIdea


class CaseState(StrEnum):
    """How far a case is. PROVEN and KEPT passed at once: PROVEN was seen red with the code broken, KEPT was not."""

    OPEN = "open"
    RED = "red"
    GREEN = "green"
    PROVEN = "proven"
    KEPT = "kept"
    SKIPPED = "skipped"

    @property
    def settled(self) -> bool:
        """Whether the loop has nothing more to do for such a case."""
        return self not in (CaseState.OPEN, CaseState.RED)


@dataclass(frozen=True, slots=True)
class Proof:
    """One observation of ours: what run ``run`` showed at ``at`` (seconds since the epoch).

    ``tree`` is the fingerprint of what this task had written by then (``record/trailers``).
    """

    run: int
    at: float
    message: str
    tree: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A test case with what was observed of it; ``waiver`` is the person's reason where a step was left out.

    ``mark`` is that of its test as the last judged run saw it (``edits/tamper/marks``).
    """

    id: str
    idea: CaseIdea
    approved: bool = True
    state: CaseState = CaseState.OPEN
    test: TestKey | None = None
    red: Proof | None = None
    green: Proof | None = None
    waiver: str = ""
    mark: str = ""
