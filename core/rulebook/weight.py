"""About how many tokens a text costs, the same for every model: no tokenizer is loaded for an estimate."""

from __future__ import annotations

from functools import lru_cache

_PER_TOKEN = 4  # characters of English or code to a token, as providers' documentation puts it


@lru_cache(maxsize=2_048)
def tokens(text: str) -> int:
    """Four ASCII characters to a token, rounded up; other scripts cost about a token for two characters."""
    ascii_only = len(text.encode("ascii", "ignore"))
    return (ascii_only + 2 * (len(text) - ascii_only) + _PER_TOKEN - 1) // _PER_TOKEN
