"""The one place that a search text means: exact, then with another indentation, then with plain punctuation."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import accumulate

from beai.core.edits.blocks import changed
from beai.core.edits.ends import eol_of, with_eol
from beai.core.edits.layout import indent_of
from beai.core.edits.unplaced import Unplaced

_PLAIN = str.maketrans(
    {**dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‐‑‒–—―−", "-"), "\xa0": " "}
)
_SHOWN = 2
"""Lines shown on either side of the nearest ones."""
_MOST = 60
"""Lines shown of the nearest ones."""
_TRIED, _COMPARED = 20, 2000
"""Places that are compared closely, and characters of each."""
_ALIKE = 50
"""Places that may read alike but for their indentation; more are too many to mean one."""


def replaced(text: str, search: str, replacement: str) -> str:
    """``text`` with the one place that reads ``search`` replaced. Raises ``Unplaced`` for none, or more than one."""
    if not search.strip():
        raise Unplaced("the search text is empty")
    eol, plain_ends, wanted = eol_of(text), with_eol(text, "\n"), with_eol(search, "\n")
    new = with_eol(replacement, eol)
    found = _one(plain_ends, wanted)
    if found is not None:
        return _spliced(text, _offset(text, plain_ends, found), _offset(text, plain_ends, found + len(wanted)), new)
    lines = text.split("\n")
    for plain in (False, True):
        place = _shifted(lines, _lines(search), plain)
        if place is not None:
            return "\n".join(_woven(lines, place, _lines(search), _lines(replacement), eol))
    found = _one(plain_ends.translate(_PLAIN), wanted.translate(_PLAIN))
    if found is not None:
        return _spliced(text, _offset(text, plain_ends, found), _offset(text, plain_ends, found + len(wanted)), new)
    raise Unplaced("no lines of the file read like this")


def _offset(text: str, plain_ends: str, at: int) -> int:
    """Where in ``text`` the character ``at`` of the same text with plain line ends is."""
    if len(text) == len(plain_ends):
        return at
    start = plain_ends.rfind("\n", 0, at) + 1
    above = text.split("\n", plain_ends.count("\n", 0, start))[:-1] if start else []
    return sum(len(line) + 1 for line in above) + at - start


def patched(text: str, at: int, old: Sequence[str], new: Sequence[str]) -> str:
    """``text`` with the lines ``old`` turned into ``new``: at line ``at`` where they are, else at their one place.

    Raises ``Unplaced`` as ``replaced`` does; without ``old`` the lines are inserted at ``at``.
    """
    lines, eol = text.split("\n"), eol_of(text)
    count = len(lines) - (lines[-1] == "")
    if not old:
        if at > count or (at < 0 and count):
            raise Unplaced("a hunk without a line of the file does not say where it goes: include lines around it")
        return _inserted(lines, max(at, 0), new, eol)
    if at >= 0 and [line.removesuffix("\r") for line in lines[at : at + len(old)]] == list(old):
        return "\n".join(_woven(lines, at, list(old), list(new), eol))
    for plain, loose in ((False, False), (False, True), (True, True)):
        rows = _rows(lines, old, plain, loose)
        if at in rows or len(rows) == 1:
            return "\n".join(_woven(lines, at if at in rows else rows[0], list(old), list(new), eol))
        if rows:
            raise Unplaced(f"more than one place reads like this ({_numbers(rows)}): include more lines around it")
    raise Unplaced("no lines of the file read like this")


def bare_lines(text: str) -> frozenset[str]:
    """The lines of ``text`` as the last step of the ladder compares them."""
    return frozenset(_bare(line, True) for line in text.split("\n"))


def strange(lines: Iterable[str], among: frozenset[str]) -> bool:
    """Whether one of ``lines`` is none of ``bare_lines``, so that no step of the ladder can find them."""
    return any((bare := _bare(line, True)) and bare not in among for line in lines)


@dataclass(frozen=True, slots=True)
class Near:
    """Real lines of a file, the first of them ``line`` (1-based); ``middle`` is where the likest one is."""

    text: str
    line: int
    middle: int


def nearest(text: str, search: str) -> Near | None:
    """The lines of ``text`` that are most like ``search``, to be shown; None where nothing is."""
    lines, wanted = text.split("\n"), [line.strip() for line in _lines(search) if line.strip()]
    if not wanted or not text.strip():
        return None
    words = Counter(word for line in wanted for word in set(re.findall(r"\w+", line)))
    scores = [sum(words[word] for word in set(re.findall(r"\w+", line))) for line in lines]
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


def _likeness(some: str, other: str) -> float:
    return SequenceMatcher(None, some, other).ratio()


def _one(text: str, wanted: str) -> int | None:
    """Where ``wanted`` is, None where it is not. Raises ``Unplaced`` where it is twice."""
    first = text.find(wanted)
    second = text.find(wanted, first + 1) if first >= 0 else -1
    if second >= 0:
        lines = ", ".join(str(text.count("\n", 0, at) + 1) for at in (first, second))
        raise Unplaced(f"more than one place reads like this (lines {lines}…): include more lines around it")
    return first if first >= 0 else None


def _spliced(text: str, start: int, end: int, replacement: str) -> str:
    """An empty replacement of whole lines takes their last line end too."""
    whole = (start == 0 or text[start - 1] == "\n") and text[end - 1] != "\n"
    following = re.match(r"\r?\n", text[end:]) if whole and not replacement else None
    return text[:start] + replacement + text[end + (following.end() if following else 0) :]


def _shifted(lines: list[str], wanted: list[str], plain: bool) -> int | None:
    """The row where ``wanted`` stands with every line indented by the same amount more, or less."""
    rows = _rows(lines, wanted, plain, loose=True)
    if len(rows) > 1:
        raise Unplaced(f"more than one place reads like this ({_numbers(rows)}): include more lines around it")
    return rows[0] if rows else None


def _rows(lines: Sequence[str], wanted: Sequence[str], plain: bool, loose: bool) -> list[int]:
    """Rows where ``wanted`` stands: exactly, or where ``loose`` with all its lines indented alike."""
    bare = "\n".join(_bare(line, plain) if loose else line.removesuffix("\r") for line in wanted)
    have = [_bare(line, plain) if loose else line.removesuffix("\r") for line in lines]
    text, starts = "\n".join(have) + "\n", [0, *accumulate(len(line) + 1 for line in have)]
    rows: list[int] = []
    at = text.find(bare + "\n")
    while at >= 0 and len(rows) <= _ALIKE:
        row = bisect_left(starts, at)
        if starts[row] == at:
            rows.append(row)
        at = text.find(bare + "\n", at + 1 if starts[row] != at else starts[row + 1])
    if len(rows) > _ALIKE:
        raise Unplaced(f"more than one place reads like this ({_numbers(rows)}): include more lines around it")
    return [row for row in rows if not loose or _shift(lines[row : row + len(wanted)], wanted) is not None]


def _numbers(rows: Sequence[int]) -> str:
    return f"lines {', '.join(str(at + 1) for at in rows[:5])}{'…' if len(rows) > 5 else ''}"


def _inserted(lines: list[str], at: int, new: Sequence[str], eol: str) -> str:
    """``new`` in front of line ``at``; after the last line, which then ends as it did."""
    text, added = "\n".join(lines), eol.join(new)
    if not new or not text:
        return text or (added + eol if new else "")
    start = sum(len(line) + 1 for line in lines[:at])
    return f"{text[:start]}{added}{eol}{text[start:]}" if start <= len(text) else f"{text}{eol}{added}"


def _shift(lines: Sequence[str], wanted: Sequence[str]) -> tuple[str, str] | None:
    """What indentation to take off ``wanted`` and what to put there to have that of ``lines``; None if it is uneven."""
    pairs = [(indent_of(have), indent_of(want)) for have, want in zip(lines, wanted, strict=True) if want.strip()]
    if not pairs:
        return "", ""
    have, want = pairs[0]
    off, on = (want[: len(want) - len(have)], "") if want.endswith(have) else (want, have)
    if have.endswith(want):
        off, on = "", have[: len(have) - len(want)]
    same = all(want.startswith(off) and have == on + want[len(off) :] for have, want in pairs)
    return (off, on) if same else None


def _woven(lines: list[str], at: int, wanted: list[str], new: list[str], eol: str) -> list[str]:
    """``lines`` with ``new`` for ``wanted``; a line that is in both stays as the file has it."""
    here = lines[at : at + len(wanted)]
    off, on = _shift(here, wanted) or ("", "")
    end = eol[:-1]
    out: list[str] = []
    done = 0
    for i1, i2, j1, j2 in changed(wanted, new):
        out += here[done:i1]
        out += [(on + line.removeprefix(off) if line.strip() else "") + end for line in new[j1:j2]]
        done = i2
    out += here[done:]
    if out and at + len(wanted) == len(lines):
        out[-1] = out[-1].removesuffix("\r")
    return [*lines[:at], *out, *lines[at + len(wanted) :]]


def _lines(text: str) -> list[str]:
    """Lines without their ends, and without a blank line around them."""
    bare = with_eol(text, "\n")
    return bare.removeprefix("\n").removesuffix("\n").split("\n") if bare.strip() else []


def _bare(line: str, plain: bool) -> str:
    return (line.translate(_PLAIN) if plain else line).strip(" \t\r")
