"""A model's question that is called like one of ours stays the model's: no answer is read by a name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.loop import rereading, undoing
from beai.core.loop.contracting import proposed
from beai.core.loop.covering import facts
from beai.core.loop.effects import Suggest
from beai.core.loop.events.deeds import QuestionAnswered, TaskChosen
from beai.core.loop.guidance import from_suggester, raising
from beai.core.loop.ports import Started
from beai.core.loop.question_answers import to_question
from beai.core.loop.session import Back, Case, Cycle, Phase, Session
from beai.core.loop.step import step
from beai.core.project.facts import Criterion, Project
from beai.core.record.binding import bound, left_out
from beai.core.record.contract import Contract, points
from beai.core.record.story import Struggle
from beai.core.runner.report import Report, RunKind
from beai.core.suggest.exchange import Card, CaseIdea, CaseKind, Option, Purpose, Question
from tests.core.worlds import PROJECT, TASK

TOPICS = (*Card, "hooks:abc", "trust:1", "stuck:C1:3", "branch:x", "dependencies:BE-S1-001", "put back:cap")
ONE, TWO = Criterion("adds once"), Criterion("rejects a duplicate")


def reading(*criteria: Criterion) -> Project:
    return replace(PROJECT, tasks=(replace(TASK, criteria=criteria),))


def green(*criteria: Criterion) -> Session:
    """In GREEN of the one case, under the contract of its criteria."""
    case = Case("C1", CaseIdea("adds once", CaseKind.HAPPY, "adds once"))
    session = Session(
        phase=Phase.GREEN,
        project=reading(*criteria),
        task_id=TASK.id,
        cases=(case,),
        case_id="C1",
        cycle=Cycle(Purpose.CODE),
        standing=Report(1, RunKind.CONFIRMED, ()),
    )
    return replace(session, contract=proposed(session, session.cases))


def asking(topic: str) -> Session:
    theirs = from_suggester(Question(topic, "May a note hold HTML?", options=(Option("Yes"), Option("No"))))
    return raising.raised(green(ONE, TWO), (theirs,))


@pytest.mark.parametrize(
    "deed", [QuestionAnswered(0), QuestionAnswered(-1, "Yes, but escaped.")], ids=["pick", "words"]
)
@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_goes_to_the_model_whatever_it_called_its_question(topic: str, deed: QuestionAnswered) -> None:
    before = asking(topic)
    after, effects = step(before, deed)
    assert [type(effect) for effect in effects] == [Suggest] and after.question is None
    assert (after.phase, after.contract, after.waivers) == (before.phase, before.contract, ())
    (answer,) = after.answers
    assert answer.asks is Card.THEIRS and answer.text == (deed.text or "Yes") and len(after.ledger) == 1


@pytest.mark.parametrize("card", [card for card in Card if card is not Card.THEIRS])
def test_an_answers_file_that_names_a_question_of_ours_does_not_answer_the_models(card: Card) -> None:
    session = asking(card)
    assert session.question is not None
    assert to_question(session, session.question, ((card.value, 1),)) is None
    assert to_question(session, session.question, (("*", 1),)) == QuestionAnswered(0)


def test_a_write_taken_back_leaves_the_criteria_as_the_task_file_has_them_now() -> None:
    before = green(ONE)
    now = rereading.read(replace(before, project=reading(ONE, TWO)))
    back = undoing.gone_to(now, Back(before, ()))
    assert [point.key for point in points(facts(back))] == [point.key for point in points(facts(now))] != []


def test_a_write_taken_back_keeps_what_was_bound_left_out_put_off_and_tried_since() -> None:
    before = green(ONE, TWO)
    contract = bound(before.contract, "C1", (1, 2))
    assert isinstance(contract, Contract)
    contract = left_out(contract, "criterion 1", "covered elsewhere")
    off = raising.put_off(asking("blank"))
    tried = (Struggle("C1", "code", 1, "It fell."),)
    now = replace(before, contract=contract, deferred=off.deferred, struggles=tried, edited=True)
    back = undoing.gone_to(now, Back(before, ()))
    assert (back.contract, back.deferred, back.struggles, back.edited) == (contract, off.deferred, tried, True)


def test_a_case_of_after_the_write_takes_its_bindings_with_it_when_that_is_taken_back() -> None:
    before = green(ONE, TWO)
    late = Case("C2", CaseIdea("rejects", CaseKind.ERROR, "rejects a duplicate"))
    now = replace(before, cases=(*before.cases, late))
    contract = bound(now.contract, "C2", (2,))
    assert isinstance(contract, Contract)
    now = replace(now, contract=left_out(left_out(contract, "C2", "beyond"), "criterion 2", "later"))
    back = undoing.gone_to(now, Back(before, ())).contract
    assert [link.case for link in back.links] == ["C1"] and [one.point for one in back.left_out] == ["criterion 2"]


def test_the_next_task_knows_what_the_tests_of_the_repository_need() -> None:
    done = replace(green(ONE), phase=Phase.DONE, warm=Started("node 22"), unread=True, declined="m1")
    after, _ = step(done, TaskChosen(""))
    assert (after.warm, after.unread, after.declined) == (done.warm, True, "m1")
