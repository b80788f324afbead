"""Which words differ between a line that goes and the one that comes in its place; pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]

_WORDS = re.compile(r"\w+|\s+|.")
_MOST = 400
"""Words of a line from which on lines are not compared word by word: their common head and tail is all that is said."""


@lru_cache(maxsize=1024)
def changed(old: str, new: str) -> tuple[Ranges, Ranges]:
    """The ranges of ``old`` and of ``new`` that differ, word by word; none where the lines have little in common."""
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    head = tail = 0
    short = min(len(a), len(b))
    while head < short and a[head] == b[head]:
        head += 1
    while tail < short - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    if max(len(inner_a), len(inner_b)) > _MOST:
        opcodes, same = [("replace", 0, len(inner_a), 0, len(inner_b))], 0
    else:
        matcher = SequenceMatcher(None, inner_a, inner_b, autojunk=False)
        opcodes = matcher.get_opcodes()
        same = sum(i2 - i1 for tag, i1, i2, _, _ in opcodes if tag == "equal")
    if 2 * (head + tail + same) < 0.5 * (len(a) + len(b)):
        return (), ()
    starts_a, starts_b = _starts(a), _starts(b)
    cut, add = list[tuple[int, int]](), list[tuple[int, int]]()
    for tag, a1, a2, b1, b2 in opcodes:
        if tag == "equal":
            continue
        if a2 > a1:
            _range(cut, starts_a[head + a1], starts_a[head + a2])
        if b2 > b1:
            _range(add, starts_b[head + b1], starts_b[head + b2])
    return tuple(cut), tuple(add)


def _range(found: list[tuple[int, int]], start: int, end: int) -> None:
    if found and found[-1][1] == start:
        found[-1] = (found[-1][0], end)
    else:
        found.append((start, end))


def _starts(words: list[str]) -> list[int]:
    found = [0]
    for word in words:
        found.append(found[-1] + len(word))
    return found
