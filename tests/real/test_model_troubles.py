"""Every way in which a provider goes wrong ends within its deadline, in one sentence, with nothing to apply."""

from __future__ import annotations

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings
from beai.core.suggest.exchange import ProposeCases, Purpose
from beai.core.suggest.meter import Allowance
from beai.core.suggest.model import Deadlines
from beai.core.suggest.progress import Grew, Sending, Spending
from tests.real.pair import CASES, KEY, QUICK, TEST, Pair, pair
from tests.real.provider import Say, Trouble

__all__ = ["pair"]  # the fixture

pytestmark = pytest.mark.asyncio(loop_scope="module")

NETWORK, MODEL = FaultKind.NETWORK, FaultKind.MODEL
SHORT = Deadlines(first=0.6, idle=0.4, pinged=1.0, total=20.0, rate=0.0)
PATIENT = Deadlines(first=10.0, idle=10.0, pinged=20.0, total=20.0, rate=0.0)
SLOW = Deadlines(first=10.0, idle=10.0, pinged=20.0, total=20.0, rate=200.0, span=0.5)
AGAIN = QUICK.attempts
BROKE_OFF = {Trouble.RESET_FIRST}
"""What ends before an answer, so that it is repeated though the provider may bill what it got."""

# what it does, the kind of fault, words of the sentence, requests that it gets, deadlines
TROUBLES = (
    (Trouble.HANG, NETWORK, "sent nothing for 0.6 seconds", 1, SHORT),
    (Trouble.HANG_AFTER_HEAD, NETWORK, "sent nothing for 0.6 seconds", 1, SHORT),
    (Trouble.SILENT_MIDWAY, NETWORK, "sent nothing for 0.4 seconds in the middle", 1, SHORT),
    (Trouble.DRIP, NETWORK, "sent nothing for 0.6 seconds", 1, SHORT),
    (Trouble.DRIP_WORDS, NETWORK, "less than 200 characters a second", 1, SLOW),
    (Trouble.PING_ONLY, NETWORK, "only said that it works, and wrote nothing for 1 seconds", 1, SHORT),
    (Trouble.PING_MIDWAY, NETWORK, "only said that it works, and wrote nothing for 1 seconds", 1, SHORT),
    (Trouble.EMPTY, MODEL, "empty reply", 1, PATIENT),
    (Trouble.NO_BODY, MODEL, "empty reply", 1, PATIENT),
    (Trouble.NO_CONTENT, MODEL, "empty reply", 1, PATIENT),
    (Trouble.NULLS, MODEL, "empty reply", 1, PATIENT),
    (Trouble.HTML, NETWORK, "web page", 1, PATIENT),
    (Trouble.HTML_STREAM, NETWORK, "web page", 1, PATIENT),
    (Trouble.PLAIN_JSON, MODEL, "something else than the stream", 1, PATIENT),
    (Trouble.CUT_OFF, MODEL, "output limit", 1, PATIENT),
    (Trouble.FILTERED, MODEL, "content filter", 1, PATIENT),
    (Trouble.ODD_FINISH, MODEL, 'for the reason "bored"', 1, PATIENT),
    (Trouble.TOOL_CALL, MODEL, "called a tool", 1, PATIENT),
    (Trouble.THOUGHT_ONLY, MODEL, "thought and wrote no reply", 1, PATIENT),
    (Trouble.ERROR_IN_STREAM, NETWORK, "told an error in the middle", 1, PATIENT),
    (Trouble.ERROR_500, NETWORK, "failing on the provider's side", AGAIN, PATIENT),
    (Trouble.ENDLESS_ERROR, NETWORK, "failing on the provider's side", AGAIN, PATIENT),
    (Trouble.OVERLOADED, NETWORK, "overloaded", AGAIN, PATIENT),
    (Trouble.UNAUTHORIZED, MODEL, "refused the key", 1, PATIENT),
    (Trouble.UNKNOWN_MODEL, MODEL, "not known", 1, PATIENT),
    (Trouble.RATE_LIMITED, NETWORK, "over its rate limit", AGAIN, PATIENT),
    (Trouble.RATE_LIMITED_AFTER, NETWORK, "over its rate limit", AGAIN, PATIENT),
    (Trouble.RATE_LIMITED_DATE, NETWORK, "over its rate limit", AGAIN, PATIENT),
    (Trouble.RATE_LIMITED_LONG, NETWORK, "asks to wait 24 hours, until tomorrow", 1, PATIENT),
    (Trouble.NO_QUOTA, NETWORK, "quota or credit", 1, PATIENT),
    (Trouble.TOO_LONG, MODEL, "this long", 1, PATIENT),
    (Trouble.REDIRECT, NETWORK, "elsewhere, which was not followed", 1, PATIENT),
    (Trouble.RESET, NETWORK, "broke the connection in the middle", 1, PATIENT),
    (Trouble.RESET_FIRST, NETWORK, "broke the connection before it answered", AGAIN, PATIENT),
    (Trouble.HANG_UP, NETWORK, "ended its reply before its end", 1, PATIENT),
    (Trouble.HALF_FRAME, NETWORK, "ended its reply before its end", 1, PATIENT),
    (Trouble.WRONG_JSON, NETWORK, "what is no reply", 1, PATIENT),
    (Trouble.NOT_HTTP, NETWORK, "what is no reply", 1, PATIENT),
    (Trouble.GARBAGE, NETWORK, "what is no reply", 1, PATIENT),
    (Trouble.CONTINUES, NETWORK, "sent nothing for 0.6 seconds", 1, SHORT),
    (Trouble.ENDLESS_HEAD, NETWORK, "what is no reply", 1, PATIENT),
    (Trouble.LONG_LINE, NETWORK, "a line without end", 1, PATIENT),
    (Trouble.FLOOD, MODEL, "more than 20000 characters", 1, PATIENT),
    (Trouble.EMPTY_FLOOD, NETWORK, "only said that it works", 1, SHORT),
    (Trouble.GZIP_BOMB, NETWORK, "sent more than any reply can be", 1, PATIENT),
    (Trouble.UNASKED_ENCODING, NETWORK, "what is no reply", 1, PATIENT),
)


async def test_no_trouble_is_left_out() -> None:
    assert {row[0] for row in TROUBLES} == set(Trouble)


@pytest.mark.parametrize(
    ("trouble", "kind", "words", "requests", "deadlines"), TROUBLES, ids=[r[0].name for r in TROUBLES]
)
async def test_each_trouble_is_one_sentence(
    pair: Pair, trouble: Trouble, kind: FaultKind, words: str, requests: int, deadlines: Deadlines
) -> None:
    reply = await pair.ask(trouble, deadlines=deadlines)

    assert isinstance(reply, Fault), reply
    assert words in reply.summary
    assert reply.kind is kind
    assert reply.remedy
    assert "\n" not in reply.sentence()
    assert KEY not in repr(reply)
    assert len(pair.provider.requests) == requests
    told = [type(each) for each in pair.told if isinstance(each, Sending | Spending)]
    counted = requests if trouble in BROKE_OFF else 1  # one that was turned away costs nothing, and is not told
    assert told == [Sending, Spending] * counted  # every request is counted once, however it ends


@pytest.mark.parametrize("trouble", [Trouble.HANG_UP, Trouble.RESET, Trouble.HALF_FRAME, Trouble.ERROR_IN_STREAM])
async def test_after_a_word_was_shown_nothing_is_asked_again(pair: Pair, trouble: Trouble) -> None:
    reply = await pair.ask(trouble, Say(TEST), purpose=Purpose.TEST)

    assert isinstance(reply, Fault)
    assert [each.text for each in pair.told if isinstance(each, Grew)] == ["I begin"]
    assert len(pair.provider.requests) == 1


@pytest.mark.parametrize("trouble", [Trouble.ERROR_500, Trouble.OVERLOADED, Trouble.RATE_LIMITED, Trouble.RESET_FIRST])
async def test_a_trouble_that_passes_is_waited_for(pair: Pair, trouble: Trouble) -> None:
    reply = await pair.ask(trouble, Say(CASES))

    assert isinstance(reply, ProposeCases)
    assert len(pair.noted) == 1 and pair.noted[0].endswith("attempt 2 of 3")
    broke = ["reset"] if trouble in BROKE_OFF else []
    assert [each.ended for each in pair.spent] == [*broke, "done"]


async def test_an_attempt_that_broke_off_is_counted_by_what_was_sent_and_against_the_cap(pair: Pair) -> None:
    await pair.ask(Trouble.RESET_FIRST, Say(CASES))
    broke, whole = pair.spent
    assert broke.estimated and broke.tokens_in > 500 and broke.tokens_out == 0
    assert whole.ended == "done"

    enough_for_one = Allowance(tokens=broke.tokens_in + 700)
    reply = await pair.ask(Trouble.RESET_FIRST, Say(CASES), allowance=enough_for_one)
    assert isinstance(reply, Fault) and reply.kind is FaultKind.CAP
    assert pair.spent[0].ended == "reset" and not sum(each.tokens_out for each in pair.spent)


@pytest.mark.parametrize("trouble", [Trouble.RATE_LIMITED_AFTER, Trouble.RATE_LIMITED_DATE])
async def test_a_wait_says_why_and_how_long(pair: Pair, trouble: Trouble) -> None:
    await pair.ask(trouble, Say(CASES))

    assert pair.noted == ["rate limit: waits 0 s (Retry-After), attempt 2 of 3"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(Say(CASES.replace("product", "Produkt — ünïcödé 🛒"), torn=True), id="characters torn apart"),
        pytest.param(Say(CASES, marked=False), id="no [DONE]"),
        pytest.param(Say(CASES, tokens=None), id="no counts"),
        pytest.param(Say(CASES, finish="eos"), id="a finish of its own"),
        pytest.param(Say(CASES, pieces=1), id="one piece"),
    ],
)
async def test_a_whole_reply_is_taken_however_it_arrives(pair: Pair, said: Say) -> None:
    reply = await pair.ask(said)

    assert isinstance(reply, ProposeCases)
    assert [case.text for case in reply.cases][1] == "answers CONFLICT"


async def test_pieces_that_come_twice_are_never_applied(pair: Pair) -> None:
    assert isinstance(await pair.ask(Say(TEST, twice=True), purpose=Purpose.TEST), Fault)


async def test_a_stream_beyond_what_is_allowed_is_stopped(pair: Pair) -> None:
    reply = await pair.ask(Trouble.FLOOD, deadlines=PATIENT, allowance=Allowance(tokens=4000))

    assert isinstance(reply, Fault) and reply.kind is FaultKind.CAP
    (spent,) = pair.spent
    assert spent.ended == "cap" and spent.estimated


async def test_nobody_at_the_address_is_one_sentence(pair: Pair) -> None:
    nobody = pair.other(Settings("loopback", "http://127.0.0.1:9/v1"))
    reply = await nobody.ask(Say(CASES))

    assert isinstance(reply, Fault) and reply.kind is NETWORK
    assert "nobody answers at its address" in reply.summary
    assert nobody.noted[-1].endswith("attempt 3 of 3")
