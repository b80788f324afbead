"""The columns that ``prisma format`` puts the names, types and attributes of neighbouring fields in.

Source: Prisma docs, "Formatting" of the data model: each column of a block is padded to its longest entry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_ROW = re.compile(
    r'([ \t]*)([\w-]+)([ \t]+)(Unsupported\([ \t]*"(?:\\.|[^"\\])*+"[ \t]*\)[\[\]?!]*|[\w.]+[\[\]?!]*)([ \t]*)(.*)',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where types and attributes start, counted in characters of a line; 0 where the fields agree on none.

    ``gap`` is what stands between a name and its type where there is no column.
    """

    type: int = 0
    attribute: int = 0
    gap: str = " "


def columns_of(rows: Iterable[str]) -> Columns:
    """The columns that most of the fields in ``rows`` keep to."""
    found = [row for row in map(_ROW.match, rows) if row is not None]
    gaps = Counter("\t" if "\t" in row[3] else " " for row in found)
    marked = [row.start(6) for row in found if row[6].startswith("@")]
    return Columns(_most([row.start(4) for row in found]), _most(marked), gaps.most_common(1)[0][0] if gaps else " ")


def in_columns(row: str, columns: Columns) -> str:
    """A field's first line with its parts in ``columns``, as far as they are short enough for them."""
    found = _ROW.match(row)
    if found is None:
        return row
    line = _padded(found[1] + found[2], columns.type, columns.gap) + found[4]
    rest = found[6].rstrip(" \t")
    if not rest:
        return line
    return _padded(line, columns.attribute if rest.startswith("@") else 0, columns.gap) + rest


def _padded(text: str, column: int, gap: str) -> str:
    return f"{text}{gap}" if gap == "\t" or len(text) >= column else text.ljust(column)


def _most(columns: Sequence[int]) -> int:
    """The column that more than half agree on; 0 for none."""
    if not columns:
        return 0
    column, count = Counter(columns).most_common(1)[0]
    return column if count * 2 > len(columns) else 0
