"""Without bubblewrap a part still holds: little environment, a process group, the limits, and no destructive Prisma."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from beai.core.sandbox import Confined, Level
from beai.core.sandbox.environment import scrubbed
from beai.core.sandbox.guard import guarded
from beai.core.sandbox.limits import DEFAULTS, Limits


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """The enclosure of a computer without bubblewrap; ``reason`` says why there is no more."""

    reason: str
    home: Path
    limits: Limits = DEFAULTS
    level: Level = Level.PARTIAL

    def confine(self, argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Confined:
        """The command with little of the environment."""
        return Confined(tuple(argv), guarded(scrubbed(env, self.home)), limits=self.limits)

    def outdated(self, paths: Sequence[str]) -> bool:
        """Nothing was hidden, so nothing can be laid open."""
        return False
