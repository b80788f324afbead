"""A few lines at the bottom of a terminal that are drawn anew in place; what is printed goes above and stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beai.tui.testing.paint import Paint, cut

Row = tuple[str, tuple[str, ...]]
"""The text of one row, with its styles."""

_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"  # one frame, where the terminal knows synchronized output


class Region:
    """Draws rows through ``write``; ``size`` tells the terminal's columns and lines."""

    def __init__(self, write: Callable[[str], None], size: Callable[[], tuple[int, int]], paint: Paint) -> None:
        self._write = write
        self._size = size
        self._paint = paint
        self._drawn = 0

    def draw(self, rows: Sequence[Row], above: Sequence[str] = ()) -> None:
        """Show ``rows`` instead of the last ones; ``above`` are lines that stay."""
        columns, lines = self._size()
        shown = [self._paint(cut(" ".join(text.split("\n")), columns - 1), *styles) for text, styles in rows]
        shown = shown[-max(lines - 1, 1) :]
        kept = "".join(f"{line}\n" for line in above)
        self._write(f"{_BEGIN}{self._erased()}{kept}{chr(10).join(shown)}{_END}")
        self._drawn = len(shown)

    def close(self) -> None:
        """Take the rows away."""
        self._write(self._erased())
        self._drawn = 0

    def _erased(self) -> str:
        up = f"\x1b[{self._drawn - 1}A" if self._drawn > 1 else ""
        return f"\r{up}\x1b[J" if self._drawn else ""
