"""What happened in a task beside its cases, kept so that the record can tell it: tries that did not do it."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.record.work import CaseFact


@dataclass(frozen=True, slots=True)
class Struggle:
    """One try at a step that did not do it: ``said`` is what our own run showed, or why the suggester doubted.

    ``step`` names the step in words, ``run`` is the run that showed it, 0 where none did.
    """

    case: str
    step: str
    attempt: int
    said: str
    run: int = 0
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Why:
    """What one new ``line`` of ``file`` rests on, in words; ``""`` for the line means all of the file."""

    file: str
    line: str
    words: str


@dataclass(frozen=True, slots=True)
class Story:
    """The facts of a task that is recorded: its cases with their proofs, the last whole run, tries that failed.

    ``runner`` is what ran the tests, by its own name; ``run`` and ``at`` are those of the last confirmed run.
    """

    cases: tuple[CaseFact, ...] = ()
    struggles: tuple[Struggle, ...] = ()
    runner: str = ""
    run: int = 0
    at: float = 0.0
    tests: int = 0
    failing: int = 0


NO_STORY = Story()
"""Before anything happened, and for every purpose but the record."""
