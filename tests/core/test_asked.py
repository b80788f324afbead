"""Who is asked can be picked at any time, holds for the next request, and after a restart unless other flags say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.asked import again, asked, asked_for, upcoming
from beai.core.loop.codec import decode, encode
from beai.core.loop.effects import Suggest
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Opened, Resumed, Retried, SuggesterChosen, TaskChosen, Understood
from beai.core.loop.events.facts import Cancelled, Failed, ProjectRead, Replied
from beai.core.loop.events.passing import Rested, TurnTaken
from beai.core.loop.journal import Journal
from beai.core.loop.resting import Resting
from beai.core.loop.resuming import Resumption, resume
from beai.core.loop.session import Cycle, Phase, Session, Stage
from beai.core.loop.step import step
from beai.core.runner.report import Report, RunKind
from beai.core.suggest.choice import Chosen, Turn, Way
from beai.core.suggest.exchange import Ask, CaseIdea, CaseKind, ProposeCases, Purpose, Question
from beai.tui.next_step import waiting
from beai.tui.present import header
from tests.core.worlds import PROJECT, TASK

BIG, DESK = Chosen(Way.MODEL, "cloud/big"), Chosen(Way.MODEL, "ollama/x", "http://127.0.0.1:11434")
PLAN = ((Purpose.CODE, "ollama/x"),)
CASES = ProposeCases((CaseIdea("adds", CaseKind.HAPPY),))
OPENED = Opened(TASK.id, "cloud/big", "token", plan=PLAN)


def after(*events: Event, session: Session | None = None) -> Session:
    """The session that ``events`` lead to."""
    session = session or Session()
    for event in events:
        session, _ = step(session, event)
    return session


def asking() -> Session:
    """A session that waits for test cases."""
    session = after(OPENED, ProjectRead(1, PROJECT))
    ready = replace(session, pending=None)
    return after(Understood(), session=replace(ready, standing=ready.standing or _green(), understood=False))


def _green() -> Report:
    return Report(1, RunKind.CONFIRMED, (), at=1.0)


def test_before_anything_is_picked_the_settings_name_who_is_asked_for_each_step() -> None:
    session = after(OPENED)
    assert asked(session) == "cloud/big"
    assert asked(replace(session, phase=Phase.RED, cycle=Cycle(Purpose.TEST))) == "cloud/big"
    assert asked(replace(session, phase=Phase.GREEN, cycle=Cycle(Purpose.CODE))) == "ollama/x"


def test_one_that_was_picked_is_asked_for_every_step() -> None:
    session = replace(after(OPENED, SuggesterChosen(DESK)), phase=Phase.RED, cycle=Cycle(Purpose.TEST))
    assert asked(session) == "ollama/x"
    assert asked(after(SuggesterChosen(None), session=session)) == "cloud/big"


def test_a_request_under_way_stays_with_the_one_it_was_made_to() -> None:
    session = after(SuggesterChosen(BIG), session=asking())
    assert isinstance(session.pending, Suggest)
    moved = after(SuggesterChosen(DESK), session=session)
    assert isinstance(moved.pending, Suggest) and moved.pending == session.pending
    assert asked_for(moved, moved.pending.purpose, moved.pending.by) != asked(moved) == "ollama/x"


def test_after_an_interruption_trying_again_asks_the_new_one() -> None:
    session = after(SuggesterChosen(DESK), session=asking())
    session = after(Cancelled(session.ticket), Retried(), session=session)
    assert isinstance(session.pending, Suggest) and session.pending.by == DESK


class TestAfterARestart:
    """beai was started again on the same session."""

    SESSION = after(OPENED, SuggesterChosen(DESK))

    def test_the_pick_still_holds(self) -> None:
        assert again(self.SESSION, Resumed("cloud/big", plan=PLAN)).chosen == DESK

    @pytest.mark.parametrize(
        "event",
        [
            pytest.param(Resumed("other/y", plan=PLAN), id="the settings name another one"),
            pytest.param(Resumed("cloud/big"), id="the settings plan another one for a step"),
            pytest.param(Resumed("cloud/big", plan=PLAN, named=True), id="the command line names one"),
        ],
    )
    def test_it_does_not_where_another_one_is_named_since(self, event: Resumed) -> None:
        session = after(event, session=self.SESSION)
        assert session.chosen is None
        assert asked(session) == event.suggester

    def test_a_request_that_was_under_way_is_made_to_who_is_asked_now(self) -> None:
        session = asking()
        assert isinstance(session.pending, Suggest)
        session = replace(session, chosen=DESK, pending=replace(session.pending, by=DESK))
        for event, by in ((Resumed("cloud/big", plan=PLAN), DESK), (Resumed("other/y", plan=PLAN, named=True), None)):
            moved = again(session, event)
            assert isinstance(moved.pending, Suggest) and moved.pending.by == by

    def test_it_is_in_the_journal(self, tmp_path: Path) -> None:
        journal = Journal.open(tmp_path)
        assert isinstance(journal, Journal)
        journal.begin(1.0)
        for event in (OPENED, SuggesterChosen(DESK)):
            assert journal.append(event, 2.0) is None
        found = resume(journal, TASK.id)
        journal.close()
        assert isinstance(found, Resumption) and found.session is not None
        assert (found.session.chosen, found.session.plan) == (DESK, PLAN)


def test_the_pick_holds_for_the_next_task_of_the_same_sitting() -> None:
    session = replace(after(OPENED, SuggesterChosen(DESK)), phase=Phase.DONE, pending=None)
    moved = after(TaskChosen(""), session=session)
    assert (moved.chosen, moved.plan, moved.suggester) == (DESK, PLAN, "cloud/big")


def test_while_a_suggestion_is_read_the_one_for_the_next_step_is_due() -> None:
    red = replace(after(OPENED), phase=Phase.RED, pending=None)
    assert upcoming(Session()) is Purpose.CASES
    assert upcoming(Session(phase=Phase.CASES)) is Purpose.TEST
    assert upcoming(replace(red, cycle=Cycle(Purpose.TEST))) is Purpose.TEST
    assert upcoming(replace(red, cycle=Cycle(Purpose.TEST, Stage.REVIEWING))) is Purpose.CODE
    assert upcoming(replace(red, cycle=Cycle(Purpose.CODE, Stage.JUDGING))) is Purpose.REFACTOR


def test_failing_leaves_the_pick() -> None:
    session = after(SuggesterChosen(DESK), session=asking())
    session = after(Failed(session.ticket, Fault(FaultKind.NETWORK, "No.")), session=session)
    assert session.chosen == DESK


class TestWhileAFallbackAnswers:
    """The one who was meant failed, and another one is asked in their place."""

    TURN = Turn(DESK, ("cloud/big",), 60.0)

    def test_the_header_and_the_status_line_name_who_is_asked_now(self) -> None:
        session = asking()
        moved = after(TurnTaken(session.ticket, self.TURN), session=session)
        assert waiting(moved).startswith("ollama/x is thinking of test cases")
        assert "ollama/x" in header(moved, 120).plain and "cloud/big" not in header(moved, 120).plain

    def test_the_header_stays_so_until_the_first_is_asked_again(self) -> None:
        session = asking()
        told = (TurnTaken(session.ticket, self.TURN), Replied(session.ticket, CASES, self.TURN))
        session = after(*told, session=session)
        assert session.pending is None and asked(session) == "ollama/x"
        assert asked(after(Rested(self.TURN), session=session)) == "cloud/big"
        assert asked(after(SuggesterChosen(BIG), session=session)) == "cloud/big"

    def test_the_reply_says_who_gave_it_and_who_failed(self) -> None:
        session = asking()
        session = after(Replied(session.ticket, CASES, Turn(Chosen(), ("cloud/big",))), session=session)
        assert session.cases_by is not None and session.cases_by.words == "by the drafter (cloud/big failed)"
        assert session.notice == "This is by the drafter (cloud/big failed)."

    def test_who_gave_it_is_in_the_journal(self) -> None:
        told = Replied(3, CASES, self.TURN)
        assert decode(encode(told)) == told

    def test_the_end_of_the_rest_is_told_when_it_comes_and_only_of_the_newest(self) -> None:
        waits: list[tuple[float, Callable[[], None]]] = []
        cancelled, posted = list[int](), list[Event]()

        @dataclass
        class Timer:
            number: int

            def cancel(self) -> None:
                cancelled.append(self.number)

        def later(seconds: float, act: Callable[[], None]) -> Timer:
            waits.append((seconds, act))
            return Timer(len(waits))

        resting, other = Resting(posted.append, later), Turn(DESK, ("cloud/big",), 5.0)
        for turn in (self.TURN, self.TURN, other):
            resting.follow(replace(Session(), resting=turn))
        assert ([seconds for seconds, _ in waits], cancelled) == ([60.0, 5.0], [1])
        waits[-1][1]()
        assert posted == [Rested(other)]


def test_a_pick_that_no_longer_holds_after_a_restart_is_said_to_be_so() -> None:
    session = after(OPENED, SuggesterChosen(Chosen(Way.CLIPBOARD)))
    moved = after(Resumed("drafter"), session=session)
    assert moved.notice == "clipboard was picked; the settings now say drafter. M picks again."
    assert "was picked" not in after(Resumed("cloud/big", plan=PLAN), session=session).notice


def test_another_one_picked_while_a_question_of_the_first_is_open_is_asked_instead() -> None:
    session = asking()
    session = after(Replied(session.ticket, Ask(Question("topic", "Which?"))), session=session)
    assert session.question is not None
    moved = after(SuggesterChosen(DESK), session=session)
    assert moved.question is None and isinstance(moved.pending, Suggest) and moved.pending.by == DESK


def test_where_nothing_can_be_taken_by_hand_nothing_says_so() -> None:
    session = asking()
    assert "h takes" not in after(Cancelled(session.ticket), session=session).notice
    red = replace(session, phase=Phase.RED, cycle=Cycle(Purpose.TEST))
    assert "h takes it by hand" in after(Cancelled(red.ticket), session=red).notice
