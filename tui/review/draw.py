"""One row of a review as a line of the screen: signs and marks say it, colours say it again; pure."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content, Span

from beai.core.edits.change import Side, Verdict
from beai.tui.review.lexer import ending
from beai.tui.review.lexer import words as lexed
from beai.tui.review.rows import Cell, Kind, Row
from beai.tui.review.search import ranges
from beai.tui.review.shown import squeezed
from beai.tui.review.words import changed

MARKS = {
    None: ("○", "$warning"),
    Verdict.ACCEPTED: ("✓", "$success"),
    Verdict.REJECTED: ("✗", "$error"),
}
"""A glyph and a colour for each verdict, and for none."""

_SIGN = {Kind.ADD: "+", Kind.CUT: "-", Kind.DRAFT: "~"}
_TINT = {Kind.ADD: "on $diff-add", Kind.CUT: "on $diff-cut"}
_NUMBER = {Kind.ADD: "$success", Kind.CUT: "$error", Kind.SAME: "$muted", Kind.DRAFT: "$muted"}
_WORD = {Kind.ADD: "on $diff-add-word", Kind.CUT: "on $diff-cut-word"}
_NOTES = {Kind.NOTE: "$muted italic", Kind.COMMENT: "bold $accent", Kind.WARNING: "bold $warning"}


@dataclass(frozen=True, slots=True)
class Look:
    """What decides how a row is drawn besides itself.

    ``mark`` is what the bar says: ``▌`` the hunk at hand, ``█`` a chosen line, ``▶`` the line at hand. ``found`` are
    words looked for; ``plain`` is whether changed words are underlined, for want of colours to lay behind them.
    """

    width: int
    digits: int
    room: int
    mark: str = ""
    number: str = ""
    found: str = ""
    calm: bool = False
    plain: bool = False


def draw(row: Row, look: Look) -> Content:
    """The row, as wide as the view, tint and all."""
    match row.kind:
        case Kind.CODE:
            return _code(row, look)
        case Kind.FILE:
            line, tint = Content.styled(f" {row.text}", "bold $primary"), "on $surface"
        case Kind.GAP:
            line, tint = Content.styled(f"{' ' * look.digits}  ⋯  {row.text}", "$muted"), ""
        case Kind.HUNK:
            line, tint = _head(row, look), "on $panel" if look.mark else ""
        case Kind.PART:
            line, tint = _bar(row, look) + Content.styled(f" ── {row.text} ──", "bold $secondary"), ""
        case _:
            line, tint = _bar(row, look) + Content.styled(f"  {row.text}", _NOTES[row.kind]), ""
    padded = line.pad_right(max(look.width - line.cell_length, 0))
    return padded.stylize_before(tint) if tint else padded


def _head(row: Row, look: Look) -> Content:
    glyph, style = MARKS[row.verdict]
    return Content.assemble(
        ("▸" if look.mark else " ", "bold $accent"),
        (f"{glyph} ", f"bold {style}"),
        (f"hunk {look.number} · {row.text}", "bold" if look.mark else ""),
    )


def _bar(row: Row, look: Look) -> Content:
    if look.mark:
        return Content.styled(look.mark, "$accent")
    return Content.styled("│" if row.hunk else " ", MARKS[row.verdict][1] if row.hunk else "")


def _code(row: Row, look: Look) -> Content:
    """A line of code, or two side by side."""
    if len(row.cells) == 1:
        return _cell(_bar(row, look), row.cells[0], row, look, look.width)
    left = look.digits + 4 + look.room
    old = _cell(_bar(row, look), row.cells[0], row, look, left)
    return old + _cell(Content.styled("│", "$edge"), row.cells[1], row, look, look.width - left)


def _cell(bar: Content, cell: Cell | None, row: Row, look: Look, width: int) -> Content:
    """Bar, number, sign, text; words coloured by language, changed words by tint or a line below."""
    if cell is None:
        return bar.pad_right(max(width - bar.cell_length, 0))
    calm = look.calm and cell.twin is not None and squeezed((cell.text,)) == squeezed((cell.twin,))
    folded = cell.part is not None and cell.part[0] > 0
    sign = "↪" if folded else _SIGN.get(cell.kind, " ")  # a fold must not look like one more line
    color = "$muted" if calm else _NUMBER[cell.kind]
    number = f"{cell.number or '':>{look.digits}}"
    line = (
        bar
        + Content.assemble((f"{number} ", color), (f"{sign}{'≈' if calm else ' '}", f"bold {color}"))
        + _text(cell, row, look, calm)
    )
    padded = line.pad_right(max(width - line.cell_length, 0))
    tint = "" if calm else _TINT.get(cell.kind, "")
    return padded.stylize_before(tint) if tint else padded


def _text(cell: Cell, row: Row, look: Look, calm: bool) -> Content:
    if cell.kind is Kind.DRAFT or (row.verdict is Verdict.REJECTED and cell.kind is Kind.ADD):
        spans = [Span(0, len(cell.text), "strike $muted")]
    else:
        spans = [Span(*word) for word in lexed(cell.text, cell.state, ending(row.path))]
    if cell.twin is not None and not calm and cell.kind in _WORD:
        style = _WORD[cell.kind] + (" bold underline" if look.plain else " bold")
        old = cell.side is Side.OLD
        pair = changed(cell.text, cell.twin)[0] if old else changed(cell.twin, cell.text)[1]
        spans += [Span(start, end, style) for start, end in pair]
    spans += [Span(start, end, "reverse") for start, end in ranges(cell.text, look.found)]
    text = Content(cell.text, spans)
    return text if cell.part is None else text[cell.part[0] : cell.part[1]]
