"""The drafter asks what is open, drafts what is settled, and never sends the same thing twice in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.edits.change import Decision, Hunk, Verdict
from beai.core.project.syntax import parse
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.drafter import draft
from beai.core.suggest.exchange import (
    Answer,
    Ask,
    BeyondMe,
    CaseIdea,
    CaseKind,
    Feedback,
    HunkFeedback,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
)
from tests.core.drafting import Library


def task(description: str, *criteria: str) -> Library:
    listed = "\n".join(f"  - {text}" for text in criteria)
    return Library(f"- **Description**: {description}\n- **Status**: Open\n- **Acceptance Criteria**:\n{listed}\n")


def take() -> Library:
    return task(
        "`loans.take` is a protected mutation that creates a `Loan` for the session user. "
        "Input: `bookId` (integer) and `remark` (optional string, at most 40 characters).",
        "creates the loan and returns its `id` and `bookId`",
        "a book that does not exist is rejected with `NOT_FOUND` (`P2003`)",
        "a caller with no session is rejected with `UNAUTHORIZED`",
    )


def asked(library: Library) -> Ask:
    reply = library.cases()
    assert isinstance(reply, Ask), reply
    assert "LIB-1" in reply.question.cites
    assert 2 <= len(reply.question.options) <= 4
    return reply


def test_a_limit_that_no_criterion_covers_becomes_a_case() -> None:
    texts = [case.text for case in take().proposed()]
    assert texts == [
        "creates the loan for the session user",
        "rejects an unknown book with NOT_FOUND",
        "rejects a caller with no session with UNAUTHORIZED",
        "rejects a remark of 41 characters with BAD_REQUEST",
    ]


def test_a_library_written_in_its_own_style_is_continued_in_it() -> None:
    library = take()
    library.complete()
    router, tests = library.files["src/routers/loans.ts"], library.files["test/loans.test.ts"]
    assert "prisma.loan.create({" in router
    assert "readerId: ctx.user.id" in router
    assert "remark: z.string().max(40).optional()" in router
    assert 'import { Prisma } from "@prisma/client";' in router
    assert "select: { id: true, bookId: true }" in router
    assert "throw new TRPCError({" in router and "message" not in router
    assert 'test("C1 creates the loan for the session user"' in tests
    assert "vi.mocked(prisma.loan.create).mockResolvedValue({" in tests
    assert 'appRouter.createCaller({ user: { id: "reader7" } })' in tests
    assert "expect(prisma.loan.create).toHaveBeenCalledWith(" in tests
    assert parse(router).broken() is None and parse(tests).broken() is None


def test_a_typed_mock_gets_the_whole_row() -> None:
    library = take()
    library.write(library.say(Purpose.TEST, 1))
    tests = library.files["test/loans.test.ts"]
    assert all(f"{name}:" in tests for name in ("readerId", "bookId", "remark", "takenAt"))


def test_code_does_no_more_than_the_cases_so_far() -> None:
    library = take()
    library.write(library.say(Purpose.CODE, 1))
    first = library.files["src/routers/loans.ts"]
    library.write(library.say(Purpose.CODE, 2))
    second = library.files["src/routers/loans.ts"]
    assert "catch" not in first and "max(40)" not in first
    assert "P2003" in second and "max(40)" not in second


def test_the_builders_refusal_needs_no_code() -> None:
    library = take()
    library.write(library.say(Purpose.CODE, 1))
    assert isinstance(library.say(Purpose.CODE, 3), NothingToDo)


def test_a_new_router_is_written_like_its_siblings_and_mounted() -> None:
    library = task(
        "`readers.register` is a public mutation that creates a `Reader`. Input: `email` (string).",
        "creates the reader and returns its `id`",
        "an email that exists already is rejected with `CONFLICT`",
    )
    library.complete()
    assert "readers: readersRouter" in library.files["src/root.ts"]
    assert 'import { readersRouter } from "./routers/readers";' in library.files["src/root.ts"]
    assert library.files["src/routers/readers.ts"].startswith("import ")
    assert 'vi.mock("../src/client"' in library.files["test/readers.test.ts"]
    assert "beforeEach" in library.files["test/readers.test.ts"]
    assert parse(library.files["test/readers.test.ts"]).broken() is None


@pytest.mark.parametrize(
    ("description", "criteria", "topic"),
    [
        ("`loans.give` is a protected mutation that deletes a `Loan`.", ("deletes it",), "foreign-row"),
        ("`books.rename` is a public mutation that updates `name` of a `Book`.", ("sets `name`",), "fields"),
        (
            "`books.rename` is a public mutation that updates a `Book`. Input: `id` (integer), `subtitle` (string).",
            ("updates it",),
            "schema:Book.subtitle",
        ),
        ("`books.byIsbn` returns one `Book`. Input: `isbn` (string).", ("returns it",), "access"),
        (
            "`books.add` is a public mutation that creates a `Book`. Input: `title`, `isbn`.",
            ("creates it",),
            "field:shelf",
        ),
        (
            "`books.page` is a public query that lists `Book` rows with cursor pagination.",
            ("lists books",),
            "order",
        ),
        ("`desk.note` is a protected mutation that creates a row.", ("creates it",), "model"),
        ("`desk.mend` is a protected mutation on a `Loan` or a `Book` that updates it.", ("updates it",), "model"),
        ("`loans.share` lets others see a `Loan`. How is to be decided.", ("shares",), "open-question"),
        ("Let readers keep a list.", ("keeps it",), "procedure"),
        (
            "`books.byIsbn` is a public query that returns one `Book`. Input: `isbn` (string).",
            ("returns the book", "borrowers smile"),
            "criterion:2",
        ),
    ],
)
def test_what_is_open_is_asked_and_never_twice(description: str, criteria: tuple[str, ...], topic: str) -> None:
    library = task(description, *criteria)
    question = asked(library).question
    assert question.topic == topic
    for choice, option in enumerate(question.options):
        library.answers = (Answer(topic, choice, option.label),)
        again = library.cases()
        assert not isinstance(again, Ask) or again.question.topic != topic
    library.answers = (Answer(topic, -1, "as you like"),)
    free = library.cases()
    assert not isinstance(free, Ask) or free.question.topic != topic


def test_what_says_that_nothing_is_drafted_lets_the_task_wait() -> None:
    open_one = task("`loans.share` lets others see a `Loan`. How is to be decided.", "shares")
    assert [option.waits for option in asked(open_one).question.options] == [True, True]


@pytest.mark.parametrize(
    "description",
    [
        "`books.figures` is a public query that returns the average number of `pages` of a `Book`.",
        "`loans.remind` is a protected mutation that sends an e-mail for a `Loan`.",
        "`loans.pay` is a protected mutation that starts a payment for a `Loan`.",
        "`books.weigh` is a public mutation that updates a `Book`. Input: `id` (integer), `weight` (number).",
    ],
)
def test_of_what_is_none_of_its_shapes_only_the_criteria_become_cases(description: str) -> None:
    library = task(description, "an empty one is rejected with `BAD_REQUEST`", "returns it")
    reply = library.cases()
    assert isinstance(reply, ProposeCases)
    assert [case.text for case in reply.cases] == ["returns it", "an empty one is rejected with `BAD_REQUEST`"]
    about = replace(library.request(Purpose.TEST), case_id="C1", case=reply.cases[0], cases=(("C1", reply.cases[0]),))
    declined = draft(about)
    assert isinstance(declined, BeyondMe) and declined.reason in reply.rationale


def rejected(reason: str) -> Feedback:
    hunk = Hunk("h1", "src/routers/loans.ts", 3, (), ("x\n",))
    return Feedback((HunkFeedback(hunk, Decision("h1", Verdict.REJECTED, reason)),))


def test_a_rejection_is_quoted_and_the_same_draft_comes_only_on_request() -> None:
    library = take()
    first = library.say(Purpose.CODE, 1)
    reply = library.say(Purpose.CODE, 1, rejected("use a service"))
    assert isinstance(reply, Ask)
    assert "use a service" in reply.question.issue
    library.answers = (Answer(reply.question.topic, 1, reply.question.options[1].label),)
    assert library.say(Purpose.CODE, 1, rejected("use a service")) == first
    later = library.say(Purpose.CODE, 1, rejected("use a service"), rejected("I said: a service"))
    assert isinstance(later, Ask) and "I said" in later.question.issue


def test_what_became_of_another_one_s_suggestion_says_nothing_of_a_draft() -> None:
    library = take()
    first = library.say(Purpose.CODE, 1)
    theirs = Chosen(Way.MODEL, "cloud/big")
    other = replace(rejected("use a service"), by=theirs)
    assert library.say(Purpose.CODE, 1, other) == first
    assert library.say(Purpose.CODE, 1, Feedback(outcome="still red", by=theirs)) == first
    assert isinstance(library.say(Purpose.CODE, 1, replace(other, by=Chosen()), other), Ask)


def test_a_persons_words_are_not_followed_in_silence() -> None:
    reply = take().say(Purpose.CODE, 1, Feedback(said="put it into a service"))
    assert isinstance(reply, Ask)
    assert "put it into a service" in reply.question.issue


def test_the_draft_is_made_anew_when_that_is_asked_for() -> None:
    library = take()
    again = Feedback(said="Try again.")
    assert library.say(Purpose.CODE, 1, again) == library.say(Purpose.CODE, 1)


def test_a_wrong_run_is_told_with_its_evidence() -> None:
    reply = take().say(Purpose.TEST, 1, Feedback(outcome="failed for a wrong reason: TypeError"))
    assert isinstance(reply, BeyondMe)
    assert "TypeError" in reply.reason


def test_a_case_in_no_known_words_is_asked_about() -> None:
    library = take()
    odd = CaseIdea("feels good to borrow", CaseKind.EDGE)
    request = replace(library.request(Purpose.TEST), case_id="C1", case=odd, cases=(("C1", odd),))
    reply = draft(request)
    assert isinstance(reply, Ask) and reply.question.topic == "case:C1"


def test_a_case_in_the_persons_own_words_is_understood() -> None:
    library = take()
    own = CaseIdea("gives CONFLICT when the loan is there already", CaseKind.ERROR)
    named = (("C1", library.proposed()[0]), ("C2", own))
    reply = draft(replace(library.request(Purpose.TEST), case_id="C2", case=own, cases=named))
    assert isinstance(reply, ProposeEdits)
    library.write(reply)
    assert '"P2002"' in library.files["test/loans.test.ts"]


def test_refactoring_is_never_proposed() -> None:
    assert isinstance(draft(take().request(Purpose.REFACTOR)), NothingToDo)


def test_the_same_request_gives_the_same_reply() -> None:
    library = take()
    assert library.cases() == library.cases()
    assert isinstance(library.cases(), ProposeCases)
