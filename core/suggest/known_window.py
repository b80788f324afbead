"""The window of the model that the settings name; a worker is started only where nothing but litellm can tell."""

from __future__ import annotations

from collections.abc import Mapping

from beai.core.settings import Settings
from beai.core.suggest.pack.part import Window
from beai.core.suggest.pack.window import window_of


async def window_for(settings: Settings, env: Mapping[str, str]) -> Window:
    """As set, else as litellm knows, else a cautious guess; no process is left."""
    if settings.window is not None or not settings.model:
        return window_of(settings.window, settings.max_tokens, None, None)
    from beai.core.suggest.model import ModelSuggester

    suggester = ModelSuggester(settings, env)
    try:
        return await suggester.window()
    finally:
        await suggester.close()
