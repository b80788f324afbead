"""What a person sees: the cells of a terminal after what Textual wrote to it, and nothing that Textual never writes."""

from __future__ import annotations

import re

from rich.cells import cell_len

_PIECE = re.compile(
    r"\x1b\[(?P<words>[\d;?<>=]*)[ -/]*(?P<what>[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[P_^X].*?\x1b\\\\"
    r"|\x1b[()][0-9A-Za-z]|\x1b.|(?P<text>[^\x00-\x1f\x7f]+)|(?P<control>[\x00-\x1f\x7f])",
    re.DOTALL,
)


class Glass:
    """Cells of ``columns`` × ``lines``; moves, text and erasing count, colours do not (XTerm Control Sequences)."""

    def __init__(self, columns: int, lines: int) -> None:
        self._columns, self._lines = columns, lines
        self._clear()

    @property
    def rows(self) -> list[str]:
        """The rows as text, without the space at their ends."""
        return ["".join(row).rstrip() for row in self._cells]

    def feed(self, text: str) -> None:
        """Take what was written; a sequence is whole."""
        for piece in _PIECE.finditer(text):
            if piece["text"]:
                self._put(piece["text"])
            elif piece["control"] == "\r":
                self._at = 0
            elif piece["control"] == "\n":
                self._row = min(self._row + 1, self._lines - 1)
            elif piece["what"] == "H":
                row, _, at = (piece["words"] or "1;1").partition(";")
                self._row, self._at = min(int(row or 1), self._lines) - 1, min(int(at or 1), self._columns) - 1
            elif piece["what"] == "J" or (piece["what"] == "h" and piece["words"] == "?1049"):
                self._clear()

    def _put(self, text: str) -> None:
        for letter in text:
            width = cell_len(letter)
            if width and self._at + width <= self._columns:
                self._cells[self._row][self._at : self._at + width] = [letter] + [""] * (width - 1)
                self._at += width

    def _clear(self) -> None:
        self._cells = [[" "] * self._columns for _ in range(self._lines)]
        self._row = self._at = 0
