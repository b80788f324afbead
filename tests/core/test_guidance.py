"""Questions for guidance through the engine: a page of them, the ledger that answers again, what is put off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from beai.core.edits.change import Receipt, Verdict, Written
from beai.core.loop import guided
from beai.core.loop.effects import Undo
from beai.core.loop.engine import Engine
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
    CaseBound,
    CasesApproved,
    FileJudged,
    Opened,
    QuestionAnswered,
    QuestionTurned,
    Resumed,
    ReviewClosed,
    Understood,
)
from beai.core.loop.events.facts import Undone
from beai.core.loop.guidance import ledger, raising
from beai.core.loop.headless import YES, Exit, drive
from beai.core.loop.journal import Journal
from beai.core.loop.lights import lit
from beai.core.loop.moves import card
from beai.core.loop.question_answers import to_question
from beai.core.loop.remembered import Remembered
from beai.core.loop.replaying import replayed
from beai.core.loop.session import Back, Choice, OpenQuestion, Phase, Session, Stage
from beai.core.loop.step import step
from beai.core.suggest.exchange import (
    Ask,
    Card,
    Decider,
    Option,
    Purpose,
    Question,
    Request,
    Scope,
    Trigger,
)
from beai.core.suggest.pack import asked
from beai.core.suggest.privacy.veil import Veil
from tests.core.worlds import PROJECT, TASK, Author, World

BLANK = Question(
    "whitespace",
    "Is a blank note empty, in BE-S1-001?",
    ("docs/tdp.md",),
    "The TDP says nothing of it.",
    (Option("Trim it", "A blank note is refused."), Option("Keep it", "A blank note is a note.")),
    trigger=Trigger.UNCLEAR,
    advised=1,
)
LENGTH = Question("length", "How long may a note be?", options=(Option("1000"), Option("Any length")))
OPENED = Opened("BE-S1-001", "fake", "token-1")


@dataclass
class Curious(Author):
    """Asks ``questions`` before its first test, until each has an answer; with ``stubborn`` it asks all the same."""

    questions: tuple[Question, ...] = (BLANK,)
    stubborn: bool = False
    heard: list[Request] = field(default_factory=list)

    def __call__(self, request: Request):
        if request.purpose is Purpose.TEST:
            self.heard.append(request)
            told = {answer.topic for answer in request.answers}
            left = tuple(one for one in self.questions if self.stubborn or one.topic not in told)
            put_off = any(one.text.startswith("Not now") for one in request.decided)
            if left and not put_off:
                return Ask(left[0], left[1:])
        return super().__call__(request)


class Run:
    """One session on the journal in ``folder``."""

    def __init__(self, world: World, folder: Path) -> None:
        opened = Journal.open(folder)
        assert isinstance(opened, Journal), opened
        opened.begin(5.0)
        self.world, self.journal, self.changed = world, opened, asyncio.Event()
        self.engine = Engine(world.ports(), opened)
        self.engine.observe(lambda _: self.changed.set())
        self.loop = asyncio.create_task(self.engine.run())

    @property
    def session(self) -> Session:
        return self.engine.session

    async def until(self, condition: Callable[[Session], object]) -> Session:
        async with asyncio.timeout(10):
            while not condition(self.session):
                self.changed.clear()
                await self.changed.wait()
        return self.session

    async def does(self, *events: Event) -> Session:
        for event in events:
            self.engine.post(event)
            await asyncio.sleep(0)
            await self.until(lambda session: session.pending is None and self.engine._queue.empty())
        return self.session

    async def to_the_test(self) -> Session:
        """Up to what the suggester answers when it is asked for the first test."""
        decided = self.journal.decisions()
        assert isinstance(decided, tuple)
        await self.does(replace(OPENED, ledger=decided))
        await self.until(lambda s: s.standing is not None)
        await self.does(Understood())
        await self.until(lambda s: s.cases)
        await self.does(CasesApproved())
        return await self.until(lambda s: s.question or (s.cycle and s.cycle.stage is Stage.REVIEWING))

    async def to_the_end_of_the_cases(self) -> Session:
        """Everything is accepted until the record comes, or something is asked."""
        while self.session.phase is not Phase.RECORD and self.session.question is None:
            cycle = self.session.cycle
            assert cycle is not None and cycle.review is not None, self.session
            files = cycle.review.change.files
            await self.does(*(FileJudged(file.path, Verdict.ACCEPTED) for file in files), ReviewClosed())
        return self.session


@pytest.fixture
def begin(tmp_path: Path):
    @asynccontextmanager
    async def _begin(**wits: object) -> AsyncIterator[Run]:
        run = Run(World(author=Curious(**wits)), tmp_path / "state")  # type: ignore[arg-type]
        yield run
        run.loop.cancel()
        await asyncio.gather(run.loop, return_exceptions=True)
        await run.engine.close()

    return _begin


def at_hand(session: Session) -> OpenQuestion:
    assert session.question is not None, session.notice
    return session.question


def topics(session: Session) -> list[str]:
    return [asked.question.topic for asked in raising.page(session)]


async def test_a_suggester_s_question_is_a_whole_card_with_two_options_of_ours(begin) -> None:
    async with begin(questions=(LENGTH,)) as run:
        asked = at_hand(await run.to_the_test())
        assert asked.question.trigger is Trigger.UNCLEAR and asked.question.task == "BE-S1-001"
        assert asked.choices == (Choice.ANSWER, Choice.ANSWER, Choice.DELEGATE, Choice.LATER)
        assert [option.label for option in asked.question.options][2:] == ["You decide, and record it", "Not now"]
        assert all(option.consequence for option in asked.question.options[2:])


async def test_several_questions_stand_on_one_page_and_the_loop_goes_on_after_the_last(begin) -> None:
    async with begin(questions=(BLANK, LENGTH)) as run:
        session = await run.to_the_test()
        assert topics(session) == ["whitespace", "length"] and at_hand(session).number == 1
        session = await run.does(QuestionTurned("length"))
        assert at_hand(session).question.topic == "length" and topics(session) == ["whitespace", "length"]
        session = await run.does(QuestionAnswered(0))
        assert at_hand(session).question.topic == "whitespace" and len(run.world.author.heard) == 1
        session = await run.does(QuestionAnswered(-1, "Refuse it with BAD_REQUEST"))
        assert session.question is None and session.cycle.stage is Stage.REVIEWING
        heard = {answer.topic: answer.text for answer in run.world.author.heard[-1].answers}
        assert heard == {"length": "1000", "whitespace": "Refuse it with BAD_REQUEST"}


async def test_a_new_session_of_the_task_has_the_question_answered_by_the_ledger_and_says_so(begin) -> None:
    async with begin() as run:
        await run.to_the_test()
        run.world.clock.at = 1_780_000_000.0
        await run.does(QuestionAnswered(0))
    async with begin() as again:
        session = await again.to_the_test()
        assert session.question is None and session.cycle.stage is Stage.REVIEWING
        (answer,) = session.answers
        assert (answer.text, answer.by, answer.choice) == ("Trim it", Decider.LEDGER, 0)
        assert "Answered from the ledger" in session.notice and "Trim it" in session.notice
        assert "BE-S1-001" in session.notice and "2026-05-28" in session.notice
        assert again.world.author.heard[-1].answers[0].text == "Trim it"
        entries = again.journal.entries()
        assert isinstance(entries, tuple)
        assert replayed(tuple(entry.event for entry in entries)) == replace(session, warm=None)


@pytest.mark.parametrize(
    "other",
    [
        replace(BLANK, issue="Is a blank title empty?"),
        replace(BLANK, options=(Option("Trim it"), Option("Ask the client"))),
        replace(BLANK, options=BLANK.options[:1]),
    ],
)
async def test_a_question_that_asks_something_else_is_asked_also_under_the_same_topic(begin, other) -> None:
    async with begin() as run:
        await run.to_the_test()
        await run.does(QuestionAnswered(0))
    async with begin(questions=(other,)) as again:
        assert at_hand(await again.to_the_test()).question.issue == other.issue


async def test_the_same_question_in_other_type_and_under_another_topic_is_the_same(begin) -> None:
    async with begin() as run:
        await run.to_the_test()
        await run.does(QuestionAnswered(0))
    worded = replace(BLANK, topic="blank-notes", issue="is a  blank note “empty”, in `BE-S1-001`", considered="Other.")
    async with begin(questions=(worded,)) as again:
        assert (await again.to_the_test()).question is None


async def test_what_was_taken_back_is_asked_again(begin) -> None:
    async with begin() as run:
        await run.to_the_test()
        await run.does(QuestionAnswered(0))
        (entry,) = run.session.ledger
        assert run.journal.forget(entry.key, 9.0) == replace(entry, at=run.world.clock.now())
    async with begin() as again:
        assert at_hand(await again.to_the_test()).question.topic == "whitespace"


async def test_a_suggester_that_asks_for_ever_what_was_answered_is_stuck_after_three_attempts(begin) -> None:
    async with begin(stubborn=True) as run:
        await run.to_the_test()
        session = await run.does(QuestionAnswered(0))
        session = await run.until(lambda s: s.question is not None)
        assert session.question.question.topic.startswith("stuck") and len(run.world.author.heard) == 4


async def test_a_question_that_is_delegated_goes_back_with_what_was_advised_and_is_recorded(begin) -> None:
    async with begin() as run:
        await run.to_the_test()
        session = await run.does(QuestionAnswered(2))
        (answer,) = session.answers
        assert (answer.choice, answer.by) == (1, Decider.DELEGATED)
        assert answer.text == "You decide, and say what you chose. You would take: Keep it"
        assert [(one.by, one.text) for one in session.ledger] == [(Decider.DELEGATED, "Keep it")]


class Waits(Author):
    """Asks before the cases whether the task can begin at all."""

    def __call__(self, request: Request):
        rows = (Option("I settle it first", "nothing is drafted", waits=True), Option("It is settled"))
        asks = Question("open", "The way is to be decided.", options=rows, trigger=Trigger.UNCLEAR, advised=0)
        return Ask(asks) if request.purpose is Purpose.CASES and not request.answers else super().__call__(request)


async def to_what_waits(run) -> Session:
    run.world.suggester.answer = Waits()
    await run.does(OPENED)
    await run.until(lambda s: s.standing is not None)
    await run.does(Understood())
    return await run.until(lambda s: s.question)


@pytest.mark.parametrize("choice", [0, 2])
async def test_an_option_after_which_the_task_waits_begins_nothing_also_where_it_is_delegated(begin, choice) -> None:
    async with begin() as run:
        await to_what_waits(run)
        session = await run.does(QuestionAnswered(choice))
        assert (session.phase, session.cases, session.understood) == (Phase.UNDERSTAND, (), False)
        assert session.notice.startswith("Stopped here") and session.answers == ()
        await run.does(Understood())
        session = await run.until(lambda s: s.question)
        session = await run.does(QuestionAnswered(1))
        assert (await run.until(lambda s: s.cases)).phase is Phase.CASES


@pytest.mark.parametrize("said", [1, "you decide"])
async def test_an_answers_file_that_lets_the_task_wait_ends_the_run(begin, said) -> None:
    async with begin() as run:
        run.world.suggester.answer = Waits()
        run.loop.cancel()
        run.engine.post(OPENED)
        answers = replace(YES, questions=(("open", said),))
        async with asyncio.timeout(10):
            assert await drive(run.engine, answers, lambda _: None) is Exit.WAITING
        assert run.session.phase is Phase.UNDERSTAND


async def test_a_question_put_off_is_told_to_who_asked_and_asked_again_once_before_the_record(begin) -> None:
    async with begin() as run:
        await run.to_the_test()
        session = await run.does(QuestionAnswered(3))
        assert session.question is None and len(session.deferred) == 1 and session.answers == ()
        assert "assume no answer" in run.world.author.heard[-1].decided[-1].text
        session = await run.to_the_end_of_the_cases()
        assert at_hand(session).question.topic == "whitespace" and session.phase is Phase.RECORD
        session = await run.does(QuestionAnswered(3))
        assert len(session.deferred) == 1 and session.question is None
        session = await run.until(lambda s: s.cycle and s.cycle.stage is Stage.REVIEWING)
        assert session.cycle.purpose is Purpose.RECORD


@pytest.mark.parametrize(("said", "case"), [(0, "Trim it"), (-1, "Refuse it")])
async def test_an_answer_given_at_the_record_asks_for_a_case_or_a_reason(begin, said, case) -> None:
    async with begin() as run:
        await run.to_the_test()
        await run.does(QuestionAnswered(3))
        await run.to_the_end_of_the_cases()
        run.engine.post(QuestionAnswered(said, "" if said == 0 else case))
        session = await run.until(lambda s: s.question and s.question.question.topic == "contract")
        said_of = f"The checklist asks for answer 1: “{case}” was answered after every case was settled."
        assert said_of in session.question.question.considered
        assert not lit(session)[0].lit
        await run.does(CaseBound("C1", (1,), ("answer 1",)))
        session = await run.until(lambda s: s.cycle and s.cycle.review)
        assert session.cycle.purpose is Purpose.RECORD and lit(session)[0].lit


def test_an_answer_at_the_record_that_is_what_was_built_opens_nothing() -> None:
    rows = ((Choice.ANSWER, "As the task: at most 100", ""), (Choice.STAY, "The documents first", "Nothing is begun."))
    asked = replace(service(), choices=(), question=replace(card(Card.GUIDANCE, "They differ.", rows).question))
    asked = replace(
        asked, choices=tuple(row[0] for row in rows), question=replace(asked.question, trigger=Trigger.UNCLEAR)
    )
    session = replace(raising.raised(understanding(), (asked,)), phase=Phase.RECORD)
    off = raising.due(raising.put_off(session))
    assert off is not None and off.question is not None
    assert off.question.question.options[1].consequence == "Nothing is decided, and what is written stays."
    assert ledger.mark(off.question, TASK.id) == ledger.mark(asked, TASK.id)
    assert step(off, QuestionAnswered(0))[0].contract.asked == ()


def blocked() -> OpenQuestion:
    rows = ((Choice.PROCEED, "Go on all the same", ""), (Choice.STAY, "Stop here", "Nothing is begun."))
    asked = card(Card.DEPENDENCIES, "It is blocked.", rows)
    return replace(asked, question=replace(asked.question, trigger=Trigger.BLOCKED))


def test_own_words_lift_no_block_neither_now_nor_from_the_ledger() -> None:
    session = raising.raised(understanding(), (blocked(),))
    after, effects = step(session, QuestionAnswered(-1, "We share by a read-only link"))
    assert after.question == session.question and not effects and after.ledger == () and after.answers == ()
    assert after.notice == "Your words alone lift no block: pick an option."
    asked = raising.guided(blocked(), TASK.id)
    known = raising.raised(understanding(of_ledger(asked, -1, "We share by a link")), (blocked(),))
    assert guided.recalled(known) is None
    agreed = raising.raised(understanding(of_ledger(asked, 0, "Go on all the same")), (blocked(),))
    assert guided.recalled(agreed) is not None


async def test_a_question_put_off_is_shown_on_wish_and_its_answer_leaves_the_review_where_it_is(begin) -> None:
    async with begin() as run:
        await run.to_the_test()
        before = await run.does(QuestionAnswered(3))
        session = await run.does(QuestionTurned("whitespace"))
        assert at_hand(session).question.topic == "whitespace" and session.deferred == ()
        session = await run.does(QuestionAnswered(0))
        assert session.question is None and session.cycle.review == before.cycle.review
        assert [answer.text for answer in session.answers] == ["Trim it"]


async def test_the_drafter_s_way_of_asking_again_puts_a_question_off_no_further(begin) -> None:
    class Insists(Curious):
        def __call__(self, request: Request):
            return Ask(BLANK) if request.purpose is Purpose.TEST else super().__call__(request)

    async with begin() as run:
        run.world.suggester.answer = Insists()
        await run.to_the_test()
        session = await run.does(QuestionAnswered(3))
        assert at_hand(session).question.topic == "whitespace" and session.deferred == ()
        assert "cannot go on" in session.notice


def service(choice: Choice = Choice.PROCEED) -> OpenQuestion:
    rows = ((choice, "Go on with it", "Recorded as a deviation."), (Choice.RETRY, "Use the one there", "It is told."))
    asked = card(Card.GUIDANCE, "src/mail.ts is a new service.", rows, cites=("@common#K1",), considered="src/post.ts")
    return replace(asked, question=replace(asked.question, topic="new service", trigger=Trigger.SHARED))


def understanding(*entries: Remembered) -> Session:
    return Session(project=PROJECT, task_id=TASK.id, ledger=entries)


def of_ledger(asked: OpenQuestion, choice: int, text: str, **more: object) -> Remembered:
    mark = ledger.mark(asked, TASK.id)
    entry = Remembered(asked.question.topic, mark, asked.question.issue, choice, text, TASK.id, at=86_400.0)
    return replace(entry, **more)  # type: ignore[arg-type]


def through_the_gate(session: Session) -> Session:
    return step(session, Resumed("fake", ledger=session.ledger))[0]


@pytest.mark.parametrize(
    ("entry", "known"),
    [
        (of_ledger(service(), 0, "Go on with it"), True),
        (of_ledger(service(), 0, "Go on with it", task="BE-S1-002"), False),
        (of_ledger(service(), 0, "Go on with it", task="BE-S1-002", scope=Scope.PROJECT), True),
        (of_ledger(service(), 0, "Go on", task="BE-S1-002", scope=Scope.SPRINT, sprint=TASK.file), True),
        (of_ledger(service(), 0, "Go on", task="BE-S1-002", scope=Scope.SPRINT, sprint="tasks/sprints/2"), False),
        (of_ledger(service(), 0, "Go on with it", mark="other"), False),
        (of_ledger(service(), 0, "Go on with it", topic="other"), False),
    ],
)
def test_an_answer_reaches_as_far_as_its_scope(entry: Remembered, known: bool) -> None:
    asked = raising.guided(service(), TASK.id)
    assert (ledger.known(understanding(entry), asked) == entry) is known


def test_the_answer_that_reaches_least_far_and_is_newest_counts() -> None:
    asked = raising.guided(service(), TASK.id)
    wide = of_ledger(service(), 0, "wide", scope=Scope.PROJECT)
    old, new = of_ledger(service(), 0, "old"), of_ledger(service(), 1, "new")
    assert ledger.known(understanding(old, new, wide), asked) == new


def test_a_detector_s_question_is_answered_by_the_ledger_as_by_the_person() -> None:
    session = raising.raised(understanding(of_ledger(service(), 0, "Go on with it")), (service(),))
    session, _ = step(session, QuestionTurned("nothing"))
    assert session.question is None
    assert [(waiver.what, waiver.reason[:13]) for waiver in session.waivers] == [
        ("deviation new service", "Go on with it")
    ]
    assert session.notice.count("1970-01-02") == 1


def test_a_deviation_that_was_agreed_to_is_not_put_again_for_the_task_and_a_refusal_is() -> None:
    agreed, _ = step(raising.raised(understanding(), (service(),)), QuestionAnswered(0))
    assert raising.raised(agreed, (service(),)).question is None
    refused, _ = step(raising.raised(understanding(), (service(),)), QuestionAnswered(1))
    assert raising.raised(refused, (service(),)).question is not None


def test_a_question_whose_facts_changed_is_put_again() -> None:
    agreed, _ = step(raising.raised(understanding(), (service(),)), QuestionAnswered(0))
    asked = service()
    other = replace(asked, question=replace(asked.question, considered="src/letter.ts"))
    assert raising.raised(agreed, (other,)).question is not None


def test_a_step_of_the_loop_is_neither_remembered_nor_delegated() -> None:
    asked = card(Card.VACUOUS, "It passed at once.", ((Choice.STAY, "Stop", ""),), about="C1")
    session = raising.raised(understanding(), (asked,))
    assert session.question == replace(asked, number=1)
    assert step(session, QuestionAnswered(0))[0].ledger == ()


def test_the_scope_of_an_answer_is_kept_with_it() -> None:
    session = raising.raised(understanding(), (service(),))
    session, _ = step(session, QuestionAnswered(0, scope=Scope.PROJECT))
    (entry,) = session.ledger
    assert (entry.scope, entry.cites, entry.sprint) == (Scope.PROJECT, ("@common#K1",), TASK.file)
    assert session.answers[0].scope is Scope.PROJECT


def test_a_decision_taken_back_between_two_starts_is_no_answer_of_the_session_any_more() -> None:
    session, _ = step(raising.raised(understanding(), (service(),)), QuestionAnswered(0))
    assert through_the_gate(session).answers == session.answers
    assert step(session, Resumed("fake", ledger=()))[0].answers == ()
    assert step(session, Resumed("fake"))[0].answers == session.answers


def test_stopping_decides_nothing_for_another_time() -> None:
    session = raising.raised(understanding(), (service(Choice.STAY),))
    session, _ = step(session, QuestionAnswered(0))
    assert session.ledger == () and session.question is None


def test_a_question_put_off_stays_off_while_its_detector_finds_it_again() -> None:
    session, _ = step(raising.raised(understanding(), (service(),)), QuestionAnswered(3 - 0))
    assert [asked.question.topic for asked in session.deferred] == ["new service"]
    assert raising.raised(session, (service(),)).question is None


WHOLE = raising.guided(service(), TASK.id)
WRITTEN: dict[str, tuple[dict[str, int | str], QuestionAnswered | None]] = {
    "by its number": ({"new service": 2}, QuestionAnswered(1)),
    "one of ours by its number": ({"new service": 3}, QuestionAnswered(2)),
    "delegated": ({"*": "You decide."}, QuestionAnswered(2)),
    "put off": ({"*": "not now"}, QuestionAnswered(3)),
    "in words": ({"*": "write it to src/post.ts"}, QuestionAnswered(-1, "write it to src/post.ts")),
    "for the project": ({"*@project": 1}, QuestionAnswered(0, scope=Scope.PROJECT)),
    "delegated for the sprint": ({"*@sprint": "you decide"}, QuestionAnswered(2, scope=Scope.SPRINT)),
    "the nearest name first": ({"*": 2, "new service@project": 1}, QuestionAnswered(0, scope=Scope.PROJECT)),
    "nothing": ({"other": 1}, None),
}


@pytest.mark.parametrize(("written", "deed"), WRITTEN.values(), ids=WRITTEN)
def test_guidance_is_given_by_what_was_written_beforehand(written, deed: QuestionAnswered | None) -> None:
    session = raising.raised(understanding(), (service(),))
    assert to_question(session, at_hand(session), tuple(written.items())) == deed


def test_what_was_written_beforehand_does_not_answer_the_same_question_twice_but_another_one() -> None:
    refused, _ = step(raising.raised(understanding(), (service(),)), QuestionAnswered(1))
    again = raising.raised(refused, (service(),))
    assert to_question(again, at_hand(again), (("*", 1),)) is None
    other = replace(service(), question=replace(WHOLE.question, considered="other"))
    again = raising.raised(refused, (other,))
    assert to_question(again, at_hand(again), (("*", 1),)) == QuestionAnswered(0)


async def test_a_model_is_told_what_is_decided_and_what_is_put_off_and_no_secret_of_it(begin) -> None:
    async with begin(questions=(BLANK, LENGTH)) as run:
        await run.to_the_test()
        await run.does(QuestionAnswered(0, scope=Scope.PROJECT), QuestionAnswered(3))
        request = run.world.author.heard[-1]
        (off,) = request.decided
        wide = replace(off, topic="retries", issue="May sk-live-abcdefghijklmnop1234 be kept?", text="No, never.")
        form = next(asked.answers(Veil().request(replace(request, decided=(off, wide)))))
        assert "What your partner has answered" in form.text and "Trim it" in form.text
        assert "Decided before, so do not ask" in form.text and "How long may a note be?" in form.text
        assert "Not now: go on" in form.text and "No, never." in form.text and "sk-live-abcdef" not in form.text


async def test_an_answer_for_the_project_is_told_to_a_later_task_before_anything_is_asked(begin) -> None:
    async with begin() as run:
        await run.to_the_test()
        session = await run.does(QuestionAnswered(0, scope=Scope.PROJECT))
        other = replace(session, task_id="BE-S1-002", answers=())
        assert [(one.text, one.by) for one in ledger.standing(other)] == [("Trim it", Decider.LEDGER)]
        narrow = replace(other, ledger=tuple(replace(one, scope=Scope.TASK) for one in other.ledger))
        assert ledger.standing(narrow) == ()


def test_taking_a_write_back_takes_no_decision_back() -> None:
    before = understanding()
    decided = (of_ledger(service(), 0, "Go on with it"),)
    receipt = Receipt("r1", (Written("a.ts", "", "1"),))
    writing = replace(before, ledger=decided, undo=Back(before, (receipt,)), pending=Undo((receipt,)), ticket=3)
    assert step(writing, Undone(3, (receipt,)))[0].ledger == decided
