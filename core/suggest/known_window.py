"""How the model that the settings name would be asked; a worker is started only where nothing but it can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from beai.core.settings import Settings
from beai.core.suggest.exchange import Request
from beai.core.suggest.manner import Steps, steps
from beai.core.suggest.pack import Pack, narrowed, pack
from beai.core.suggest.pack.part import Window
from beai.core.suggest.pack.window import window_of


@dataclass(frozen=True, slots=True)
class Asking:
    """The model's window, whether it is asked in small steps, and why."""

    window: Window
    steps: Steps

    def packed(self, request: Request) -> Pack:
        """What ``request`` would send."""
        small = replace(request, manner=self.steps.manner)
        return pack(small, narrowed(self.window) if self.steps.small else self.window)


async def asking(settings: Settings, env: Mapping[str, str]) -> Asking:
    """As set, else as litellm or the file knows, else a cautious guess; no process is left."""
    if not settings.model:
        window = window_of(settings.window, settings.max_tokens, None, None)
        return Asking(window, steps(settings.steps, window.tokens, None))
    from beai.core.suggest.model import ModelSuggester

    suggester = ModelSuggester(settings, env)
    try:
        return Asking(await suggester.window(), await suggester.steps())
    finally:
        await suggester.close()
