"""Whom a suggester asks and how: model, address, and where the key is, as one order on the pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from beai.core.settings import Settings, access_for
from beai.core.suggest.choice import FILE, Chosen, called
from beai.core.suggest.deadlines import Caps, Deadlines, Retries, limits
from beai.core.suggest.manner import Manner
from beai.core.suggest.pack.part import Window
from beai.core.suggest.pack.small import narrowed


@dataclass(frozen=True, slots=True)
class Asked:
    """One model, its address (``""``: the provider's own), and where its key is; never the key itself."""

    model: str
    base: str = ""
    key: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a person is shown of it: of a file its own name."""
        return called(self.model)

    @property
    def is_file(self) -> bool:
        """Whether the worker serves it by itself."""
        return self.model.startswith(FILE)


def asked(settings: Settings, chosen: Chosen | None) -> Asked:
    """``chosen`` with its key, None: the model of the settings; a key goes to the address that it was set for alone."""
    model = placed(chosen.model if chosen is not None else settings.model)
    access = access_for(settings, model)
    if chosen is None or chosen.base in ("", access.base):
        return Asked(model, access.base, access.key)
    return Asked(model, chosen.base)


def placed(model: str) -> str:
    """A file's name made absolute from the person's home folder, wherever beai was started; another name as it is."""
    if not model.startswith(FILE):
        return model
    path = Path(model.removeprefix(FILE))
    home = Path.home()
    return f"{FILE}{home.joinpath(*path.parts[1:]) if path.parts[:1] == ('~',) else home / path}"


def order(settings: Settings, asked: Asked, deadlines: Deadlines, retries: Retries, caps: Caps) -> dict[str, Any]:
    """What every order of a suggester says."""
    return {
        "do": "complete",
        "model": asked.model,
        "base": asked.base,
        "key": asked.key,
        "temperature": settings.temperature,
        "max_tokens": settings.max_tokens,
        "window": settings.window,
        "limits": limits(deadlines, retries, caps),
    }


def bounds(line: Mapping[str, Any], manner: Manner, window: Window, is_file: bool) -> dict[str, Any]:
    """What an order says beyond the settings: small steps are taken without chance, and end where their reply does.

    So does a file, which nobody else would stop.
    """
    small, most = manner is Manner.SMALL, line["max_tokens"]
    window = narrowed(window) if small else window
    return {
        "temperature": 0.0 if small and line["temperature"] is None else line["temperature"],
        "max_tokens": window.reply if most is None and (small or is_file) else most,
    }
