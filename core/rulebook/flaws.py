"""What can be wrong with a rule file, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FlawKind(StrEnum):
    """The kinds of flaw that ``beai rules --lint`` finds."""

    DEAD_REFERENCE = "dead reference"
    DEAD_PATH = "dead path"
    UNREACHABLE = "unreachable"
    STACKED = "stacked frontmatter"
    FRONTMATTER = "invalid frontmatter"
    CONTRADICTION = "contradiction"
    OVERSIZE = "oversize"
    DUPLICATE = "duplicate name"
    EMPTY = "empty rule"
    ALWAYS_AND_GLOBS = "alwaysApply with globs"
    IDLE_GLOBS = "globs match nothing"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw: where it is (``line`` is 1-based in the file), what is wrong, and what would mend it."""

    kind: FlawKind
    path: str
    line: int
    message: str
    fix: str = ""
