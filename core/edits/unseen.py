"""Characters that a reader does not see, or that a terminal obeys: which of them new lines bring in, in words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from beai.core.sizes import DOCUMENTS
from beai.core.text import BLANK, visible

_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

_ODD = re.compile(r"[^\t\n -~]")
_JOINER = "\u200d"
_SHOWN = 6


def unseen(path: str, old: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    """What a reader must know of the characters that the lines ``new`` hold more of than ``old``."""
    more = Counter(_hidden("".join(new)))
    if not more:
        return ()
    more -= Counter(_hidden("".join(old)))
    refused = [char for char in more if _refused(path, char)]
    rest = [char for char in more if char not in refused]
    words = []
    if refused:
        words.append(f"brings in {_named(refused)}, which is refused when it is written")
    if rest:
        words.append(f"brings in {_named(rest)}: characters that do not show, or that a terminal obeys")
    return tuple(words)


def turned(path: str, text: str, before: str | None) -> str:
    """The bidirectional controls that ``text`` has more of than ``before``, by name; documents may have them.

    Those that the file had already stay: they are not this change's (Unicode Technical Report 36; CVE-2021-42574).
    """
    if path.lower().endswith(DOCUMENTS) or text.isascii():
        return ""
    more = (char for char in _TURNING if text.count(char) > (before or "").count(char))
    return ", ".join(f"U+{ord(char):04X}" for char in more)


def _hidden(text: str) -> Iterator[str]:
    text = text.replace("\r\n", "\n")
    for found in _ODD.finditer(text):
        char = found[0]
        hidden = char in BLANK or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        if hidden and not (char == _JOINER and _joins(text, found.start())):
            yield char


def _joins(text: str, at: int) -> bool:
    """Whether the joiner at ``at`` stands in an emoji or a word of a script that has them (Unicode Standard, 23.2)."""
    return at > 0 and not text[at - 1].isascii()


def _refused(path: str, char: str) -> bool:
    """Whether ``encoding.encoded`` refuses it."""
    turns = char in _TURNING and not path.lower().endswith(DOCUMENTS)
    return turns or char == "\0" or "\ud800" <= char <= "\udfff"


def _named(chars: list[str]) -> str:
    """The characters as the lines show them."""
    more = len(chars) - _SHOWN
    return ", ".join(visible(char) for char in sorted(chars)[:_SHOWN]) + (f" and {more} others" if more > 0 else "")
