"""Outside text is quoted here: no text can close the fence that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from beai.core.text import clip, printable

_RUN = re.compile(r"`{3,}")
_OURS = re.compile(r"#{2,}|`{3,}|~{3,}")  # what begins a block of a reply, or a fence
_WIDEST = 300
_NAME = 80


def fenced(text: str, info: str = "") -> str:
    """``text`` in a fence longer than any run of backquotes inside it (CommonMark, "Fenced code blocks")."""
    longest = max((len(run) for run in _RUN.findall(text)), default=2)
    fence = "`" * (longest + 1)
    word = re.sub(r"[^\w+.-]", "", info)[:20]
    return f"{fence}{word}\n{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{fence}\n"


def heading(title: str, text: str) -> str:
    """``text`` under a one-line heading; nothing where there is no text."""
    return f"## {named(title)}\n\n{text}{'' if text.endswith(chr(10)) else chr(10)}" if text else ""


def named(text: str, width: int = _WIDEST) -> str:
    """A name from outside as it may stand in a line of ours: one line, not long, and nothing of how replies read."""
    return clip(printable(_OURS.sub("", " ".join(text[: 2 * width].split()))), width)


def listed(names: Iterable[str], room: int) -> str:
    """Names from outside in a fence, of which ``room`` characters go along; the others are counted."""
    told: list[str] = []
    found = [named(name, _NAME) for name in names]
    for name in found:
        room -= len(name) + 2
        if room < 0:
            break
        told.append(name)
    more = f"\nand {len(found) - len(told):,} more" if len(told) < len(found) else ""
    return fenced(", ".join(told) + more) if found else ""


def cut(text: str, limit: int, *, tail: bool = False) -> str:
    """At most ``limit`` characters of ``text``, its start or its ``tail``, saying how many were left out."""
    left_out = len(text) - limit
    if left_out <= 0:
        return text
    if tail:
        return f"({left_out} characters left out)\n{text[-limit:]}"
    return f"{text[:limit]}\n({left_out} more characters left out)\n"
