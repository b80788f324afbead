"""What was suggested of a hunk whose lines somebody changed meanwhile, so that its sender is never misquoted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """One hunk as it was suggested: lines ``old`` were to become ``new``."""

    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The ``pieces`` that a hunk was made of before it was in conflict, as whoever suggested them sent them.

    ``mine`` is whether its new lines hold the person's own text by now, ``part`` whether it is no more than a part of
    the pieces. ``was`` is what stood on disk then, from ``head`` lines before the hunk to ``tail`` lines behind it, and
    ``wanted`` what was to stand there; None where no way leads back to that.
    """

    pieces: tuple[Piece, ...]
    mine: bool = False
    part: bool = False
    was: tuple[str, ...] | None = None
    wanted: tuple[str, ...] = ()
    head: int = 0
    tail: int = 0

    def closed(self) -> Origin:
        """The same with no way back."""
        return Origin(self.pieces, self.mine, self.part)
