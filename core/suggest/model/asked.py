"""Whom a suggester asks and how: model, address, and where the key is, as one order on the pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from beai.core.settings import Settings, access_for
from beai.core.suggest.choice import Chosen
from beai.core.suggest.model.deadlines import Caps, Deadlines, Retries, limits

FILE = "gguf:"  # a model's name that is a file on this computer


@dataclass(frozen=True, slots=True)
class Asked:
    """One model, its address (``""``: the provider's own), and where its key is; never the key itself."""

    model: str
    base: str = ""
    key: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_file(self) -> bool:
        """Whether the worker serves it by itself."""
        return self.model.startswith(FILE)


def asked(settings: Settings, chosen: Chosen | None) -> Asked:
    """``chosen`` with its key, None: the model of the settings; a key goes to the address that it was set for alone."""
    model = chosen.model if chosen is not None else settings.model
    access = access_for(settings, model)
    if chosen is None or chosen.base in ("", access.base):
        return Asked(model, access.base, access.key)
    return Asked(model, chosen.base)


def order(settings: Settings, asked: Asked, deadlines: Deadlines, retries: Retries, caps: Caps) -> dict[str, Any]:
    """What every order of a suggester says."""
    return {
        "do": "complete",
        "model": asked.model,
        "base": asked.base,
        "key": asked.key,
        "temperature": settings.temperature,
        "max_tokens": settings.max_tokens,
        "limits": limits(deadlines, retries, caps),
    }
