"""What a text costs in tokens, the same for every model: no tokenizer is loaded, and no provider tells its own.

Pieces are counted as byte-pair tokenizers cut them: a short word, up to three digits, a pair of signs, a line end with
its indentation. ``python -m tests.bench packing`` prints how far that is from litellm's ``token_counter``. Providers'
newer tokenizers make more tokens of the same text than that one: what has to fit a window leaves ``MARGIN`` for them.
"""

from __future__ import annotations

import re
from functools import lru_cache

MARGIN = 1.15
_PIECES = re.compile(
    r"[A-Z]?[a-z]{1,7}|[A-Z]{1,3}|\d{1,3}|\n\s*|[!-/:-@\[-`{-~]{1,2}|[\u00c0-\u2fff]{1,2}|[^\x00-\x7f]|[\x00-\x08\x0e-\x1f\x7f]"
)
_STEP = 100_000  # characters counted at a time, so that a large text needs no large list


@lru_cache(maxsize=512)
def tokens(text: str) -> int:
    """About how many tokens ``text`` is, more often too many than too few."""
    return sum(len(_PIECES.findall(text, at, at + _STEP)) for at in range(0, len(text), _STEP))
