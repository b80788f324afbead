"""One line of code as it can be drawn: safe, tabs at their stops, white space visible on demand, folded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from textwrap import wrap

from rich.cells import cell_len
from textual.content import Content

from beai.core.text import printable, visible

TAB = 4
"""Cells from one tab stop to the next."""

LONGEST = 20_000
"""Characters of a line that are drawn; a longer one says how many more there are."""

Part = tuple[int, int]
"""A piece of a line: from, to."""

_ODD = re.compile(r"[^ -~\n]")


@lru_cache(maxsize=2048)
def shown(line: str, white: bool = False) -> str:
    """``line`` without its end; with ``white`` each space is a dot, each tab an arrow, and a carriage return a mark."""
    bare = line.removesuffix("\n")
    ended = len(bare) < len(line)
    cr = bare.endswith("\r")
    bare = bare.removesuffix("\r")
    more = len(bare) - LONGEST
    text = bare[:LONGEST] if more > 0 else bare
    text = text.replace(" ", "·") if white else text
    text = visible(_tabs(text, white) if "\t" in text else text)
    if more > 0:
        text += f"… and {more} more characters, which only an editor shows"
    if white:
        text += ("␍" if cr else "") + ("" if ended else " ¬ no line end")
    return text


def height(lines: Sequence[str], room: int, white: bool = False) -> int:
    """The rows that ``lines`` take, ``room`` cells wide; without looking at each where they are plain and short."""
    if not white and lines and max(map(len, lines)) <= room and not _ODD.search("".join(lines)):
        return len(lines)
    return sum(len(parts(shown(line, white), room)) for line in lines)


def parts(text: str, room: int) -> Sequence[Part]:
    """Where to fold ``text`` so that each piece is at most ``room`` cells wide; one piece at least."""
    if len(text) * 2 <= room or (len(text) <= room and text.isascii()):
        return ((0, len(text)),)
    return cuts(text, max(room, 2)) or [(0, 0)]


def cuts(text: str, width: int) -> list[Part]:
    """Where to cut ``text`` so that each piece is at most ``width`` cells wide."""
    if text.isascii():
        return [(at, min(at + width, len(text))) for at in range(0, len(text), width)]
    found, start, cells = list[Part](), 0, 0
    for at, char in enumerate(text):
        wide = cell_len(char)
        if cells + wide > width:
            found.append((start, at))
            start, cells = at, 0
        cells += wide
    return [*found, (start, len(text))]


@lru_cache(maxsize=2048)
def wrapped(text: str, width: int) -> tuple[str, ...]:
    """Outside words folded between words to ``width`` cells."""
    safe = printable(text).replace("\n", " ")
    if safe.isascii():
        return (safe,) if len(safe) <= width else tuple(wrap(safe, max(width, 10)))
    return tuple(line.plain for line in Content(safe).wrap(max(width, 10)))


def squeezed(lines: Sequence[str]) -> str:
    """The text of ``lines`` without any white space."""
    return "".join("".join(lines).split())


def _tabs(text: str, white: bool) -> str:
    """Each tab as far as the next stop."""
    pieces, cells = list[str](), 0
    *before, last = text.split("\t")
    for piece in before:
        cells += len(piece) if piece.isascii() and piece.isprintable() else cell_len(visible(piece))
        room = TAB - cells % TAB
        cells += room
        pieces.append(f"{piece}{'→' if white else ' '}{' ' * (room - 1)}")
    return "".join(pieces) + last
