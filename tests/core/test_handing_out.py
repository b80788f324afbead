"""A prompt that is handed out waits in the session: for a day, over a kill, until the answer or another wish comes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.edits.change import Receipt
from beai.core.fault import Fault, FaultKind
from beai.core.loop.codec import decode, encode
from beai.core.loop.effects import ReadProject, Suggest
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
    CasesApproved,
    CaseWorded,
    Guided,
    Interrupted,
    Opened,
    QuestionAnswered,
    ReplyPasted,
    RerunAsked,
    Resumed,
    Retried,
    SuggesterChosen,
    TakenByHand,
    Understood,
    WriteUndone,
)
from beai.core.loop.events.facts import Cancelled, Failed, HandedOut, ProjectRead, Replied, TestsRan, Undone
from beai.core.loop.events.passing import HandoutTold
from beai.core.loop.replaying import replayed
from beai.core.loop.session import Back, Choice, Phase, Session, Stage
from beai.core.loop.step import step
from beai.core.runner.report import FileOutcome, Report, RunKind, TestKey, TestOutcome, TestState
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import CaseIdea, CaseKind, ProposeCases, Purpose
from beai.core.suggest.handout import HandOut, Pasted
from beai.core.suggest.pack import Pack, Window
from beai.core.suggest.progress import Sent
from tests.core.worlds import PROJECT, TEST_FILE

OUT = HandOut("A prompt.", "k1", 1, "/state/prompt.md", 3)
AGAIN = HandOut("Once more.", "k2", 2, "/state/prompt.md", 3)
GREEN = Report(
    1, RunKind.CONFIRMED, (FileOutcome(TEST_FILE, (TestOutcome(TestKey(TEST_FILE, "old"), TestState.PASS),)),)
)
CASES = ProposeCases((CaseIdea("adds", CaseKind.HAPPY),))
BEGUN: tuple[Event, ...] = (Opened("", "clipboard", "t"), ProjectRead(1, PROJECT), TestsRan(2, GREEN), Understood())


def after(*events: Event, session: Session | None = None) -> Session:
    session = session or Session()
    for event in events:
        session, _ = step(session, event)
    return session


ASKED = after(*BEGUN)
WAITING = after(*BEGUN, HandedOut(ASKED.ticket, OUT))


def test_a_prompt_waits_with_nothing_in_flight_and_its_answer_asks_the_same_again() -> None:
    assert isinstance(ASKED.pending, Suggest)
    assert WAITING.pending is None and WAITING.handout is not None and WAITING.handout.out == OUT
    session, (effect,) = step(WAITING, ReplyPasted("an answer", "k1"))
    assert effect == replace(ASKED.pending, pasted=(Pasted("k1", "an answer"),), by=Chosen(Way.CLIPBOARD))
    assert session.handout is None and session.pending == effect


def test_a_round_that_needs_more_keeps_what_was_brought_before() -> None:
    session = after(ReplyPasted("one", "k1"), session=WAITING)
    session = after(HandedOut(session.ticket, AGAIN), session=session)
    _, (effect,) = step(session, ReplyPasted("two", "k2"))
    assert isinstance(effect, Suggest) and effect.pasted == (Pasted("k1", "one"), Pasted("k2", "two"))


def test_an_answer_that_was_on_its_way_when_another_prompt_came_is_not_given_to_that_one() -> None:
    session, effects = step(WAITING, ReplyPasted("an answer", "k0"))
    assert not effects and session.handout == WAITING.handout and "older prompt" in session.notice


def test_the_journal_leads_to_the_same_prompt_with_the_same_word() -> None:
    events = (*BEGUN, HandedOut(ASKED.ticket, OUT), ReplyPasted("one", "k1"), HandedOut(ASKED.ticket + 1, AGAIN))
    session = replayed(tuple(decode(encode(event)) for event in events))
    assert session.handout is not None and session.handout.out == AGAIN and session.pending is None
    back, (effect,) = step(session, Resumed("clipboard"))
    assert effect == ReadProject() and back.handout == session.handout
    read, effects = step(back, ProjectRead(back.ticket, PROJECT))
    assert not effects and read.handout == session.handout


def test_an_answer_without_a_prompt_or_while_something_runs_changes_nothing() -> None:
    assert step(ASKED, ReplyPasted("an answer", "k1"))[1] == ()
    session = after(RerunAsked(everything=True), session=WAITING)
    assert session.pending is not None and session.handout == WAITING.handout
    busy, effects = step(session, ReplyPasted("an answer", "k1"))
    assert not effects and busy.handout == WAITING.handout and "Busy" in busy.notice


@pytest.mark.parametrize("deed", [Guided("so"), CaseWorded("", "mine")], ids=type)
def test_what_leads_the_step_on_leaves_no_prompt_for_it_behind(deed: Event) -> None:
    session = after(deed, CasesApproved(), session=WAITING)
    assert session.handout is None and isinstance(session.pending, Suggest) and session.pending.pasted == ()


def test_giving_up_asks_what_instead_and_the_prompt_stands_until_then() -> None:
    session = after(Interrupted(), session=WAITING)
    assert session.question is not None and session.handout == WAITING.handout
    assert session.question.choices == (Choice.WAIT, Choice.DRAFTER, Choice.GIVE_UP)
    assert after(Interrupted(), session=session) == session
    kept = after(QuestionAnswered(0), session=session)
    assert kept.handout == WAITING.handout and kept.question is None and kept.answers == ()


def test_the_drafter_takes_this_step_alone() -> None:
    session = after(SuggesterChosen(Chosen(Way.CLIPBOARD)), Interrupted(), session=WAITING)
    session, (effect,) = step(session, QuestionAnswered(1))
    assert isinstance(effect, Suggest) and effect.by == Chosen(Way.DRAFTER) and effect.pasted == ()
    session = after(Replied(session.ticket, CASES), CasesApproved(), session=session)
    assert isinstance(session.pending, Suggest) and session.pending.by == Chosen(Way.CLIPBOARD)


def test_a_prompt_that_was_given_up_is_made_anew_by_trying_again_with_whom_the_person_chose_meanwhile() -> None:
    session = after(Interrupted(), QuestionAnswered(2), session=WAITING)
    assert session.handout is None and session.pending is None and "t hands out" in session.notice
    model = Chosen(Way.MODEL, "some/model")
    _, (effect,) = step(after(SuggesterChosen(model), session=session), Retried())
    assert isinstance(effect, Suggest) and effect.pasted == () and effect.by == model


def test_own_words_in_place_of_waiting_are_guidance_for_a_new_prompt() -> None:
    _, (effect,) = step(after(Interrupted(), session=WAITING), QuestionAnswered(-1, "use one word"))
    assert isinstance(effect, Suggest) and effect.feedback[-1].said == "use one word" and effect.pasted == ()


def test_an_answer_that_was_of_no_use_is_not_read_again_and_one_that_something_else_stopped_is() -> None:
    session = after(ReplyPasted("one", "k1"), session=WAITING)
    useless = after(Failed(session.ticket, Fault(FaultKind.MODEL, "No.")), session=session)
    _, (effect,) = step(useless, Retried())
    assert isinstance(effect, Suggest) and effect.pasted == ()
    for end in (Failed(session.ticket, Fault(FaultKind.DISK, "Full.")), Cancelled(session.ticket)):
        _, (effect,) = step(after(end, session=session), Retried())
        assert isinstance(effect, Suggest) and effect.pasted == (Pasted("k1", "one"),)


def test_what_is_said_of_a_prompt_is_said_of_no_other_one() -> None:
    told = after(HandoutTold("k1", "It is on the clipboard."), session=WAITING)
    assert told.handout is not None and told.handout.told == "It is on the clipboard."
    assert after(HandoutTold("k0", "Old."), session=told) == told


def test_what_was_sent_last_is_known_after_a_write_is_taken_back() -> None:
    sent = Sent("m", "", True, Pack(Purpose.CASES, Window(1_000, 100, ""), ()), ())
    receipts = (Receipt("r1", ()),)
    session = after(WriteUndone(), session=replace(WAITING, sent=sent, undo=Back(WAITING, receipts)))
    back = after(Undone(session.ticket, receipts), session=session)
    assert back.sent == sent and back.handout == WAITING.handout


def test_taking_the_step_by_hand_takes_the_prompt_away() -> None:
    red = after(ReplyPasted("cases", "k1"), session=WAITING)
    red = after(Replied(red.ticket, CASES), CasesApproved(), session=red)
    red = after(HandedOut(red.ticket, OUT), session=red)
    assert red.phase is Phase.RED and red.handout is not None and red.handout.asks.purpose is Purpose.TEST
    hand = after(TakenByHand(), session=red)
    assert hand.handout is None and hand.cycle is not None and hand.cycle.stage is Stage.BY_HAND
