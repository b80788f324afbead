"""Hunks of a change and what somebody else changed of the same text: which touch, and what their conflict reads.

What lies side by side touches, as in a merge by git: with no line left between them nobody can tell which comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from beai.core.edits.blocks import Block
from beai.core.edits.change import Decision, FileChange, Hunk, Verdict
from beai.core.edits.ends import split_lines
from beai.core.edits.hunks import assemble

TOUCHED = "These lines were changed on disk meanwhile. Old is what is there now: accept replaces it, reject keeps it."
CREATED = "The file was created on disk meanwhile. Old is what is there now: accept replaces it, reject keeps it."
ADDED = "Lines were added on disk in the same place meanwhile. Accept puts these behind them, reject leaves them out."
YOURS = " The new lines are your own text of before."


def groups(hunks: Sequence[Hunk], blocks: Sequence[Block]) -> Iterator[tuple[Sequence[Hunk], Sequence[Block], int]]:
    """Each hunk that no changed block touches alone, and hunks and blocks that touch together; how far they moved."""
    h, b, shift = 0, 0, 0
    while h < len(hunks):
        while b < len(blocks) and blocks[b][1] < hunks[h].old_start:
            shift += _grown(blocks[b])
            b += 1
        if b == len(blocks) or blocks[b][0] > _end(hunks[h]):
            yield hunks[h : h + 1], (), shift
            h += 1
            continue
        to, up = h + 1, b + 1
        while True:
            if to < len(hunks) and hunks[to].old_start <= blocks[up - 1][1]:
                to += 1
            elif up < len(blocks) and blocks[up][0] <= _end(hunks[to - 1]):
                up += 1
            else:
                break
        yield hunks[h:to], blocks[b:up], shift
        shift += sum(_grown(block) for block in blocks[b:up])
        h, b = to, up


def conflict(
    file: FileChange,
    group: Sequence[Hunk],
    touching: Sequence[Block],
    shift: int,
    base: Sequence[str],
    now: Sequence[str],
    decisions: Mapping[str, Decision],
) -> Hunk | None:
    """The lines on disk against the lines suggested, where both changed them; None where they are the same."""
    first = min(group[0].old_start, touching[0][0])
    end = max(_end(group[-1]), touching[-1][1])
    disk = now[first + shift : end + shift + sum(_grown(block) for block in touching)]
    own = {hunk.id: decisions[hunk.id] for hunk in group if hunk.id in decisions}
    wanted = _wanted(file, group, first, base[first:end], own)
    if disk == wanted:
        return None
    added = all(block[0] == block[1] for block in touching) and not any(hunk.old for hunk in group)
    words = CREATED if file.before is None else ADDED if added else TOUCHED
    wanted = [*disk, *wanted] if words == ADDED else wanted
    head = _common(disk, wanted)
    tail = _common(disk[head:][::-1], wanted[head:][::-1])
    return replace(
        group[0],
        old_start=first + shift + head,
        old=tuple(disk[head : len(disk) - tail]),
        new=tuple(wanted[head : len(wanted) - tail]),
        cites=tuple(dict.fromkeys(cite for hunk in group for cite in hunk.cites)),
        warnings=tuple(dict.fromkeys(warning for hunk in group for warning in hunk.warnings)),
        findings=tuple(dict.fromkeys(one for hunk in group for one in hunk.findings)),
        conflict=words + (YOURS if any(one.edited is not None for one in own.values()) else ""),
    )


def _wanted(
    file: FileChange, group: Sequence[Hunk], first: int, base: Sequence[str], own: dict[str, Decision]
) -> list[str]:
    """The lines that ``group`` makes of ``base``: as the person edited them, and without what they refused of it."""
    hunks = tuple(replace(hunk, old_start=hunk.old_start - first) for hunk in group)
    taken = {hunk.id: Decision(hunk.id, Verdict.ACCEPTED) for hunk in group}
    refused = all(hunk.id in own and own[hunk.id].verdict is Verdict.REJECTED for hunk in group)
    made = assemble(replace(file, before="".join(base), hunks=hunks), taken if refused else taken | own)
    return split_lines(made or "")


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many first lines are the same."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)


def _grown(block: Block) -> int:
    return (block[3] - block[2]) - (block[1] - block[0])


def _end(hunk: Hunk) -> int:
    return hunk.old_start + len(hunk.old)
