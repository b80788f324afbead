"""Words that are looked for in a review: which lines hold them, and where in a line; pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache

from beai.tui.review.book import Book, Place


class Spots:
    """The lines of ``book`` that hold ``words``, top to bottom; another letter is looked for only where the others are.

    Lines are counted at once, and looked up in the book only where somebody goes.
    """

    def __init__(self, book: Book, words: str, before: Spots | None = None) -> None:
        self.book, self.words = book, words
        known = before is not None and before.book is book
        self._texts = before._texts if before is not None and known else [list(one.texts()) for one in book.chapters]
        self._lower = before._lower if before is not None and known else None
        narrower = known and before is not None and bool(before.words) and before._finds_all_of(words)
        self._found: list[Sequence[int]] = self._look(before._found if before is not None and narrower else None)
        self._firsts = [0]
        for found in self._found:
            self._firsts.append(self._firsts[-1] + len(found))

    def __len__(self) -> int:
        return self._firsts[-1]

    def __getitem__(self, number: int) -> Place:
        chapter = bisect_right(self._firsts, number) - 1
        return chapter, self._found[chapter][number - self._firsts[chapter]]

    def number(self, place: Place) -> int:
        """Which of them a line is, from 1; 0 where it is none."""
        chapter, line = place
        found = self._found[chapter] if chapter < len(self._found) else ()
        at = bisect_left(found, line)
        return self._firsts[chapter] + at + 1 if at < len(found) and found[at] == line else 0

    def beside(self, row: int, by: int) -> Place | None:
        """The next line below (``by`` 1) or above ``row``, around the end; None where there is none."""
        if not len(self):
            return None
        chapter, line = self.book.place_at(row)
        found = self._found[chapter]
        if by > 0:
            return self[(self._firsts[chapter] + bisect_right(found, line)) % len(self)]
        inside = line >= 0 and self.book.row_at((chapter, line)) < row
        at = self._firsts[chapter] + (bisect_right(found, line) if inside else bisect_left(found, line))
        return self[at - 1 if at else len(self) - 1]

    def _finds_all_of(self, words: str) -> bool:
        """Whether no other line can hold ``words``: they begin with these, and a capital asks for more."""
        return words.startswith(self.words) and (_folds(self.words) or not _folds(words))

    def _look(self, within: list[Sequence[int]] | None) -> list[Sequence[int]]:
        words = self.words
        if not words:
            return [() for _ in self._texts]
        if _folds(words) and words.isascii():
            texts = self._lower = self._lower or [_lowered(lines) for lines in self._texts]
        else:
            texts = self._texts
        plain = not _folds(words) or words.isascii()
        search = pattern(words).search
        found = list[Sequence[int]]()
        for n, lines in enumerate(texts):
            asked = range(len(lines)) if within is None else within[n]
            if plain:
                found.append([at for at in asked if words in lines[at]])
            else:
                found.append([at for at in asked if search(lines[at])])
        return found


@lru_cache(maxsize=8)
def pattern(words: str) -> re.Pattern[str]:
    """How ``words`` are looked for: as they are written, in any case where they have no capital."""
    return re.compile(re.escape(words), re.IGNORECASE if _folds(words) else 0)


def ranges(text: str, words: str) -> tuple[tuple[int, int], ...]:
    """Where ``words`` are in ``text``."""
    return tuple(match.span() for match in pattern(words).finditer(text)) if words else ()


def _folds(words: str) -> bool:
    """Whether capitals and small letters are one."""
    return words == words.lower()


def _lowered(lines: Sequence[str]) -> list[str]:
    """``lines`` in small letters, each as ``re.IGNORECASE`` would have it for words of ASCII."""
    return [line.lower() if line.isascii() else line.translate(_ODD).lower() for line in lines]


_ODD = {0x130: "i", 0x17F: "s", 0x212A: "k"}
"""What the ``re`` module takes for an ASCII letter in another case (Python documentation, "re", ``IGNORECASE``)."""
