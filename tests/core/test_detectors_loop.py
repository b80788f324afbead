"""How a finding of our detectors goes through the loop: asked in its place, answered, and not asked again."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import WholeFile
from beai.core.loop.events.deeds import QuestionAnswered, ReviewClosed, Understood
from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Choice, Phase, Session, Stage, Waiver
from beai.core.loop.step import step
from beai.core.project.facts import Document, RuleFile, Section
from beai.core.record.waived import Waived
from beai.core.runner.report import Report, RunKind
from beai.core.suggest.exchange import ProposeEdits, Purpose, Request
from tests.core.test_engine import accept_all, begin, to_first_test
from tests.core.worlds import CODE_FILE, PROJECT, TASK, Author, World

__all__ = ["begin"]
DESIGN = "- **Kind**: query, public.\n- **Input**: `{ text: string }`; at most 20 characters.\n"
SAYS = "`notes.add`, a protected mutation. Input: `text` (string, at most 80 characters). See section 2.1."
PROPOSAL = Document(
    "tasks/proposals/technical_design_proposal_notes.md", "Notes", (Section("2.1 `notes.add`", 3, DESIGN, 9),)
)
TORN = replace(TASK, description=SAYS, text=SAYS)
STANDING = Report(1, RunKind.CONFIRMED, ())


def before(rules: tuple[RuleFile, ...] = ()) -> Session:
    """A session that is about to leave UNDERSTAND, of a task that contradicts its design three times."""
    project = replace(PROJECT, tasks=(TORN,), proposals=(PROPOSAL,), rules=rules)
    return Session(project=project, task_id=TASK.id, standing=STANDING)


def go(session: Session, *events: object) -> Session:
    for event in events:
        session, _ = step(session, event)  # type: ignore[arg-type]
    return session


def pick(session: Session, choice: Choice, words: str = "") -> QuestionAnswered:
    assert session.question is not None
    return QuestionAnswered(session.question.choices.index(choice), words)


def open_now(session: Session) -> list[str]:
    at_hand = (session.question,) if session.question else ()
    return [one.question.topic for one in (*at_hand, *session.waiting)]


def test_every_finding_stands_on_one_page_and_the_cases_come_after_the_last_answer() -> None:
    session = go(before(), Understood())
    topics = ["design:notes.add:kind", "design:notes.add:access", "design:notes.add:input:text:bounds"]
    assert open_now(session) == topics and session.phase is Phase.UNDERSTAND
    session = go(session, QuestionAnswered(1), QuestionAnswered(0))
    assert open_now(session) == topics[2:]
    session = go(session, QuestionAnswered(1))
    assert session.phase is Phase.CASES and open_now(session) == []
    told = {answer.topic: answer.text for answer in session.pending.answers}
    assert told[topics[2]] == "As the proposal: at most 20 characters" and told[topics[1]].startswith("As the task")


def test_to_stop_settles_nothing_and_it_is_asked_again() -> None:
    session = go(before(), Understood(), QuestionAnswered(1), QuestionAnswered(1))
    session = go(session, pick(session, Choice.STAY))
    assert session.phase is Phase.UNDERSTAND and not session.understood and open_now(session) == []
    assert open_now(go(session, Understood())) == ["design:notes.add:input:text:bounds"]


def test_words_of_the_persons_own_are_an_answer() -> None:
    session = go(before(), Understood(), *[QuestionAnswered(-1, "Forty characters, says Ada.")] * 3)
    assert session.phase is Phase.CASES
    assert "Forty characters, says Ada." in [answer.text for answer in session.pending.answers]


def test_rules_in_force_that_cannot_both_be_kept_are_asked_about() -> None:
    one = RuleFile(".cursor/rules/a.mdc", "a", always=True, text="# A\n\nUse Vitest.\n", head="---\n---\n")
    other = RuleFile(".cursor/rules/b.mdc", "b", always=True, text="# B\n\nAlways use Jest.\n")
    session = go(before((one, other)), Understood())
    asked = {one.question.topic: one for one in (session.question, *session.waiting)}
    question = asked["rules:b:a:the test runner"].question
    assert question.considered == ".cursor/rules/b.mdc:3 says “use Jest”.\n.cursor/rules/a.mdc:5 says “Use Vitest”."
    apart = replace(other, always=False, globs=("web/**",))
    assert not any("rules" in topic for topic in open_now(go(before((one, apart)), Understood())))


class Serving(Author):
    """A suggester that puts the code into a new service, until it hears otherwise."""

    def __call__(self, request: Request):
        reply = super().__call__(request)
        if request.purpose is not Purpose.CODE or any("service" in one.said for one in request.feedback):
            return reply
        return ProposeEdits((WholeFile("src/service.ts", "export function keepNotes() {}\n"), *reply.edits))


async def asked_in_review(run) -> OpenQuestion:
    for event in accept_all(await to_first_test(run)):
        run.engine.post(event)
    session = await run.until(lambda s: s.question is not None)
    assert session.question.question.topic == "shared:src/service.ts"
    assert session.cycle.stage is Stage.REVIEWING
    return session.question


async def test_a_new_service_cannot_be_written_before_it_is_decided_on_and_is_kept_as_a_deviation(begin):
    run = begin(World(author=Serving()))
    asked = await asked_in_review(run)
    session = await run.post(*accept_all(run.engine.session))
    assert session.cycle.stage is Stage.REVIEWING and session.question == asked
    session = await run.post(pick(session, Choice.PROCEED, "agreed with Ada"))
    assert session.question is None and session.cycle.stage is Stage.REVIEWING
    assert Waiver(Waived.DEVIATION, "agreed with Ada", ("shared:src/service.ts",)) in session.waivers
    await run.post(*accept_all(session)[:-1])
    run.engine.post(ReviewClosed())
    await run.until(lambda s: s.phase is Phase.REFACTOR)
    assert "src/service.ts" in run.world.files
    await run.close()


async def test_who_suggested_it_hears_why_it_was_turned_down(begin):
    run = begin(World(author=Serving()))
    await asked_in_review(run)
    run.engine.post(pick(run.engine.session, Choice.RETRY))
    session = await run.until(lambda s: s.question is None and s.cycle.stage is Stage.REVIEWING)
    assert [file.path for file in session.cycle.review.change.files] == [CODE_FILE]
    heard = run.world.author.asked[-1].feedback[-1].said
    assert heard.startswith("src/service.ts would be new and exports `keepNotes`") and "Turn it down" in heard
    await run.close()


class Helpless(Author):
    """Code that never does what the test wants."""

    def __call__(self, request: Request):
        reply = super().__call__(request)
        if request.purpose is not Purpose.CODE:
            return reply
        text = (request.source(CODE_FILE) or "") + f"// nothing {len(request.feedback)}\n"
        return ProposeEdits((WholeFile(CODE_FILE, text),))


async def test_the_third_failed_attempt_brings_what_the_debug_procedure_found(begin):
    run = begin(World(author=Helpless()))
    session = await to_first_test(run)
    for event in accept_all(session):
        run.engine.post(event)
    for attempt in range(1, 4):
        session = await run.until(
            lambda s, attempt=attempt: (
                s.phase is Phase.GREEN and s.cycle.attempt == attempt and s.cycle.stage is Stage.REVIEWING
            )
        )
        await run.post(*accept_all(session)[:-1])
        run.engine.post(ReviewClosed())
    session = await run.until(lambda s: s.question is not None)
    found = session.question.question.considered.split("\n")
    assert all(found[n - 1].startswith(f"Attempt {n} changed {CODE_FILE}:") for n in (1, 2, 3))
    text = "\n".join(found)
    assert "Evidence: AssertionError: expected wordC1" in text
    assert "Hypothesis: test and code mean different things by the case; its criterion (“adds a note”) decides." in text
    assert "Isolated: the failure is the same each time" in text and "it falls alone" in text
    assert "Left: the failing test was not yet run alone" in text
    assert "@debug_procedures#D6" in session.question.question.cites
    await run.close()
