"""Paragraphs and list items that fold to any width with a hanging indent; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from beai.core.text import printable

_NARROWEST = 8
_NOTHING = Content("")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph; ``lead`` stands before its first line, the other lines are set in below it."""

    body: Content
    lead: Content = _NOTHING


Prose = tuple[Block, ...]
"""A page: blocks from top to bottom."""

GAP = Block(Content(""))
"""An empty line."""


def say(text: str, style: str = "") -> Content:
    """Text from outside, made safe, never read as markup."""
    return Content.styled(printable(text), style) if style else Content(printable(text))


def para(text: str, style: str = "") -> Block:
    """A paragraph of outside text; its own line breaks are kept."""
    return Block(say(text, style))


def heading(text: str) -> Block:
    """A small heading."""
    return para(text, "bold $primary")


def item(mark: str, style: str, *pieces: tuple[str, str] | str) -> Block:
    """A list item behind ``mark``."""
    return Block(Content.assemble(*pieces), Content.assemble("  ", (mark, style), " "))


def fold(prose: Iterable[Block], width: int) -> list[Content]:
    """The lines of a page ``width`` cells wide."""
    return [line for block in prose for line in _folded(block, width)]


def listed(title: str, items: Sequence[Block]) -> Prose:
    """A heading, its items and a gap; nothing at all where there are no items."""
    return (heading(title), *items, GAP) if items else ()


def same(before: Prose, after: Prose) -> bool:
    """Whether both look alike, colours and all; ``Content``'s own equality compares no more than the text."""
    return len(before) == len(after) and all(
        old is new or (old.body.is_same(new.body) and old.lead.is_same(new.lead))
        for old, new in zip(before, after, strict=True)
    )


def _folded(block: Block, width: int) -> Iterator[Content]:
    indent = block.lead.cell_length
    lines = block.body.wrap(max(width - indent, _NARROWEST)) or [Content("")]
    yield block.lead + lines[0]
    for line in lines[1:]:
        yield Content(" " * indent) + line
