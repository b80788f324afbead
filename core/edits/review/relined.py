"""Findings of a change on the lines that they have once the change is carried over to another text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from beai.core.edits.change import FileChange, Hunk
from beai.core.edits.diff.ends import split_lines
from beai.core.edits.diff.script import Block
from beai.core.project.facts.files import Span
from beai.core.rulebook.checks.finding import Finding

Homes = dict[str, tuple[tuple[str, int], ...]]
"""For each hunk the former ones with findings that it holds, and on which of its new lines, from 0, each begins."""


def relined(was: FileChange, now: FileChange, homes: Homes, blocks: Sequence[Block]) -> FileChange:
    """``now`` with the findings of ``was`` on its hunks; those of a text that is nowhere in it are gone.

    ``blocks`` are what changed from the one text before to the other. Findings speak of the text after all hunks.
    """
    findings = {hunk.id: hunk.findings for hunk in was.hunks if hunk.findings}
    if not findings or now.after is None:
        return now
    move = _Moving(was, now, homes, blocks)
    moved = {home: tuple(move(one) for id, _ in parts for one in findings.get(id, ())) for home, parts in homes.items()}
    hunks = (replace(hunk, findings=moved[hunk.id]) if moved.get(hunk.id) else hunk for hunk in now.hunks)
    return replace(now, hunks=tuple(hunks))


class _Moving:
    """Gives a finding its new place."""

    def __init__(self, was: FileChange, now: FileChange, homes: Homes, blocks: Sequence[Block]) -> None:
        self._was, self._now, self._blocks = was.hunks, now.hunks, blocks
        self._starts, self._ends = _starts(was.hunks), [hunk.old_start + len(hunk.old) for hunk in now.hunks]
        begins = dict(zip((hunk.id for hunk in now.hunks), _starts(now.hunks), strict=True))
        self._grown = [0, *accumulate(len(hunk.new) - len(hunk.old) for hunk in now.hunks)]
        self._home = {id: begins[home] + at for home, parts in homes.items() for id, at in parts}
        self._from, self._to = _offsets(was.after or ""), _offsets(now.after or "")

    def __call__(self, finding: Finding) -> Finding:
        line = finding.line - 1
        to = min(max(self._line(line), 0), len(self._to) - 1)
        by = self._to[to] - self._from[min(line, len(self._from) - 1)]
        span = Span(finding.span.start + by, finding.span.end + by)
        return replace(finding, line=to + 1, span=span) if (to, by) != (line, 0) else finding

    def _line(self, line: int) -> int:
        """Where a line of the old text after all hunks is in the new one: with its hunk, else with its neighbours."""
        at = bisect_right(self._starts, line) - 1
        hunk, into = (self._was[at], line - self._starts[at]) if at >= 0 else (None, line)
        if hunk is not None and into < len(hunk.new) and hunk.id in self._home:
            return self._home[hunk.id] + into
        base = into if hunk is None else hunk.old_start + len(hunk.old) + max(0, into - len(hunk.new))
        return self._after(base)

    def _after(self, base: int) -> int:
        """Where a line of the old text before all hunks is in the new text after them."""
        last = bisect_right(self._blocks, base, key=lambda block: block[0]) - 1
        if last >= 0:
            _, end, start, end_now = self._blocks[last]
            base = start if base < end else base - end + end_now
        return base + self._grown[bisect_right(self._ends, base)]


def _starts(hunks: Sequence[Hunk]) -> list[int]:
    """The line, from 0, at which each hunk begins once all are accepted."""
    grown = accumulate((len(hunk.new) - len(hunk.old) for hunk in hunks), initial=0)
    return [hunk.old_start + by for hunk, by in zip(hunks, grown, strict=False)]


def _offsets(text: str) -> list[int]:
    """The character at which each line begins, and the end."""
    return [0, *accumulate(len(line) for line in split_lines(text))]
