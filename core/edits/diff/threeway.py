"""Two changes of one text are made to it together, by whole lines, where each line tells whose change it is.

Changes that only touch are told apart: of two neighbouring lines each side may have one (git-merge-file takes both for
a conflict). Where both changed the same line, or both only add lines in one place, nobody can tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.edits.diff.script import changed

_Part = tuple[int, int, list[str]]
"""Lines ``[0]:[1]`` become ``[2]``."""


def together(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """``base`` with both changes, what is in both once; None where nobody can tell what that is."""
    merged = _merged(_parts(base, ours), _parts(base, theirs))
    if merged is None:
        return None
    out, at = list[str](), 0
    for start, end, lines in merged:
        out += [*base[at:start], *lines]
        at = end
    return [*out, *base[at:]]


def kept(base: Sequence[str], ours: Sequence[str], now: Sequence[str]) -> bool:
    """Whether all that leads from ``base`` to ``ours`` is still in ``now``, among whatever else was changed since."""
    since = _parts(ours, now)
    for i1, i2, j1, j2 in changed(base, ours):
        gone = list(base[i1:i2])
        for start, end, lines in since:
            if start < end and start < j2 and end > j1:  # one of our lines was changed or taken out
                return False
            if start <= j2 and end >= j1 and gone and _holds(lines, gone):  # what we took out is there again
                return False
    return True


def _parts(before: Sequence[str], after: Sequence[str]) -> list[_Part]:
    return [(i1, i2, list(after[j1:j2])) for i1, i2, j1, j2 in changed(before, after)]


def _merged(ours: list[_Part], theirs: list[_Part]) -> list[_Part] | None:
    found = list[_Part]()
    for start, end, lines in sorted([*ours, *(part for part in theirs if part not in ours)]):
        last = found[-1] if found else (-1, -1, [])
        if start < last[1] or (start, end) == last[:2]:
            return None
        found.append((start, end, lines))
    return found


def _holds(lines: Sequence[str], wanted: Sequence[str]) -> bool:
    return "\0" + "\0".join(wanted) + "\0" in "\0" + "\0".join(lines) + "\0"
