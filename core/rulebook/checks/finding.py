"""What a check says: where, what of the code breaks which rule, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.project.facts.files import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule section (``trpc_best_practices#C4``) in one place.

    ``line`` and ``column`` are 1-based, the column in characters; ``span`` and ``code`` are the text concerned.
    ``waived`` is the reason that a waiver comment gives; a finding with one stands no longer.
    """

    check: str
    rule: str
    path: str
    line: int
    column: int
    span: Span
    message: str
    fix: str
    code: str = ""
    waived: str = ""

    @property
    def citation(self) -> str:
        """The rule section as a person and a rule write it: ``@trpc_best_practices#C4``."""
        return f"@{self.rule}"


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check's function yields: the place in its own file, one sentence, and what to write instead."""

    span: Span
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be checked, or not wholly, and why; named, never skipped in silence."""

    path: str
    why: str
    line: int = 0


def standing(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that no waiver lifts."""
    return tuple(finding for finding in findings if not finding.waived)
