"""Which lines of two texts differ: by the lines that either has once, then by the shortest script between those.

Sources: Bram Cohen, "Patience Diff Advantages"; Eugene Myers, "An O(ND) Difference Algorithm and Its Variations". The
work is bounded whatever the lines are: past the bounds blocks get coarser, never wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise

Block = tuple[int, int, int, int]
"""Lines ``[0]:[1]`` before become lines ``[2]:[3]`` after."""

_STEPS = 1_000_000
"""The most that all scripts of one diff may look at; what is left then is one block."""
_LONGEST = 40
"""Lines that one stretch of a script may add or remove; a longer one goes on from where the best stretch ended."""
_DEEPEST = 8
"""How often lines that are unique between two others are looked for, between those again."""


def changed(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The blocks in which the two differ, in order; between two of them is a line that both have."""
    found: list[Block] = []
    for block in _gap(_numbered(old, new), (0, len(old), 0, len(new)), 0):
        if found and found[-1][1] == block[0] and found[-1][3] == block[2]:
            found[-1] = (found[-1][0], block[1], found[-1][2], block[3])
        else:
            found.append(block)
    return found


def scripted(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The blocks of a shortest script from ``old`` to ``new``, whatever lines they share; for short texts."""
    return list(_scripted(_numbered(old, new), (0, len(old), 0, len(new))))


@dataclass(slots=True)
class _Texts:
    """Both sides with a number for each different line, and what may still be spent on them."""

    old: list[int]
    new: list[int]
    steps: int = field(default=_STEPS)


def _numbered(old: Sequence[str], new: Sequence[str]) -> _Texts:
    numbers: dict[str, int] = {}
    fresh = count()
    left, right = ([numbers.setdefault(line, next(fresh)) for line in side] for side in (old, new))
    return _Texts(left, right)


def _gap(texts: _Texts, block: Block, depth: int) -> Iterator[Block]:
    """The blocks between two lines that belong together."""
    i1, i2, j1, j2 = block
    old, new = texts.old, texts.new
    while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    if i1 == i2 and j1 == j2:
        return
    if i1 == i2 or j1 == j2 or i2 - i1 == j2 - j1 == 1:
        yield i1, i2, j1, j2
        return
    if frozenset(old[i1:i2]).isdisjoint(new[j1:j2]):
        yield i1, i2, j1, j2
        return
    anchors = _anchors(old[i1:i2], new[j1:j2]) if depth < _DEEPEST else []
    if not anchors:
        yield from _scripted(texts, (i1, i2, j1, j2))
        return
    at, to = i1, j1
    for x, y in (*anchors, (i2 - i1, j2 - j1)):
        if at < i1 + x or to < j1 + y:
            yield from _gap(texts, (at, i1 + x, to, j1 + y), depth + 1)
        at, to = i1 + x + 1, j1 + y + 1


def _anchors(old: list[int], new: list[int]) -> list[tuple[int, int]]:
    """Lines that occur once on either side and in the same order: the longest such chain."""
    left, right = Counter(old), Counter(new)
    places = {line: at for at, line in enumerate(new) if right[line] == 1}
    pairs = [(at, places[line]) for at, line in enumerate(old) if line in places and left[line] == 1]
    if all(a[1] < b[1] for a, b in pairwise(pairs)):
        return pairs
    ends, piles = list[int](), list[int]()
    came_from = [-1] * len(pairs)
    for at, (_, y) in enumerate(pairs):
        pile = bisect_left(ends, y)
        came_from[at] = piles[pile - 1] if pile else -1
        ends[pile : pile + 1] = [y]
        piles[pile : pile + 1] = [at]
    chain, at = list[tuple[int, int]](), piles[-1]
    while at >= 0:
        chain.append(pairs[at])
        at = came_from[at]
    return chain[::-1]


def _scripted(texts: _Texts, block: Block) -> Iterator[Block]:
    """The blocks of a shortest script, or of several one after the other where it is long."""
    i1, i2, j1, j2 = block
    while i1 < i2 and j1 < j2:
        if texts.steps <= 0:
            break
        matched, x, y = _stretch(texts, (i1, i2, j1, j2))
        at, to = i1, j1
        for start, other, length in (*matched, (x, y, 0)):
            if at < start or to < other:
                yield at, start, to, other
            at, to = start + length, other + length
        i1, j1 = x, y
    if i1 < i2 or j1 < j2:
        yield i1, i2, j1, j2


def _stretch(texts: _Texts, block: Block) -> tuple[list[tuple[int, int, int]], int, int]:
    """The runs that both sides share along the script that gets furthest, and where it ends."""
    i1, i2, j1, j2 = block
    old, new, height, width = texts.old, texts.new, i2 - i1, j2 - j1
    reached = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(_LONGEST, height + width) + 1):
        trace.append(dict(reached))
        low, high = -edits + 2 * max(0, edits - width), edits - 2 * max(0, edits - height)
        for diagonal in range(low, high + 1, 2):
            x = _next(reached, diagonal, edits)
            start = x
            while x < height and x - diagonal < width and old[i1 + x] == new[j1 + x - diagonal]:
                x += 1
            reached[diagonal] = x
            texts.steps -= 1 + x - start
            if x == height and x - diagonal == width:
                return _runs(trace, diagonal, x, i1, j1), i2, j2
    best = max(range(low, high + 1, 2), key=lambda diagonal: 2 * reached[diagonal] - diagonal)
    x = reached[best]
    return _runs(trace, best, x, i1, j1), i1 + x, j1 + x - best


def _next(reached: dict[int, int], diagonal: int, edits: int) -> int:
    """Where one more added or removed line leads on ``diagonal``: the further of the two."""
    added, removed = reached.get(diagonal + 1, -1), reached.get(diagonal - 1, -1) + 1
    return 0 if edits == 0 else max(added, removed)


def _runs(trace: list[dict[int, int]], diagonal: int, x: int, i1: int, j1: int) -> list[tuple[int, int, int]]:
    runs: list[tuple[int, int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        before = trace[edits]
        start = _next(before, diagonal, edits)
        if x > start:
            runs.append((i1 + start, j1 + start - diagonal, x - start))
        x = before.get(diagonal + 1, -1)
        if edits and x == start and x >= 0:
            diagonal += 1
        else:
            diagonal, x = diagonal - 1, start - 1
    return runs[::-1]
