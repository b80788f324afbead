"""Where a chunk of a V4A patch stands: below the lines that it is anchored by, and only where that is one place."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.rows import Rows

_TOLD = 5
_AROUND = "Show more of the lines around it."


@dataclass(frozen=True, slots=True)
class Anchored:
    """The place of a chunk (0-based, -1 where nobody knows) with its lines, the anchor's own where it shows none."""

    at: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def anchored(
    lines: Rows, anchors: tuple[str, ...], old: tuple[str, ...], new: tuple[str, ...], below: int
) -> Anchored | Complaint:
    """Where ``old`` stand below ``anchors``, each of which is looked for below the one before.

    ``below`` is where the chunk before ends. OpenAI's documentation, "Apply patch": a chunk is looked for below its
    anchor, and where three lines around a change are not enough, an anchor names the class or function.
    """
    at = -1
    for anchor in anchors:
        found = _anchor(lines, anchor.strip(), at, below, old)
        if isinstance(found, Complaint):
            return found
        at = found
    if not old:
        return Anchored(at, (lines.rows[at],), (lines.rows[at], *new))
    place = _place(lines, old, at)
    return place if isinstance(place, Complaint) else Anchored(place, old, new)


def _anchor(lines: Rows, anchor: str, outer: int, below: int, old: tuple[str, ...]) -> int | Complaint:
    """The one line that an anchor means: of several, the one in the block of the anchor above it."""
    rows = lines.saying(anchor) if anchor else []
    known = rows[bisect_left(rows, max(outer + 1, below)) :][:_TOLD] or rows[bisect_left(rows, outer + 1) :][:_TOLD]
    if outer >= 0 and len(known) > 1:
        start, end = lines.block(outer)
        known = rows[bisect_left(rows, start) : bisect_left(rows, end)][:_TOLD] or known
    if not known:
        return Complaint(f'the file has no line "{anchor[:80]}" there', "Copy it exactly.")
    if len(known) > 1 and len(lines.places(old, known[0])) != 1:
        told = ", ".join(str(row + 1) for row in known)
        return Complaint(f'"{anchor[:80]}" may be any of several lines ({told}…)', _AROUND)
    return known[0]


def _place(lines: Rows, old: tuple[str, ...], at: int) -> int | Complaint:
    """Right at the anchor, else the one place in its block, else the one place below it."""
    near = next((row for row in (at, at + 1) if lines.reads(old, row)), None)
    if near is not None:
        return near
    inside = lines.places(old, *lines.block(at))
    found = inside or lines.places(old, at)
    if len(found) > 1:
        told = " and ".join(str(row + 1) for row in found)
        return Complaint(f'more than one place below "{lines.rows[at].strip()[:80]}" reads so (lines {told})', _AROUND)
    if not found and lines.places(old):
        return Complaint(
            f'the lines stand above "{lines.rows[at].strip()[:80]}", not below it', "Anchor by a line above."
        )
    return found[0] if found else -1
