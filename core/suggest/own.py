"""Which models are served by this computer itself, so that nobody is paid for them."""

from __future__ import annotations

from beai.core.suggest.choice import FILE

_OWN = ("ollama/", "ollama_chat/", "lm_studio/", "llamafile/")
"""What serves models itself; an OpenAI-compatible address may be a proxy's, which hands on and is paid for."""


def is_free(model: str, local: bool) -> bool:
    """Whether ``model``, which is asked on this computer where it is ``local``, costs nothing."""
    return model.startswith(FILE) or (local and model.startswith(_OWN))
