"""Commits of one logical unit each: a case, a step or a task, and what is declined joins the next proposal."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from beai.core.edits.change import Verdict, WholeFile
from beai.core.fault import Fault
from beai.core.loop.drafting import note
from beai.core.loop.events.deeds import (
    CommitConfirmed,
    CommitDeclined,
    CommitPicked,
    CommitUndone,
    EditsTaken,
    MessageWorded,
    Opened,
    QuestionAnswered,
)
from beai.core.loop.events.seen import Saved
from beai.core.loop.headless import Answers, Exit, drive
from beai.core.loop.outstanding import uncommitted
from beai.core.loop.planned import Committed
from beai.core.loop.replaying import replayed
from beai.core.loop.retracting import Newest, newest, take_back
from beai.core.loop.session import Choice, Phase, Session, Waiver
from beai.core.loop.step import step
from beai.core.loop.unit import Part, Unit
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Answer, BeyondMe, Decider, NothingToDo, ProposeEdits, Purpose, Request, Scope
from tests.core.test_engine import Run, begin, journal
from tests.core.worlds import CODE_FILE, TASK_FILE, TEST_FILE, Author, World

__all__ = ["begin"]
ALL = Answers(understood=True, cases=True, hunks=Verdict.ACCEPTED, commit=True)
NO_COMMIT = Answers(understood=True, cases=True, hunks=Verdict.ACCEPTED)


class Tidy(Author):
    """Refactors after each case."""

    def __call__(self, request: Request):
        if request.purpose is not Purpose.REFACTOR:
            return super().__call__(request)
        self.asked.append(request)
        text = request.source(CODE_FILE) or ""
        return NothingToDo("tidy") if "tidied" in text else ProposeEdits((WholeFile(CODE_FILE, f"// tidied\n{text}"),))


async def driven(run: Run, unit: Unit, answers: Answers = ALL) -> Exit:
    run.engine.post(Opened("", "fake", "tok", unit=unit))
    return await drive(run.engine, answers, lambda _: None)


def made(run: Run) -> list[tuple[str, tuple[str, ...]]]:
    """The subject and the paths of each commit."""
    return [
        (plan.message.splitlines()[0], tuple(one.path for receipt in plan.receipts for one in receipt.files))
        for plan in run.world.repository.made
    ]


@pytest.mark.parametrize(
    ("unit", "commits"),
    [
        (
            Unit.CASE,
            [
                ("feat(notes): add notes.add", (TEST_FILE, CODE_FILE)),
                ("refactor(notes): restructure notes.add", (CODE_FILE,)),
                ("feat(notes): let add reject an empty note", (TEST_FILE, CODE_FILE)),
                ("docs(notes): record the work on BE-S1-001", (TASK_FILE,)),
            ],
        ),
        (
            Unit.STEP,
            [
                ("test(notes): show that add adds a note", (TEST_FILE,)),
                ("feat(notes): let add add a note", (CODE_FILE,)),
                ("refactor(notes): restructure notes.add", (CODE_FILE,)),
                ("test(notes): show that add rejects an empty note", (TEST_FILE,)),
                ("feat(notes): let add reject an empty note", (CODE_FILE,)),
                ("docs(notes): record the work on BE-S1-001", (TASK_FILE,)),
            ],
        ),
        (
            Unit.TASK,
            [("feat(notes): add notes.add", (TEST_FILE, CODE_FILE, CODE_FILE, TEST_FILE, CODE_FILE, TASK_FILE))],
        ),
    ],
)
async def test_a_commit_is_proposed_after_each_unit_and_holds_nothing_else(begin, unit, commits):
    run = begin(World(author=Tidy()))
    assert await driven(run, unit) is Exit.DONE
    assert made(run) == commits
    session = run.engine.session
    assert [one.sha for one in session.commits][-1] == session.committed.sha and len(session.commits) == len(commits)
    tokens = [plan.token for plan in run.world.repository.made]
    assert len(set(tokens)) == len(tokens) and tokens[0] == "tok"
    await run.close()


async def driven_on(run: Run, answers: Answers) -> Exit:
    run.loop.cancel()
    await asyncio.gather(run.loop, return_exceptions=True)
    ended = await drive(run.engine, answers, lambda _: None)
    run.loop = asyncio.create_task(run.engine.run())
    return ended


async def to_commit(run: Run, unit: Unit) -> Session:
    """A session that has its first commit to confirm."""
    run.engine.post(Opened("", "fake", "tok", unit=unit))
    assert await driven_on(run, NO_COMMIT) is Exit.WAITING
    assert run.engine.session.phase is Phase.COMMIT
    return run.engine.session


async def test_declined_work_joins_the_next_proposal(begin):
    run = begin()
    session = await to_commit(run, Unit.CASE)
    assert session.draft.part is Part.CASE and session.draft.cases == ("C1",)
    await run.post(CommitDeclined())
    assert await driven_on(run, NO_COMMIT) is Exit.WAITING
    draft = run.engine.session.draft
    assert draft.cases == ("C1", "C2") and draft.paths == (TEST_FILE, CODE_FILE)
    assert await driven_on(run, ALL) is Exit.DONE
    assert [subject for subject, _ in made(run)] == [
        "feat(notes): add notes.add",
        "docs(notes): record the work on BE-S1-001",
    ]
    assert uncommitted(run.engine.session) == ()
    await run.close()


async def test_a_task_whose_last_commit_is_declined_is_told_as_unfinished_with_its_work_in_the_tree(begin):
    run = begin()
    await to_commit(run, Unit.CASE)
    assert await driven_on(run, replace(ALL, commit=False)) is Exit.UNFINISHED
    session = run.engine.session
    assert session.phase is Phase.DONE and made(run) == [] and session.waivers[-1].reason == "declined"
    await run.close()


class Helpless(Author):
    """Cannot write code for the first case."""

    def __call__(self, request: Request):
        if request.purpose is Purpose.CODE and request.case_id == "C1":
            return BeyondMe("it needs a payment provider")
        return super().__call__(request)


async def test_a_red_test_that_is_committed_and_then_skipped_is_taken_back_by_a_commit(begin):
    run = begin(World(author=Helpless()))
    session = await to_commit(run, Unit.STEP)
    assert session.draft.part is Part.TEST and session.draft.paths == (TEST_FILE,)
    await run.post(CommitConfirmed())
    session = await run.until(lambda s: s.question is not None)
    assert session.phase is Phase.GREEN and uncommitted(session) == ()
    session = await run.post(QuestionAnswered(session.question.choices.index(Choice.SKIP)))
    session = await run.post(QuestionAnswered(session.question.choices.index(Choice.PUT_BACK)))
    assert session.phase is Phase.COMMIT and session.draft.message.startswith("test(notes): take back the test of C1\n")
    assert session.draft.paths == (TEST_FILE,) and "C1" not in run.world.files[TEST_FILE]
    session = await run.post(CommitConfirmed())
    assert session.case_id == "C2"
    before, after = (plan.receipts[0].files[0] for plan in run.world.repository.made)
    assert (after.before_hash, after.after_hash) == (before.after_hash, before.before_hash)
    await run.close()


async def test_a_process_that_dies_in_a_commit_makes_none_twice_and_goes_on_with_the_next(begin):
    run = begin()
    session = await to_commit(run, Unit.CASE)
    plan = step(session, CommitConfirmed())[1][0].plan
    await run.world.repository.commit(plan)  # it is there, and nobody heard of it
    await run.post(CommitConfirmed())
    assert await driven_on(run, ALL) is Exit.DONE
    assert [subject for subject, _ in made(run)][:2] == [
        "feat(notes): add notes.add",
        "feat(notes): let add reject an empty note",
    ]
    await run.close()


async def test_a_file_and_a_hunk_are_left_out_and_join_the_next_proposal(begin):
    run = begin()
    session = await to_commit(run, Unit.CASE)
    session = await run.post(CommitPicked(TEST_FILE))
    assert session.draft.paths == (CODE_FILE,) and session.draft.left == (TEST_FILE,)
    session = await run.post(CommitPicked(TEST_FILE))
    assert session.draft.paths == (TEST_FILE, CODE_FILE)
    before = session.draft.message
    session = await run.post(CommitPicked(CODE_FILE, f"{CODE_FILE}#1"))
    assert session.draft.left == (CODE_FILE,) and session.draft.paths == (TEST_FILE,)
    assert session.draft.message != before  # its fingerprint is of what it holds
    await run.post(MessageWorded(session.draft.message.replace("feat", "test", 1)), CommitConfirmed())
    assert [paths for _, paths in made(run)] == [(TEST_FILE,)]
    assert [one.path for receipt in uncommitted(run.engine.session) for one in receipt.files] == [CODE_FILE]
    assert await driven_on(run, ALL) is Exit.DONE
    assert uncommitted(run.engine.session) == ()
    await run.close()


async def test_a_message_that_says_another_type_than_the_commit_is_of_is_refused(begin):
    run = begin()
    session = await to_commit(run, Unit.CASE)
    worded = session.draft.message.replace("feat", "test", 1)
    session = await run.post(MessageWorded(worded), CommitConfirmed())
    assert session.notice == f"Not committed: A commit of type test holds tests alone, and {CODE_FILE} is none."
    assert run.world.repository.made == []
    await run.close()


async def test_edits_that_overlap_are_left_out_or_taken_in_after_a_run(begin):
    run = begin()
    run.world.repository.troubles = {CODE_FILE: "Your lines overlap."}
    session = await to_commit(run, Unit.CASE)
    assert session.draft.paths == (TEST_FILE,)
    session = await run.post(CommitConfirmed())
    assert session.notice.startswith("Not committed: Your lines overlap.") and run.world.repository.made == []
    run.world.files[CODE_FILE] += "// mine\n"
    await run.post(Saved((CODE_FILE,)))
    runs = len(run.world.tests.requests)
    run.world.repository.troubles = {}
    session = await run.post(EditsTaken(CODE_FILE))
    assert len(run.world.tests.requests) > runs and session.phase is Phase.COMMIT
    assert session.whole == (CODE_FILE,) and session.draft.paths == (TEST_FILE, CODE_FILE)
    await run.post(CommitConfirmed())
    assert run.world.repository.made[0].whole == (CODE_FILE,) and run.engine.session.whole == ()
    await run.close()


async def test_our_commit_is_taken_back_to_its_proposal_and_made_again(begin):
    run = begin()
    await to_commit(run, Unit.CASE)
    confirmed = run.engine.session.draft.message
    await run.post(CommitConfirmed())
    assert len(run.engine.session.commits) == 1
    session = await run.post(CommitUndone())
    assert session.phase is Phase.COMMIT and session.commits == () and session.draft.message == confirmed
    assert run.world.repository.made == [] and session.draft.paths == (TEST_FILE, CODE_FILE)
    assert await driven_on(run, ALL) is Exit.DONE
    session = await run.post(CommitUndone())
    assert session.phase is Phase.COMMIT and session.draft.part is Part.RECORD
    run.world.repository.pushed = True
    assert await driven_on(run, ALL) is Exit.DONE
    session = await run.post(CommitUndone())
    assert session.phase is Phase.DONE and "was pushed" in session.fault.summary
    await run.close()


async def test_hooks_that_change_files_are_told_and_the_tests_run_again_on_what_is_there(begin):
    run = begin()
    await to_commit(run, Unit.CASE)
    run.world.files[CODE_FILE] += "// formatted\n"
    changed = (CODE_FILE,)
    run.world.repository.hooks = Committed("", "", "", (), "prettier: 1 file", changed, changed)
    session = await run.post(CommitConfirmed())
    assert session.question.question.topic.startswith("hooks:")
    run.world.repository.hooks = None
    session = await run.post(QuestionAnswered(session.question.choices.index(Choice.RERUN)))
    assert session.commits[0].rerun.startswith("Green again on what the hooks left") and uncommitted(session) == ()
    assert session.phase is Phase.RED and session.case_id == "C2"
    await run.close()


async def test_a_commit_is_taken_back_with_no_screen_and_its_session_stands_at_the_proposal_again(begin, tmp_path):
    run = begin()
    await to_commit(run, Unit.TASK)
    await run.post(CommitConfirmed())
    assert run.engine.session.phase is Phase.DONE
    await run.close()
    books = journal(tmp_path / "state0")
    found = newest(books)
    assert isinstance(found, Newest) and found.made.sha == run.world.repository.here.head
    assert await take_back(books, run.world.repository, found, 1.0) is None
    assert run.world.repository.made == []
    entries = books.entries()
    session = replayed(tuple(entry.event for entry in entries))
    assert session.phase is Phase.COMMIT and session.commits == () and session.draft.sha == ""
    assert isinstance(newest(books), Fault)
    books.close()


async def test_a_case_whose_test_is_left_out_is_not_told_of_and_is_settled_by_a_later_commit(begin):
    run = begin()
    session = await to_commit(run, Unit.CASE)
    before = session.draft.message
    session = await run.post(CommitPicked(TEST_FILE))
    assert session.draft.cases == () and "C1" not in session.draft.message
    session = await run.post(CommitPicked(TEST_FILE))
    assert session.draft.cases == ("C1",) and session.draft.message == before
    await run.post(CommitPicked(TEST_FILE), CommitConfirmed())
    assert run.engine.session.commits[0].cases == ()
    assert await driven_on(run, NO_COMMIT) is Exit.WAITING
    draft = run.engine.session.draft
    assert draft.cases == ("C1", "C2") and "\nCases: C1 C2\nRed: C1=" in draft.message
    await run.close()


async def test_tests_alone_whose_code_is_left_out_are_a_test_commit_that_nothing_was_seen_green_of(begin):
    run = begin()
    await to_commit(run, Unit.CASE)
    session = await run.post(CommitPicked(CODE_FILE))
    message = session.draft.message
    assert message.startswith("test(notes): show that add adds a note\n") and "\nGreen: " not in message
    assert "\nCases: C1\nRed: C1=" in message
    await run.post(CommitConfirmed())
    assert Purpose.REFACTOR in {one.purpose for one in run.world.author.asked}  # the loop goes on as after any case
    assert Purpose.REFACTOR in {one.purpose for one in run.world.author.asked}  # the loop goes on as after any case
    assert await driven_on(run, NO_COMMIT) is Exit.WAITING
    draft = run.engine.session.draft
    assert draft.cases == ("C1", "C2") and "\nGreen: " in draft.message
    await run.close()


async def test_a_hunk_without_the_test_of_a_case_leaves_that_case_out(begin):
    run = begin()
    session = await to_commit(run, Unit.CASE)
    hunk = session.draft.files[0].hunks[0]
    assert session.draft.files[0].path == TEST_FILE
    session = await run.post(CommitPicked(TEST_FILE, hunk.id))
    assert session.draft.cases == () and "Red: " not in session.draft.message
    await run.close()


async def test_a_message_in_ones_own_words_keeps_them_and_its_trailers_follow_what_is_left_out(begin):
    run = begin()
    session = await to_commit(run, Unit.CASE)
    mine = (
        f"{session.draft.message.replace('feat(notes): add notes.add', 'feat(notes): mine')}Signed-off-by: A <a@b.c>\n"
    )
    session = await run.post(MessageWorded(mine), CommitPicked(TEST_FILE))
    assert session.draft.message.startswith("feat(notes): mine\n")
    trailers = session.draft.message.rstrip().rpartition("\n\n")[2].splitlines()
    assert [line.partition(":")[0] for line in trailers] == ["Task", "Green", "Beai-Session", "Signed-off-by"]
    await run.close()


async def test_the_record_beside_a_commit_says_who_decided_each_thing(begin):
    run = begin()
    session = await to_commit(run, Unit.CASE)
    asked = (
        Answer("limit", 0, "twenty", by=Decider.DELEGATED),
        Answer("order", 1, "newest", scope=Scope.PROJECT, by=Decider.LEDGER),
    )
    nobody = Waiver(Waived.REFACTOR, "nothing to do", by=None)
    kept = replace(session, answers=asked, waivers=(nobody, Waiver(Waived.TYPES, "later")))
    told = json.loads(note(kept, session.draft))
    assert [(one["answer"], one["by"], one["scope"]) for one in told["answers"]] == [
        ("twenty", "delegated", "task"),
        ("newest", "ledger", "project"),
    ]
    assert [(one["what"], one["by"], one["words"]) for one in told["waivers"]] == [
        ("refactor", "", "nobody decided it: there was nothing to do"),
        ("types", "person", "decided by you"),
    ]
    await run.close()
