"""The way back out of a conflict: what stood there before it, and the hunk once that stands there again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from beai.core.edits.change import Decision, Hunk
from beai.core.edits.origin import Origin
from beai.core.edits.review.groups import Group, alike, as_proposed, end_of

ADDED = "Lines were added on disk in the same place meanwhile. Accept puts these behind them, reject leaves them out."


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines ``first`` to ``end`` of the text as it was; ``was`` is what stood there before any conflict, and
    ``wanted`` what was to stand there.
    """

    first: int
    end: int
    was: list[str]
    wanted: list[str]


def stretch_of(group: Group, base: Sequence[str], own: Mapping[str, Decision], wanted: Sequence[str]) -> Stretch | None:
    """What a group, which makes ``wanted``, is about; None where it is not known what stood there."""
    hunk = group.hunks[0]
    if not any(one.conflict for one in group.hunks):
        return Stretch(group.first, group.end, list(base[group.first : group.end]), list(wanted))
    if len(group.hunks) > 1 or hunk.origin is None or hunk.origin.was is None:
        return None
    above, below = hunk.old_start - hunk.origin.head, end_of(hunk) + hunk.origin.tail
    first, end = min(above, group.first), max(below, group.end)
    before, behind = list(base[first:above]), list(base[below:end])
    if as_proposed(hunk, own):
        made = [*before, *hunk.origin.wanted, *behind]
    else:
        made = [*base[first : group.first], *wanted, *base[group.end : end]]
        if hunk.conflict.startswith(ADDED):  # the lines above it are the person's, and were not there
            del made[above - first : hunk.old_start - first]
    return Stretch(first, end, [*before, *hunk.origin.was, *behind], made)


def back(
    group: Group, base: Sequence[str], now: Sequence[str], own: Mapping[str, Decision], stretch: Stretch
) -> tuple[Hunk, tuple[tuple[str, int], ...]] | None:
    """The hunk of a conflict that is none any more: what stood there is back. The person's own text stays in it."""
    hunk, start = group.hunks[0], stretch.first + group.shift
    if not hunk.conflict or hunk.origin is None or start < 0 or stretch.was == stretch.wanted:
        return None
    disk = group.on_disk(now)
    size = len(disk) + (group.first - stretch.first) + (stretch.end - group.end)
    there = [*base[stretch.first : group.first], *disk, *base[group.end : stretch.end]]
    if there != stretch.was or list(now[start : start + size]) != there:
        return None
    head = alike(stretch.was, stretch.wanted)
    tail = alike(stretch.was[head:][::-1], stretch.wanted[head:][::-1])
    origin = replace(hunk.origin.closed(), mine=_mine(group, own))
    one = replace(
        hunk,
        old_start=start + head,
        old=tuple(stretch.was[head : len(stretch.was) - tail]),
        new=tuple(stretch.wanted[head : len(stretch.wanted) - tail]),
        findings=(),
        conflict="",
        base=(),
        origin=origin if origin.mine or origin.part else None,
    )
    kept = 0 if hunk.conflict.startswith(ADDED) else hunk.old_start - stretch.first
    return one, ((hunk.id, kept - head),) if as_proposed(hunk, own) else ()


def origin_of(group: Group, own: Mapping[str, Decision], stretch: Stretch | None, head: int, tail: int) -> Origin:
    """What was suggested of a group that is one conflict now, without ``head`` and ``tail`` of its lines on disk."""
    pieces = {id(piece): piece for hunk in group.hunks for piece in hunk.suggested}  # parts of a hunk share its pieces
    part = any(hunk.origin is not None and hunk.origin.part for hunk in group.hunks)
    origin = Origin(tuple(pieces.values()), _mine(group, own), part)
    if stretch is None:
        return origin
    above, below = group.first - stretch.first, stretch.end - group.end
    was, wanted = tuple(stretch.was), tuple(stretch.wanted)
    return replace(origin, was=was, wanted=wanted, head=head + above, tail=tail + below)


def _mine(group: Group, own: Mapping[str, Decision]) -> bool:
    """Whether what a group makes is not what was suggested."""
    return any(hunk.own or not as_proposed(hunk, own) for hunk in group.hunks)
