"""Caps: what a task may cost, told once at a soft one, asked at a hard one before anything more is sent."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from beai.core.edits.change import WholeFile
from beai.core.fault import Fault
from beai.core.loop.codec import decode, encode
from beai.core.loop.effects import ReadProject, RunTests, Suggest
from beai.core.loop.engine import Engine
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
    CasesApproved,
    Guided,
    Interrupted,
    Opened,
    QuestionAnswered,
    Resumed,
    Retried,
    StepSkipped,
    SuggesterChosen,
    TakenByHand,
    Understood,
    WriteUndone,
)
from beai.core.loop.events.facts import Cancelled, Failed, ProjectRead, Replied, TestsRan
from beai.core.loop.events.seen import ModelAsked, ModelSpent, ModelWithheld
from beai.core.loop.fakes.spender import FakeSpender
from beai.core.loop.headless import Answers, Exit, drive
from beai.core.loop.journal import Journal
from beai.core.loop.named_cap import figure
from beai.core.loop.outline import outcome
from beai.core.loop.replaying import replayed
from beai.core.loop.session import Phase, Session
from beai.core.loop.step import step
from beai.core.runner.report import Report, RunKind
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import (
    BeyondMe,
    Card,
    CaseIdea,
    CaseKind,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Reply,
    Request,
)
from beai.core.suggest.meter import NO_BUDGET, Allowance, Budget, caps, total
from beai.core.suggest.progress import FREE, Price, Progress, Sending, Spending, Withheld
from tests.core.worlds import CODE_FILE, PROJECT, TASK, World

BASE = Report(1, RunKind.CONFIRMED, (), at=1.0)
CASES = ProposeCases((CaseIdea("adds a note", CaseKind.HAPPY, "adds a note"),))
DEAR = Price(0.00001, 0.00003)
"""Ten dollars for a million tokens in, thirty for a million out."""


@dataclass
class Spent:
    """A session whose suggestions are made by one who spends; it is told events, and performs what is asked of it."""

    spender: FakeSpender
    budget: Budget = NO_BUDGET
    session: Session = field(default_factory=Session)

    def __post_init__(self) -> None:
        self.tell(Opened("", "spender", "tok", self.budget))

    def tell(self, *events: Event) -> Session:
        for event in events:
            event = replace(event, ticket=self.session.ticket) if hasattr(event, "ticket") else event
            self.session, _ = step(self.session, event)
        return self.session

    def perform(self, heard: int | None = None, killed: bool = False) -> Session:
        """Carry out what is in flight; of what the suggester tells only the first ``heard`` where it is ``killed``."""
        match self.session.pending:
            case ReadProject():
                return self.tell(ProjectRead(0, PROJECT))
            case RunTests():
                return self.tell(TestsRan(0, BASE))
            case Suggest() as effect:
                told, fact = spent_on(self.spender, effect)
                if killed:
                    self.tell(*told[:heard], Resumed("spender", self.budget))
                    return self.session
                return self.tell(*told, fact)
        return self.session

    def until_asked(self) -> Session:
        """The session once nothing is in flight."""
        while self.session.pending is not None:
            self.perform()
        return self.session


def spent_on(spender: FakeSpender, effect: Suggest) -> tuple[list[Event], Event]:
    """What the loop hears of one suggestion, and the fact that it ends in."""
    told: list[Progress] = []
    request = Request(effect.purpose, TASK, PROJECT, allowance=effect.allowance, by=effect.by)
    try:
        spender.suggest(request, told.append).send(None)
    except StopIteration as end:
        reply = end.value
    return [heard(one) for one in told], Failed(0, reply) if isinstance(reply, Fault) else Replied(0, reply)


def heard(progress: Progress) -> Event:
    match progress:
        case Sending():
            return ModelAsked(progress)
        case Withheld():
            return ModelWithheld(progress)
        case Spending():
            return ModelSpent(progress)
        case _:
            raise AssertionError(progress)


def answering(request: Request) -> Reply:
    return CASES if request.purpose is Purpose.CASES else BeyondMe("no")


def at_cases(budget: Budget, *sizes: tuple[int, int], price: Price = DEAR, more: int = 0) -> Spent:
    """A task whose cases are asked for by requests of ``sizes``."""
    run = Spent(FakeSpender(answering, sizes or ((1_000, 200),), price, more), budget)
    run.until_asked()
    run.tell(Understood())
    run.until_asked()
    return run


def asked(session: Session) -> str:
    assert session.question is not None and session.question.asks is Card.CAP
    return session.question.question.issue


def test_without_caps_nothing_is_said_and_nothing_asked() -> None:
    session = at_cases(NO_BUDGET, *[(100_000, 5_000)] * 5).session
    assert session.phase is Phase.CASES and session.question is None and session.notice == ""
    assert total(session.spent).requests == 5


def test_a_soft_cap_is_told_once_in_words_with_the_figure() -> None:
    run = at_cases(Budget(soft_cost=0.01, hard_cost=0.5))
    assert run.session.notice == "This task has spent $0.02, past the soft cap of $0.01; beai asks at $0.50."
    run.tell(CasesApproved())
    run.until_asked()
    assert total(run.session.spent).requests == 2 and "soft cap" not in run.session.notice


def test_a_soft_cap_on_tokens_is_told_as_well() -> None:
    run = at_cases(Budget(soft_tokens=1_000))
    assert run.session.notice == "This task has spent 1.2k tokens, past the soft cap of 1.0k."


def test_a_price_that_nobody_knows_is_told_once_where_a_cap_on_cost_is_set() -> None:
    run = at_cases(Budget(hard_cost=0.5), price=Price())
    assert run.session.notice.startswith("No price is known for openai/spender: only a cap on tokens (hard_tokens)")
    run.tell(CasesApproved())
    run.until_asked()
    assert "No price" not in run.session.notice


def test_at_the_hard_cap_nothing_is_sent_and_a_question_stands() -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 3)
    assert asked(run.session) == (
        "This task has spent $0.03 of $0.05 (2 requests, 2.4k tokens), and the next request takes about $0.03."
    )
    assert run.session.question.question.considered.startswith("The next request: about 1.0k tokens to openai/spender")
    assert [option.label for option in run.session.question.question.options] == [
        "Go on up to $0.10",
        "Ask the drafter instead",
        "Stop here",
    ]
    assert len(run.spender.sent) == 2 and run.spender.refused == 1


def test_a_first_request_that_is_dearer_than_the_cap_is_asked_about_before_it_goes() -> None:
    run = at_cases(Budget(hard_cost=0.01), (10_000, 200))
    assert run.spender.sent == [] and asked(run.session).startswith("This task has spent $0.00 of $0.01")
    assert run.session.question.question.options[0].label == "Go on up to $0.23"  # twice what it takes


def test_going_on_up_to_twice_sends_it_and_asks_again_there() -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 6)
    run.tell(QuestionAnswered(0))
    assert run.session.question is None and isinstance(run.session.pending, Suggest)
    assert run.session.pending.allowance.cost == pytest.approx(0.1 - 0.032)
    run.until_asked()
    assert asked(run.session).startswith("This task has spent $0.08 of $0.10")
    assert [raised.cost for raised in run.session.raised] == [0.1]


def test_a_figure_in_words_of_ones_own_raises_the_cap_to_it() -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 3)
    run.tell(QuestionAnswered(-1, "go up to $1.50 then"))
    run.until_asked()
    assert run.session.question is None and len(run.spender.sent) == 5
    assert caps(run.session.budget, run.session.raised).cost == 1.5


@pytest.mark.parametrize("words", ["$0.01", "0.03", "0.05"])
def test_a_figure_that_raises_nothing_leaves_the_question_open(words: str) -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 3)
    run.tell(QuestionAnswered(-1, words))
    assert run.session.question is not None and run.session.pending is None
    assert run.session.notice == "Say a figure above $0.05, as $0.10."


def test_both_caps_are_told_in_words_that_can_be_answered() -> None:
    run = at_cases(Budget(hard_cost=0.001, hard_tokens=20_000))
    assert asked(run.session).startswith("This task has spent $0.00 of $0.0010 and 0 of 20.0k tokens (0 requests")
    assert asked(run.session).endswith(", and the next request takes about $0.03.")
    run.tell(QuestionAnswered(-1, "10k tokens"))
    assert run.session.notice == "Say a figure above $0.0010 or above 20.0k tokens, as $0.0020 or 40.0k tokens."


@pytest.mark.parametrize("words", ["yes", "300k tokens", "No, stop. Ask me again at 18:00", "keep it under 2"])
def test_words_that_are_no_figure_change_nothing_and_are_told_as_not_understood(words: str) -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 3)
    before = run.session
    run.tell(QuestionAnswered(-1, words))
    assert replace(run.session, notice=before.notice) == before
    assert run.session.notice == (
        "That was not understood as a figure for this cap, so nothing changed. Say one alone, above $0.05, as $0.10."
    )


def test_a_model_that_costs_nothing_goes_on_where_the_cap_on_cost_is_spent() -> None:
    run = at_cases(Budget(hard_cost=0.04), *[(1_000, 200)] * 3, more=5_000)
    assert asked(run.session).startswith("This task has spent $0.07 of $0.04")
    run.spender.price = FREE
    run.tell(QuestionAnswered(2), SuggesterChosen(Chosen(Way.MODEL, "ollama/qwen")), Retried())
    run.until_asked()
    assert run.session.question is None and len(run.spender.sent) == 4


def test_a_hard_cap_of_nothing_lets_through_what_is_free() -> None:
    run = at_cases(Budget(hard_cost=0.0), price=FREE)
    assert run.session.question is None and len(run.spender.sent) == 1 and run.session.notice == ""


@pytest.mark.parametrize(("price", "figure"), [(DEAR, "$0.10"), (Price(), "$0.10"), (Price(0.001, 0.001), "$3.00")])
def test_a_hard_cap_of_nothing_asks_before_what_costs_and_offers_a_figure_that_lets_it_go(
    price: Price, figure: str
) -> None:
    run = at_cases(Budget(hard_cost=0.0), price=price)
    assert run.spender.sent == []
    assert asked(run.session) == "hard_cost is 0, so nothing that costs is asked for this task."
    assert run.session.question.question.options[0].label == f"Go on up to {figure}"
    run.tell(QuestionAnswered(0))
    run.until_asked()
    assert run.session.question is None and len(run.spender.sent) == 1


def test_a_spent_cap_on_cost_is_not_raised_where_a_free_model_meets_the_one_on_tokens() -> None:
    run = at_cases(Budget(hard_cost=0.0, hard_tokens=2_000), *[(1_000, 200)] * 3, price=FREE)
    assert asked(run.session).startswith("This task has spent $0.00 of $0.00 and 1.2k of 2.0k tokens (1 request, 1.2k")
    assert run.session.question.question.options[0].label == "Go on up to 4.0k tokens"


@pytest.mark.parametrize("budget", [Budget(hard_tokens=0), Budget(hard_cost=0.0, hard_tokens=0)])
def test_no_option_at_a_cap_leads_nowhere(budget: Budget) -> None:
    run = at_cases(budget)
    for _ in range(3):
        if run.session.question is not None:
            run.tell(QuestionAnswered(0))
            run.until_asked()
    assert run.session.question is None and len(run.spender.sent) == 1


def test_what_is_below_a_cap_never_looks_as_if_it_were_at_it() -> None:
    run = at_cases(Budget(hard_cost=0.03), *[(1_000, 650)] * 2)
    assert asked(run.session).startswith("This task has spent $0.0295 of $0.03")


def test_the_drafter_can_be_asked_instead() -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 3)
    run.tell(QuestionAnswered(1))
    assert run.session.chosen == Chosen(Way.DRAFTER)
    assert isinstance(run.session.pending, Suggest) and run.session.pending.by == Chosen(Way.DRAFTER)


def test_stopping_there_sends_nothing_and_trying_again_asks_again() -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 3)
    run.tell(QuestionAnswered(2))
    assert run.session.pending is None and run.session.question is None
    said = "t asks again, g tells the suggester something, enter opens the list, to add cases, M asks another one."
    assert run.session.notice == f"Stopped at the cap: {said}"
    run.tell(Retried())
    run.until_asked()
    assert asked(run.session) and len(run.spender.sent) == 2


@pytest.mark.parametrize("deed", [Guided("do it so"), Retried(), SuggesterChosen(None), Understood()])
def test_no_way_leads_past_an_open_question(deed: Event) -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 3)
    run.tell(deed)
    run.until_asked()
    assert asked(run.session) and len(run.spender.sent) == 2


def test_a_cap_on_tokens_holds_where_no_price_is_known() -> None:
    run = at_cases(Budget(hard_tokens=3_000), *[(1_000, 200)] * 3, price=Price())
    assert (
        asked(run.session)
        == "This task has spent 2.4k of 3.0k tokens (2 requests, $?), and the next request takes about 1.5k tokens."
    )
    assert run.session.question.question.options[0].label == "Go on up to 6.0k tokens"
    assert "2 requests without a price" in run.session.question.question.considered


def test_of_two_caps_only_the_one_in_the_way_is_raised() -> None:
    run = at_cases(Budget(hard_cost=0.05, hard_tokens=1_000_000), *[(1_000, 200)] * 3)
    assert run.session.question.caps == Allowance(cost=0.1)


def test_a_request_that_was_in_flight_when_we_were_killed_counts_with_what_is_known_of_it() -> None:
    run = at_cases(NO_BUDGET)
    run.tell(CasesApproved())
    run.perform(heard=1, killed=True)
    lost = run.session.spent[-1]
    assert (lost.ended, lost.estimated, lost.tokens_in, lost.cost) == ("lost", True, 1_000, pytest.approx(0.01))
    assert run.session.sending is None and isinstance(run.session.pending, Suggest)


def test_a_request_that_was_stopped_counts_and_its_end_is_kept() -> None:
    run = at_cases(NO_BUDGET)
    run.tell(CasesApproved(), Interrupted())
    stopped = Spending("openai/spender", "test", "C1", 1_000, 20, cost=0.01, estimated=True, ended="cancelled")
    run.tell(ModelAsked(Sending("openai/spender", tokens_in=1_000)), ModelSpent(stopped), Cancelled(0))
    assert run.session.spent[-1] == stopped and run.session.sending is None


def test_what_was_spent_stays_when_a_write_is_taken_back_and_a_cap_that_was_raised_too() -> None:
    run = at_cases(Budget(hard_cost=0.05), *[(1_000, 200)] * 3)
    run.tell(QuestionAnswered(0), WriteUndone())
    assert len(run.session.spent) == 2 and len(run.session.raised) == 1


@pytest.mark.parametrize(
    ("words", "cost", "tokens"),
    [
        ("$1.50", 1.5, None),
        ("1.5", 1.5, None),
        ("up to 2 dollars", 2.0, None),
        ("80 cents", 0.8, None),
        ("0,80", 0.8, None),
        ("$1,250", 1250.0, None),
        ("300k tokens", None, 300_000),
        ("300k", None, 300_000),
        ("300 000 tokens", None, 300_000),
        ("$3", 3.0, None),
        ("up to 4 dollars", 4.0, None),
        ("Yes, go on up to $4.", 4.0, None),
        ("20k tokens", None, 20_000),
        (" .75 USD ", 0.75, None),
        ("No, stop. Ask me again at 18:00", None, None),
        ("not for C7, that is too dear", None, None),
        ("stop: I only have 3 days left", None, None),
        ("never more than 2 requests", None, None),
        ("keep it under 2", None, None),
        ("not 5", None, None),
        ("18:00", None, None),
        ("$5 is too much", None, None),
        ("2 or 3", None, None),
        ("-2", None, None),
        ("€3", None, None),
        ("$3 tokens", None, None),
        ("3 requests", None, None),
        ("1.2.3", None, None),
        ("1,25,0", None, None),
        ("nan", None, None),
        ("1e9", None, None),
        ("1.5M tok", None, 1_500_000),
        ("250,000 tokens", None, 250_000),
        ("yes", None, None),
        ("", None, None),
        ("9" * 25, None, None),
        pytest.param("9" * 100_000, None, None, id="many digits"),
        pytest.param("1 " * 100_000, None, None, id="many figures"),
    ],
)
def test_a_figure_is_read_from_words(words: str, cost: float | None, tokens: int | None) -> None:
    found = figure(words, Allowance(0.5, 1_000))
    if cost is None and tokens is None:
        assert found is None
    else:
        assert found is not None and found.tokens == tokens and found.cost == pytest.approx(cost)


def test_a_figure_without_a_unit_is_of_the_cap_that_is_set() -> None:
    assert figure("5000", Allowance(tokens=1_000)) == Allowance(tokens=5_000)
    assert figure("5000", Allowance(cost=0.5)) == Allowance(cost=5_000.0)


WORDS = st.sampled_from(["", "no", "$0.10", "$1", "20k tokens"])
DEEDS = st.one_of(
    st.builds(Guided, st.just("so")),
    st.builds(Retried),
    st.builds(CasesApproved),
    st.builds(QuestionAnswered, st.integers(-1, 3), WORDS),
    st.builds(Understood),
    st.builds(TakenByHand),
    st.builds(StepSkipped, st.just("later")),
    st.builds(WriteUndone),
    st.builds(Interrupted),
    st.builds(SuggesterChosen, st.sampled_from([None, Chosen(Way.MODEL, "openai/other")])),
)
RUNS = st.lists(st.tuples(st.integers(0, 11), DEEDS, st.integers(0, 4)), min_size=20, max_size=40)
BUDGETS = st.builds(
    Budget, st.none(), st.none() | st.floats(0.01, 0.2), st.none(), st.none() | st.integers(1_000, 20_000)
)
SIZES = st.lists(st.tuples(st.integers(100, 6_000), st.integers(1, 4_000)), min_size=1, max_size=4).map(tuple)


@settings(max_examples=60, deadline=None)
@given(RUNS, BUDGETS, SIZES, st.integers(0, 50))
def test_no_sequence_of_events_spends_beyond_the_hard_cap_by_more_than_one_request_was_miscounted_nor_unanswered(
    steps: list[tuple[int, Event, int]], budget: Budget, sizes: tuple[tuple[int, int], ...], more: int
) -> None:
    """The bound: what the provider counts in one request beyond our own count, times the price of a token in.

    The reply adds nothing to it, for its longest length goes along (``most_out``), and what it cost counts before the
    next one is sent. Of requests that we were killed in only the size is known, which is what is counted.
    """
    run = Spent(FakeSpender(answering, sizes, DEAR, more), budget)
    for dice, deed, heard in steps:
        before = run.session
        if before.pending is None or dice == 0:
            run.tell(deed)
        else:
            run.perform(heard, killed=dice == 1)
        after, used = run.session, total(run.session.spent)
        then, now = caps(before.budget, before.raised), caps(after.budget, after.raised)
        if now != then:
            assert isinstance(deed, QuestionAnswered) and before.question and before.question.asks is Card.CAP
        if now.cost is not None:
            assert used.cost <= now.cost + more * DEAR.into + 1e-9
        if now.tokens is not None:
            assert used.tokens <= now.tokens + more


class Run:
    """An engine whose suggestions are spent on, with a journal that another one may go on with."""

    def __init__(self, folder: Path, spender: FakeSpender, session: Session | None = None) -> None:
        self.world = World()
        opened = Journal.open(folder)
        assert isinstance(opened, Journal)
        if session is None:
            opened.begin(0.0)
        self.engine = Engine(replace(self.world.ports(), suggester=spender), opened, session)
        self.changed = asyncio.Event()
        self.engine.observe(lambda _: self.changed.set())

    async def until(self, condition: Callable[[Session], object]) -> Session:
        async with asyncio.timeout(10):
            while not condition(self.engine.session):
                self.changed.clear()
                await self.changed.wait()
        return self.engine.session


async def test_rounds_of_repair_stop_at_the_cap_too(tmp_path: Path) -> None:
    """Each round proposes what may not be written, so that another one is due."""

    def nowhere(request: Request) -> Reply:
        return CASES if request.purpose is Purpose.CASES else ProposeEdits((WholeFile(CODE_FILE, "never\n"),))

    spender = FakeSpender(nowhere, price=DEAR)
    run = Run(tmp_path, spender)
    run.engine.post(Opened("", "spender", "tok", Budget(hard_cost=0.075)))
    told: list[dict[str, object]] = []
    ended = await drive(run.engine, Answers(understood=True, cases=True), told.append)
    await run.engine.close()
    assert ended is Exit.WAITING and asked(run.engine.session).startswith("This task has spent $0.06 of $0.07")
    assert len(spender.sent) == 4  # the cases, then three rounds for the test


async def test_a_star_in_an_answers_file_raises_no_cap_and_a_named_answer_raises_it_once(tmp_path: Path) -> None:
    for answers, sent in ((("*", 1),), 2), ((("*", 1), ("cap", 1)), 5):
        spender = FakeSpender(answering, ((1_000, 200),) * 6, DEAR)
        run = Run(tmp_path / str(sent), spender)
        run.engine.post(Opened("", "spender", "tok", Budget(hard_cost=0.05)))
        given_answers = Answers(understood=True, cases=True, questions=answers)
        assert await drive(run.engine, given_answers, lambda _: None) is Exit.WAITING
        await run.engine.close()
        assert asked(run.engine.session) and len(run.engine.session.spent) == sent
        told = outcome(run.engine.session)
        assert told["spent"]["requests"] == sent and len(told["raised"]) == (answers != (("*", 1),))


async def test_what_is_stopped_with_ctrl_g_is_in_the_journal_with_what_it_cost(tmp_path: Path) -> None:
    run = Run(tmp_path, FakeSpender(answering, hold=asyncio.Event()))
    loop = asyncio.create_task(run.engine.run())
    run.engine.post(Opened("", "spender", "tok", Budget(hard_cost=0.5)))
    await run.until(lambda session: session.standing is not None and session.pending is None)
    run.engine.post(Understood())
    await run.until(lambda session: session.sending is not None)
    run.engine.post(Interrupted())
    session = await run.until(lambda session: session.pending is None and session.failed is not None)
    kept = run.engine._journal.entries()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await run.engine.close()
    (stopped,) = session.spent
    assert (stopped.ended, stopped.tokens_in, stopped.cost) == ("cancelled", 1_000, pytest.approx(0.01))
    assert not isinstance(kept, Fault)
    last = [type(entry.event) for entry in kept][-4:]
    assert last == [ModelAsked, Interrupted, ModelSpent, Cancelled]


async def test_who_leaves_in_the_middle_of_a_request_finds_it_counted_when_they_are_back(tmp_path: Path) -> None:
    run = Run(tmp_path, FakeSpender(answering, hold=asyncio.Event()))
    loop = asyncio.create_task(run.engine.run())
    run.engine.post(Opened("", "spender", "tok", NO_BUDGET))
    await run.until(lambda session: session.standing is not None and session.pending is None)
    run.engine.post(Understood())
    await run.until(lambda session: session.sending is not None)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await run.engine.close()
    again = Journal.read(tmp_path)
    assert isinstance(again, Journal)
    kept = again.entries()
    again.close()
    assert not isinstance(kept, Fault)
    session = replayed(tuple(entry.event for entry in kept))
    assert [one.ended for one in session.spent] == ["cancelled"] and session.sending is None
    assert isinstance(session.pending, Suggest)  # it is asked again then


async def test_a_session_goes_on_after_a_kill_with_what_is_left_then(tmp_path: Path) -> None:
    first = Run(tmp_path, FakeSpender(answering))
    budget = Budget(hard_cost=0.02)
    for event in (
        Opened("", "spender", "tok", budget),
        ProjectRead(1, PROJECT),
        TestsRan(2, BASE),
        Understood(),
        ModelAsked(Sending("openai/spender", "cases", tokens_in=1_400, price=DEAR)),
    ):
        assert first.engine._journal.append(event, 0.0) is None
    kept = first.engine._journal.entries()
    first.engine._journal.close()  # the process is gone before anything else is heard
    assert not isinstance(kept, Fault)
    spender = FakeSpender(answering)
    second = Run(tmp_path, spender, replayed(tuple(entry.event for entry in kept)))
    second.engine.post(Resumed("spender", budget))
    loop = asyncio.create_task(second.engine.run())
    session = await second.until(lambda session: session.question is not None)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await second.engine.close()
    assert spender.sent == [] and asked(session).startswith("This task has spent ≥ $0.01 of $0.02 (1 request")
    assert "1 request cut off, of which only the size is known" in session.question.question.considered


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"spending":{"model":"m","tokens_in":1e999},"task_id":"","is":"ModelSpent"}',
        '{"ticket":1e999,"is":"Cancelled"}',
        '{"ticket":' + "9" * 5_000 + ',"is":"Cancelled"}',
        '{"is":["Cancelled"]}',
        "null",
        "",
    ],
    ids=["deep", "count", "ticket", "digits", "list", "null", "nothing"],
)
def test_a_damaged_line_of_a_journal_is_one_sentence_that_names_the_way_on(tmp_path: Path, line: str) -> None:
    opened = Journal.open(tmp_path)
    assert isinstance(opened, Journal)
    opened.begin(0.0)
    assert opened.append(Understood(), 0.0) is None
    opened.close()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as database, database:
        database.execute("UPDATE entry SET event = ?", (line,))
    again = Journal.read(tmp_path)
    assert isinstance(again, Journal)
    found = again.entries()
    again.close()
    assert isinstance(found, Fault) and "--new" in found.remedy


def test_what_is_told_of_spending_is_read_from_the_journal_as_it_was() -> None:
    for event in (
        ModelAsked(Sending("m", "test", "C1", 10, DEAR)),
        ModelSpent(Spending("m", cost=None, estimated=True, ended="lost")),
        Opened("", "m", "t", Budget(0.1, 0.2, 3, 4)),
        Resumed("m", Budget(hard_cost=0.5)),
    ):
        assert decode(encode(event)) == event
