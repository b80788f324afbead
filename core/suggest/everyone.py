"""Everyone who can be asked, put together for one person's settings and environment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from beai.core.settings import Settings, state_dir
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.local import Drafter
from beai.core.suggest.measured import keep
from beai.core.suggest.outside import ClipboardSuggester
from beai.core.suggest.pack.window import window_of
from beai.core.suggest.plan import settings_for
from beai.core.suggest.privacy.local import is_local
from beai.core.suggest.switchboard import Asked, Switchboard

if TYPE_CHECKING:
    from beai.core.suggest.model.spare import Workers


def everyone(settings: Settings, env: Mapping[str, str], folder: Path) -> Switchboard:
    """The switchboard over the real ones; a model's client is imported when the first model is asked.

    In ``folder``, that of the repository's state, is kept what a person carries to a chat. All models share the
    processes, which are of no model before they are told.
    """

    @cache
    def workers() -> Workers:
        from beai.core.suggest.model.spare import Workers

        return Workers(env)

    def model(chosen: Chosen) -> Asked:
        from beai.core.suggest.model import ModelSuggester

        return ModelSuggester(settings_for(settings, chosen), env, shared=workers())

    async def close() -> None:
        if workers.cache_info().currsize:
            await workers().close()

    def used(chosen: Chosen) -> None:
        if chosen.way is Way.MODEL:
            keep(state_dir(env), chosen.model, chosen.base, used_at=time.time())

    def chat(chosen: Chosen) -> Asked:
        return ClipboardSuggester(folder, window_of(settings.window, settings.max_tokens, None, None))

    makers: dict[Way, Callable[[Chosen], Asked]] = {
        Way.DRAFTER: lambda _: Drafter(),
        Way.MODEL: model,
        Way.CLIPBOARD: chat,
    }
    return Switchboard(settings, makers, local=is_local, used=used, after=close)
