"""What a test process may reach: the enclosure that its command line is wrapped in, and how strong that one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Level(StrEnum):
    """How much of the ladder holds: FULL is everything that is promised, PARTIAL a part, NONE nothing."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Confined:
    """A command line with its environment, wrapped."""

    argv: tuple[str, ...]
    env: Mapping[str, str]


class Enclosure(Protocol):
    """Wraps a command; ``reason`` says in one sentence why the level is what it is."""

    @property
    def level(self) -> Level:
        """What holds here."""
        ...

    @property
    def reason(self) -> str:
        """Why, in one sentence."""
        ...

    def confine(self, argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Confined:
        """``argv`` as it is to be started in ``folder``."""
        ...


@dataclass(frozen=True, slots=True)
class Unconfined:
    """No enclosure at all."""

    reason: str = "No sandbox was asked for."
    level: Level = Level.NONE

    def confine(self, argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Confined:
        """The command as it is."""
        return Confined(tuple(argv), env)
