"""What a choice of rules is: each rule of the shelf once, in force with its route and cost, or left out with why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.project.facts import RuleFile

BUDGET = 11_500
"""Most tokens that the rules of one request take, where nothing else is said."""


class Why(StrEnum):
    """Why a rule is not in force."""

    OTHER_ROLE = "other role"
    PHASE = "not needed in this phase"
    DEPTH = "beyond the depth"
    BUDGET = "over the budget"
    OFFERED = "only offered"
    GLOBS = "no file in play matches"
    FOLDER = "for another folder"
    UNCITED = "not cited"
    SHADOWED = "shadowed by the project's own"
    LINK = "a link"
    TWIN = "sent once"
    EMPTY = "nothing to send"


@dataclass(frozen=True, slots=True)
class Attached:
    """One rule in force. ``text`` is what is sent of it, ``cut`` names what is not; ``route`` are the names that led
    to it, itself last; ``reason`` is for a person; ``sections`` are the ids that were cited, () for the whole."""

    rule: RuleFile
    text: str
    route: tuple[str, ...]
    reason: str
    tokens: int
    sections: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One rule that is not in force: ``why`` in one word, ``reason`` for a person, ``tokens`` what it would cost."""

    rule: RuleFile
    why: Why
    reason: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Every rule of the shelf, once: in force or left out."""

    attached: tuple[Attached, ...] = ()
    left: tuple[LeftOut, ...] = ()
    budget: int = BUDGET

    @property
    def tokens(self) -> int:
        """What the rules in force cost together."""
        return sum(one.tokens for one in self.attached)

    @property
    def offered(self) -> tuple[RuleFile, ...]:
        """The rules that a model may ask for, by their description."""
        return tuple(one.rule for one in self.left if one.why is Why.OFFERED)
