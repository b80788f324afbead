"""How many of something, in words."""

from __future__ import annotations


def plural(count: int, noun: str, many: str = "") -> str:
    """``1 hunk``, ``2 hunks``; ``many`` where an s alone does not make it."""
    word = noun if count == 1 else many or f"{noun}s"
    return f"{count} {word}"
