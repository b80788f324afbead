"""A line of text, or a few, painted only when they say something else."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Words(Static):
    """``say`` lays the screen out anew only where the text may take another number of rows."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._said = Content("")

    def say(self, content: Content) -> None:
        """Show ``content``."""
        before, self._said = self._said, content
        if not before.is_same(content):
            rows = self._rows(content)
            still = not self.display or (rows > 0 and rows == self._rows(before))
            self.update(content, layout=not still)

    def _rows(self, content: Content) -> int:
        """How many rows ``content`` takes, 0 where that is for the layout to say."""
        lines = content.split("\n")
        return len(lines) if content and all(line.cell_length <= self.size.width for line in lines) else 0
