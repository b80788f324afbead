"""Which tasks the active context holds up: a line among its blockers that names a task's ID is the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from beai.core.project.task_ids import TASK_ID

_OVER = re.compile(
    r"^\s*(?:\[[xX✓✔]\]|~~|✅|✔)|^\W*(?:resolved|unblocked|done)\b|\bno longer (?:block|wait|depend)"
    r"|[(\[–—-] ?(?:resolved|unblocked|done|cleared)\b[^()\[\]]{0,40}[)\]]?\s*\.?\s*$",
    re.IGNORECASE,
)
_WAITS = re.compile(
    r"\b(?:block(?:ed)? by|wait(?:s|ing)? (?:for|on)|depend(?:s|ing)? on|until|after|needs|requires|because of"
    r"|due to)\b",
    re.IGNORECASE,
)
_HOLDS = re.compile(r"\b(?:blocks|blocking|holds up|hold up|stops|delays)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[:;]|[.!?](?=\s)|→|\bso\b", re.IGNORECASE)
_LONGEST = 2_000  # characters of a line


def held(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each ID that a line says is blocked those lines; what another waits for is not blocked by that."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if not _OVER.search(line[:_LONGEST]):
            for name in dict.fromkeys(_blocked(line[:_LONGEST])):
                found.setdefault(name.lower(), []).append(" ".join(line.split()))
    return {name: tuple(said) for name, said in found.items()}


def _blocked(line: str) -> Iterator[str]:
    """The IDs in ``line`` that are blocked, and not the cause of it."""
    blocked: list[str] = []
    cause, end = False, 0
    for match in TASK_ID.finditer(line):
        between = line[end : match.start()]
        if _WAITS.search(between):
            cause = True
        elif _HOLDS.search(between):
            blocked.clear()
            cause = False
        elif _CLAUSE.search(between):
            cause = False
        if not cause:
            blocked.append(match.group())
        end = match.end()
    yield from () if _HOLDS.match(line, end + 1) and not cause else blocked
