"""What was written can be taken back and written again from the loop, files and session together."""

from __future__ import annotations

import asyncio

import pytest

from beai.core.edits.change import Comment, Decision, Verdict, WholeFile
from beai.core.fault import FaultKind
from beai.core.loop.events.deeds import (
    Commented,
    HunkJudged,
    JudgementUndone,
    QuestionAnswered,
    RerunAsked,
    Resumed,
    ReviewClosed,
    WriteRedone,
    WriteUndone,
)
from beai.core.loop.replaying import replayed
from beai.core.loop.session import CaseState, Choice, Phase, Session, Stage
from beai.core.suggest.exchange import ProposeEdits, Purpose, Request
from tests.core.test_engine import Run, Vacuous, accept_all, begin, to_first_test, told
from tests.core.worlds import CODE_FILE, TEST_FILE, Author, World

__all__ = ["begin"]
OLD_TESTS = 'it("old") // needs old\n'


def pick(session: Session, choice: Choice, words: str = "") -> QuestionAnswered:
    assert session.question is not None
    return QuestionAnswered(session.question.choices.index(choice), words)


async def asked(run: Run) -> Session:
    """A session whose first test passed at once."""
    for event in accept_all(await to_first_test(run)):
        run.engine.post(event)
    return await run.until(lambda s: s.question is not None)


async def code_review(run: Run) -> Session:
    for event in accept_all(await to_first_test(run)):
        run.engine.post(event)
    return await run.reviewing(Purpose.CODE)


async def test_skipping_a_case_that_wrote_something_asks_once_more(begin):
    run = begin(World(author=Vacuous()))
    session = await asked(run)
    first, written = session.question, dict(run.world.files)
    session = await run.post(pick(session, Choice.SKIP))
    assert session.question.question.issue == "Put back 1 file of C1?" and run.world.files == written
    session = await run.post(pick(session, Choice.RETURN))
    assert session.question == first and session.answered(first.asks, first.question.topic) is None
    session = await run.post(pick(session, Choice.SKIP))
    run.engine.post(QuestionAnswered(-1, "covered elsewhere"))
    session = await run.until(lambda s: s.case_id == "C2")
    assert session.cases[0].waiver == "covered elsewhere" and run.world.files[TEST_FILE] == OLD_TESTS
    await run.close()


async def test_what_a_skipped_case_wrote_is_written_again_and_the_question_stands_as_before(begin):
    run = begin(World(author=Vacuous()))
    session = await asked(run)
    first, written = session, dict(run.world.files)
    session = await run.post(pick(session, Choice.SKIP))
    run.engine.post(pick(session, Choice.PUT_BACK))
    session = await run.reviewing(Purpose.TEST)
    assert session.case_id == "C2" and session.cases[0].state is CaseState.SKIPPED
    session = await run.post(WriteRedone())
    assert run.world.files == written and session.notice == "Written again: 1 file."
    assert (session.question, session.cases, session.written) == (first.question, first.cases, first.written)
    assert session.case_id == "C1" and session.cycle == first.cycle and session.redo is None
    await run.close()


async def test_the_last_write_is_taken_back_to_its_review_with_all_marks_and_can_be_written_again(begin):
    run = begin()
    session = await to_first_test(run)
    (hunk,) = session.cycle.review.change.hunks()
    session = await run.post(Commented(Comment(hunk.id, "hm")), *accept_all(session)[:-1])
    marked = session.cycle.review
    run.engine.post(ReviewClosed())
    session = await run.reviewing(Purpose.CODE)
    assert session.phase is Phase.GREEN and session.case.red is not None
    after, written = session, dict(run.world.files)
    session = await run.post(WriteUndone())
    assert run.world.files[TEST_FILE] == OLD_TESTS and "Taken back: 1 file" in session.notice
    assert session.phase is Phase.RED and session.cycle.stage is Stage.REVIEWING and session.case.red is None
    assert session.cycle.review == marked and session.written == () and session.undo is None
    session = await run.post(WriteRedone())
    assert run.world.files == written and session.phase is Phase.GREEN and session.cycle == after.cycle
    await run.post(WriteUndone())
    session = await run.post(JudgementUndone())
    assert session.cycle.review.undecided() == (hunk.id,)
    events = tuple(entry.event for entry in next(iter(run.journal.sessions())).entries)
    again = replayed(events)
    assert (again.phase, again.cycle, again.cases, again.written) == (session.phase, session.cycle, session.cases, ())
    assert again.redo.receipts == session.redo.receipts
    await run.close()


async def test_write_after_write_is_taken_back(begin):
    run = begin()
    for event in accept_all(await code_review(run)):
        run.engine.post(event)
    await run.until(lambda s: s.case_id == "C2" and s.cycle and s.cycle.stage is Stage.REVIEWING)
    session = await run.post(WriteUndone())
    assert session.phase is Phase.GREEN and run.world.files[CODE_FILE] == "// old\n"
    session = await run.post(WriteUndone())
    assert session.phase is Phase.RED and run.world.files[TEST_FILE] == OLD_TESTS
    await run.post(WriteRedone())
    session = await run.post(WriteRedone())
    assert session.case_id == "C2" and run.world.files[CODE_FILE] == "// old\n// wordC1\n"
    session = await run.post(WriteRedone())
    assert session.notice == "Nothing was put back that could be written again."
    await run.close()


async def test_what_somebody_saved_since_is_not_taken_back(begin):
    run = begin()
    session = await code_review(run)
    run.world.files[TEST_FILE] += "// mine\n"
    session = await run.post(WriteUndone())
    assert session.fault.kind is FaultKind.STALE and session.phase is Phase.GREEN
    assert run.world.files[TEST_FILE].endswith("// mine\n")
    await run.close()


async def test_after_a_write_was_taken_back_the_panel_shows_the_files_as_they_are(begin):
    run = begin()
    await code_review(run)
    await run.post(WriteUndone())
    session = await run.until(lambda s: not s.unjudged)
    assert [test.key.leaf for test in session.latest.tests()] == ["old"]
    await run.close()


class Breaking(Author):
    """Its tests do not load until somebody says something, and its drafts begin from what is there."""

    def __call__(self, request: Request):
        reply = super().__call__(request)
        spoken = any(feedback.said for feedback in request.feedback)
        if request.purpose is not Purpose.TEST or spoken:
            return reply
        return ProposeEdits((WholeFile(TEST_FILE, (request.source(TEST_FILE) or "") + "SYNTAX\n"),))


async def stuck(run: Run) -> Session:
    session = await to_first_test(run)
    for attempt in range(1, 4):
        session = await run.until(
            lambda s, attempt=attempt: s.cycle.attempt == attempt and s.cycle.stage is Stage.REVIEWING
        )
        await run.post(*accept_all(session)[:-1])
        run.engine.post(ReviewClosed())
    return await run.until(lambda s: s.question is not None)


async def test_trying_again_begins_from_the_files_as_they_were_before_the_wrong_write(begin):
    run = begin(World(author=Breaking()))
    session = await stuck(run)
    assert run.world.files[TEST_FILE].count("SYNTAX") == 3
    assert "put back first" in session.question.question.options[1].consequence
    run.engine.post(pick(session, Choice.RETRY))
    session = await run.until(lambda s: s.question is None and s.cycle.stage is Stage.REVIEWING)
    assert run.world.files[TEST_FILE] == OLD_TESTS and session.written == () and session.cycle.receipts == ()
    assert "SYNTAX" not in session.cycle.review.change.files[0].after
    session = await run.until(lambda s: not s.unjudged)
    assert session.latest.clean()
    await run.post(*accept_all(session)[:-1])
    run.engine.post(ReviewClosed())
    assert (await run.reviewing(Purpose.CODE)).phase is Phase.GREEN
    await run.close()


async def test_trying_again_leaves_what_somebody_changed_and_asks_from_that(begin):
    run = begin(World(author=Breaking()))
    session = await stuck(run)
    run.world.files[TEST_FILE] = OLD_TESTS + "// mine\n"
    run.engine.post(pick(session, Choice.RETRY))
    session = await run.until(lambda s: s.question is None and s.cycle.stage is Stage.REVIEWING)
    assert session.cycle.review.change.files[0].before == OLD_TESTS + "// mine\n"
    await run.close()


async def test_before_anything_is_written_there_is_nothing_to_take_back(begin):
    run = begin()
    reviewed = (await to_first_test(run)).cycle
    session = await run.post(WriteUndone())
    assert session.notice == "There is no write to take back from here." and session.cycle == reviewed
    await run.close()


async def resumed(run: Run) -> Session:
    """The session after a restart, once nothing is under way."""
    return await run.post(Resumed("fake"))


async def test_after_a_restart_a_question_stands_while_the_files_are_as_they_were_judged(begin):
    run = begin(World(author=Vacuous()))
    question = (await asked(run)).question
    assert (await resumed(run)).question == question
    await run.close()


async def test_after_a_restart_a_question_on_files_that_were_put_back_falls_and_the_step_begins_anew(begin):
    run = begin(World(author=Vacuous()))
    await asked(run)
    run.world.files[TEST_FILE] = OLD_TESTS
    await resumed(run)
    session = await run.until(lambda s: s.cycle.stage is Stage.REVIEWING)
    assert session.question is None and session.written == () and session.cycle.attempt == 1
    assert session.cycle.review.change.files[0].before == OLD_TESTS
    await run.close()


async def test_after_a_restart_a_question_on_files_that_somebody_mended_is_judged_again(begin):
    run = begin(World(author=Vacuous()))
    await asked(run)
    run.world.files[TEST_FILE] = OLD_TESTS + 'it("C1 adds a note") // needs wordC1\n'
    await resumed(run)
    session = await run.reviewing(Purpose.CODE)
    assert session.question is None and session.phase is Phase.GREEN and session.case.state is CaseState.RED
    await run.close()


async def back_to_the_question(run: Run) -> Session:
    """A write with a question after it, taken back and judged, then written again."""
    await asked(run)
    await run.post(WriteUndone())
    await run.until(lambda s: not s.unjudged and s.running is None)
    session = await run.post(WriteRedone())
    assert session.question is not None
    return session


async def test_what_is_written_again_is_judged_while_its_question_is_open(begin):
    run = begin(World(author=Vacuous()))
    await back_to_the_question(run)
    session = await run.until(lambda s: not s.unjudged)
    assert session.question is not None and len(session.latest.tests()) == 2
    await run.close()


async def test_what_is_written_again_while_the_run_of_the_file_as_it_was_goes_on_is_judged_anew(begin):
    run = begin(World(author=Vacuous()))
    await asked(run)
    run.world.tests.provisional = False
    run.world.tests.hold = held = asyncio.Event()
    await run.post(WriteUndone())
    await run.until(lambda s: s.running is not None and s.running.ended)
    await run.post(WriteRedone())
    held.set()
    session = await run.until(lambda s: not s.unjudged)
    assert len(session.latest.tests()) == 2
    await run.close()


async def test_after_a_restart_what_is_written_again_is_judged(begin):
    run = begin(World(author=Vacuous()))
    await asked(run)
    await run.post(WriteUndone())
    await run.until(lambda s: not s.unjudged and s.running is None)
    await resumed(run)
    await run.until(lambda s: not s.unjudged and s.running is None)
    await run.post(WriteRedone())
    session = await run.until(lambda s: not s.unjudged)
    assert session.question is not None and len(session.latest.tests()) == 2
    await run.close()


async def test_skipping_a_case_that_was_written_again_judges_the_files_without_it(begin):
    run = begin(World(author=Vacuous()))
    session = await back_to_the_question(run)
    await run.until(lambda s: not s.unjudged)
    session = await run.post(pick(session, Choice.SKIP))
    run.engine.post(pick(session, Choice.PUT_BACK))
    await run.until(lambda s: s.case_id == "C2" and s.cycle.stage is Stage.REVIEWING)
    session = await run.until(lambda s: not s.unjudged)
    assert [test.key.leaf for test in session.latest.tests()] == ["old"]
    await run.close()


@pytest.mark.parametrize("everything", [False, True])
async def test_tests_run_again_while_a_question_is_open_and_decide_nothing(begin, everything):
    run = begin(World(author=Vacuous()))
    before = await asked(run)
    session = await run.post(RerunAsked(everything=everything))
    session = await run.until(lambda s: s.ran is not None and s.ran.run > before.ran.run)
    assert (session.question, session.cycle, session.cases) == (before.question, before.cycle, before.cases)
    assert session.standing == before.standing
    await run.close()


async def accepted_against_a_warning(run: Run) -> Session:
    """A question on a test that was accepted although the person had refused it before."""
    session = await to_first_test(run)
    (hunk,) = session.cycle.review.change.hunks()
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "no")), ReviewClosed())
    session = await run.reviewing(Purpose.TEST)
    (hunk,) = session.cycle.review.change.hunks()
    await run.post(HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)), ReviewClosed())
    session = await run.until(lambda s: s.question is not None)
    assert told(session) == [("accepted: you refused this before: no", TEST_FILE)]
    return session


async def test_what_was_accepted_against_a_warning_is_left_out_no_more_once_it_is_put_back(begin):
    run = begin(World(author=Vacuous()))
    session = await accepted_against_a_warning(run)
    asked = session.question.question.issue
    session = await run.post(pick(session, Choice.SKIP))
    run.engine.post(pick(session, Choice.PUT_BACK))
    session = await run.reviewing(Purpose.TEST)
    assert session.case_id == "C2" and told(session) == [("case C1", f"Skip this case: {asked}")]
    session = await run.post(WriteRedone())
    assert told(session) == [("accepted: you refused this before: no", TEST_FILE)]
    await run.close()


async def test_a_case_that_is_skipped_is_left_out_with_the_words_of_the_person(begin):
    run = begin(World(author=Vacuous()))
    session = await run.post(pick(await asked(run), Choice.SKIP))
    run.engine.post(QuestionAnswered(-1, "covered elsewhere"))
    session = await run.until(lambda s: s.case_id == "C2")
    assert told(session) == [("case C1", "covered elsewhere")]
    await run.close()
