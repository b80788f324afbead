"""Words that are looked for in a review: which lines hold them, and where in a line; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from beai.tui.review.book import Book


@dataclass(frozen=True, slots=True)
class Spot:
    """A line that holds the words: its section in the book, its number there, and its hunk, ``""`` between hunks."""

    section: int
    item: int
    hunk: str


@lru_cache(maxsize=8)
def pattern(words: str) -> re.Pattern[str]:
    """How ``words`` are looked for: as they are written, in any case where they have no capital."""
    return re.compile(re.escape(words), re.IGNORECASE if words == words.lower() else 0)


def spots(book: Book, words: str) -> tuple[Spot, ...]:
    """Every line that holds ``words``, top to bottom."""
    if not words:
        return ()
    search = pattern(words).search
    return tuple(
        Spot(number, item, section.hunk)
        for number, section in enumerate(book.sections)
        for item, text in section.texts()
        if search(text)
    )


def ranges(text: str, words: str) -> tuple[tuple[int, int], ...]:
    """Where ``words`` are in ``text``."""
    return tuple(match.span() for match in pattern(words).finditer(text)) if words else ()


def beside(found: tuple[Spot, ...], book: Book, row: int, by: int) -> Spot | None:
    """The next line with the words below (``by`` 1) or above ``row``, around the end; None where there is none."""
    rows = [book.row_in(spot.section, spot.item) for spot in _near(found, book, row, by)]
    near = _near(found, book, row, by)
    order = [(at, spot) for at, spot in zip(rows, near, strict=True) if (at > row if by > 0 else at < row)]
    if order:
        return (min if by > 0 else max)(order, key=lambda one: one[0])[1]
    return (found[0] if by > 0 else found[-1]) if found else None


def _near(found: tuple[Spot, ...], book: Book, row: int, by: int) -> tuple[Spot, ...]:
    """The lines in the section of ``row`` and in the next one that has any: no other needs its rows made."""
    here = book.section_at(row)
    if by > 0:
        ahead = [spot for spot in found if spot.section >= here]
    else:
        ahead = [spot for spot in reversed(found) if spot.section <= here]
    others = next((spot.section for spot in ahead if spot.section != here), here)
    return tuple(spot for spot in ahead if spot.section in (here, others))
