"""The lines of a hunk as they stand on the screen, which lines stand for each other, and where a hunk falls apart."""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.edits.change import Side
from beai.core.edits.diff.aligned import Range, Row, aligned, cut

Item = tuple[int | None, int | None]
"""What one line of the screen shows: a line of the old text, one of the new, or both side by side."""


def items(old: tuple[str, ...], new: tuple[str, ...], columns: bool) -> Sequence[Item]:
    """The lines of a hunk from top to bottom: what goes above what comes, or each beside what it became."""
    if not columns:
        return [*((n, None) for n in range(len(old))), *((None, n) for n in range(len(new)))]
    return rows(old, new)


def rows(old: tuple[str, ...], new: tuple[str, ...]) -> Sequence[Row]:
    """Each line beside what it became; lines that go and lines that come stand beside each other where both do."""
    if not old or not new:
        return [(n, None) for n in range(len(old))] or [(None, n) for n in range(len(new))]
    return aligned(old, new)


def twins(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[dict[int, int], dict[int, int]]:
    """For each old line that has one the new line that it became, and the other way round."""
    if not old or not new:
        return {}, {}
    both = [(i, j) for i, j in aligned(old, new) if i is not None and j is not None]
    return dict(both), {j: i for i, j in both}


def chosen(
    old: tuple[str, ...], new: tuple[str, ...], shown: Sequence[Item], first: int, last: int
) -> tuple[Range, Range]:
    """The lines that are meant by the screen's lines ``first`` to ``last``: a line and what it became go together."""
    wanted = [*(item for item in shown[first : last + 1])]
    old_wanted = {i for i, _ in wanted if i is not None}
    new_wanted = {j for _, j in wanted if j is not None}
    table = rows(old, new)
    hit = [n for n, (i, j) in enumerate(table) if i in old_wanted or j in new_wanted]
    return cut(table, hit[0], hit[-1]) if hit else ((0, 0), (0, 0))


def from_line(old: tuple[str, ...], new: tuple[str, ...], shown: Sequence[Item], at: int) -> tuple[Range, Range]:
    """Everything before the screen's line ``at``: to split there."""
    (a, _), (b, _) = chosen(old, new, shown, at, at)
    return (0, a), (0, b)


def first_part(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[Range, Range] | None:
    """The lines up to the first natural gap: an empty line, or where lines of another fate begin; None without one."""
    table = rows(old, new)
    blank = [_blank(row, old, new) for row in table]
    for n in range(1, len(table)):
        after_words = blank[n - 1] and not blank[n] and not all(blank[:n])
        if after_words or _fate(table[n - 1]) != _fate(table[n]):
            return cut(table, 0, n - 1)
    return None


def comment_place(shown: Sequence[Item]) -> tuple[Side, int, int]:
    """The lines that a comment on the screen's lines is about, first and last: the new ones where there are any."""
    old, new = [i for i, _ in shown if i is not None], [j for _, j in shown if j is not None]
    side, lines = (Side.NEW, new) if new else (Side.OLD, old or [0])
    return side, min(lines), max(lines)


def _fate(row: Row) -> tuple[bool, bool]:
    return row[0] is None, row[1] is None


def _blank(row: Row, old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    lines = [*([old[row[0]]] if row[0] is not None else []), *([new[row[1]]] if row[1] is not None else [])]
    return not any(line.strip() for line in lines)
