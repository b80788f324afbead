"""What a test process may reach: the enclosure that its command line is wrapped in, and how strong that one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from beai.core.sandbox.guard import guarded
from beai.core.sandbox.limits import DEFAULTS, Limits


class Level(StrEnum):
    """How much of the ladder holds: FULL is everything that is promised, PARTIAL a part, NONE nothing."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Confined:
    """A command line with its environment, wrapped.

    ``ports`` are those of this computer that it may reach, over the descriptor in ``BEAI_PORTS``; ``limits`` is what
    all its processes together may use.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    ports: tuple[int, ...] = ()
    limits: Limits = DEFAULTS


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
        """``argv`` as it is to be started in ``folder``; variables named ``BEAI_…`` are the driver's own."""
        ...

    def outdated(self, paths: Sequence[str]) -> bool:
        """Whether a change of ``paths``, relative to the repository, makes what was confined before unsafe."""
        ...


@dataclass(frozen=True, slots=True)
class Unconfined:
    """No enclosure at all; the limits still hold, and so does the guard against migrations."""

    reason: str = "No sandbox was asked for."
    level: Level = Level.NONE
    limits: Limits = DEFAULTS

    def confine(self, argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Confined:
        """The command as it is, with the guard in its environment."""
        return Confined(tuple(argv), guarded(env), limits=self.limits)

    def outdated(self, paths: Sequence[str]) -> bool:
        """Nothing was hidden, so nothing can be laid open."""
        return False
