"""What a model answers, through the real litellm worker and a provider on loopback."""

from __future__ import annotations

import asyncio
import math
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from beai.core.edits.change import UpsertTest
from beai.core.fault import Fault, FaultKind
from beai.core.settings import Access, Settings
from beai.core.suggest.choice import Way
from beai.core.suggest.exchange import Ask, CaseIdea, CaseKind, ProposeCases, ProposeEdits, Purpose, Request
from beai.core.suggest.meter import NO_CAP, Allowance
from beai.core.suggest.model import ModelSuggester
from beai.core.suggest.plan import settings_for
from beai.core.suggest.progress import Grew, Noted, Progress, Sending, Spending, Withheld
from beai.core.suggest.switchboard import Switchboard
from beai.core.suggest.trial import trial
from tests.core.contracts.suggester import SuggesterContract
from tests.real.pair import CASES, KEY, TEST, UNFINISHED, Pair, pair, request
from tests.real.provider import Say

__all__ = ["pair"]  # the fixture

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestContract(SuggesterContract):
    @pytest.fixture(autouse=True)
    def _shared(self, pair: Pair) -> None:
        pair.provider.play(Say(CASES))
        self.pair = pair

    def opened(self) -> AbstractAsyncContextManager[ModelSuggester]:
        return nullcontext(self.pair.other(self.pair.suggester.settings).suggester)  # what closes it leaves the pair

    def request(self) -> Request:
        return request()


async def test_streamed_cases_become_cases_with_their_criteria(pair: Pair) -> None:
    reply = await pair.ask(Say(CASES))

    assert reply == ProposeCases(
        (
            CaseIdea("adds the product", CaseKind.HAPPY, "Adds once"),
            CaseIdea("answers CONFLICT", CaseKind.ERROR, "CONFLICT"),
        ),
        "Two cases cover the task.",
    )


async def test_each_piece_is_shown_before_the_next_one_comes(pair: Pair) -> None:
    gate = asyncio.Semaphore(1)
    grown: list[str] = []

    def tell(told: Progress) -> None:
        if isinstance(told, Grew):
            grown.append(told.text)
            gate.release()

    pair.provider.play(Say(CASES, pieces=6, gate=gate))
    await asyncio.wait_for(pair.suggester.suggest(request(), tell), 30)

    assert len(grown) == 6
    assert all(later.startswith(earlier) for earlier, later in pairwise(grown))
    assert grown[-1].endswith("cases=2\n")


async def test_pieces_that_repeat_for_long_are_a_reply_like_any_other(pair: Pair) -> None:
    row = "| --- |\n"
    text = row * 150 + CASES
    reply = await pair.ask(Say(text, pieces=-(-len(text) // len(row))))

    assert isinstance(reply, ProposeCases)


async def test_streamed_code_becomes_edits(pair: Pair) -> None:
    reply = await pair.ask(Say(TEST), purpose=Purpose.TEST)

    assert isinstance(reply, ProposeEdits)
    (edit,) = reply.edits
    assert isinstance(edit, UpsertTest)
    assert (edit.file, edit.describe, edit.name) == ("src/wishlist.test.ts", "wishlist.addItem", "C1 adds the product")


async def test_what_is_sent_is_a_streaming_chat_with_the_named_key(pair: Pair) -> None:
    await pair.ask(Say(CASES))

    (sent,) = pair.provider.requests
    assert sent["model"] == "loopback"
    assert sent["stream"] is True
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert f"authorization: bearer {KEY}" in pair.provider.headers[0].lower()


async def test_each_request_is_told_with_what_the_provider_counted(pair: Pair) -> None:
    await pair.ask(Say(UNFINISHED, tokens=(2100, 20)), Say(CASES, tokens=(2000, 22)))

    assert [(each.tokens_in, each.tokens_out, each.estimated, each.ended) for each in pair.spent] == [
        (2100, 20, False, "done"),
        (2000, 22, False, "done"),
    ]


async def test_an_incomplete_reply_is_repaired_in_the_same_conversation(pair: Pair) -> None:
    reply = await pair.ask(Say(UNFINISHED), Say(CASES))

    assert isinstance(reply, ProposeCases)
    repaired = pair.provider.requests[1]["messages"]
    assert [message["role"] for message in repaired] == ["system", "user", "assistant", "user"]
    assert repaired[2]["content"] == UNFINISHED
    assert "no end mark" in repaired[3]["content"]


async def test_a_reply_that_stays_incomplete_is_a_fault_after_three_repairs(pair: Pair) -> None:
    reply = await pair.ask(Say(UNFINISHED))

    assert isinstance(reply, Fault)
    assert reply.kind is FaultKind.MODEL
    assert "no end mark" in reply.summary
    assert len(pair.provider.requests) == 4


async def test_a_question_is_an_answer(pair: Pair) -> None:
    options = "- Delete => history is lost\n- Mark"
    reply = await pair.ask(
        Say(f"### question soft-delete\nDelete or mark?\n{options}\n### end {{nonce}} edits=0 cases=0")
    )

    assert isinstance(reply, Ask)
    assert [option.label for option in reply.question.options] == ["Delete", "Mark"]


async def test_what_came_from_a_cache_costs_less_and_is_told(pair: Pair) -> None:
    priced = pair.other(replace(pair.suggester.settings, model="gpt-4o"))
    await priced.ask(Say(CASES, tokens=(1000, 100), cached=400))

    sending = next(each for each in priced.told if isinstance(each, Sending))
    (spent,) = priced.spent
    into, out = sending.price.into, sending.price.out
    assert (spent.tokens_in, spent.tokens_out, spent.cached) == (1000, 100, 400)
    assert into and out and spent.cost
    assert 600 * into + 100 * out < spent.cost < 1000 * into + 100 * out


@pytest.mark.parametrize("said", ["nan", "-100", "inf", "1e300", "-0.5", "cheap"])
async def test_what_a_server_says_of_the_cost_rules_no_cap(pair: Pair, said: str) -> None:
    header = f"x-litellm-response-cost: {said}"
    for model in ("gpt-4o", "litellm_proxy/gpt-4o"):
        priced, allowance = pair.other(replace(pair.suggester.settings, model=model)), Allowance(cost=2.0)
        for _ in range(2):
            reply = await priced.ask(Say(CASES, tokens=(2000, 100), headers=(header,)), allowance=allowance)
            assert not isinstance(reply, Fault)
            (spent,) = priced.spent
            assert spent.cost and 0.001 < spent.cost < 0.1
            allowance = allowance.after(priced.spent)
        assert allowance.cost and 1.8 < allowance.cost < 2.0


async def test_a_proxy_alone_may_say_what_it_cost(pair: Pair) -> None:
    costs = []
    for model in ("gpt-4o", "litellm_proxy/gpt-4o"):
        priced = pair.other(replace(pair.suggester.settings, model=model))
        await priced.ask(Say(CASES, tokens=(2000, 100), headers=("x-litellm-response-cost: 0.5",)))
        costs.append(priced.spent[0].cost)
    assert costs[0] and costs[0] < 0.1 and costs[1] == 0.5


@pytest.mark.parametrize(
    "tokens",
    [(-900_000, -5), (10**30, 10**30), (0, 0), (1, 1), ("many", "x"), (True, 1.5), (math.inf, math.nan), ([], {})],
)
async def test_what_a_server_says_of_tokens_is_never_less_than_can_be(pair: Pair, tokens: Any) -> None:
    reply = await pair.ask(Say(CASES, tokens=tokens))

    whole = all(isinstance(count, int) and not isinstance(count, bool) for count in tokens)
    assert not isinstance(reply, Fault) or not whole  # what is no number at all breaks the reply, in one sentence
    (spent,) = pair.spent
    assert 300 < spent.tokens_in < 10_000 and 5 < spent.tokens_out < 1_000 and spent.estimated


async def test_where_the_provider_counts_nothing_we_do_and_say_so(pair: Pair) -> None:
    await pair.ask(Say(CASES, tokens=None))

    (spent,) = pair.spent
    assert spent.estimated and spent.ended == "done"
    assert spent.tokens_in > 500 and spent.tokens_out > 20


async def test_a_request_beyond_what_is_allowed_is_not_sent(pair: Pair) -> None:
    reply = await pair.ask(Say(CASES), allowance=Allowance(tokens=1000))

    assert isinstance(reply, Fault) and reply.kind is FaultKind.CAP
    assert pair.provider.requests == []
    assert pair.spent == []


async def test_a_spent_cap_on_cost_stops_what_costs_and_not_what_is_free(pair: Pair) -> None:
    nothing = Allowance(cost=0.0)
    reply = await pair.ask(Say(CASES), allowance=nothing)
    assert isinstance(reply, Fault) and reply.kind is FaultKind.CAP and pair.provider.requests == []
    assert [each.sending.model for each in pair.told if isinstance(each, Withheld)] == ["loopback"]

    free = pair.other(replace(pair.suggester.settings, model="ollama/qwen", base=pair.provider.root))
    assert isinstance(await free.ask(Say(CASES), allowance=nothing), ProposeCases)
    assert [each.cost for each in free.spent] == [0.0]


async def test_a_repair_counts_against_what_is_allowed(pair: Pair) -> None:
    reply = await pair.ask(Say(UNFINISHED, tokens=(1500, 2000)), Say(CASES), allowance=Allowance(tokens=4000))

    assert isinstance(reply, Fault) and reply.kind is FaultKind.CAP
    assert len(pair.provider.requests) == 1


async def test_a_reply_is_asked_for_no_longer_than_the_cap_allows_and_is_cut_there(pair: Pair) -> None:
    size = (await asked_for(pair, NO_CAP)).tokens_in
    reply = await pair.ask(Say(CASES, tokens=(size, 700), finish="length"), allowance=Allowance(tokens=size + 700))

    assert isinstance(reply, Fault) and reply.kind is FaultKind.CAP and "wrote up to the cap" in reply.summary
    assert pair.provider.requests[0]["max_tokens"] == 700
    assert [(each.ended, each.tokens_out) for each in pair.spent] == [("cap", 700)]


async def test_a_cap_that_is_far_away_changes_nothing_of_the_request(pair: Pair) -> None:
    reply = await pair.ask(Say(CASES), allowance=Allowance(tokens=1_000_000))

    assert not isinstance(reply, Fault)
    assert "max_tokens" not in pair.provider.requests[0]


async def test_what_had_no_room_is_told_with_its_size_and_what_is_used_up_is_not_even_packed(pair: Pair) -> None:
    await pair.ask(Say(CASES), allowance=Allowance(tokens=1000))
    withheld = [each for each in pair.told if isinstance(each, Withheld)]
    assert len(withheld) == 1 and withheld[0].sending.tokens_in > 500

    reply = await pair.ask(Say(CASES), allowance=Allowance(tokens=0))
    assert isinstance(reply, Fault) and reply.kind is FaultKind.CAP
    assert pair.told == [] and pair.provider.requests == []


async def asked_for(pair: Pair, allowance: Allowance) -> Sending:
    await pair.ask(Say(CASES), allowance=allowance)
    return next(each for each in pair.told if isinstance(each, Sending))


async def test_a_model_out_of_reach_is_followed_by_the_next_one_with_its_own_key(pair: Pair) -> None:
    own = Access("loopback", pair.provider.base, "BEAI_TEST_KEY")
    settings = Settings("gone", "http://127.0.0.1:9/v1", fallbacks=("loopback",), access=(own,))
    board = Switchboard(settings, {Way.MODEL: lambda one: pair.other(settings_for(settings, one)).suggester})
    told: list[Progress] = []
    pair.provider.play(Say(CASES))

    reply = await asyncio.wait_for(board.suggest(request(), told.append), 30)
    await board.close()

    assert isinstance(reply, ProposeCases)
    assert [one.words for one in told if isinstance(one, Noted)][-1].endswith("Now loopback is asked.")
    assert [one.model for one in told if isinstance(one, Spending) and one.tokens_out] == ["loopback"]
    assert f"Bearer {KEY}" in pair.provider.headers[0]


async def test_one_question_shows_speed_cost_and_whether_the_protocol_is_kept(pair: Pair) -> None:
    pair.provider.play(Say(CASES, pause=0.01), Say("Sure, here are some cases!"))
    kept, broke = await trial(pair.suggester.ask, "ab12cd34"), await trial(pair.suggester.ask, "ab12cd34")

    assert kept.protocol and kept.fault is None and kept.tokens_out == 40
    assert kept.rate is not None and 0 < kept.first < kept.seconds
    assert not broke.protocol and "cannot be used" in broke.complaint
    assert len(pair.provider.requests) == 2  # nothing is repaired
