"""Spans of time as a person reads them."""

from __future__ import annotations


def seconds(ms: float) -> str:
    """``5 s``, ``250 ms``, ``2 min``."""
    if ms >= 120_000:
        return f"{ms / 60_000:g} min"
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"
