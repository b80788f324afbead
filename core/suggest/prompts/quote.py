"""Outside text is quoted here: no text can close the fence that holds it."""

from __future__ import annotations

import re

_RUN = re.compile(r"`{3,}")


def fenced(text: str, info: str = "") -> str:
    """``text`` in a fence longer than any run of backquotes inside it (CommonMark, "Fenced code blocks")."""
    longest = max((len(run) for run in _RUN.findall(text)), default=2)
    fence = "`" * (longest + 1)
    word = re.sub(r"[^\w+.-]", "", info)[:20]
    return f"{fence}{word}\n{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{fence}\n"


def heading(title: str, text: str) -> str:
    """``text`` under a one-line heading; nothing where there is no text."""
    return f"## {' '.join(title.split())}\n\n{text}{'' if text.endswith(chr(10)) else chr(10)}" if text else ""


def cut(text: str, limit: int, *, tail: bool = False) -> str:
    """At most ``limit`` characters of ``text``, its start or its ``tail``, saying how many were left out."""
    left_out = len(text) - limit
    if left_out <= 0:
        return text
    if tail:
        return f"({left_out} characters left out)\n{text[-limit:]}"
    return f"{text[:limit]}\n({left_out} more characters left out)\n"
