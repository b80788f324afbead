"""Everyone who can be asked, put together for one person's settings and environment."""

from __future__ import annotations

import time
from collections.abc import Mapping

from beai.core.settings import Settings, state_dir
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.local import Drafter
from beai.core.suggest.measured import keep
from beai.core.suggest.plan import settings_for
from beai.core.suggest.switchboard import Asked, Switchboard


def everyone(settings: Settings, env: Mapping[str, str]) -> Switchboard:
    """The switchboard over the real ones; a model's client is imported when the first model is asked."""

    def model(chosen: Chosen) -> Asked:
        from beai.core.suggest.model import ModelSuggester

        return ModelSuggester(settings_for(settings, chosen), env)

    def used(chosen: Chosen) -> None:
        if chosen.way is Way.MODEL:
            keep(state_dir(env), chosen.model, chosen.base, used_at=time.time())

    return Switchboard(settings, {Way.DRAFTER: lambda _: Drafter(), Way.MODEL: model}, used=used)
