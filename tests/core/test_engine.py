"""The loop from UNDERSTAND to DONE through the engine, on fakes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.edits.change import Comment, Decision, Side, Verdict, WholeFile
from beai.core.edits.match import digest
from beai.core.fault import Fault, FaultKind
from beai.core.loop.covering import facts
from beai.core.loop.engine import Engine
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
    CasesApproved,
    Commented,
    CommitDeclined,
    FileJudged,
    Guided,
    HunkJudged,
    Interrupted,
    Opened,
    QuestionAnswered,
    RerunAsked,
    Resumed,
    Retried,
    ReviewClosed,
    StepSkipped,
    TaskChosen,
    Understood,
)
from beai.core.loop.events.seen import Saved
from beai.core.loop.headless import Answers, Exit, drive
from beai.core.loop.journal import Journal
from beai.core.loop.lights import lit
from beai.core.loop.replaying import replayed
from beai.core.loop.session import CaseState, Choice, Phase, Session, Stage
from beai.core.loop.suggesting import REPAIRS
from beai.core.project.facts import RepoState
from beai.core.record.contract import waived
from beai.core.runner.report import RunKind, RunRequest, Trigger
from beai.core.runner.triggers import UNSEEN, widest
from beai.core.suggest.exchange import (
    Ask,
    BeyondMe,
    CaseIdea,
    CaseKind,
    Option,
    ProposeEdits,
    Purpose,
    Question,
    Request,
)
from tests.core.worlds import CODE_FILE, PROJECT, TASK, TASK_FILE, TEST_FILE, Author, World

YES = Answers(understood=True, cases=True, hunks=Verdict.ACCEPTED, commit=True)
OPENED = Opened("", "fake", "token-1")


def journal(folder: Path) -> Journal:
    opened = Journal.open(folder)
    assert isinstance(opened, Journal)
    return opened


class Run:
    """An engine under test: post events, wait for a session that satisfies a condition."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.journal = journal(folder)
        self.journal.begin(0.0)
        self.engine = Engine(world.ports(), self.journal)
        self.changed = asyncio.Event()
        self.engine.observe(lambda _: self.changed.set())
        self.loop = asyncio.create_task(self.engine.run())

    async def until(self, condition: Callable[[Session], object]) -> Session:
        async with asyncio.timeout(10):
            while not condition(self.engine.session):
                self.changed.clear()
                await self.changed.wait()
        return self.engine.session

    async def post(self, *events: Event) -> Session:
        for event in events:
            self.engine.post(event)
        return await self.until(lambda session: session.pending is None and self.engine._queue.empty())

    async def reviewing(self, purpose: Purpose) -> Session:
        return await self.until(lambda s: s.cycle and s.cycle.purpose is purpose and s.cycle.stage is Stage.REVIEWING)

    async def close(self) -> None:
        self.loop.cancel()
        await asyncio.gather(self.loop, return_exceptions=True)
        await self.engine.close()


@pytest.fixture
def begin(tmp_path: Path):
    runs: list[Run] = []

    def _begin(world: World | None = None) -> Run:
        runs.append(Run(world or World(), tmp_path / f"state{len(runs)}"))
        return runs[-1]

    return _begin


def accept_all(session: Session) -> tuple[Event, ...]:
    assert session.cycle is not None and session.cycle.review is not None
    files = session.cycle.review.change.files
    return (*(FileJudged(file.path, Verdict.ACCEPTED) for file in files), ReviewClosed())


def told(session: Session) -> list[tuple[str, str]]:
    return [(waiver.what, waiver.reason) for waiver in session.waivers]


async def to_first_test(run: Run) -> Session:
    await run.post(OPENED)
    await run.until(lambda s: s.standing is not None)
    await run.post(Understood())
    await run.until(lambda s: s.cases)
    await run.post(CasesApproved())
    return await run.reviewing(Purpose.TEST)


async def test_a_task_goes_from_understand_to_a_commit(begin):
    run = begin()
    run.engine.post(OPENED)
    lines: list[dict[str, object]] = []
    code = await drive(run.engine, YES, lines.append)
    session = run.engine.session
    assert code is Exit.DONE
    assert [case.state for case in session.cases] == [CaseState.GREEN, CaseState.GREEN]
    assert all(case.red and "expected word" in case.red.message for case in session.cases)
    assert run.world.files[CODE_FILE] == "// old\n// wordC1\n// wordC2\n"
    assert run.world.files[TASK_FILE] == "Status: Done (2 cases)\n"
    assert [plan.branch for plan in run.world.repository.made] == ["feature/x"]
    assert session.committed is not None and session.committed.paths == (TEST_FILE, CODE_FILE, TASK_FILE)
    assert lines[-1]["outcome"]["done"] is True
    await run.close()


async def test_the_next_task_begins_afresh_when_one_is_done(begin):
    world = World()
    second = replace(world.project.tasks[0], id="BE-S1-002")
    world.workspace.project = replace(world.project, tasks=(replace(world.project.tasks[0], status="Done"), second))
    run = begin(world)
    run.engine.post(replace(OPENED, task_id="BE-S1-001"))
    assert await drive(run.engine, YES, lambda _: None) is Exit.DONE
    done = run.engine.session
    run.loop = asyncio.create_task(run.engine.run())
    session = await run.post(TaskChosen(""))
    assert (session.phase, session.task_id, session.cases, session.written) == (Phase.UNDERSTAND, "BE-S1-002", (), ())
    assert session.ticket > done.ticket and session.token not in ("", done.token)
    await run.close()


async def test_code_is_asked_for_only_after_the_red_was_seen(begin):
    run = begin()
    session = await to_first_test(run)
    assert run.world.author.asked[-1].purpose is Purpose.TEST
    assert run.world.files[TEST_FILE] == 'it("old") // needs old\n'
    run.engine.post(accept_all(session)[0])
    run.engine.post(ReviewClosed())
    session = await run.reviewing(Purpose.CODE)
    assert session.phase is Phase.GREEN and session.case and session.case.state is CaseState.RED
    assert "expected wordC1" in run.world.author.asked[-1].failing
    await run.close()


async def test_a_rejection_with_its_reason_reaches_the_suggester_and_is_no_failure(begin):
    run = begin()
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "use the factory")), ReviewClosed())
    session = await run.reviewing(Purpose.TEST)
    told = run.world.author.asked[2].feedback[-1]
    assert [item.decision.reason for item in told.hunks] == ["use the factory"]
    assert session.fault is None and session.cycle.attempt == 1
    assert run.world.files[TEST_FILE] == 'it("old") // needs old\n'
    await run.close()


async def test_what_was_refused_and_comes_again_is_told_and_in_the_end_shown_with_the_reason(begin):
    run = begin()
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "use the factory")), ReviewClosed())
    session = await run.reviewing(Purpose.TEST)
    words = [request.feedback[-1].outcome for request in run.world.author.asked[3:]]
    assert len(words) == REPAIRS and all("REJECTED" in each and "use the factory" in each for each in words)
    assert session.cycle.review.change.hunks()[0].warnings == ("you refused this before: use the factory",)
    await run.close()


async def test_what_was_refused_may_come_again_once_the_person_spoke(begin):
    run = begin()
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "no")), ReviewClosed())
    assert (await run.reviewing(Purpose.TEST)).cycle.review.change.hunks()[0].warnings
    await run.post(Guided("as before, please"))
    session = await run.reviewing(Purpose.TEST)
    assert session.cycle.review.change.hunks()[0].warnings == ()
    await run.close()


async def test_a_save_during_the_review_carries_it_over_and_a_restart_finds_it_the_same(begin, tmp_path):
    run = begin()
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    said = (HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)), Commented(Comment(hunk.id, "hm", Side.NEW)))
    await run.post(*said)
    run.world.files[TEST_FILE] = "// mine\n// and mine\n" + run.world.files[TEST_FILE]
    session = await run.post(Saved((TEST_FILE,)))
    review = session.cycle.review
    assert review.change.hunks()[0].old_start == hunk.old_start + 2 and review.undecided() == ()
    assert "moved along" in session.notice and len(run.world.author.asked) == 2
    await run.close()
    entries = journal(tmp_path / "state0").entries()
    assert not isinstance(entries, Fault)
    again = replayed(tuple(entry.event for entry in entries))
    assert again.cycle.review == review
    await _closed_and_judged(run.world, again, tmp_path)


async def _closed_and_judged(world: World, session: Session, tmp_path: Path) -> None:
    """A session that goes on: what was saved while beai was away is carried over too, and then written with it."""
    world.files[TEST_FILE] = "// away\n" + world.files[TEST_FILE]
    kept = Journal.open(tmp_path / "state0")
    assert isinstance(kept, Journal)
    engine = Engine(world.ports(), kept, session)
    seen = asyncio.Event()
    engine.observe(lambda _: seen.set())
    loop = asyncio.create_task(engine.run())
    engine.post(Resumed("fake"))
    async with asyncio.timeout(10):
        while engine.session.pending is not None or engine.session.cycle.review == session.cycle.review:
            seen.clear()
            await seen.wait()
        engine.post(ReviewClosed())
        while engine.session.phase is not Phase.GREEN:
            seen.clear()
            await seen.wait()
    assert world.files[TEST_FILE].startswith("// away\n// mine\n// and mine\n")
    assert "needs wordC1" in world.files[TEST_FILE]
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await engine.close()


async def test_what_changed_while_beai_was_closed_is_not_known_so_a_restart_runs_everything(begin):
    run = begin()
    await to_first_test(run)
    asked = len(run.world.tests.requests)
    await run.post(Resumed("fake"))
    await run.until(lambda s: not s.unjudged and len(run.world.tests.requests) > asked)
    again = run.world.tests.requests[-1]
    assert again.kind is RunKind.CONFIRMED
    assert again.changed == (UNSEEN,)
    assert widest(again.changed) == (Trigger.ALL, "what changed while beai was closed: It is not known.")
    await run.close()


async def test_a_hunk_accepted_against_a_warning_is_recorded(begin):
    run = begin()
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "no")), ReviewClosed())
    session = await run.reviewing(Purpose.TEST)
    left = await run.post(FileJudged(TEST_FILE, Verdict.ACCEPTED))
    assert left.notice == "A hunk with a warning or a conflict is decided alone."
    await run.post(HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)), ReviewClosed())
    session = await run.reviewing(Purpose.CODE)
    assert told(session) == [("accepted: you refused this before: no", TEST_FILE)]
    await run.close()


async def test_what_was_accepted_of_a_file_that_is_gone_waits_until_it_is_back(begin):
    run = begin()
    session = await to_first_test(run)
    text = run.world.files.pop(TEST_FILE)
    await run.post(Saved((TEST_FILE,)))
    hunk = session.cycle.review.change.hunks()[0]
    session = await run.post(HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)), ReviewClosed())
    assert "gone from disk" in session.notice and session.cycle.stage is Stage.REVIEWING
    run.world.files[TEST_FILE] = text
    session = await run.post(Saved((TEST_FILE,)))
    assert session.cycle.review.change.hunks() == (hunk,) and session.cycle.review.undecided() == ()
    await run.close()


async def test_what_the_person_wrote_by_hand_meanwhile_is_taken_in_and_judged(begin):
    run = begin()
    session = await to_first_test(run)
    run.world.files[TEST_FILE] = session.cycle.review.change.files[0].after
    session = await run.post(Saved((TEST_FILE,)))
    assert session.cycle.review.change.hunks() == () and "there already" in session.notice
    run.engine.post(ReviewClosed())
    session = await run.reviewing(Purpose.CODE)
    assert session.phase is Phase.GREEN and session.case and session.case.state is CaseState.RED
    await run.close()


MORE_FILE = "src/more.test.ts"
SOURCE = "src/known.ts"


class Both(Author):
    """Its tests come with another test file."""

    def __call__(self, request: Request):
        reply = super().__call__(request)
        if request.purpose is not Purpose.TEST or not isinstance(reply, ProposeEdits):
            return reply
        more = WholeFile(MORE_FILE, (request.source(MORE_FILE) or "") + f"// {request.case_id}\n")
        return ProposeEdits((*reply.edits, more))


@pytest.mark.parametrize("hand", [TEST_FILE, MORE_FILE])
async def test_what_the_person_wrote_by_hand_beside_accepted_hunks_becomes_part_of_the_task(begin, hand):
    run = begin(World(author=Both()))
    session = await to_first_test(run)
    wanted = {file.path: file.after for file in session.cycle.review.change.files}
    run.world.files[hand] = wanted[hand]
    session = await run.post(Saved((hand,)))
    assert [file.path for file in session.cycle.review.change.files] == [path for path in wanted if path != hand]
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.reviewing(Purpose.CODE)
    written = {written.path: written.after_hash for receipt in session.written for written in receipt.files}
    assert written == {path: digest(text) for path, text in wanted.items()}
    assert set(run.world.tests.requests[-1].changed) == {*wanted}
    await run.close()


async def test_what_the_person_wrote_by_hand_is_judged_also_where_they_refused_the_rest(begin):
    run = begin(World(author=Both()))
    session = await to_first_test(run)
    run.world.files[TEST_FILE] = next(f.after for f in session.cycle.review.change.files if f.path == TEST_FILE)
    session = await run.post(Saved((TEST_FILE,)))
    (left,) = session.cycle.review.change.hunks()
    run.engine.post(HunkJudged(Decision(left.id, Verdict.REJECTED, "no")))
    run.engine.post(ReviewClosed())
    session = await run.reviewing(Purpose.CODE)
    assert [written.path for receipt in session.written for written in receipt.files] == [TEST_FILE]
    assert MORE_FILE not in run.world.files
    await run.close()


async def test_only_the_warnings_that_the_persons_own_text_deserves_are_recorded(begin):
    run = begin(World(author=Both()))
    session = await to_first_test(run)
    hunks = {hunk.file: hunk for hunk in session.cycle.review.change.hunks()}
    await run.post(*(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "no")) for hunk in hunks.values()), ReviewClosed())
    session = await run.reviewing(Purpose.TEST)
    assert all(hunk.warnings for hunk in session.cycle.review.change.hunks())
    mine = 'it("C1 mine") // needs wordC1\n'
    await run.post(HunkJudged(Decision(hunks[MORE_FILE].id, Verdict.ACCEPTED)))
    await run.post(HunkJudged(Decision(hunks[TEST_FILE].id, Verdict.ACCEPTED, edited=mine)))
    session = await run.until(lambda now: now.cycle.review.findings() is not None)
    fresh = session.cycle.review.warnings()
    assert (fresh[hunks[TEST_FILE].id], len(fresh[hunks[MORE_FILE].id])) == ((), 1)
    run.engine.post(ReviewClosed())
    session = await run.reviewing(Purpose.CODE)
    assert told(session) == [("accepted: you refused this before: no", MORE_FILE)]
    await run.close()


class Knowing(Author):
    """Its tests give a value that its code, in one of two files, asks for."""

    def __call__(self, request: Request):
        match request.purpose, super().__call__(request):
            case Purpose.TEST, ProposeEdits((WholeFile(path, text),)):
                return ProposeEdits((WholeFile(path, text + 'const id = "order_777";\n'),))
            case Purpose.CODE, ProposeEdits(edits):
                more = WholeFile(SOURCE, 'export const known = (id: string) => id === "order_777";\n')
                return ProposeEdits((*edits, more))
            case _, reply:
                return reply


@pytest.mark.parametrize("soon", [True, False], ids=["closed at once", "closed after the checks"])
async def test_what_was_accepted_against_words_is_recorded_also_where_another_hunk_was_edited(begin, soon):
    planned = replace(TASK, text=f"`notes.add`, in {CODE_FILE} and {SOURCE}")
    run = begin(World(author=Knowing(), project=replace(PROJECT, tasks=(planned,))))
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.reviewing(Purpose.CODE)
    code, known = session.cycle.review.change.hunks()
    assert (code.warnings, known.warnings) == ((), ("knows a value of the tests (order_777)",))
    mine = 'export const mine = (id: string) => id === "order_777"; // wordC1\n'
    run.engine.post(HunkJudged(Decision(known.id, Verdict.ACCEPTED)))
    run.engine.post(HunkJudged(Decision(code.id, Verdict.ACCEPTED, edited=mine)))
    if not soon:
        session = await run.until(lambda now: now.cycle.review.checked is not None)
        assert session.cycle.review.warnings() == dict.fromkeys((code.id, known.id), known.warnings)
    run.engine.post(ReviewClosed())
    session = await run.until(lambda now: now.waivers)
    said = "accepted: knows a value of the tests (order_777)"
    assert told(session) == [(said, CODE_FILE), (said, SOURCE)]
    await run.close()


async def test_a_warning_whose_cause_the_person_removed_is_not_recorded_however_soon_they_close(begin):
    run = begin()
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "no")), ReviewClosed())
    await run.reviewing(Purpose.TEST)
    mine = Decision(hunk.id, Verdict.ACCEPTED, edited='it("C1 mine") // needs wordC1\n')
    run.engine.post(HunkJudged(mine))
    run.engine.post(ReviewClosed())
    session = await run.reviewing(Purpose.CODE)
    assert session.waivers == ()
    await run.close()


async def test_nothing_is_written_while_a_hunk_is_undecided(begin):
    run = begin()
    await to_first_test(run)
    session = await run.post(ReviewClosed())
    assert "undecided" in session.notice and session.cycle.stage is Stage.REVIEWING
    assert run.world.files[TEST_FILE] == 'it("old") // needs old\n'
    await run.close()


async def test_an_edited_hunk_is_checked_again_while_the_review_goes_on(begin):
    run = begin()
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    text = "".join(hunk.new)
    await run.post(
        HunkJudged(Decision(hunk.id, Verdict.ACCEPTED, edited=text + "it.only('one', () => expect(f()).toBe(1))\n"))
    )
    session = await run.until(lambda now: now.cycle.review.findings() is not None)
    assert [one.check for one in session.cycle.review.findings()[hunk.id]] == ["test-focused"]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.ACCEPTED, edited=text + "// mine\n")))
    session = await run.until(lambda now: now.cycle.review.findings() is not None)
    assert session.cycle.review.findings()[hunk.id] == ()
    session = await run.post(HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)))
    assert session.cycle.review.findings() == {one.id: one.findings for one in session.cycle.review.change.hunks()}


async def test_after_a_resumption_an_edited_hunk_is_checked_once_more(begin, tmp_path):
    run = begin()
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    edited = Decision(hunk.id, Verdict.ACCEPTED, edited="".join(hunk.new) + "// mine\n")
    await run.post(HunkJudged(edited))
    await run.until(lambda now: now.cycle.review.findings() is not None)
    await run.close()
    entries = journal(tmp_path / "state0").entries()
    assert not isinstance(entries, Fault)
    again = replayed(tuple(entry.event for entry in entries))
    assert again.cycle.review.decisions == (edited,) and again.cycle.review.findings() is None and again.pending is None


async def test_a_file_saved_during_the_review_is_not_overwritten(begin):
    run = begin()
    session = await to_first_test(run)
    run.world.files[TEST_FILE] += "// mine\n"
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.notice and s.cycle and s.cycle.stage is Stage.REVIEWING)
    session = await run.until(lambda s: s.pending is None and s.cycle.review.undecided())
    assert session.notice.startswith("Nothing was written.") and "1 in conflict" in session.notice
    assert run.world.files[TEST_FILE].endswith("// mine\n") and len(run.world.author.asked) == 2
    run.engine.post(HunkJudged(Decision(session.cycle.review.undecided()[0], Verdict.ACCEPTED)))
    run.engine.post(ReviewClosed())
    await run.reviewing(Purpose.CODE)
    assert "// mine\n" in run.world.files[TEST_FILE] and "needs wordC1" in run.world.files[TEST_FILE]
    await run.close()


class Broken(Author):
    """Writes a test that does not parse, twice; then a good one."""

    def __call__(self, request: Request):
        tries = len([asked for asked in self.asked if asked.purpose is Purpose.TEST])
        if request.purpose is Purpose.TEST and tries < 2:
            self.asked.append(request)
            text = (request.source(TEST_FILE) or "") + f"SYNTAX {tries}\n"
            return ProposeEdits((WholeFile(TEST_FILE, text),))
        return super().__call__(request)


async def test_a_wrong_red_is_not_taken_and_its_evidence_goes_back(begin):
    run = begin(World(author=Broken()))
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.cycle and s.cycle.attempt == 2 and s.cycle.stage is Stage.REVIEWING)
    assert session.phase is Phase.RED and session.case.state is CaseState.OPEN
    assert "does not load" in run.world.author.asked[-1].feedback[-1].outcome
    await run.close()


class Vacuous(Author):
    """Its first test needs what is there already."""

    def __call__(self, request: Request):
        reply = super().__call__(request)
        if request.purpose is Purpose.TEST and request.case_id == "C1":
            return ProposeEdits((WholeFile(TEST_FILE, 'it("old") // needs old\nit("C1 adds") // needs old\n'),))
        return reply


async def test_a_test_that_passes_before_the_procedure_exists_is_never_taken_for_red(begin):
    run = begin(World(author=Vacuous()))
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.question is not None)
    assert "does not exist yet" in session.question.question.issue
    assert Choice.PROVE not in session.question.choices and session.case.red is None
    session = await run.post(QuestionAnswered(session.question.choices.index(Choice.KEEP)))
    await run.until(lambda s: s.case_id == "C2")
    assert run.engine.session.cases[0].state is CaseState.KEPT
    assert any(waiver.what == "red C1" for waiver in run.engine.session.waivers)
    await run.close()


async def test_skipping_a_case_puts_back_what_it_wrote(begin):
    run = begin(World(author=Vacuous()))
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.question is not None)
    run.engine.post(QuestionAnswered(session.question.choices.index(Choice.SKIP), "covered elsewhere"))
    session = await run.until(lambda s: s.case_id == "C2")
    assert run.world.files[TEST_FILE] == 'it("old") // needs old\n'
    assert session.cases[0].state is CaseState.SKIPPED and session.cases[0].waiver == "covered elsewhere"
    assert session.written == ()
    await run.close()


async def test_a_locked_test_that_changes_while_the_tests_run_is_not_green(begin):
    run = begin()
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.reviewing(Purpose.CODE)
    honest = run.world.tests.outcome

    def blessing(request):
        run.world.files[TEST_FILE] += "// blessed\n"
        return honest(request)

    run.world.tests.outcome = blessing
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.cycle and s.cycle.attempt == 2)
    assert session.cases[0].green is None and "Changed during the run" in session.cycle.feedback[-1].outcome
    await run.close()


class Helpless(Author):
    """Cannot write code."""

    def __call__(self, request: Request):
        if request.purpose is Purpose.CODE:
            return BeyondMe("it needs a payment provider")
        return super().__call__(request)


async def test_code_written_by_hand_is_judged_and_committed_like_any_other(begin):
    run = begin(World(author=Helpless()))
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.question is not None)
    assert "payment" in session.question.question.issue
    await run.post(QuestionAnswered(session.question.choices.index(Choice.BY_HAND)))
    run.world.files[CODE_FILE] += "// wordC1\n"
    run.engine.post(Saved((CODE_FILE,)))
    session = await run.until(lambda s: s.cases[0].state is CaseState.GREEN)
    assert CODE_FILE in [written.path for receipt in session.written for written in receipt.files]
    await run.close()


class Curious(Author):
    """Asks before it writes the first test."""

    def __call__(self, request: Request):
        if request.purpose is Purpose.TEST and not request.answers:
            self.asked.append(request)
            options = (Option("trim it"), Option("keep it"))
            return Ask(Question("whitespace", "Is a blank note empty?", ("BE-S1-001",), options=options))
        return super().__call__(request)


async def test_a_question_of_the_suggester_is_answered_once_and_the_answer_reaches_it(begin):
    run = begin(World(author=Curious()))
    await run.post(OPENED)
    await run.post(Understood())
    await run.until(lambda s: s.cases)
    run.engine.post(CasesApproved())
    session = await run.until(lambda s: s.question is not None)
    assert session.question.question.topic == "whitespace"
    run.engine.post(QuestionAnswered(0))
    await run.reviewing(Purpose.TEST)
    assert [answer.text for answer in run.world.author.asked[-1].answers] == ["trim it"]
    await run.close()


async def test_a_commit_on_main_needs_an_explicit_yes(begin):
    project = replace(World().project, context=None, repo=RepoState(branch="main", branches=("main",)))
    repository = World().repository
    repository.here = RepoState(branch="main", branches=("main",))
    run = begin(World(project=project, repository=repository))
    run.engine.post(OPENED)
    assert await drive(run.engine, YES, lambda _: None) is Exit.WAITING
    assert run.engine.session.question.question.topic == "branch"
    assert repository.made == []
    await run.close()


async def test_a_failed_commit_keeps_the_draft_and_says_why(begin):
    world = World()
    world.repository.refuse = Fault(FaultKind.GIT, "The pre-commit hook said no.", "lint: 1 error")
    run = begin(world)
    run.engine.post(OPENED)
    assert await drive(run.engine, YES, lambda _: None) is Exit.FAULT
    session = run.engine.session
    assert session.phase is Phase.COMMIT and session.draft is not None and session.fault.detail == "lint: 1 error"
    await run.close()


async def test_a_session_resumes_from_its_journal_with_what_was_in_flight(begin, tmp_path):
    run = begin()
    session = await to_first_test(run)
    await run.close()
    again = journal(tmp_path / "state0")
    entries = again.entries()
    assert not isinstance(entries, Fault)
    resumed = replayed(tuple(entry.event for entry in entries))
    assert resumed == replace(session, warm=None)  # the runner that was up went with its process
    again.close()


async def test_interrupting_ends_the_effect_in_one_fact_and_decides_nothing(begin):
    world = World()
    world.suggester.hold = asyncio.Event()
    run = begin(world)
    await run.post(OPENED)
    run.engine.post(Understood())
    await run.until(lambda s: s.pending is not None and s.phase is Phase.CASES)
    run.engine.post(Interrupted())
    session = await run.until(lambda s: s.pending is None)
    assert session.phase is Phase.CASES and "Stopped" in session.notice and session.failed is not None
    world.suggester.hold = None
    run.engine.post(Retried())
    session = await run.until(lambda s: s.cases)
    assert len(session.cases) == 2
    await run.close()


async def to_code(run: Run) -> Session:
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    return await run.reviewing(Purpose.CODE)


async def test_trying_again_carries_out_what_is_decided_now(begin):
    world = World()
    world.workspace.refuse = Fault(FaultKind.DISK, "The disk is full.")
    run = begin(world)
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.failed is not None and s.pending is None)
    world.workspace.refuse = None
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "no")), Retried())
    session = await run.reviewing(Purpose.TEST)
    assert world.files[TEST_FILE] == 'it("old") // needs old\n' and session.written == ()
    assert world.author.asked[2].feedback[-1].hunks[0].decision.reason == "no"
    await run.close()


async def test_a_commit_is_never_made_by_trying_again(begin):
    world = World()
    world.repository.refuse = Fault(FaultKind.GIT, "The hook said no.")
    run = begin(world)
    run.engine.post(OPENED)
    assert await drive(run.engine, YES, lambda _: None) is Exit.FAULT
    run.loop = asyncio.create_task(run.engine.run())
    world.repository.refuse = None
    await run.post(Retried())
    assert world.repository.made == [] and run.engine.session.phase is Phase.COMMIT
    await run.post(CommitDeclined(), Retried())
    assert world.repository.made == [] and run.engine.session.phase is Phase.DONE
    await run.close()


class Breaking(Author):
    """Its first code breaks what was green."""

    def __call__(self, request: Request):
        tries = len([asked for asked in self.asked if asked.purpose is Purpose.CODE])
        reply = super().__call__(request)
        if request.purpose is Purpose.CODE and tries < 2:
            return ProposeEdits((WholeFile(CODE_FILE, f"// wordC1 {tries}\n"),))
        return reply


async def test_a_rerun_does_not_make_a_breakage_an_old_one(begin):
    run = begin(World(author=Breaking()))
    session = await to_code(run)
    for event in accept_all(session):
        run.engine.post(event)
    await run.until(lambda s: s.cycle and s.cycle.attempt == 2 and s.cycle.stage is Stage.REVIEWING)
    await run.post(RerunAsked(everything=True))
    for event in accept_all(run.engine.session):
        run.engine.post(event)
    session = await run.until(lambda s: s.cycle and s.cycle.attempt == 3)
    assert session.cases[0].green is None and "Newly failing: old" in session.cycle.feedback[-1].outcome
    await run.close()


async def test_an_approved_test_that_was_changed_since_its_red_is_not_green(begin):
    run = begin()
    session = await to_code(run)
    run.world.files[TEST_FILE] = run.world.files[TEST_FILE].replace("needs wordC1", "needs old")
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.question is not None)
    assert session.question.question.topic == "unsealed:C1" and session.cases[0].green is None
    run.engine.post(QuestionAnswered(session.question.choices.index(Choice.REJUDGE)))
    session = await run.until(lambda s: s.question is not None and s.question.question.topic.startswith("vacuous"))
    assert session.cases[0].red is None and session.phase is Phase.RED
    await run.close()


class Tidy(Author):
    """Wants to refactor after each case."""

    def __call__(self, request: Request):
        if request.purpose is Purpose.REFACTOR:
            self.asked.append(request)
            return ProposeEdits((WholeFile(CODE_FILE, (request.source(CODE_FILE) or "") + "// tidier\n"),))
        return super().__call__(request)


async def test_a_refactoring_that_was_not_judged_is_put_back_when_it_is_left(begin):
    run = begin(World(author=Tidy()))
    session = await to_code(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.reviewing(Purpose.REFACTOR)
    run.world.tests.endless = lambda _: True
    for event in accept_all(session):
        run.engine.post(event)
    await run.until(lambda s: s.cycle and s.cycle.stage is Stage.JUDGING)
    run.engine.post(Interrupted())
    await run.until(lambda s: s.pending is None)
    run.world.tests.endless = lambda _: False
    run.engine.post(StepSkipped("not worth it"))
    await run.until(lambda s: s.case_id == "C2")
    assert "tidier" not in run.world.files[CODE_FILE]
    await run.close()


async def test_what_was_edited_after_it_was_accepted_is_asked_about_before_the_record(begin):
    world = World(author=Author(cases=(CaseIdea("adds a note", CaseKind.HAPPY, "adds a note"),)))
    run = begin(world)
    session = await to_code(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.question is not None)
    assert session.question.question.topic == "contract"
    world.files[CODE_FILE] += "// mine\n"
    run.engine.post(QuestionAnswered(session.question.choices.index(Choice.PROCEED), "an empty note is welcome"))
    session = await run.until(lambda s: s.question and s.question.question.topic.startswith("drifted"))
    run.engine.post(QuestionAnswered(session.question.choices.index(Choice.ADOPT)))
    session = await run.reviewing(Purpose.RECORD)
    assert session.written[-1].files[0].after_hash == digest(world.files[CODE_FILE])
    assert waived(facts(session)) == ("criterion 2 “rejects an empty note” left out: an empty note is welcome",)
    await run.close()


async def test_skipping_every_case_records_nothing_as_done(begin):
    run = begin(World(author=Vacuous(cases=Author().cases[:1])))
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    session = await run.until(lambda s: s.question is not None)
    session = await run.post(QuestionAnswered(session.question.choices.index(Choice.SKIP)))
    run.engine.post(QuestionAnswered(session.question.choices.index(Choice.PUT_BACK)))
    session = await run.until(lambda s: s.question and s.question.question.topic == "lights")
    run.engine.post(QuestionAnswered(session.question.choices.index(Choice.WAIVE), "no criterion can be tested here"))
    session = await run.until(lambda s: s.phase is Phase.DONE)
    assert lit(session)[0].lit is False and session.written == ()
    await run.close()


async def test_a_live_run_that_breaks_is_named_and_the_next_save_runs_again(begin):
    run = begin()
    await to_first_test(run)
    judged, run.world.tests.outcome = run.world.tests.outcome, lambda _: Fault(FaultKind.TESTS, "The runner ended.")
    run.engine.post(Saved((CODE_FILE,)))
    session = await run.until(lambda s: s.unrun is not None)
    assert session.unrun.summary == "The runner ended." and session.running is None
    run.world.tests.outcome = judged
    run.engine.post(Saved((CODE_FILE, TEST_FILE)))
    session = await run.until(lambda s: s.ran is not None and s.ran.kind is RunKind.CONFIRMED and s.unrun is None)
    assert session.latest is not None
    await run.close()


async def test_a_live_run_whose_runner_raises_is_named_too(begin):
    def raising(request: RunRequest) -> Fault:
        raise RuntimeError("no such luck")

    run = begin()
    await to_first_test(run)
    run.world.tests.outcome = raising
    run.engine.post(Saved((CODE_FILE,)))
    session = await run.until(lambda s: s.unrun is not None)
    assert session.unrun.kind is FaultKind.BUG and "no such luck" in session.unrun.summary
    assert session.running is None
    await run.close()


async def test_a_save_is_run_once_where_the_runner_has_one_kind_of_run(begin):
    run = begin()
    await to_first_test(run)
    run.world.tests.provisional = False
    asked = len(run.world.tests.requests)
    run.engine.post(Saved((CODE_FILE,)))
    await run.until(lambda s: len(run.world.tests.requests) > asked and s.running is None)
    assert [request.kind for request in run.world.tests.requests[asked:]] == [RunKind.CONFIRMED]
    await run.close()


async def test_interrupting_stops_a_live_run_until_the_next_save(begin):
    run = begin()
    await to_first_test(run)
    run.world.tests.endless = lambda _: True
    run.engine.post(Saved((CODE_FILE,)))
    await run.until(lambda s: s.running is not None)
    asked = len(run.world.tests.requests)
    run.engine.post(Interrupted())
    await run.until(lambda s: s.running is None)
    assert run.engine._live.cancelled() or run.engine._live.cancelling()
    run.world.tests.endless = lambda _: False
    run.engine.post(Saved((CODE_FILE, TEST_FILE)))
    await run.until(lambda s: s.ran is not None and len(run.world.tests.requests) >= asked + 2)
    await run.close()


async def test_after_an_interruption_a_save_of_the_same_file_is_judged(begin):
    run = begin()
    await to_first_test(run)
    run.world.tests.endless = lambda _: True
    run.engine.post(Saved((CODE_FILE,)))
    await run.until(lambda s: s.running is not None)
    run.engine.post(Interrupted())
    session = await run.until(lambda s: s.running is None)
    assert session.unjudged == (CODE_FILE,)
    run.world.tests.endless = lambda _: False
    run.engine.post(Saved((CODE_FILE,)))
    session = await run.until(lambda s: not s.unjudged)
    assert session.ran is not None and session.ran.kind is RunKind.CONFIRMED
    await run.close()


async def test_after_an_interruption_a_rerun_has_what_was_saved_judged_too(begin):
    run = begin()
    await to_first_test(run)
    run.world.tests.endless = lambda _: True
    run.engine.post(Saved((CODE_FILE,)))
    await run.until(lambda s: s.running is not None)
    run.engine.post(Interrupted())
    await run.until(lambda s: s.running is None)
    run.world.tests.endless = lambda _: False
    run.engine.post(RerunAsked(everything=True))
    session = await run.until(lambda s: not s.unjudged)
    assert session.ran is not None and session.ran.kind is RunKind.CONFIRMED
    await run.close()


async def test_a_live_run_that_breaks_is_not_begun_again_by_itself(begin):
    run = begin()
    await to_first_test(run)
    run.world.tests.outcome = lambda _: Fault(FaultKind.TESTS, "The runner ended.")
    asked = len(run.world.tests.requests)
    run.engine.post(Saved((CODE_FILE,)))
    await run.until(lambda s: s.unrun is not None)
    session = await run.post(Understood())
    assert len(run.world.tests.requests) == asked + 1
    assert session.unjudged == (CODE_FILE,)
    await run.close()


async def test_a_save_that_no_test_can_read_starts_no_run(begin):
    run = begin()
    await to_first_test(run)
    asked = len(run.world.tests.requests)
    run.engine.post(Saved(("docs/notes.md",)))
    session = await run.post(Understood())
    assert (session.unjudged, len(run.world.tests.requests)) == ((), asked)
    await run.close()
