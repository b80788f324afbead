"""Hunks of a change and what somebody else changed of the same text: which touch, and what their conflict reads.

What lies side by side touches, as in a merge by git: with no line left between them nobody can tell which comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from beai.core.edits.change import Decision, FileChange, Hunk, Verdict
from beai.core.edits.diff.ends import split_lines
from beai.core.edits.diff.hunks import assemble
from beai.core.edits.diff.script import Block
from beai.core.edits.origin import Origin

TOUCHED = "These lines were changed on disk meanwhile. Old is what is there now: accept replaces it, reject keeps it."
CREATED = "The file was created on disk meanwhile. Old is what is there now: accept replaces it, reject keeps it."
ADDED = "Lines were added on disk in the same place meanwhile. Accept puts these behind them, reject leaves them out."
YOURS = " The new lines are your own text of before."


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
        return max(_end(self.hunks[-1]), self.blocks[-1][1])

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
        while to < len(hunks) and (b == len(blocks) or blocks[b][0] > _end(hunks[to])):
            to += 1
        if to > h:
            yield Group(hunks[h:to], (), shift)
            h = to
            continue
        to += 1
        while True:
            if to < len(hunks) and hunks[to].old_start <= blocks[up - 1][1]:
                to += 1
            elif up < len(blocks) and blocks[up][0] <= _end(hunks[to - 1]):
                up += 1
            else:
                break
        yield Group(hunks[h:to], blocks[b:up], shift)
        shift += sum(_grown(block) for block in blocks[b:up])
        h, b = to, up


def conflict(
    file: FileChange, group: Group, base: Sequence[str], now: Sequence[str], decisions: Mapping[str, Decision]
) -> tuple[Hunk, tuple[tuple[str, int], ...]] | None:
    """The lines on disk against the lines suggested, where both changed them; None where they are the same.

    With it the hunks whose text it holds, and on which of its new lines each begins. It has no findings yet.
    """
    hunks, disk, own = group.hunks, group.on_disk(now), _own(group, decisions)
    wanted = _wanted(file, group, base, own)
    if disk == wanted:
        return None
    stretch = _stretch(group, base, own, wanted)
    if stretch is not None and (again := _back(group, base, now, own, stretch)) is not None:
        return again
    added = all(block[0] == block[1] for block in group.blocks) and not any(hunk.old for hunk in hunks)
    words = CREATED if file.before is None else ADDED if added else TOUCHED
    behind = len(disk) if words == ADDED else 0
    wanted = [*disk, *wanted] if words == ADDED else wanted
    head = _common(disk, wanted)
    tail = _common(disk[head:][::-1], wanted[head:][::-1])
    one = replace(
        hunks[0],
        old_start=group.first + group.shift + head,
        old=tuple(disk[head : len(disk) - tail]),
        new=tuple(wanted[head : len(wanted) - tail]),
        cites=tuple(dict.fromkeys(cite for hunk in hunks for cite in hunk.cites)),
        warnings=tuple(dict.fromkeys(warning for hunk in hunks for warning in hunk.warnings)),
        findings=(),
        base=next((hunk.base for hunk in hunks if hunk.base), _base(group, base, disk, head, tail)),
        conflict=words + (YOURS if _written(group, own) else ""),
        origin=_origin(group, own, stretch, head, tail),
    )
    places = _places(group, own)
    return one, tuple((hunk.id, at + behind - head) for hunk, at in places if _as_proposed(hunk, own))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The lines ``first`` to ``end`` of the text as it was; ``was`` is what stood there before any conflict, and
    ``wanted`` what was to stand there.
    """

    first: int
    end: int
    was: list[str]
    wanted: list[str]


def _stretch(group: Group, base: Sequence[str], own: Mapping[str, Decision], wanted: Sequence[str]) -> _Stretch | None:
    """What a group, which makes ``wanted``, is about; None where it is not known what stood there."""
    hunk = group.hunks[0]
    if not any(one.conflict for one in group.hunks):
        return _Stretch(group.first, group.end, list(base[group.first : group.end]), list(wanted))
    if len(group.hunks) > 1 or hunk.origin is None or hunk.origin.was is None:
        return None
    above, below = hunk.old_start - hunk.origin.head, _end(hunk) + hunk.origin.tail
    first, end = min(above, group.first), max(below, group.end)
    before, behind = list(base[first:above]), list(base[below:end])
    if _as_proposed(hunk, own):
        made = [*before, *hunk.origin.wanted, *behind]
    else:
        made = [*base[first : group.first], *wanted, *base[group.end : end]]
        if hunk.conflict.startswith(ADDED):  # the lines above it are the person's, and were not there
            del made[above - first : hunk.old_start - first]
    return _Stretch(first, end, [*before, *hunk.origin.was, *behind], made)


def _back(
    group: Group, base: Sequence[str], now: Sequence[str], own: Mapping[str, Decision], stretch: _Stretch
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
    head = _common(stretch.was, stretch.wanted)
    tail = _common(stretch.was[head:][::-1], stretch.wanted[head:][::-1])
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
    return one, ((hunk.id, kept - head),) if _as_proposed(hunk, own) else ()


def _origin(group: Group, own: Mapping[str, Decision], stretch: _Stretch | None, head: int, tail: int) -> Origin:
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
    return any(hunk.own or not _as_proposed(hunk, own) for hunk in group.hunks)


def _written(group: Group, own: Mapping[str, Decision]) -> bool:
    """Whether the person wrote some of what a group makes."""
    return any(one.edited is not None for one in own.values()) or any(hunk.own for hunk in group.hunks)


def _base(group: Group, base: Sequence[str], disk: Sequence[str], head: int, tail: int) -> tuple[str, ...]:
    """What stood there before both: without the ``head`` and ``tail`` of ``disk`` that no side changed."""
    lines = base[group.first : group.end]
    head = min(head, _common(lines, disk))
    tail = min(tail, _common(lines[head:][::-1], disk[head:][::-1]))
    return tuple(lines[head : len(lines) - tail])


def there(
    file: FileChange, group: Group, now: Sequence[str], decisions: Mapping[str, Decision]
) -> tuple[list[Hunk], list[Hunk]]:
    """Of a group that is on disk as it was decided: the hunks whose text is there, and those refused, where they are.

    A refusal of all of them did not keep that text from being there.
    """
    own = _own(group, decisions)
    taken, refused = list[Hunk](), list[Hunk]()
    for hunk, at in _places(group, own):
        if not _left_out(hunk, own):
            taken.append(_as_written(hunk, own))
            continue
        start = group.first + group.shift + at
        refused.append(replace(hunk, old_start=start, old=tuple(now[start : start + len(hunk.old)])))
    return taken, refused


def _as_written(hunk: Hunk, own: Mapping[str, Decision]) -> Hunk:
    """A hunk whose text is on disk, with that text."""
    if _as_proposed(hunk, own):
        return hunk
    part = hunk.origin is not None and hunk.origin.part
    text = split_lines(own[hunk.id].edited or "")
    return replace(hunk, new=tuple(text), origin=Origin(hunk.suggested, mine=True, part=part))


def _own(group: Group, decisions: Mapping[str, Decision]) -> dict[str, Decision]:
    """What the person decided of the group's parts; nothing where they refused all of it, which makes it one thing."""
    own = {hunk.id: decisions[hunk.id] for hunk in group.hunks if hunk.id in decisions}
    refused = sum(one.verdict is Verdict.REJECTED for one in own.values())
    return own if refused < len(group.hunks) else {}


def _left_out(hunk: Hunk, own: Mapping[str, Decision]) -> bool:
    return hunk.id in own and own[hunk.id].verdict is Verdict.REJECTED


def _as_proposed(hunk: Hunk, own: Mapping[str, Decision]) -> bool:
    return hunk.id not in own or (own[hunk.id].verdict is Verdict.ACCEPTED and own[hunk.id].edited is None)


def _places(group: Group, own: Mapping[str, Decision]) -> Iterator[tuple[Hunk, int]]:
    """Each hunk of a group with the line at which it begins in what the group makes."""
    grown = 0
    for hunk in group.hunks:
        yield hunk, hunk.old_start - group.first + grown
        if _as_proposed(hunk, own):
            grown += len(hunk.new) - len(hunk.old)
        elif not _left_out(hunk, own):
            grown += len(split_lines(own[hunk.id].edited or "")) - len(hunk.old)


def _wanted(file: FileChange, group: Group, base: Sequence[str], own: dict[str, Decision]) -> list[str]:
    """The lines that ``group`` makes of ``base``: as the person edited them, and without what they refused of it."""
    hunks = tuple(replace(hunk, old_start=hunk.old_start - group.first) for hunk in group.hunks)
    taken = {hunk.id: Decision(hunk.id, Verdict.ACCEPTED) for hunk in hunks}
    before = "".join(base[group.first : group.end])
    made = assemble(replace(file, before=before, hunks=hunks), taken | own)
    return split_lines(made or "")


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many first lines are the same."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)


def _grown(block: Block) -> int:
    return (block[3] - block[2]) - (block[1] - block[0])


def _end(hunk: Hunk) -> int:
    return hunk.old_start + len(hunk.old)
