"""Added or removed lines that could as well stand a little higher or lower stand where a reader looks for them.

Source: git, ``diff.indentHeuristic``: a block starts best after a blank line and where the indentation is least.
"""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.edits.diff.script import Block

_FURTHEST = 100  # lines that a block is moved, at most
_BLANKS = 20  # blank lines that are counted, at most
_INDENT = 60  # what one more column of indentation at either end of a block costs, in points
_BLANK, _BLANK_BELOW = -30, 6
_START, _END = 1, 21
_RELATIVE = {"deeper": (-4, 10), "outdent": (24, 17), "dedent": (23, 17)}  # without and with a blank line beside


def slid(blocks: Sequence[Block], old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """``blocks`` with each that only adds or only removes where it reads best; those that meet become one."""
    found: list[Block] = []
    for at, block in enumerate(blocks):
        ceiling = blocks[at + 1][0] if at + 1 < len(blocks) else len(old)
        block = _placed(block, found[-1] if found else (0, 0, 0, 0), ceiling, old, new)
        if found and found[-1][1] == block[0] and found[-1][3] == block[2]:
            found[-1] = (found[-1][0], block[1], found[-1][2], block[3])
        else:
            found.append(block)
    return found


def _placed(block: Block, before: Block, ceiling: int, old: Sequence[str], new: Sequence[str]) -> Block:
    i1, i2, j1, j2 = block
    if i1 != i2 and j1 != j2:
        return block
    lines, start, end = (new, j1, j2) if i1 == i2 else (old, i1, i2)
    up, down = 0, 0
    most_up, most_down = min(_FURTHEST, i1 - before[1]), min(_FURTHEST, ceiling - i2 - (ceiling < len(old)))
    while up < most_up and lines[start - up - 1] == lines[end - up - 1]:
        up += 1
    while down < most_down and lines[start + down] == lines[end + down]:
        down += 1
    if not up and not down:
        return block
    if up and before[1] and up == i1 - before[1]:
        by = -up
    else:
        marks = {at: _mark(lines, at) for way in range(-up, down + 1) for at in (start + way, end + way)}
        by = min(range(-up, down + 1), key=lambda way: (_cost(marks[start + way], marks[end + way]), -way))
    return i1 + by, i2 + by, j1 + by, j2 + by


def _cost(first: tuple[int, int], last: tuple[int, int]) -> int:
    """How badly a block between two places reads."""
    return _INDENT * (first[0] + last[0]) + first[1] + last[1]


def _mark(lines: Sequence[str], at: int) -> tuple[int, int]:
    """The indentation at a place between two lines, and how badly a block starts or ends there."""
    here = _indent(lines[at]) if at < len(lines) else None
    above, over = _beyond(lines, range(at - 1, -1, -1))
    below, under = _beyond(lines, range(at + 1, len(lines)))
    blanks = 1 + below if here is None and at < len(lines) else 0
    points = _START * (over is None and not above) + _END * (at >= len(lines))
    points += _BLANK * (above + blanks) + _BLANK_BELOW * blanks
    indent = here if here is not None else under if at < len(lines) else None
    if indent is None or over is None or indent == over:
        return indent or 0, points
    way = "deeper" if indent > over else "outdent" if under is not None and under > indent else "dedent"
    return indent, points + _RELATIVE[way][bool(above + blanks)]


def _beyond(lines: Sequence[str], places: range) -> tuple[int, int | None]:
    """How many blank lines follow that way, and the indentation of the line after them."""
    for passed, at in enumerate(places):
        indent = _indent(lines[at])
        if indent is not None or passed == _BLANKS:
            return passed, indent
    return len(places), None


def _indent(line: str) -> int | None:
    """How deep a line is indented, a tab counting to the next eighth column; None for a blank one."""
    bare = line.lstrip(" \t\r\n\f\v")
    if not bare:
        return None
    return len(line[: len(line) - len(bare)].expandtabs(8))
