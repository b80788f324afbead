"""Which line of a hunk's old text became which line of its new text: rows to show side by side, to compare, to split.

Lines that are the same are paired first. Between those, lines that have most of their words in common are, in their
order: exactly where there are few of them, and within a short distance where there are many, so that the time stays
about linear.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from beai.core.edits.diff.script import changed

Row = tuple[int | None, int | None]
"""A line of the old text and the line of the new one that it became; None where there is none."""

Range = tuple[int, int]
"""The first line, and the line behind the last one, from 0."""

_ALIKE = 0.5
_PAIRS = 4_096  # the most pairs of lines that are all compared
_NEAR = 6  # how far a partner is looked for where there are more
_LONG = 1_000  # characters of a line that are looked at
_WORDS = re.compile(r"\w+|[^\w\s]")


@lru_cache(maxsize=2048)
def aligned(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[Row, ...]:
    """Every line of either text exactly once, in order; unpaired lines that go stand before those that come."""
    rows = list[Row]()
    i, j = 0, 0
    for i1, i2, j1, j2 in changed(old, new):
        rows += zip(range(i, i1), range(j, j1), strict=True)
        rows += _filled(_pairs(old, new, (i1, i2), (j1, j2)), (i1, i2), (j1, j2))
        i, j = i2, j2
    rows += zip(range(i, len(old)), range(j, len(new)), strict=True)
    return tuple(rows)


def cut(rows: Sequence[Row], first: int, last: int) -> tuple[Range, Range]:
    """The lines of either text in the rows ``first`` to ``last``, the last one included."""
    old = [row[0] is not None for row in rows]
    new = [row[1] is not None for row in rows]
    return (sum(old[:first]), sum(old[: last + 1])), (sum(new[:first]), sum(new[: last + 1]))


def _filled(pairs: Sequence[tuple[int, int]], old: Range, new: Range) -> Iterator[Row]:
    """``pairs`` with the lines between them, each alone."""
    i, j = old[0], new[0]
    for a, b in (*pairs, (old[1], new[1])):
        yield from ((n, None) for n in range(i, a))
        yield from ((None, n) for n in range(j, b))
        if a < old[1]:
            yield a, b
        i, j = a + 1, b + 1


def _pairs(old: Sequence[str], new: Sequence[str], a: Range, b: Range) -> list[tuple[int, int]]:
    if a[0] == a[1] or b[0] == b[1]:
        return []
    left = [_words(line) for line in old[a[0] : a[1]]]
    right = [_words(line) for line in new[b[0] : b[1]]]
    found = _best(left, right) if len(left) * len(right) <= _PAIRS else _near(left, right)
    return [(a[0] + i, b[0] + j) for i, j in found]


def _best(left: list[Counter[str]], right: list[Counter[str]]) -> Iterator[tuple[int, int]]:
    """The pairs, in order on either side, that have the most in common together."""
    wide = len(right)
    alike = [[_alike(one, other) for other in right] for one in left]
    best = [[0.0] * (wide + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(wide - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], alike[i][j] and best[i + 1][j + 1] + alike[i][j])
    i = j = 0
    while i < len(left) and j < wide:
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def _near(left: list[Counter[str]], right: list[Counter[str]]) -> Iterator[tuple[int, int]]:
    """For each line the best partner near the place where the last pair leads, and none behind one that has a pair."""
    at, ahead = 0, 0
    for i, one in enumerate(left):
        expected = at + ahead
        near = range(max(at, expected - _NEAR), min(len(right), expected + _NEAR))
        scored = ((_alike(one, right[j]), -abs(j - expected), j) for j in near)
        alike, _, j = max(scored, default=(0.0, 0, 0))
        ahead += 1
        if alike:
            yield i, j
            at, ahead = j + 1, 0


def _words(line: str) -> Counter[str]:
    return Counter(_WORDS.findall(line[:_LONG]))


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """How many words two lines have in common, of all that they have; 0 where that is less than half."""
    total = one.total() + other.total()
    share = 2 * (one & other).total() / total if total else 0.0
    return share if share >= _ALIKE else 0.0
