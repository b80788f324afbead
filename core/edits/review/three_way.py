"""What becomes of hunks whose lines somebody else changed: one conflict, or their text is on disk already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from beai.core.edits.change import Decision, FileChange, Hunk, Verdict
from beai.core.edits.diff.ends import split_lines
from beai.core.edits.diff.hunks import assemble
from beai.core.edits.origin import Origin
from beai.core.edits.review.back import ADDED, back, origin_of, stretch_of
from beai.core.edits.review.groups import Group, alike, as_proposed, decided, left_out

TOUCHED = "These lines were changed on disk meanwhile. Old is what is there now: accept replaces it, reject keeps it."
CREATED = "The file was created on disk meanwhile. Old is what is there now: accept replaces it, reject keeps it."
YOURS = " The new lines are your own text of before."


def conflict(
    file: FileChange, group: Group, base: Sequence[str], now: Sequence[str], decisions: Mapping[str, Decision]
) -> tuple[Hunk, tuple[tuple[str, int], ...]] | None:
    """The lines on disk against the lines suggested, where both changed them; None where they are the same.

    With it the hunks whose text it holds, and on which of its new lines each begins. It has no findings yet.
    """
    hunks, disk, own = group.hunks, group.on_disk(now), decided(group, decisions)
    wanted = _wanted(file, group, base, own)
    if disk == wanted:
        return None
    stretch = stretch_of(group, base, own, wanted)
    if stretch is not None and (again := back(group, base, now, own, stretch)) is not None:
        return again
    added = all(block[0] == block[1] for block in group.blocks) and not any(hunk.old for hunk in hunks)
    words = CREATED if file.before is None else ADDED if added else TOUCHED
    behind = len(disk) if words == ADDED else 0
    wanted = [*disk, *wanted] if words == ADDED else wanted
    head = alike(disk, wanted)
    tail = alike(disk[head:][::-1], wanted[head:][::-1])
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
        origin=origin_of(group, own, stretch, head, tail),
    )
    places = _places(group, own)
    return one, tuple((hunk.id, at + behind - head) for hunk, at in places if as_proposed(hunk, own))


def _written(group: Group, own: Mapping[str, Decision]) -> bool:
    """Whether the person wrote some of what a group makes."""
    return any(one.edited is not None for one in own.values()) or any(hunk.own for hunk in group.hunks)


def _base(group: Group, base: Sequence[str], disk: Sequence[str], head: int, tail: int) -> tuple[str, ...]:
    """What stood there before both: without the ``head`` and ``tail`` of ``disk`` that no side changed."""
    lines = base[group.first : group.end]
    head = min(head, alike(lines, disk))
    tail = min(tail, alike(lines[head:][::-1], disk[head:][::-1]))
    return tuple(lines[head : len(lines) - tail])


def there(
    file: FileChange, group: Group, now: Sequence[str], decisions: Mapping[str, Decision]
) -> tuple[list[Hunk], list[Hunk]]:
    """Of a group that is on disk as it was decided: the hunks whose text is there, and those refused, where they are.

    A refusal of all of them did not keep that text from being there.
    """
    own = decided(group, decisions)
    taken, refused = list[Hunk](), list[Hunk]()
    for hunk, at in _places(group, own):
        if not left_out(hunk, own):
            taken.append(_as_written(hunk, own))
            continue
        start = group.first + group.shift + at
        refused.append(replace(hunk, old_start=start, old=tuple(now[start : start + len(hunk.old)])))
    return taken, refused


def _as_written(hunk: Hunk, own: Mapping[str, Decision]) -> Hunk:
    """A hunk whose text is on disk, with that text."""
    if as_proposed(hunk, own):
        return hunk
    part = hunk.origin is not None and hunk.origin.part
    text = split_lines(own[hunk.id].edited or "")
    return replace(hunk, new=tuple(text), origin=Origin(hunk.suggested, mine=True, part=part))


def _places(group: Group, own: Mapping[str, Decision]) -> Iterator[tuple[Hunk, int]]:
    """Each hunk of a group with the line at which it begins in what the group makes."""
    grown = 0
    for hunk in group.hunks:
        yield hunk, hunk.old_start - group.first + grown
        if as_proposed(hunk, own):
            grown += len(hunk.new) - len(hunk.old)
        elif not left_out(hunk, own):
            grown += len(split_lines(own[hunk.id].edited or "")) - len(hunk.old)


def _wanted(file: FileChange, group: Group, base: Sequence[str], own: dict[str, Decision]) -> list[str]:
    """The lines that ``group`` makes of ``base``: as the person edited them, and without what they refused of it."""
    hunks = tuple(replace(hunk, old_start=hunk.old_start - group.first) for hunk in group.hunks)
    taken = {hunk.id: Decision(hunk.id, Verdict.ACCEPTED) for hunk in hunks}
    before = "".join(base[group.first : group.end])
    made = assemble(replace(file, before=before, hunks=hunks), taken | own)
    return split_lines(made or "")
