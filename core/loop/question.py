"""A question that waits for the person, and what each of its options does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.suggest.exchange import Card, Question
from beai.core.suggest.meter import Allowance


class Choice(StrEnum):
    """What an option of one of our own questions does; ANSWER hands the person's words to the suggester."""

    ANSWER = "answer"
    PROVE = "prove"
    KEEP = "keep"
    REWRITE = "rewrite"
    DROP = "drop"
    BY_HAND = "by hand"
    RETRY = "retry"
    SKIP = "skip"
    STAY = "stay"
    SWITCH = "switch"
    PROCEED = "proceed"
    REJUDGE = "rejudge"
    ADOPT = "adopt"
    RECASE = "recase"
    RERUN = "rerun"
    PUT_BACK = "put back"
    RETURN = "return"
    TRUST = "trust"
    RAISE = "raise"
    DRAFTER = "drafter"
    WAIT = "wait"
    GIVE_UP = "give up"
    DELEGATE = "you decide"
    LATER = "not now"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits for the person; ``choices`` says what each of its options does, in order.

    One that only asks whether an answer is meant names the question that was answered, and the option ``chosen`` there.
    ``asks`` is which question it is, by which its answer is read; ``number`` is its place on a page of several,
    ``insists`` whether it was put off and whoever asks could not go on without it. One at a cap names the ``caps``
    that going on means.
    """

    question: Question
    choices: tuple[Choice, ...]
    asks: Card
    back: OpenQuestion | None = None
    chosen: int = -1
    caps: Allowance | None = None
    number: int = 0
    insists: bool = False

    @property
    def theirs(self) -> bool:
        """Whether whoever is asked asks it."""
        return self.asks is Card.THEIRS

    @property
    def guidance(self) -> bool:
        """Whether it asks for guidance: it is remembered then, and can be delegated or put off."""
        return self.question.trigger is not None and self.back is None

    @property
    def stops(self) -> bool:
        """Whether it asks no more than if the work goes on, which is said by an option alone."""
        return Choice.PROCEED in self.choices and Choice.STAY in self.choices and Choice.ANSWER not in self.choices

    @property
    def own(self) -> tuple[int, ...]:
        """The options that are its own, as every card has the two by which it is delegated or put off."""
        return tuple(n for n, choice in enumerate(self.choices) if choice not in (Choice.DELEGATE, Choice.LATER))
