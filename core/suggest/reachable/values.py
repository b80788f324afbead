"""What was found when it was looked for models: places, and what each offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from beai.core.suggest.choice import Chosen, Way
from beai.core.text import one_line

LONGEST = 200
"""Characters of a model's name that may be one; a longer one is none that a person picks."""


class State(StrEnum):
    """How a place answered."""

    THERE = "there"
    SET = "key set"
    REFUSED = "asks for a key"
    STRANGE = "something else answers"
    SILENT = "does not answer"
    ABSENT = "nothing there"
    BARE = "no encryption, so the key was not sent"
    BEHIND = "behind a proxy; beai model try asks through it"


@dataclass(frozen=True, slots=True)
class Place:
    """Where was looked: a server's address, or the variable of a provider's key; ``models`` is how many it has."""

    name: str
    where: str
    state: State
    models: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One model that can be asked now.

    ``window`` is in tokens; ``into`` and ``out`` are US dollars for a million of them, None where no price is known.
    ``source`` names the place, ``local`` is whether it is on this computer, ``main`` whether it is one of a few that
    are shown of a provider with hundreds; ``detail`` is what the server says of it, and ``most`` how many tokens it
    could take where nobody set a window.
    """

    model: str
    base: str = ""
    source: str = ""
    local: bool = False
    window: int | None = None
    into: float | None = None
    out: float | None = None
    main: bool = True
    detail: str = ""
    most: int | None = None

    @property
    def chosen(self) -> Chosen:
        """It as one who can be asked."""
        return Chosen(Way.MODEL, self.model, self.base)


@dataclass(frozen=True, slots=True)
class Price:
    """What litellm's table knows of one model, per million tokens in US dollars."""

    window: int | None = None
    into: float | None = None
    out: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was found; ``prices`` are of the models that were asked about by name."""

    places: tuple[Place, ...] = ()
    offers: tuple[Offer, ...] = ()
    prices: Mapping[str, Price] = field(default_factory=dict)


def named(value: object) -> str:
    """``value`` as the name of a model; ``""`` where no model is called so."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST or not value.isprintable():
        return ""
    return value if value == value.strip() else ""


def said(value: object, width: int = 60) -> str:
    """``value`` as a few words for a screen."""
    return one_line(value, width) if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """``value`` as a number of tokens; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e10:
        return None
    return int(value)


def amount(value: Any) -> float | None:
    """``value`` as US dollars; None where it is no amount."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        return None
    return float(value)
