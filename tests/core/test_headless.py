"""Without a screen nothing is decided that the answers do not decide, and every line is JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from beai.core.edits.change import Change, Decision, Verdict, WholeFile
from beai.core.edits.match import match
from beai.core.edits.review import Review
from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import ReadProject
from beai.core.loop.engine import Engine
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
    CommitConfirmed,
    CommitDeclined,
    HunkJudged,
    Opened,
    QuestionAnswered,
    Retried,
    ReviewClosed,
    Understood,
)
from beai.core.loop.headless import YES, Answers, Exit, drive, next_deed, read_answers
from beai.core.loop.journal import Journal
from beai.core.loop.outline import outcome, summary, waits_for
from beai.core.loop.session import Choice, Cycle, OpenQuestion, Phase, Session, Stage
from beai.core.loop.suggesting import REPAIRS
from beai.core.project.facts import Span
from beai.core.rulebook.checks.finding import Finding
from beai.core.suggest.exchange import (
    Answer,
    Ask,
    BeyondMe,
    Card,
    Option,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Question,
    Request,
)
from tests.core.worlds import CODE_FILE, TASK_FILE, TEST_FILE, Author, World

Line = dict[str, object]
ACCEPT = replace(YES, questions=())


@dataclass
class Ran:
    """A headless run that has ended."""

    code: Exit
    session: Session
    lines: list[Line]
    world: World
    journal: Journal


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Ran]]]:
    engines: list[Engine] = []

    async def _run(answers: Answers, author: Author | None = None, world: World | None = None) -> Ran:
        world = world or World(author=author or Author())
        journal = Journal.open(tmp_path / f"state{len(engines)}")
        assert isinstance(journal, Journal)
        journal.begin(0.0)
        engines.append(engine := Engine(world.ports(), journal))
        engine.post(Opened("", "fake", "token-1"))
        lines: list[Line] = []
        code = await asyncio.wait_for(drive(engine, answers, lines.append), 20)
        return Ran(code, engine.session, lines, world, journal)

    yield _run
    for engine in engines:
        await engine.close()


READABLE: dict[str, tuple[str, Answers]] = {
    "nothing": ("{}", Answers()),
    "everything": (
        '{"understood": true, "cases": true, "hunks": "accept", "reason": "ok", "questions": {"branch": 1, "*": "no"},'
        ' "commit": true}',
        Answers(True, True, Verdict.ACCEPTED, "ok", (("branch", 1), ("*", "no")), True),
    ),
    "rejecting": ('{"hunks": "reject", "commit": false}', Answers(hunks=Verdict.REJECTED, commit=False)),
    "null is silence": ('{"hunks": null, "commit": null}', Answers()),
    "only true is yes": ('{"understood": 1, "cases": "yes", "commit": "yes"}', Answers()),
    "an answer is a number or words": ('{"questions": {"a": "1", "c": 2}}', Answers(questions=(("a", "1"), ("c", 2)))),
    "where replies are": ('{"replies": "a.md"}', Answers(replies=("a.md",))),
    "patterns of replies": ('{"replies": ["a.md", "*.txt"]}', Answers(replies=("a.md", "*.txt"))),
    "white space": (' \n{"cases": true}\n', Answers(cases=True)),
}


@pytest.mark.parametrize(("text", "answers"), READABLE.values(), ids=READABLE)
def test_an_answers_file_says_what_it_says(text: str, answers: Answers) -> None:
    assert read_answers(text) == answers


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '{"hunk": "accept"}', '{"hunks": "yes"}', '{"hunks": true}', '{"hunks": ["accept"]}',
     '{"questions": []}', '{"questions": "all"}', '{"questions": {"*": true}}', '{"questions": {"a": null}}',
     '{"questions": {"a": [1]}}', '{"questions": {"a": 1.5}}', '{"replies": 3}', '{"replies": ["a", 1]}',
     pytest.param("[" * 100_000, id="deep")],
)  # fmt: skip
def test_a_broken_answers_file_is_one_clear_sentence(text: str) -> None:
    fault = read_answers(text)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.USAGE
    assert fault.summary.count("\n") == 0 and "answers file" in fault.summary


async def test_answers_that_accept_everything_end_in_done(run) -> None:
    ran = await run(ACCEPT)
    assert ran.code is Exit.DONE
    assert ran.session.committed is not None


SILENT: dict[str, tuple[Answers, Phase, str]] = {
    "understand": (replace(ACCEPT, understood=False), Phase.UNDERSTAND, "understand"),
    "cases": (replace(ACCEPT, cases=False), Phase.CASES, "cases"),
    "review": (replace(ACCEPT, hunks=None), Phase.RED, "red, reviewing"),
    "commit": (replace(ACCEPT, commit=None), Phase.COMMIT, "commit"),
}


@pytest.mark.parametrize(("answers", "phase", "where"), SILENT.values(), ids=SILENT)
async def test_where_the_answers_are_silent_it_stops_and_says_where(run, answers, phase, where) -> None:
    ran = await run(answers)
    assert (ran.code, ran.session.phase) == (Exit.WAITING, phase)
    assert ran.lines[-1]["outcome"]["waits"] == f"It waits for a decision in {where}."
    assert ran.world.repository.made == []


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("stage", [None, *Stage])
def test_silence_decides_nothing_in_any_phase(phase: Phase, stage: Stage | None) -> None:
    change = match((WholeFile(TEST_FILE, "new\n"),), {TEST_FILE: "old\n"}.get)
    cycle = Cycle(Purpose.TEST, stage, review=Review(change)) if stage else None
    assert next_deed(Session(phase, cycle=cycle, ticket=1), Answers()) is None


@pytest.mark.parametrize("phase", [Phase.RED, Phase.GREEN, Phase.REFACTOR, Phase.RECORD])
def test_hunks_are_judged_one_by_one_and_then_the_review_is_closed(phase: Phase) -> None:
    change = match((WholeFile(TEST_FILE, "new\n"), WholeFile(CODE_FILE, "new\n")), {}.get)
    cycle = Cycle(Purpose.TEST, Stage.REVIEWING, review=Review(change))
    first, second = (hunk.id for hunk in change.hunks())
    session = Session(phase, cycle=cycle, ticket=1)
    assert next_deed(session, ACCEPT) == HunkJudged(Decision(first, Verdict.ACCEPTED))
    decisions = (Decision(first, Verdict.ACCEPTED), Decision(second, Verdict.REJECTED))
    judged = replace(cycle, review=Review(change, decisions))
    assert next_deed(replace(session, cycle=judged), ACCEPT) == ReviewClosed()


def test_findings_of_the_change_under_review_are_named() -> None:
    change = match([WholeFile("src/a.ts", "export const a = {} as any;\n")], {}.get)
    assert isinstance(change, Change)
    found = Finding("any", "implement_principles#P3", "src/a.ts", 1, 21, Span(20, 26), "`as any` hides it.", "Name it.")
    (hunk,) = change.hunks()
    change = replace(change, files=(replace(change.files[0], hunks=(replace(hunk, findings=(found,)),)),))
    session = Session(phase=Phase.GREEN, cycle=Cycle(Purpose.CODE, Stage.REVIEWING, review=Review(change)))
    told = {"hunk": hunk.id, "check": "any", "rule": "implement_principles#P3", "line": 1}
    assert summary(session)["findings"] == [{**told, "message": found.message, "fix": found.fix}]
    assert "findings" not in summary(Session())


def test_while_something_is_under_way_nothing_is_decided() -> None:
    assert next_deed(Session(Phase.UNDERSTAND, ticket=1, pending=ReadProject()), ACCEPT) is None


def test_the_commit_is_made_or_declined_as_the_answers_say() -> None:
    session = Session(Phase.COMMIT, ticket=1)
    assert next_deed(session, ACCEPT) == CommitConfirmed()
    assert next_deed(session, replace(ACCEPT, commit=False)) == CommitDeclined()


ASKED = Session(
    Phase.RED,
    ticket=1,
    question=OpenQuestion(
        Question("vacuous:C4:0", "It passes.", options=(Option("a"), Option("b"))),
        (Choice.PROVE, Choice.SKIP),
        Card.VACUOUS,
    ),
)
QUESTIONS: dict[str, tuple[dict[str, int | str], QuestionAnswered | None]] = {
    "by its topic": ({"vacuous:C4:0": 2, "vacuous": 1}, QuestionAnswered(1)),
    "by the topic's kind": ({"vacuous": 1, "*": 2}, QuestionAnswered(0)),
    "whatever is asked": ({"*": 2}, QuestionAnswered(1)),
    "in words": ({"vacuous": "rewrite it"}, QuestionAnswered(-1, "rewrite it")),
    "another topic": ({"branch": 1}, None),
    "no such option": ({"vacuous": 3}, None),
    "options count from one": ({"vacuous": 0}, None),
    "a negative option": ({"vacuous": -1}, None),
    "nothing": ({}, None),
}


@pytest.mark.parametrize(("questions", "deed"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_is_answered_by_topic(questions: dict[str, int | str], deed: QuestionAnswered | None) -> None:
    assert next_deed(ASKED, replace(ACCEPT, questions=tuple(questions.items()))) == deed


def test_a_question_that_comes_back_is_not_answered_twice() -> None:
    again = replace(ASKED, answers=(Answer("vacuous:C4:0", 0, "prove", asks=Card.VACUOUS),))
    assert next_deed(again, replace(ACCEPT, questions=(("*", 1),))) is None


class Curious(Author):
    """Asks before the first test."""

    def __call__(self, request: Request):
        if request.purpose is Purpose.TEST and not request.answers:
            self.asked.append(request)
            return Ask(Question("whitespace", "Is a blank note empty?", options=(Option("trim"), Option("keep"))))
        return super().__call__(request)


class Patient(Curious):
    """Goes on where its question is put off."""

    def __call__(self, request: Request):
        return Author.__call__(self, request) if request.decided else super().__call__(request)


async def test_a_question_nobody_answers_stops_the_run(run) -> None:
    ran = await run(ACCEPT, Curious())
    assert ran.code is Exit.WAITING
    assert waits_for(ran.session) == "It asks (whitespace): Is a blank note empty?"


async def test_a_question_the_file_answers_goes_on_to_done(run) -> None:
    ran = await run(replace(ACCEPT, questions=(("whitespace", 2),)), Curious())
    assert ran.code is Exit.DONE
    assert [answer.text for answer in ran.session.answers] == ["keep"]


async def test_a_question_that_the_file_delegates_goes_back_to_who_asked(run) -> None:
    ran = await run(replace(ACCEPT, questions=(("*@project", "you decide"),)), Curious())
    assert ran.code is Exit.DONE
    (told,) = outcome(ran.session)["decisions"]
    assert (told["by"], told["scope"]) == ("delegated", "project")


async def test_a_question_that_cannot_be_put_off_waits_for_a_person(run) -> None:
    ran = await run(replace(ACCEPT, questions=(("*", "not now"),)), Curious())
    assert ran.code is Exit.WAITING and ran.session.phase is Phase.RED
    assert waits_for(ran.session) == "It asks (whitespace): Is a blank note empty?"


async def test_a_question_that_is_put_off_for_good_leaves_the_task_undone(run) -> None:
    ran = await run(replace(ACCEPT, questions=(("*", "not now"),)), Patient())
    assert ran.code is Exit.WAITING and ran.session.committed is not None
    assert waits_for(ran.session).startswith("It asks (lights)")
    assert outcome(ran.session)["put off"] == ["Is a blank note empty?"]


async def test_rejecting_everything_is_told_once_and_then_waits(run) -> None:
    ran = await run(replace(ACCEPT, hunks=Verdict.REJECTED, reason="not like this"))
    assert (ran.code, ran.session.phase) == (Exit.WAITING, Phase.RED)
    told = [request.feedback for request in ran.world.author.asked if request.purpose is Purpose.TEST]
    assert [sum(bool(one.hunks) for one in feedback) for feedback in told] == [0, *[1] * (REPAIRS + 1)]
    assert [item.decision.reason for item in told[1][0].hunks] == ["not like this"]
    assert ran.world.files[TEST_FILE] == 'it("old") // needs old\n'


class Helpless(Author):
    """Cannot write code, however often it is asked."""

    def __call__(self, request: Request):
        reply = super().__call__(request)
        return BeyondMe("it needs a payment provider") if request.purpose is Purpose.CODE else reply


@pytest.mark.parametrize("answer", [2, "try harder"])
async def test_an_answer_that_leads_nowhere_does_not_go_round_for_ever(run, answer: int | str) -> None:
    ran = await run(replace(ACCEPT, questions=(("stuck", answer),)), Helpless())
    assert (ran.code, ran.session.phase) == (Exit.WAITING, Phase.GREEN)
    assert len([request for request in ran.world.author.asked if request.purpose is Purpose.CODE]) == 2


class NoCases(Author):
    """Has no case to propose."""

    def __call__(self, request: Request):
        return ProposeCases(()) if request.purpose is Purpose.CASES else super().__call__(request)


async def test_no_case_to_approve_stops_the_run(run) -> None:
    ran = await run(ACCEPT, NoCases())
    assert (ran.code, ran.session.phase) == (Exit.WAITING, Phase.CASES)


class Empty(Author):
    """Proposes a change of nothing."""

    def __call__(self, request: Request):
        if request.purpose is Purpose.TEST:
            self.asked.append(request)
            return ProposeEdits((WholeFile(TEST_FILE, request.source(TEST_FILE) or ""),))
        return super().__call__(request)


async def test_a_suggestion_that_changes_nothing_counts_as_an_attempt(run) -> None:
    ran = await run(ACCEPT, Empty())
    assert (ran.code, ran.session.phase) == (Exit.WAITING, Phase.RED)
    assert "changes nothing" in waits_for(ran.session)
    assert len([request for request in ran.world.author.asked if request.purpose is Purpose.TEST]) == 3


async def test_a_deed_that_changes_nothing_is_not_done_for_ever() -> None:
    stubborn = Stubborn(Session(Phase.COMMIT, ticket=1))
    assert await asyncio.wait_for(drive(stubborn, ACCEPT, lambda _: None), 10) is Exit.WAITING
    assert stubborn.posted == [CommitConfirmed()]


async def test_before_there_is_a_session_nothing_is_decided(run) -> None:
    ran = await run(ACCEPT)
    entries = ran.journal.entries()
    assert isinstance(entries, tuple)
    assert [entry.seq for entry in entries if isinstance(entry.event, Understood)] == [4]


async def test_a_resumed_run_that_had_failed_is_tried_again_once() -> None:
    failed = Session(Phase.CASES, ticket=3, failed=ReadProject(), fault=Fault(FaultKind.MODEL, "It broke."))
    stubborn = Stubborn(failed)
    assert await asyncio.wait_for(drive(stubborn, ACCEPT, lambda _: None), 10) is Exit.FAULT
    assert stubborn.posted == [Retried()]


class Stubborn:
    """A loop that hears everything and changes nothing."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.posted: list[Event] = []
        self._heard = asyncio.Event()
        self._observers: list[Callable[[Session], None]] = []

    def post(self, event: Event) -> None:
        self.posted.append(event)
        self._heard.set()

    def observe(self, observer: Callable[[Session], None]) -> None:
        self._observers.append(observer)

    async def run(self) -> None:
        while True:
            await self._heard.wait()
            self._heard.clear()
            for observer in self._observers:
                observer(self.session)


async def test_a_declined_commit_ends_unfinished_with_the_work_in_the_tree(run) -> None:
    ran = await run(replace(ACCEPT, commit=False))
    assert ran.code is Exit.UNFINISHED
    assert (ran.session.phase, ran.session.committed, ran.world.repository.made) == (Phase.DONE, None, [])
    assert ran.world.files[TASK_FILE] == "Status: Done (2 cases)\n"


async def test_a_fault_ends_the_run_with_its_sentence(run) -> None:
    world = World()
    world.repository.refuse = Fault(FaultKind.GIT, "The hook said no.", remedy="Fix it.")
    ran = await run(ACCEPT, world=world)
    assert ran.code is Exit.FAULT
    assert ran.lines[-1]["outcome"]["waits"] == "The hook said no. Fix it."


@pytest.mark.parametrize("answers", [ACCEPT, Answers(), replace(ACCEPT, commit=False)])
async def test_every_line_is_json_and_the_last_one_is_the_outcome(run, answers: Answers) -> None:
    world = World()
    world.files[TEST_FILE] = "// \udcff \x1b[31m 日本語\n" + world.files[TEST_FILE]
    ran = await run(answers, world=world)
    written = [json.dumps(line, allow_nan=False) for line in ran.lines]
    assert all(line.isascii() and "\n" not in line for line in written)
    assert [json.loads(line) for line in written] == ran.lines
    assert [list(line) for line in ran.lines] == [["session"]] * (len(ran.lines) - 1) + [["outcome"]]
    assert all(one != other for one, other in zip(ran.lines, ran.lines[1:], strict=False))


async def test_the_outcome_carries_every_proof(run) -> None:
    told = outcome((await run(ACCEPT)).session)
    assert told["done"] is True and told["waits"] is None
    assert [(proof["case"], proof["red"]) for proof in told["proofs"]] == [
        ("C1", "expected wordC1"),
        ("C2", "expected wordC2"),
    ]
