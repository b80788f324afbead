"""Every key, by what it is for."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from beai.tui import keys
from beai.tui.keys import Place
from beai.tui.prose import Block, Prose, listed
from beai.tui.screens.page_card import PageCard

_SPECIAL = (
    Place.CYCLE,
    Place.WAIVABLE,
    Place.FAULT,
    Place.WRITTEN,
    Place.MADE,
    Place.PUT_BACK,
)  # the other places are what the headings say


class Help(PageCard):
    """The key table, drawn, or only the keys of ``places``; esc or ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark", "close", show=False)]

    def __init__(self, places: Collection[Place] = ()) -> None:
        super().__init__("Keys", page(frozenset(places) or frozenset(Place) - {Place.ALONE, Place.REPLAY}))


def page(places: Collection[Place] = frozenset(Place)) -> Prose:
    """The table by group."""
    return tuple(
        block
        for group in keys.Group
        for block in listed(group.value, [_row(key) for key in keys.KEYS if key.group is group and key.place in places])
    )


def _row(key: keys.Key) -> Block:
    shown = "1–9" if len(key.keys) == 9 else key.shown
    lead = Content.styled(f"  {shown:<13}", "bold $primary")
    where = f"  {key.place.value}" if key.place in _SPECIAL else ""
    return Block(Content.assemble(key.help, (where, "$muted")), lead)
