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
            still = not self.display or (self._in_a_row(before) and self._in_a_row(content))
            self.update(content, layout=not still)

    def _in_a_row(self, content: Content) -> bool:
        return "\n" not in content.plain and 0 < content.cell_length <= self.size.width
