"""Each journalled event is linked to the one before it by a hash, so that a change to what was kept is seen.

The chain is one over all sessions of a journal, in the order in which things happened: what is cut off the end of an
older session is missed by whatever came after it. It proves that nothing was changed *in* the journal; somebody who
writes the whole of it anew is found out by a hash that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

START = "0" * 64  # what stands before the first event of all

Begun = tuple[int, float]  # a session's format, and when it began
Text = tuple[str, str]  # an event's text, and what was decided by it
Row = tuple[int, int, int, float, int, float, str, str, str]  # number, session, the two of Begun, seq, at, Text, hash
Head = tuple[int, int, str]  # session, its last seq, the hash of that
ROW = ("number", "session", "format", "began", "seq", "at", "event", "decided", "hash")
HEAD = ("session", "last", "head")
_KINDS = {
    "began": "a time",
    "at": "a time",
    "event": "text",
    "decided": "text",
    "hash": "text",
    "head": "text",
}  # all else are numbers


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the chain does not hold: ``session`` and ``seq`` of the event, and what is wrong there."""

    session: int
    seq: int
    at: float
    why: str


def misfit(names: Sequence[str], row: Sequence[object]) -> str:
    """Which of a row's values is of a kind that was never kept, in words; ``""`` for none.

    Whoever changes a file of SQLite may put anything anywhere ("Flexible typing", SQLite documentation).
    """
    for name, value in zip(names, row, strict=True):
        kind = _KINDS.get(name, "a number")
        if not _fits(kind, value):
            return f"Its {name} is not {kind}."
    return ""


def _fits(kind: str, value: object) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "a time":
            return isinstance(value, int | float) and math.isfinite(value)
        case _:
            return isinstance(value, int)


def link(previous: str, session: int, begun: Begun, seq: int, at: float, text: Text) -> str:
    """The hash of one event: SHA-256 over the previous hash, the session with its format and beginning, seq, at, the
    event's text and what was decided by it.

    The parts are joined by line breaks, which none of them holds; a time is written as Python writes a float, which
    is exact.
    """
    format, began = begun
    parts = (previous, str(session), str(format), repr(float(began)), str(seq), repr(float(at)), *text)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def broken(rows: Iterable[Row], heads: Iterable[Head]) -> Broken | None:
    """The first break of a chain that is given in order, or None; ``heads`` is what each session says it ends with."""
    previous, expected, last = START, 1, dict[int, tuple[int, float, str]]()
    for row in rows:
        if wrong := misfit(ROW, row):
            return _misplaced(row, wrong)
        number, session, format, began, seq, at, event, decided, hash = row
        before = last.get(session, (0, 0.0, ""))[0]
        if number != expected or seq != before + 1:
            return Broken(session, seq, at, _missing(before, seq))
        if link(previous, session, (format, began), seq, at, (event, decided)) != hash:
            return Broken(session, seq, at, "Its text, time or place is not what was kept.")
        previous, expected = hash, number + 1
        last[session] = (seq, at, hash)
    for session, seq, head in heads:
        if wrong := misfit(HEAD, (session, seq, head)):
            return Broken(session, 0, 0.0, f"What its session says of its end is not what was kept: {wrong}")
        end, at, hash = last.get(session, (0, 0.0, ""))
        if (end, hash) != (seq, head):
            return Broken(session, end + 1, at, _missing(end, seq + 1))
    return None


def _misplaced(row: Row, why: str) -> Broken:
    """A break at a row of which only what fits can be told."""
    _, session, _, _, seq, at, *_ = row
    place = [value if _fits("a number", value) else 0 for value in (session, seq)]
    return Broken(place[0], place[1], at if _fits("a time", at) else 0.0, why)


def _missing(before: int, seq: int) -> str:
    gone = seq - before - 1
    if gone > 0:
        return f"{gone} of its session {'is' if gone == 1 else 'are'} missing before it."
    return "Events of another session are missing before it." if gone == 0 else "It is not in its place."
