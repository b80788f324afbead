"""The one place that a search text means, in whole lines or within one; and where it has none, what is nearest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import accumulate

from beai.core.edits.diff.ends import with_eol
from beai.core.edits.place.lined import Lines, Rung, Sound, any_text
from beai.core.edits.place.punctuation import doubtful, plain, restored, spliced
from beai.core.edits.unplaced import Unplaced

_SHOWN = 2
"""Lines shown on either side of the nearest ones."""
_MOST = 60
"""Lines shown of the nearest ones."""
_TRIED, _COMPARED = 20, 2000
"""Places that are compared closely, and characters of each."""
_LOOKED_AT = 2_000_000
"""Characters that are compared at most at places where the search would cut a word in two."""
_SIGNS = frozenset(
    [
        "==",
        "=>",
        "<=",
        ">=",
        "!=",
        "&&",
        "||",
        "??",
        "++",
        "--",
        "**",
        "+=",
        "-=",
        "*=",
        "/=",
        "%=",
        "|=",
        "&=",
        "^=",
        "//",
        "/*",
        "*/",
        "?.",
        "..",
    ]
)
"""Two characters that are one sign, or part of one."""


def replaced(text: str, search: str, replacement: str, sound: Sound = any_text) -> str:
    """``text`` with the one place that reads ``search`` replaced. Raises ``Unplaced`` for none, or more than one.

    A search that ends with its line means whole lines; any other may be part of one, and cuts no word or sign in two.
    ``sound`` judges a text that has other punctuation than the search, and may have got quotes in the wrong places.
    """
    if not search.strip():
        raise Unplaced("the search text is empty")
    lines, wanted, new = Lines(text), with_eol(search, "\n"), with_eol(replacement, "\n")
    part = not wanted.endswith("\n")
    if part and (made := _within(lines, wanted, new)) is not None:
        return made
    pairs = [(_rows(wanted), _rows(new)), (_lines(wanted), _lines(new))]
    for rung in lines.rungs(_lines(wanted)):
        for sought, given in pairs[: 1 if pairs[0][0] == pairs[1][0] else 2]:
            at = lines.one(sought, rung)
            if at is not None:
                lines.weave(at, sought, given, rung, sound)
                return lines.text()
    if part and (made := _plainly(lines, wanted, new, sound)) is not None:
        return made
    raise Unplaced("no lines of the file read like this")


def stands(text: str, search: str, replacement: str) -> bool:
    """Whether ``search`` was replaced before: it is nowhere, and the new lines, if they say enough, in one place."""
    return search not in text and Lines(text).hold(-1, _rows(with_eol(replacement, "\n")))


@dataclass(frozen=True, slots=True)
class Near:
    """Real lines of a file, the first of them ``line`` (1-based); ``middle`` is where the likest one is."""

    text: str
    line: int
    middle: int


def nearest(text: str, search: str) -> Near | None:
    """The lines of ``text`` that are most like ``search``, to be shown; None where nothing is."""
    lines, wanted = text.split("\n"), [line.strip() for line in _lines(with_eol(search, "\n")) if line.strip()]
    if not wanted or not text.strip():
        return None
    scores = _scores(lines, wanted, _words)
    if not any(scores):
        scores = _scores(lines, wanted, _pieces)
    span = min(len(wanted), len(lines))
    sums = [0, *accumulate(scores)]
    totals = [sums[at + span] - sums[at] for at in range(len(lines) - span + 1)]
    best = nlargest(_TRIED, range(len(totals)), key=lambda at: totals[at])
    if not totals[best[0]]:
        return None
    joined = "\n".join(wanted)[:_COMPARED]
    at = max(best, key=lambda at: _likeness("\n".join(lines[at : at + min(span, _COMPARED)])[:_COMPARED], joined))
    first = max(0, at - _SHOWN)
    shown = [line.rstrip("\r") for line in lines[first : at + min(span, _MOST) + _SHOWN]]
    likest = max(range(at, at + span), key=lambda row: scores[row])
    return Near("\n".join(shown), first + 1, likest + 1)


def around(text: str, at: int, count: int) -> Near | None:
    """The lines of ``text`` at line ``at`` (0-based) and around; None where it is shorter."""
    lines = text.split("\n")
    if at >= len(lines) or not text.strip():
        return None
    first = max(0, at - _SHOWN)
    shown = [line.rstrip("\r") for line in lines[first : at + min(max(count, 1), _MOST) + _SHOWN]]
    return Near("\n".join(shown), first + 1, at + 1)


def _scores(lines: Sequence[str], wanted: Sequence[str], cut: Callable[[str], set[str]]) -> list[int]:
    """How much each line has of what is wanted."""
    known = Counter(piece for line in wanted for piece in cut(line))
    return [sum(known[piece] for piece in cut(line)) for line in lines]


def _words(line: str) -> set[str]:
    return set(re.findall(r"\w+", line))


def _pieces(line: str) -> set[str]:
    """What lines share that have no word in common."""
    return {line[at : at + 3] for at in range(min(len(line), _COMPARED) - 2) if not line[at : at + 3].isspace()}


def _likeness(some: str, other: str) -> float:
    return SequenceMatcher(None, some, other).ratio()


def _within(lines: Lines, wanted: str, new: str) -> str | None:
    """The text with the part that reads ``wanted`` replaced; whole lines but for their indentation keep that."""
    text = lines.text()
    ends = with_eol(text, "\n")
    found = _one(ends, wanted)
    if found is None:
        return None
    row, sought, given = ends.count("\n", 0, found), wanted.split("\n"), _rows(new)
    before, after = ends[ends.rfind("\n", 0, found) + 1 : found], ends[found + len(wanted) :].split("\n", 1)[0]
    whole = before and not before.strip(" \t") and not after.strip(" \t")
    shift = lines.shift(row, sought) if whole else None
    if shift is not None and not (given[1:] and all(line.startswith(before) for line in given[1:] if line.strip())):
        lines.weave(row, sought, given, Rung.EXACT)
        return lines.text()
    start, end = _offset(text, ends, found), _offset(text, ends, found + len(wanted))
    return _spliced(text, start, end, with_eol(new, lines.eol))


def _plainly(lines: Lines, wanted: str, new: str, sound: Sound) -> str | None:
    """The text with the part replaced that reads ``wanted`` with plain punctuation."""
    text = lines.text()
    ends = with_eol(text, "\n")
    found = _one(plain(ends), plain(wanted))
    if found is None:
        return None
    have = ends[found : found + len(wanted)]
    made = spliced(have, wanted, new, restored(have, wanted))
    start, end = _offset(text, ends, found), _offset(text, ends, found + len(wanted))
    after = _spliced(text, start, end, with_eol(made, lines.eol))
    if doubtful(have, made):
        sound(after)
    return after


def _one(text: str, wanted: str) -> int | None:
    """Where ``wanted`` is, None where it is not. Raises ``Unplaced`` where it is twice."""
    places, at, left = list[int](), text.find(wanted), _LOOKED_AT
    while at >= 0 and len(places) < 2:
        if not _cut(text, at) and not _cut(text, at + len(wanted)):
            places.append(at)
        left -= len(wanted)
        if left < 0 and len(places) < 2:
            raise Unplaced("too many places read like this, within words: search for whole lines")
        at = text.find(wanted, at + 1)
    if len(places) > 1:
        lines = ", ".join(str(text.count("\n", 0, at) + 1) for at in places)
        raise Unplaced(f"more than one place reads like this (lines {lines}…): include more lines around it")
    return places[0] if places else None


def _cut(text: str, at: int) -> bool:
    """Whether ``at`` is within a word, a number or a sign."""
    before, after = text[at - 1 : at], text[at : at + 1]
    if not before or not after:
        return False
    if _wordy(before) and _wordy(after):
        return True
    number = (before, text[at + 1 : at + 2]) if after == "." else (text[at - 2 : at - 1] if at > 1 else "", after)
    return before + after in _SIGNS or ("." in (before, after) and all(char.isdecimal() for char in number))


def _wordy(char: str) -> bool:
    return char.isalnum() or char in "_$"


def _offset(text: str, ends: str, at: int) -> int:
    """Where in ``text`` the character ``at`` of the same text with plain line ends is."""
    if len(text) == len(ends):
        return at
    start = ends.rfind("\n", 0, at) + 1
    above = text.split("\n", ends.count("\n", 0, start))[:-1] if start else []
    return sum(len(line) + 1 for line in above) + at - start


def _spliced(text: str, start: int, end: int, replacement: str) -> str:
    """An empty replacement of whole lines takes their last line end too."""
    whole = (start == 0 or text[start - 1] == "\n") and text[end - 1] != "\n"
    following = re.match(r"\r?\n", text[end:]) if whole and not replacement else None
    return text[:start] + replacement + text[end + (following.end() if following else 0) :]


def _rows(text: str) -> list[str]:
    """The lines of a text with plain line ends; none of an empty one."""
    return text.removesuffix("\n").split("\n") if text else []


def _lines(text: str) -> list[str]:
    """Those without a blank one around them."""
    return text.removeprefix("\n").removesuffix("\n").split("\n") if text.strip() else []
