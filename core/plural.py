"""How many of something, in words."""

from __future__ import annotations


def plural(count: int, noun: str) -> str:
    """``1 hunk``, ``2 hunks``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
