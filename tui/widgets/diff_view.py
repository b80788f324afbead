"""The change under review, line by line, with the hunk at hand marked."""

from __future__ import annotations

from collections.abc import Hashable

from textual.content import Content, Span
from textual.reactive import var

from beai.core.edits.change import Verdict
from beai.tui import typescript
from beai.tui.diff import Kind, Row, changed_words
from beai.tui.widgets.lines_view import LinesView

_SIGN = {Kind.ADD: "+", Kind.CUT: "-"}
_TINT = {Kind.ADD: "on $diff-add", Kind.CUT: "on $diff-cut"}
_NUMBER = {Kind.ADD: "$success", Kind.CUT: "$error", Kind.SAME: "$muted"}
_MARKS = {
    None: ("○", "$warning"),
    Verdict.ACCEPTED: ("✓", "$success"),
    Verdict.REJECTED: ("✗", "$error"),
}


class DiffView(LinesView):
    """Shows ``diff.Row``s; ``cursor`` is the ID of the hunk at hand."""

    cursor: var[str] = var("")

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show the rows of another change, or of the same one after a decision."""
        if rows != self.items:
            self.show(rows)

    def watch_cursor(self, old: str, new: str) -> None:
        """Move the mark, and bring the hunk at hand into view with a little of what stands above it."""
        self.repaint(lambda at: self._hunk(at) in (old, new))
        self.reveal()

    def reveal(self) -> None:
        """Scroll to the hunk at hand where it is out of view."""
        at = (
            [n for n, row in enumerate(self.items) if isinstance(row, Row) and row.hunk == self.cursor]
            if self.cursor
            else []
        )
        height = self.scrollable_content_region.height
        if not at or not height:
            return
        top = self.scroll_offset.y
        if at[0] < top or at[-1] >= top + height:
            self.scroll_to(y=max(at[0] - min(4, max(height - len(at), 0)), 0), animate=False, force=True)

    def on_resize(self) -> None:
        """The hunk at hand stays in view."""
        self.reveal()

    def look(self, item: object) -> Hashable:
        """A row of the hunk at hand is drawn otherwise."""
        assert isinstance(item, Row)
        return item, bool(item.hunk) and item.hunk == self.cursor

    def draw(self, item: object) -> Content:
        """One row of the diff, as wide as the view, tint and all."""
        row = item
        assert isinstance(row, Row)
        here = bool(row.hunk) and row.hunk == self.cursor
        match row.kind:
            case Kind.FILE:
                line = Content.styled(f" {row.text}", "bold $primary")
            case Kind.GAP:
                line = Content.styled(f"     ⋯  {row.text}", "$muted")
            case Kind.HUNK:
                line = _head(row, here)
            case Kind.NOTE:
                line = _bar(row, here) + Content.styled("  " + row.text, "$muted italic")
            case Kind.WARNING:
                line = _bar(row, here) + Content.styled("  " + row.text, "bold $warning")
            case _:
                line = _code(row, here)
        width = self.scrollable_content_region.width
        tint = _TINT.get(row.kind, "on $panel" if row.kind is Kind.HUNK and here else "")
        padded = line.pad_right(max(width - line.cell_length, 0))
        return padded.stylize_before(tint) if tint else padded

    def _hunk(self, at: int) -> str | None:
        """The hunk of the row at ``at``, None below the last row and between hunks."""
        row = self.items[at] if at < len(self.items) else None
        return (row.hunk or None) if isinstance(row, Row) else None


def _head(row: Row, here: bool) -> Content:
    glyph, style = _MARKS[row.verdict]
    return Content.assemble(
        ("▸" if here else " ", "bold $accent"), (f"{glyph} ", f"bold {style}"), (row.text, "bold" if here else "")
    )


def _bar(row: Row, here: bool) -> Content:
    return Content.styled(
        "▌" if here else "│" if row.hunk else " ",
        "$accent" if here else _MARKS[row.verdict][1] if row.hunk else "",
    )


def _code(row: Row, here: bool) -> Content:
    """A line of code: bar, number, sign, text; words coloured by language, changed words by tint."""
    folded = row.part is not None and row.part[0] > 0
    sign = "↪" if folded else _SIGN.get(row.kind, " ")  # a fold must not look like one more line
    faded = row.verdict is Verdict.REJECTED and row.kind is Kind.ADD
    text = Content(row.text)
    if typescript.known(row.path) and not faded:
        text = text.add_spans([Span(start, end, style) for start, end, style in typescript.words(row.text)])
    if row.twin is not None:
        cut, add = changed_words(row.text, row.twin) if row.kind is Kind.CUT else changed_words(row.twin, row.text)
        ranges, tint = (cut, "on $diff-cut-word") if row.kind is Kind.CUT else (add, "on $diff-add-word")
        text = text.add_spans([Span(start, end, tint) for start, end in ranges])
    if faded:
        text = text.stylize("strike $muted")
    text = text if row.part is None else text[row.part[0] : row.part[1]]
    margin = Content.assemble((f"{row.number or '':>4} ", _NUMBER[row.kind]), (f"{sign} ", f"bold {_NUMBER[row.kind]}"))
    return _bar(row, here) + margin + text
