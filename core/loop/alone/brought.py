"""What a stand-alone review begins with: the change that a pasted text makes, and what of it found no place."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.edits.change import Change


@dataclass(frozen=True, slots=True)
class Left:
    """An edit that cannot be decided: why, the lines it wanted as a diff, and the nearest real lines.

    ``there`` is whether somebody made it before, so that nothing is missing.
    """

    file: str
    reason: str
    wanted: str = ""
    nearest: str = ""
    there: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """A change that somebody brought; ``source`` says whence, ``edits`` counts all there were, placed or not.

    ``notes`` are sentences that a person has to see: what no edit can carry, and which file a path was taken for.
    """

    source: str
    change: Change
    edits: int
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Left, ...]:
        """The edits without a place that are not there already."""
        return tuple(one for one in self.left if not one.there)

    @property
    def placed(self) -> int:
        """How many edits have a place, or stand there already."""
        return self.edits - len(self.missing)
