"""Sums of what requests cost, figures for a person, and what a cap lets through."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.meter import (
    LEAST_REPLY,
    LOST,
    Allowance,
    Budget,
    Raise,
    by,
    caps,
    counted,
    dollars,
    estimate,
    money,
    most_out,
    short,
    spendable,
    total,
)
from beai.core.suggest.model.asked import Asked
from beai.core.suggest.model.spent import Tab, price_of
from beai.core.suggest.privacy.local import is_local
from beai.core.suggest.progress import FREE, Price, Sending, Spending

GPT = Spending("openai/gpt", "test", "C1", 1_000, 200, 400, 0.02, first=1.0, seconds=5.0)
OTHER = Spending("company/model", "code", "C1", 500, 100, first=0.5, seconds=1.0)
LOCAL = Spending("ollama/qwen", "code", "C2", 700, 50, cost=0.0, seconds=2.0)


def test_what_has_no_price_is_counted_as_unknown_and_never_as_nothing() -> None:
    found = total((GPT, OTHER))
    assert (found.requests, found.tokens_in, found.tokens_out, found.cached) == (2, 1_500, 300, 400)
    assert (found.cost, found.unpriced, found.exact) == (0.02, 1, False)
    assert money(found) == "≥ $0.02"
    assert money(total((OTHER,))) == "$?"


def test_a_local_model_costs_nothing_and_that_is_known() -> None:
    found = total((LOCAL, GPT))
    assert (found.cost, found.unpriced, found.exact) == (0.02, 0, True)
    assert money(total((LOCAL,))) == "$0.00"


@pytest.mark.parametrize("cost", [math.nan, math.inf, -100.0, 1e300, -math.inf])
def test_a_cost_that_cannot_be_true_is_no_price_and_gives_no_room_below_a_cap(cost: float) -> None:
    found = total((GPT, Spending("m", tokens_in=5, cost=cost, first=math.nan, seconds=cost)))
    assert (found.cost, found.unpriced, found.seconds) == (0.02, 1, 5.0)
    left = Allowance(cost=2.0).after((Spending("m", tokens_in=5, cost=cost),))
    assert left.cost == 2.0 and most_out(left, PRICED) is not None


@pytest.mark.parametrize("tokens", [-5_000, 10**400, math.nan, math.inf, True, "12", None])
def test_a_count_that_cannot_be_true_is_left_out_of_the_sums(tokens: object) -> None:
    found = total((GPT, Spending("m", tokens_in=tokens, tokens_out=tokens, cached=tokens)))  # type: ignore[arg-type]
    assert (found.tokens_in, found.tokens_out, found.cached) == (1_000, 200, 400)


@pytest.mark.parametrize(
    "told",
    [
        {"tokens_in": -5, "tokens_out": -5},
        {"tokens_in": math.inf, "tokens_out": math.nan, "cost": math.nan},
        {"tokens_in": "12", "tokens_out": True, "cost": -100.0},
        {"tokens_in": 10**30, "cost": True},
        {},
    ],
)
def test_counts_that_cannot_be_true_are_taken_as_untold_and_made_by_ourselves(told: dict[str, object]) -> None:
    spending = answered_tab().told(told)
    assert (spending.tokens_in, spending.estimated) == (10_000, True)
    assert spending.cost == pytest.approx(10_000 * 0.00001 + 400 * 0.00003)


def test_a_provider_that_tells_nearly_nothing_of_a_long_request_is_not_taken_at_its_word() -> None:
    spending = answered_tab().told({"tokens_in": 1, "tokens_out": 0, "cost": 0.0})
    assert (spending.tokens_in, spending.tokens_out, spending.estimated) == (2_500, 100, True)
    assert spending.cost == pytest.approx(2_500 * 0.00001 + 100 * 0.00003)
    usual = answered_tab().told({"tokens_in": 8_000, "tokens_out": 350, "cached": 9_000, "cost": 0.02})
    assert (usual.tokens_in, usual.tokens_out, usual.cached, usual.cost, usual.estimated) == (
        8_000,
        350,
        8_000,
        0.02,
        False,
    )


def answered_tab() -> Tab:
    tab = Tab(PRICED, Allowance(), 4_000)
    tab.heard("word " * 400)
    return tab


def test_sums_are_made_for_any_key_in_the_order_in_which_it_came() -> None:
    cases = by((GPT, LOCAL, OTHER), lambda one: one.case_id)
    assert [(case, sum_.requests) for case, sum_ in cases] == [("C1", 2), ("C2", 1)]


def test_the_pace_is_that_of_the_writing_and_not_of_the_wait_before_it() -> None:
    assert total((GPT,)).pace == pytest.approx(200 / 4)
    assert total((LOCAL,)).pace is None  # nobody saw when its reply began


def test_a_request_whose_end_nobody_heard_counts_with_its_size_and_its_known_price() -> None:
    lost = counted(Sending("openai/gpt", "code", "C1", 1_000, Price(0.00001, 0.00003)))
    assert (lost.tokens_in, lost.tokens_out, lost.cost, lost.estimated, lost.ended) == (
        1_000, 0, pytest.approx(0.01), True, LOST,
    )  # fmt: skip
    assert money(total((lost,))) == "≥ $0.01"
    assert counted(Sending("company/model", tokens_in=10)).cost is None


@pytest.mark.parametrize(
    ("cost", "words"),
    [(0, "$0.00"), (0.00003, "<$0.0001"), (0.0042, "$0.0042"), (0.04, "$0.04"), (1_234.5, "$1,234.50")],
)
def test_an_amount_has_as_many_digits_as_it_needs(cost: float, words: str) -> None:
    assert dollars(cost) == words


@pytest.mark.parametrize(
    ("tokens", "words"),
    [(812, "812"), (11_200, "11.2k"), (99_960, "100k"), (412_345, "412k"), (999_600, "1.0M"), (1_300_000, "1.3M")],
)
def test_a_count_of_tokens_is_short(tokens: int, words: str) -> None:
    assert short(tokens) == words


PRICED = Sending("openai/gpt", tokens_in=10_000, price=Price(0.00001, 0.00003))
"""It takes $0.10 to send, and $0.03 for a thousand tokens of reply."""


@pytest.mark.parametrize(
    ("allowance", "allowed"),
    [
        (Allowance(), True),
        (Allowance(cost=0.12), True),
        (Allowance(cost=0.11), False),
        (Allowance(cost=0.0), False),
        (Allowance(tokens=10_000 + LEAST_REPLY), True),
        (Allowance(tokens=10_000), False),
        (Allowance(cost=5.0, tokens=100), False),
    ],
)
def test_a_request_goes_only_where_it_and_a_reply_of_use_have_room(allowance: Allowance, allowed: bool) -> None:
    found = spendable(allowance, PRICED)
    assert found is None if allowed else isinstance(found, Fault) and found.kind is FaultKind.CAP


def test_without_a_price_only_a_cap_on_tokens_can_hold() -> None:
    unpriced = Sending("company/model", tokens_in=10_000)
    assert spendable(Allowance(cost=0.01), unpriced) is None
    assert most_out(Allowance(cost=0.01), unpriced) is None
    assert spendable(Allowance(cost=0.0), unpriced) is not None  # what is spent already is spent
    assert spendable(Allowance(tokens=10_100), unpriced) is not None


def test_a_model_of_ones_own_computer_is_never_stopped_by_a_cap_on_cost() -> None:
    free = Sending("ollama/qwen", tokens_in=90_000, price=FREE)
    assert [spendable(Allowance(cost=left), free) for left in (0.01, 0.0, -3.0)] == [None, None, None]
    assert spendable(Allowance(cost=0.0), Sending("company/model", tokens_in=10)) is not None
    assert most_out(Allowance(cost=-1.0), free) is None


def test_the_longest_reply_ends_where_the_first_cap_does() -> None:
    assert most_out(Allowance(), PRICED) is None
    assert most_out(Allowance(cost=0.13), PRICED) == pytest.approx(1_000, abs=1)
    assert most_out(Allowance(cost=0.13, tokens=10_600), PRICED) == 600
    assert most_out(Allowance(tokens=1), PRICED) == 0


def test_what_was_raised_stays_raised_for_the_task() -> None:
    budget = Budget(hard_cost=0.5, hard_tokens=1_000)
    assert caps(budget, ()) == Allowance(0.5, 1_000)
    assert caps(budget, (Raise(cost=1.0), Raise(cost=0.8))) == Allowance(1.0, 1_000)
    assert caps(Budget(), (Raise(cost=1.0),)) == Allowance()


@pytest.mark.parametrize(
    ("model", "base", "price"),
    [
        ("ollama/qwen", "", FREE),
        ("ollama/qwen", "http://127.0.0.1:9/", FREE),
        ("gguf:/models/a.gguf", "", FREE),
        ("ollama/gpt-oss:120b-cloud", "", Price()),  # its server hands it on to somebody who is paid
        ("ollama/qwen", "http://10.0.0.5:11434", Price()),
        ("company/model", "http://127.0.0.1:4000/v1", Price()),  # a proxy on this computer, to whom nobody knows
    ],
)
def test_only_what_this_computer_serves_itself_is_free(model: str, base: str, price: Price) -> None:
    assert price_of(Asked(model, base), {}, is_local(model, base)) == price


def test_a_price_is_that_of_the_table() -> None:
    assert price_of(Asked("gpt-4o"), {"prices": {"in": 2.5e-06, "out": 1e-05}}, False) == Price(2.5e-06, 1e-05)
    assert price_of(Asked("gpt-4o"), {"prices": {"in": "dear", "out": True}}, False) == Price()


amounts = st.floats(0, 0.001, allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(
    st.builds(Allowance, st.none() | st.floats(-1, 2), st.none() | st.integers(-10, 50_000)),
    st.builds(Sending, st.just("m"), tokens_in=st.integers(0, 40_000), price=st.builds(Price, amounts, amounts)),
)
def test_a_request_that_is_let_through_and_cut_where_it_is_told_stays_below_the_caps(
    allowance: Allowance, sending: Sending
) -> None:
    if spendable(allowance, sending) is not None:
        return
    most = most_out(allowance, sending)
    longest = 100_000 if most is None else most
    assert most is None or most >= LEAST_REPLY - 1
    if allowance.cost is not None and sending.price.out:
        assert estimate(sending, longest) <= allowance.cost + 1e-9
    if allowance.tokens is not None:
        assert sending.tokens_in + longest <= allowance.tokens
