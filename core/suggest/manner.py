"""How a model is asked: in whole steps, or guided by small ones, and why; chosen by its window and by what it can do.

In small steps a request is short, offers only replies that a weak model can write, and asks one thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

SMALL_WINDOW = 24_000
"""Tokens of a window below which a whole step has no room: on the demo one takes 15,000 to 19,000, and its reply."""
_FEW = 4  # replies seen before they say anything
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
    """What a session saw of one model: ``asked`` requests, and how many of its replies had to be asked for ``again``.

    A reply is asked for again when it cannot be read, is cut short, holds an edit without a place, or when our own run
    turns it down; a person's taste is not counted. ``fell`` says when at least half of them were, and stays.
    """

    asked: int = 0
    again: int = 0
    fell: str = ""

    def after(self, again: bool) -> Seen:
        """One request more; ``again`` is whether it is made because the last reply was of no use."""
        asked, failed = self.asked + 1, self.again + again
        weak = asked >= _FEW and failed / asked >= _WEAK
        fell = self.fell or (f"{failed} of its {asked} replies had to be asked for again" if weak else "")
        return Seen(asked, failed, fell)


def steps(setting: str, window: int, able: Able | None, seen: Seen = Seen()) -> Steps:
    """The manner for a model: as the setting ``steps`` says, else by window, trial and what this session saw."""
    if setting:
        return Steps(Manner(setting), "as the setting steps says")
    if window < SMALL_WINDOW:
        return Steps(Manner.SMALL, f"window {window:,}")
    if able is not None and able.protocol is False:
        return Steps(Manner.SMALL, "it did not keep to the form of a reply when it was tried")
    if seen.fell:
        return Steps(Manner.SMALL, seen.fell)
    return Steps(Manner.WHOLE, f"window {window:,}")
