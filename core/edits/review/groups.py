"""Hunks of a change and what somebody else changed of the same text: which touch, and what was decided of them.

What lies side by side touches, as in a merge by git: with no line left between them nobody can tell which comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from beai.core.edits.change import Decision, Hunk, Verdict
from beai.core.edits.diff.script import Block


@dataclass(frozen=True, slots=True)
class Group:
    """Hunks that no changed block touches, or hunks and ``blocks`` that touch together; ``shift`` is how far the line
    before them moved.
    """

    hunks: Sequence[Hunk]
    blocks: Sequence[Block]
    shift: int

    @property
    def first(self) -> int:
        """Its first line, as the text was."""
        return min(self.hunks[0].old_start, self.blocks[0][0])

    @property
    def end(self) -> int:
        """The line behind its last one, as the text was."""
        return max(end_of(self.hunks[-1]), self.blocks[-1][1])

    def on_disk(self, now: Sequence[str]) -> list[str]:
        """Its lines as they are now."""
        return list(now[self.first + self.shift : self.end + self.shift + sum(map(_grown, self.blocks))])


def groups(hunks: Sequence[Hunk], blocks: Sequence[Block]) -> Iterator[Group]:
    """Hunks that no changed block touches, as many as moved alike, and hunks and blocks that touch together."""
    h, b, shift = 0, 0, 0
    while h < len(hunks):
        while b < len(blocks) and blocks[b][1] < hunks[h].old_start:
            shift += _grown(blocks[b])
            b += 1
        to, up = h, b + 1
        while to < len(hunks) and (b == len(blocks) or blocks[b][0] > end_of(hunks[to])):
            to += 1
        if to > h:
            yield Group(hunks[h:to], (), shift)
            h = to
            continue
        to += 1
        while True:
            if to < len(hunks) and hunks[to].old_start <= blocks[up - 1][1]:
                to += 1
            elif up < len(blocks) and blocks[up][0] <= end_of(hunks[to - 1]):
                up += 1
            else:
                break
        yield Group(hunks[h:to], blocks[b:up], shift)
        shift += sum(_grown(block) for block in blocks[b:up])
        h, b = to, up


def decided(group: Group, decisions: Mapping[str, Decision]) -> dict[str, Decision]:
    """What the person decided of the group's parts; nothing where they refused all of it, which makes it one thing."""
    own = {hunk.id: decisions[hunk.id] for hunk in group.hunks if hunk.id in decisions}
    refused = sum(one.verdict is Verdict.REJECTED for one in own.values())
    return own if refused < len(group.hunks) else {}


def left_out(hunk: Hunk, own: Mapping[str, Decision]) -> bool:
    """Whether the person refused it."""
    return hunk.id in own and own[hunk.id].verdict is Verdict.REJECTED


def as_proposed(hunk: Hunk, own: Mapping[str, Decision]) -> bool:
    """Whether it is to be written as it stands."""
    return hunk.id not in own or (own[hunk.id].verdict is Verdict.ACCEPTED and own[hunk.id].edited is None)


def _grown(block: Block) -> int:
    return (block[3] - block[2]) - (block[1] - block[0])


def end_of(hunk: Hunk) -> int:
    """The line behind its last one."""
    return hunk.old_start + len(hunk.old)


def alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many first lines are the same."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)
