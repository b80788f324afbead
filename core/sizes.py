"""How many bytes of one file are read or written: documents may be longer than code."""

from __future__ import annotations

LIMIT = 2_000_000
"""Most bytes of a file."""

DOCUMENT = 5 * 1024 * 1024
"""Most bytes of a document."""

DOCUMENTS = (".md", ".mdc", ".markdown")
"""How the name of a document ends."""


def most(path: str) -> int:
    """Most bytes of ``path``, by its ending."""
    return DOCUMENT if path.lower().endswith(DOCUMENTS) else LIMIT


def spoken(size: int) -> str:
    """A size in words: ``2 MB``, ``5.2 MB``."""
    return f"{size / 1_000_000:.1f}".removesuffix(".0") + " MB"
