"""What a review is drawn from: rows, the cells of code in them, and what decides how they are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.edits.change import Side, Verdict
from beai.tui.review.lexer import State
from beai.tui.review.shown import Part

CONTEXTS = (0, 1, 3, 10, 30, 1_000_000_000)
"""The lines of context that can be chosen, from none to the whole file."""

AROUND = 3
"""Lines of context above and below a hunk to begin with."""

COLUMNS = 90
"""Cells from which on old and new stand side by side."""


class Kind(StrEnum):
    """What a row, or a cell of code in it, is. A DRAFT is what was proposed before the person wrote it anew."""

    FILE = "file"
    HUNK = "hunk"
    PART = "part"
    CODE = "code"
    SAME = "same"
    ADD = "add"
    CUT = "cut"
    DRAFT = "draft"
    NOTE = "note"
    COMMENT = "comment"
    WARNING = "warning"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a review is laid out; ``calm`` leaves white space out of the marks, never out of the text."""

    width: int
    columns: bool = False
    context: int = AROUND
    calm: bool = False

    @property
    def frame(self) -> tuple[int, bool]:
        """What another layout must share for a hunk to look alike in both."""
        return self.width, self.side_by_side

    @property
    def side_by_side(self) -> bool:
        """Whether old and new stand beside each other: where it is wanted, and there is room."""
        return self.columns and self.width >= COLUMNS


@dataclass(frozen=True, slots=True)
class Cell:
    """A line of code, or with ``part`` a fold of one; ``number`` is 1-based in its own text, 0 on a later fold.

    ``twin`` is the line that it stands against, ``state`` what the lines before left open.
    """

    kind: Kind
    text: str
    number: int
    side: Side = Side.NEW
    part: Part | None = None
    twin: str | None = None
    state: State = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the screen; ``item`` counts the lines of code in its hunk, or in its stretch of context, -1 for none.

    A CODE row has a cell for each column; a column with nothing on this row is None.
    """

    kind: Kind
    text: str = ""
    path: str = ""
    hunk: str = ""
    verdict: Verdict | None = None
    item: int = -1
    cells: tuple[Cell | None, ...] = ()
