"""Text from outside is made safe to show here, and nowhere else."""

from __future__ import annotations

import re
import unicodedata

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[@-Z\\-_])")
_TABS = 4
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs without ink, which a name may consist of (Unicode Standard 18.6, 21.1)."""


def printable(text: str) -> str:
    """Return ``text`` with every terminal control removed or made visible; line ends become ``\\n``.

    Escape sequences (ECMA-48) go; other control, format and bidirectional characters (Unicode categories Cc, Cf)
    and lone surrogates become a visible ``\\xNN`` or ``\\uNNNN``, so that hostile text cannot move the cursor, set a
    title, or show code in another order than it runs (CVE-2021-42574). Joiners inside emoji are kept.
    """
    if text.isascii() and text.isprintable():
        return text
    return visible(_ANSI.sub("", text).replace("\r\n", "\n").replace("\t", " " * _TABS))


def visible(text: str) -> str:
    """Return ``text`` with nothing removed: what ``printable`` leaves out or shows otherwise is shown here.

    For text that will be written as it is: who decides about it must see an escape sequence, too.
    """
    return text if text.isascii() and text.isprintable() else "".join(_visible(char) for char in text)


def clip(text: str, width: int) -> str:
    """Cut ``text`` to ``width`` characters, the last one an ellipsis when something was cut."""
    if width <= 0:
        return ""
    return text if len(text) <= width else text[: width - 1] + "…"


def shortened(text: str, width: int) -> str:
    """Cut ``text`` to ``width`` characters after a whole word, where there is one."""
    cut = clip(text, width)
    if cut == text or text[len(cut) - 1].isspace():
        return cut if cut == text else f"{cut[:-1].rstrip()}…"
    whole = cut[:-1].rpartition(" ")[0].rstrip(" ,;:—–-(")
    return f"{whole}…" if whole else cut


def one_line(text: str, width: int = 200) -> str:
    """The first non-blank line of ``text``, printable and clipped to ``width``."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return clip(printable(first).replace("\n", " "), width)


def _visible(char: str) -> str:
    if char in ("\n", "\u200d"):
        return char
    match unicodedata.category(char):
        case "Cc":
            return f"\\x{ord(char):02x}"
        case "Cf" | "Cs" | "Zl" | "Zp":
            return f"\\u{ord(char):04x}"
        case _ if char in BLANK:
            return f"\\u{ord(char):04x}"
        case _:
            return char
