"""How a model is asked: in whole steps, or guided by small ones, and why; chosen by its window and by what it can do.

In small steps a request is short, offers only replies that a weak model can write, and asks one thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

SMALL_WINDOW = 24_000
"""Tokens of a window below which a whole step has no room: on the demo one takes 15,000 to 19,000, and its reply."""
_FEW = 3  # replies seen before they say anything
_WEAK = 0.5  # share of replies that had to be asked for again, from which on steps become small


class Manner(StrEnum):
    """WHOLE: all that concerns the task, any reply. SMALL: a short request for one thing."""

    WHOLE = "whole"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Steps:
    """The manner and, in a few words, why it was chosen."""

    manner: Manner = Manner.WHOLE
    why: str = ""

    @property
    def small(self) -> bool:
        """Whether steps are small."""
        return self.manner is Manner.SMALL

    @property
    def told(self) -> str:
        """What a person is shown, ``""`` for whole steps."""
        return f"small steps: {self.why}" if self.small else ""


class Able(Protocol):
    """What a trial of a model found out (``beai model try``)."""

    @property
    def protocol(self) -> bool | None:
        """Whether it kept to the form of a reply; None where it was not tried."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What a session saw of one model: ``asked`` requests, and how its replies failed.

    ``unreadable`` could not be read, or were cut short; ``misplaced`` held an edit without a place.
    """

    asked: int = 0
    unreadable: int = 0
    misplaced: int = 0

    def after_asking(self, again_for_place: bool) -> Seen:
        """One request more; ``again_for_place`` is whether it is made because edits of the last reply had no place."""
        return replace(self, asked=self.asked + 1, misplaced=self.misplaced + again_for_place)

    def after_unreadable(self) -> Seen:
        """One reply more that could not be read: it is asked for again."""
        return replace(self, asked=self.asked + 1, unreadable=self.unreadable + 1)

    @property
    def weak(self) -> bool:
        """Whether at least half of the replies had to be asked for again, of so many that it means something."""
        return self.asked >= _FEW and self.failed / self.asked >= _WEAK

    @property
    def failed(self) -> int:
        """Replies that had to be asked for again."""
        return self.unreadable + self.misplaced


def steps(setting: str, window: int, able: Able | None, seen: Seen = Seen()) -> Steps:
    """The manner for a model: as the setting ``steps`` says, else by window, trial and what this session saw."""
    if setting:
        return Steps(Manner(setting), "as the setting steps says")
    if window < SMALL_WINDOW:
        return Steps(Manner.SMALL, f"window {window:,}")
    if able is not None and able.protocol is False:
        return Steps(Manner.SMALL, "it did not keep to the form of a reply when it was tried")
    if seen.weak:
        return Steps(Manner.SMALL, f"{seen.failed} of its {seen.asked} replies had to be asked for again")
    return Steps(Manner.WHOLE, f"window {window:,}")
