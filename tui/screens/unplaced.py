"""What of a patch found no place: why, what it wanted, and the nearest real lines; esc closes it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from beai.core.loop.alone.brought import Brought, Left
from beai.core.text import clip, one_line, printable
from beai.tui.prose import GAP, Prose, heading, item, para
from beai.tui.screens.page_card import PageCard

_LINES = 60
_STYLES = {"+": "$success", "-": "$error", "@": "$muted"}


class Unplaced(PageCard):
    """The edits one below the other, and the notes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("m", "close", show=False)]

    def __init__(self, brought: Brought) -> None:
        super().__init__(f"{brought.placed} of {brought.edits} edits placed", page(brought))


def page(brought: Brought) -> Prose:
    """First what is missing, then what is there already, then the notes."""
    told: Prose = tuple(item("·", "$muted", one_line(note, 400)) for note in brought.notes)
    told = (*told, GAP) if told else ()
    for one in (*brought.missing, *(one for one in brought.left if one.there)):
        told = (*told, *_entry(one), GAP)
    return told or (para("Every edit has its place."),)


def _entry(one: Left) -> Prose:
    sign, style = ("✓", "$success") if one.there else ("✗", "$warning")
    lines: Prose = (
        heading(one_line(one.file, 200)),
        item(sign, style, clip(printable(one.reason), 400)),
        *(para(line, _STYLES.get(line[:1], "")) for line in _shown(one.wanted)),
    )
    if one.there:
        return lines
    if not one.nearest:
        return (*lines, GAP, para("No line of the file is like these.", "$muted")) if one.wanted else lines
    near = (para(f"  {line}") for line in _shown(one.nearest))
    return (*lines, GAP, para("The nearest lines of the file, as they are:", "$muted"), *near)


def _shown(text: str) -> list[str]:
    lines = printable(text).split("\n")
    return [clip(line, 400) or " " for line in lines[:_LINES]] + (["…"] if len(lines) > _LINES else [])
