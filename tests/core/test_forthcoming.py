"""What a session asks for next is what the loop asks for then, so that what is told beforehand never differs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.edits.change import Decision, Verdict, WholeFile
from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import RunTests, Suggest
from beai.core.loop.engine import Engine
from beai.core.loop.events.deeds import Opened, QuestionAnswered, Retried, ReviewClosed
from beai.core.loop.events.facts import Cancelled, Failed
from beai.core.loop.forthcoming import forthcoming
from beai.core.loop.headless import YES, Exit, drive
from beai.core.loop.journal import Journal
from beai.core.loop.session import Case, Choice, Cycle, OpenQuestion, Phase, Session, Stage
from beai.core.loop.step import step
from beai.core.runner.report import RunRequest
from beai.core.suggest.exchange import (
    Card,
    CaseIdea,
    CaseKind,
    Feedback,
    Option,
    ProposeEdits,
    Purpose,
    Question,
    Reply,
    Request,
)
from beai.core.suggest.meter import Budget
from tests.core.worlds import CODE_FILE, PROJECT, TASK, Author, World
from tests.tui import sessions as known


class Improver(Author):
    """Also finds something to improve, so that every purpose has a review."""

    def __call__(self, request: Request) -> Reply:
        if request.purpose is not Purpose.REFACTOR:
            return super().__call__(request)
        text = request.source(CODE_FILE) or ""
        return ProposeEdits((WholeFile(CODE_FILE, f"{text}// better\n"),))


@pytest.mark.parametrize("author", [Author, Improver])
async def test_through_a_whole_task_what_comes_next_is_told_at_every_moment_before_it(
    tmp_path: Path, author: type[Author]
) -> None:
    journal = Journal.open(tmp_path)
    assert isinstance(journal, Journal)
    journal.begin(0.0)
    engine = Engine(World(author=author()).ports(), journal)
    seen: list[Session] = []
    engine.observe(seen.append)
    engine.post(Opened("", "fake", "tok"))
    assert await drive(engine, YES, lambda _: None) is Exit.DONE
    await engine.close()
    asked = [session.pending for session in seen if isinstance(session.pending, Suggest)]
    assert {one.purpose for one in asked} == set(Purpose)
    later: Suggest | None = None
    for session in reversed(seen):
        if isinstance(session.pending, Suggest):
            later = session.pending
        found = forthcoming(session)
        if session.project is None or session.phase in (Phase.COMMIT, Phase.DONE):
            continue
        if later is None:
            assert found is None
        else:
            assert found is not None
            assert (found.purpose, found.case_id, found.feedback) == (later.purpose, later.case_id, later.feedback)


FEEDBACK = (Feedback(outcome="Wrong red: it imports nothing"),)
FAILED = Suggest(Purpose.TEST, TASK.id, case_id="C1", feedback=FEEDBACK, failing="boom")
ASKING = Session(
    project=PROJECT,
    task_id=TASK.id,
    phase=Phase.RED,
    cases=(Case("C1", CaseIdea("adds", CaseKind.HAPPY)),),
    case_id="C1",
    ticket=3,
    cycle=Cycle(Purpose.TEST, feedback=FEEDBACK),
    pending=FAILED,
)


@pytest.mark.parametrize(
    "ended", [Failed(3, Fault(FaultKind.NETWORK, "It broke off.")), Cancelled(3)], ids=["failed", "stopped"]
)
def test_after_a_step_that_failed_or_was_stopped_it_is_what_t_sends(ended: Failed | Cancelled) -> None:
    session, _ = step(ASKING, ended)
    told = forthcoming(session)
    _, (sent,) = step(session, Retried())
    assert told == sent and told is not None and (told.feedback, told.failing) == (FEEDBACK, "boom")


def test_at_a_cap_it_is_what_going_on_sends() -> None:
    capped = replace(ASKING, budget=Budget(hard_tokens=1_000))
    session, _ = step(capped, Failed(3, Fault(FaultKind.CAP, "It is too dear.")))
    assert session.question is not None and session.question.asks is Card.CAP
    told = forthcoming(session)
    _, (sent,) = step(session, QuestionAnswered(0))
    assert told is not None and isinstance(sent, Suggest)
    assert replace(told, allowance=sent.allowance) == sent


def test_a_review_that_is_turned_down_is_told_with_what_the_person_said() -> None:
    at = known.RED_REVIEW.cycle
    assert at is not None and at.review is not None
    refused = tuple(Decision(hunk, Verdict.REJECTED, "name the constraint") for hunk in at.review.undecided())
    session = replace(known.RED_REVIEW, cycle=replace(at, review=replace(at.review, decisions=refused)))
    told = forthcoming(session)
    _, (sent,) = step(session, ReviewClosed())
    assert told == sent and told is not None and told.purpose is Purpose.TEST
    assert "name the constraint" in str(told.feedback)


def test_an_answer_to_a_question_leads_to_the_request_that_is_told_meanwhile() -> None:
    question = Question("soft-delete", "Delete or mark?", options=(Option("Delete", ""), Option("Mark", "")))
    asked = OpenQuestion(question, (Choice.ANSWER, Choice.ANSWER), Card.THEIRS)
    session = replace(ASKING, pending=None, question=asked)
    told = forthcoming(session)
    _, (sent,) = step(session, QuestionAnswered(1))
    assert told is not None and isinstance(sent, Suggest)
    assert replace(told, answers=sent.answers) == sent


def test_what_is_in_flight_is_told_as_it_went_and_during_a_run_what_follows_it() -> None:
    assert forthcoming(ASKING) is FAILED
    judged = replace(ASKING, pending=RunTests(RunRequest()), cycle=Cycle(Purpose.TEST, Stage.JUDGING))
    told = forthcoming(judged)
    assert told is not None and (told.purpose, told.case_id) == (Purpose.CODE, "C1")
