"""The rows of a file, asked where some of them stand; each answer takes one pass over the text at most."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, islice

_WORD = re.compile(r"[\w$]+")
_MOST = 1_000
"""Rows that are looked at for a part of a line; a word that is met so often tells nothing."""


class Rows:
    """The lines of ``text`` without their ends and without a byte order mark."""

    def __init__(self, text: str) -> None:
        bare = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self.rows: tuple[str, ...] = tuple(bare.removesuffix("\n").split("\n")) if bare else ()
        self._text = "\n".join(("", *self.rows, ""))
        self._said: dict[str, list[int]] = {}
        self._blocks: dict[int, int] = {}
        self._starts = [0, *accumulate(len(row) + 1 for row in self.rows)]

    def reads(self, some: Sequence[str], at: int) -> bool:
        """Whether ``some`` stand at row ``at``."""
        return at >= 0 and bool(some) and self.rows[at : at + len(some)] == tuple(some)

    def places(self, some: Sequence[str], start: int = 0, end: int = -1, most: int = 2) -> list[int]:
        """The first ``most`` rows from ``start`` on, and before ``end``, where ``some`` stand."""
        return list(islice(self._places(some, start, len(self.rows) if end < 0 else end), most))

    def saying(self, words: str) -> list[int]:
        """The rows that read ``words`` but for blanks around them, or else those that hold them as whole words."""
        if words not in self._said:
            self._said[words] = self._stripped.get(words) or list(self._holding(words))
        return self._said[words]

    def block(self, at: int) -> tuple[int, int]:
        """From the row below ``at`` to the end of the block that it opens: what is indented deeper, and what closes it.

        A line that closes and opens, as ``) {`` below the parameters of a function, goes on with it.
        """
        if at not in self._blocks:
            self._blocks[at] = self._end(at)
        return at + 1, self._blocks[at]

    def _end(self, at: int) -> int:
        depth, end = _depth(self.rows[at]), at + 1
        while end < len(self.rows):
            row = self.rows[end].strip()
            if row and _depth(self.rows[end]) <= depth:
                if not row.startswith((")", "]", "}")):
                    break
                if not row.endswith(("{", "(", "[", ":", "=>")):
                    return end + 1
            end += 1
        return end

    @cached_property
    def _stripped(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, row in enumerate(self.rows):
            found[row.strip()].append(at)
        return dict(found)

    def _places(self, some: Sequence[str], start: int, end: int) -> Iterator[int]:
        wanted = "\n".join(("", *some, ""))
        last = self._starts[min(end, len(self.rows))] + 1
        found = self._text.find(wanted, self._starts[start], last) if some and start < len(self.rows) else -1
        while found >= 0:
            yield bisect_left(self._starts, found)
            found = self._text.find(wanted, found + 1, last)

    def _holding(self, words: str) -> Iterator[int]:
        """Rows that hold ``words``, told by the rarest of them."""
        known = [self._spoken.get(word, []) for word in _WORD.findall(words)]
        rows = min(known, key=len) if known else range(len(self.rows))
        return (row for row in islice(rows, _MOST) if _holds(self.rows[row], words))

    @cached_property
    def _spoken(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, row in enumerate(self.rows):
            for word in set(_WORD.findall(row)):
                found[word].append(at)
        return dict(found)


def _holds(row: str, words: str) -> bool:
    """Whether ``words`` stand in ``row`` and go on in no word beside them."""
    at = row.find(words)
    while at >= 0:
        end = at + len(words)
        if _parts(row[at - 1 : at], words[0]) and _parts(words[-1], row[end : end + 1]):
            return True
        at = row.find(words, end)
    return False


def _parts(before: str, after: str) -> bool:
    """Whether a word cannot go on from one of the two characters to the other."""
    return not (_WORD.match(before) and _WORD.match(after))


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip())
