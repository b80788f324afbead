"""What holds for every ledger that is kept; a subclass gives the ``ledger``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

import pytest

from beai.core.fault import Fault
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.remembered import Remembered
from beai.core.suggest.exchange import Decider, Scope

ONE = Remembered("blank", "aa", "Is a blank note empty?", 0, "Trim it – 日本語 \udcff", "BE-S1-001", cites=("@tdd",))
WIDE = replace(ONE, scope=Scope.PROJECT, by=Decider.DELEGATED, text="Keep it", choice=1)
EVENT = QuestionAnswered(0)


class Decisions(Protocol):
    """Where decisions are kept."""

    def append(self, event: Event, at: float, decided: Iterable[Remembered] = ()) -> Fault | None:
        """Keep an event with what was decided by it."""

    def decisions(self) -> tuple[Remembered, ...] | Fault:
        """What is in force."""

    def forget(self, key: str, at: float) -> Remembered | Fault:
        """Take one back."""


class DecisionsContract:
    """The promises of the ledger's store."""

    @pytest.fixture
    def ledger(self) -> Decisions:
        """An empty one."""
        raise NotImplementedError

    def test_what_was_decided_is_there_with_its_time(self, ledger: Decisions) -> None:
        assert ledger.append(EVENT, 2.0, (ONE,)) is None and ledger.append(EVENT, 3.0, (WIDE,)) is None
        assert ledger.decisions() == (replace(ONE, at=2.0), replace(WIDE, at=3.0))

    def test_an_event_that_decides_nothing_adds_nothing(self, ledger: Decisions) -> None:
        assert ledger.append(EVENT, 2.0) is None and ledger.decisions() == ()

    def test_another_answer_to_the_same_question_holds_from_then_on(self, ledger: Decisions) -> None:
        ledger.append(EVENT, 2.0, (ONE,))
        ledger.append(EVENT, 3.0, (replace(ONE, text="Keep it", choice=1),))
        assert ledger.decisions() == (replace(ONE, text="Keep it", choice=1, at=3.0),)

    def test_what_is_taken_back_is_gone_and_the_answer_before_it_does_not_come_back(self, ledger: Decisions) -> None:
        ledger.append(EVENT, 2.0, (ONE,))
        ledger.append(EVENT, 3.0, (replace(ONE, text="Keep it"), WIDE))
        assert ledger.forget(ONE.key, 4.0) == replace(ONE, text="Keep it", at=3.0)
        assert ledger.decisions() == (replace(WIDE, at=3.0),)

    def test_a_key_that_names_nothing_is_said_and_takes_nothing_back(self, ledger: Decisions) -> None:
        ledger.append(EVENT, 2.0, (ONE,))
        gone = ledger.forget("nope\x1b[31m", 4.0)
        assert isinstance(gone, Fault) and "nope" in gone.summary
        assert ledger.decisions() == (replace(ONE, at=2.0),)

    def test_what_was_taken_back_can_be_decided_again(self, ledger: Decisions) -> None:
        ledger.append(EVENT, 2.0, (ONE,))
        ledger.forget(ONE.key, 3.0)
        ledger.append(EVENT, 4.0, (ONE,))
        assert ledger.decisions() == (replace(ONE, at=4.0),)
