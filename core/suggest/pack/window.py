"""How much of a model's context a request may take: what the person set, what litellm knows, else a cautious guess."""

from __future__ import annotations

from beai.core.suggest.pack.part import Window

UNKNOWN = 32_768  # tokens of a model that nobody knows anything about
ENOUGH = 100_000  # tokens beyond which more context costs more than it helps; the setting may go beyond
REPLY = 8_192  # tokens kept for the reply where nothing else is set


def window_of(setting: int | None, max_tokens: int | None, known_in: int | None, known_out: int | None) -> Window:
    """The window from the settings ``window`` and ``max_tokens`` and what litellm knows (None: nothing)."""
    if setting is not None:
        tokens, why = setting, "as the setting window says"
    elif known_in is not None:
        tokens = min(known_in, ENOUGH)
        why = f"litellm knows {known_in:,}" + (f"; beai stays below {ENOUGH:,}" if known_in > ENOUGH else "")
    else:
        tokens, why = UNKNOWN, "nothing is known of the model; the setting window says more"
    reply = max_tokens if max_tokens is not None else min(REPLY, known_out or REPLY)
    return Window(tokens, min(reply, tokens // 2), why)


DEFAULT = window_of(None, None, None, None)
