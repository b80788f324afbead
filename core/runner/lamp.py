"""A lamp beside the verdict: what the repository's own type checker, or its schema's validator, says right now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LampState(StrEnum):
    """ABSENT: there is nothing to check with. BROKEN: it cannot run. STALE: its input is older than its source."""

    ABSENT = "absent"
    CHECKING = "checking"
    CLEAN = "clean"
    ERRORS = "errors"
    STALE = "stale"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One complaint; ``file`` is relative to the repository root with ``/``, ``line`` and ``column`` are 1-based."""

    file: str
    line: int
    column: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Lamp:
    """What a checker said last; ``what`` names it with its version, ``reason`` says why in one sentence.

    ``more`` is how many complaints there are besides those in ``diagnostics``.
    """

    state: LampState
    what: str = ""
    reason: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    ms: float = 0.0
    more: int = 0

    def of(self, files: frozenset[str]) -> tuple[Diagnostic, ...]:
        """The complaints about any of ``files``."""
        return tuple(one for one in self.diagnostics if one.file in files)
