"""Colours for plain lines: only on a terminal, or where the environment says otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from beai.core.text import printable

_CODES = {"green": "32", "red": "31", "yellow": "33", "cyan": "36", "dim": "2", "bold": "1", "reverse": "7"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Makes text from outside safe to show, and colours it where ``colours`` is set."""

    colours: bool = False

    def __call__(self, text: str, *styles: str) -> str:
        """``text`` in one line, in ``styles``."""
        shown = self.plain(text)
        codes = ";".join(_CODES[style] for style in styles)
        return f"\x1b[{codes}m{shown}\x1b[0m" if self.colours and codes and shown else shown

    @staticmethod
    def plain(text: str) -> str:
        """``text`` in one line, without colours."""
        return printable(text).replace("\n", "⏎")


def coloured(terminal: bool, env: Mapping[str, str]) -> bool:
    """Whether to colour (no-color.org; ``FORCE_COLOR`` as Node's ``tty`` has it)."""
    if forced := env.get("FORCE_COLOR"):
        return forced not in ("0", "false")
    return terminal and not env.get("NO_COLOR") and env.get("TERM") != "dumb"


def cells(text: str) -> int:
    """How many columns ``text`` takes; it holds no control characters."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def cut(text: str, columns: int) -> str:
    """``text`` without colours, cut to ``columns``."""
    if cells(text) <= columns:
        return text
    kept, used = [], 1
    for char in text:
        used += _width(char)
        if used > columns:
            break
        kept.append(char)
    return "".join(kept) + "…"


def _width(char: str) -> int:
    if unicodedata.combining(char) or char == "\u200d":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
