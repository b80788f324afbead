"""What was found to be weakened: words, the lines they are about, and the hunks that those lines are in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tree_sitter import Node

from beai.core.edits.change import Hunk
from beai.core.text import one_line

_SHOWN = 60  # characters of code that one sentence quotes

Rows = tuple[int, int]
"""First and last line, 0-based."""


@dataclass(frozen=True, slots=True)
class Tamper:
    """One thing a reader must know, and the lines it is about before and after; either may be None."""

    words: str
    old: Rows | None = None
    new: Rows | None = None


def marked(hunks: tuple[Hunk, ...], found: tuple[Tamper, ...]) -> tuple[Hunk, ...]:
    """``hunks`` with each warning on those that its lines are in, or on the first where it is in none."""
    marks: dict[str, list[str]] = {hunk.id: [] for hunk in hunks}
    shift, places = 0, list[tuple[Hunk, Rows, Rows]]()
    for hunk in hunks:
        start = hunk.old_start + shift
        places.append((hunk, (hunk.old_start, hunk.old_start + len(hunk.old) - 1), (start, start + len(hunk.new) - 1)))
        shift += len(hunk.new) - len(hunk.old)
    for one in found:
        within = [hunk.id for hunk, old, new in places if _touch(one.old, old) or _touch(one.new, new)]
        for name in within or [hunk.id for hunk in hunks[:1]]:
            marks[name].append(one.words)
    return tuple(replace(hunk, warnings=tuple(dict.fromkeys((*hunk.warnings, *marks[hunk.id])))) for hunk in hunks)


def rows(node: Node) -> Rows:
    """The lines of ``node``."""
    return node.start_point.row, node.end_point.row


def first_row(node: Node) -> Rows:
    """The line that ``node`` begins on."""
    return node.start_point.row, node.start_point.row


def quoted(text: str) -> str:
    """Code from outside on one short line, fit for a sentence."""
    return one_line(text, _SHOWN)


def named(name: str) -> str:
    """The name of a test in quotes, on one short line."""
    return f"'{quoted(name)}'"


def _touch(lines: Rows | None, hunk: Rows) -> bool:
    return lines is not None and lines[0] <= hunk[1] and hunk[0] <= lines[1]
