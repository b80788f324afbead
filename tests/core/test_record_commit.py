"""The commit message: composed from facts, checked when a person edited it."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.edits.change import Receipt, Written
from beai.core.project.facts import Task
from beai.core.record.commit import carries, case_words, check, commit_type, compose
from beai.core.record.trailers import How, Red, Trailers, lines
from beai.core.record.writes import steps
from beai.core.suggest.exchange import CaseIdea, CaseKind

ROUTER = "src/server/api/routers/wishlist.ts"
TEST = "src/server/api/routers/__tests__/wishlist.test.ts"
CASES = (
    ("C1", CaseIdea("adds once", CaseKind.HAPPY)),
    ("C2", CaseIdea("rejects a product that is on the wishlist already with the code CONFLICT", CaseKind.ERROR)),
)
TOLD = Trailers(
    "BE-S3-001",
    ("C1", "C2"),
    (Red("C1", "9f86d081884c"), Red("C2", "60303ae22b99", How.BROKEN)),
    "4e1243bd22c6",
    "t-1",
)
NONE = Trailers("BE-S3-001")


def task(title: str = "Add a product", description: str = "", task_id: str = "BE-S3-001") -> Task:
    return Task(task_id, title, "tasks/be_tasks.md", description=description)


def test_the_message_names_procedure_cases_and_evidence() -> None:
    made = compose(task(description="Implement `wishlist.addItem`."), CASES, (ROUTER, TEST), told=TOLD)
    assert made == (
        "feat(wishlist): add wishlist.addItem\n\n"
        "- C1 adds once\n"
        "- C2 rejects a product that is on the wishlist already with the code\n"
        "  CONFLICT\n\n"
        "Task: BE-S3-001\nCases: C1 C2\nRed: C1=9f86d081884c C2~60303ae22b99\nGreen: 4e1243bd22c6\nBeai-Session: t-1\n"
    )


def test_git_reads_the_last_lines_as_trailers() -> None:
    made = compose(task(), CASES, (ROUTER,), told=TOLD)
    command = ["git", "interpret-trailers", "--parse"]
    read = subprocess.run(command, input=made, capture_output=True, text=True, check=True, timeout=10).stdout
    assert tuple(read.splitlines()) == lines(TOLD)


@pytest.mark.parametrize(
    ("title", "paths", "subject"),
    [
        ("Fix the total of an order.", (ROUTER,), "fix(wishlist): fix the total of an order"),
        ("Refactor wishlist queries", (ROUTER,), "refactor(wishlist): refactor wishlist queries"),
        ("Wishlist conventions", ("docs/technical.md",), "docs: describe Wishlist conventions"),
        ("Cover the order router", ("test/order.test.ts",), "test(order): cover the order router"),
        ("Share", ("src/routers/habit.router.ts",), "feat(habit): add Share"),
        ("Share", ("src/routers/tasks-router.ts",), "feat(tasks): add Share"),
        ("Share", ("src/server/api/root.ts",), "feat: add Share"),
        ("`post.ts` needs `ctx.db`; `post.byId`", ("src/routers/x.ts",), "feat(post): add post.byId"),
        ("", (), "feat: add BE-S3-001"),
    ],
)
def test_type_scope_and_words_follow_task_and_paths(title: str, paths: tuple[str, ...], subject: str) -> None:
    assert compose(task(title), (), paths, told=NONE).splitlines()[0] == subject


def test_a_subject_that_is_cut_does_not_end_in_a_word_that_leads_on() -> None:
    title = "Reject a caller that comes here without any session with UNAUTHORIZED"
    subject = compose(task(title), (), (ROUTER,), told=NONE).splitlines()[0]
    assert subject == "feat(wishlist): reject a caller that comes here without any session"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "A note that is too long is rejected with `BAD_REQUEST`, and nothing is updated.",
            "let setNote reject a note",
        ),
        ("Sets the note and returns it.", "let setNote set the note and returns it"),
        ("rejects a caller with no session", "let setNote reject a caller"),
        ("An odd one", "add setNote, an odd one"),
    ],
)
def test_the_subject_of_a_case_is_a_sentence_in_the_imperative(words: str, said: str) -> None:
    named = task(description="Implement `wishlist.setNote`.")
    assert case_words(named, CaseIdea(words, CaseKind.EDGE), "feat").startswith(said)


def test_a_kind_that_is_given_overrules_the_guess() -> None:
    assert compose(task("Fix it"), (), (ROUTER,), told=NONE, kind="chore").startswith("chore(wishlist): ")


def test_tests_beside_documents_are_still_tests() -> None:
    assert commit_type(task(), (TEST, "tasks/be_tasks.md")) == "test"


@given(st.text(max_size=200), st.text(max_size=300), st.text(min_size=1, max_size=30))
def test_any_task_gives_a_message_that_its_own_check_passes(title: str, description: str, case: str) -> None:
    made = compose(task(title, description), (("C1", CaseIdea(case, CaseKind.EDGE)),), (ROUTER,), told=TOLD)
    assert check(made, "BE-S3-001", "t-1") == ()
    assert carries(made, "t-1")
    assert made.count("\nTask: ") == 1


GOOD = "feat(wishlist): add wishlist.addItem\n\nwords\n\nTask: BE-1\nBeai-Session: t-1\n"


@pytest.mark.parametrize(
    ("message", "finding"),
    [
        ("", "no subject"),
        (GOOD.replace("feat", "feature"), "'feature' is no commit type"),
        (GOOD.replace("feat(wishlist): ", ""), "must read 'type(scope): words'"),
        (GOOD.replace("feat(wishlist):", "feat(wishlist):  "), "must read"),
        (GOOD.replace("addItem\n", "addItem.\n"), "full stop"),
        (GOOD.replace("addItem\n", f"addItem {'x' * 40}\n"), "72 is the most"),
        (GOOD.replace("\n\nwords", "\nwords"), "second line must be blank"),
        (GOOD.replace("words", "w" * 101), "Line 3 is longer"),
        (GOOD.replace("Task: BE-1\n", ""), "'Task: BE-1' is missing"),
        (GOOD.replace("Beai-Session: t-1\n", ""), "'Beai-Session: t-1' is missing"),
        (GOOD + "\na paragraph after them\n", "'Task: BE-1' is missing"),
    ],
)
def test_what_is_wrong_is_said(message: str, finding: str) -> None:
    assert any(finding in sentence for sentence in check(message, "BE-1", "t-1")), check(message, "BE-1", "t-1")


@pytest.mark.parametrize(
    "message", [GOOD, GOOD.replace("):", ")!:"), GOOD.replace("words", "https://x.org/" + "y" * 99)]
)
def test_a_good_message_has_no_findings(message: str) -> None:
    assert check(message, "BE-1", "t-1") == ()


def test_a_token_is_found_as_a_whole_trailer_only() -> None:
    assert not carries("feat: x\n\nBeai-Session: t-12\n", "t-1")
    assert not carries("feat: x\n", "")


def receipt(path: str, before: str, after: str) -> Receipt:
    return Receipt("r", (Written(path, before, after),))


def test_contiguous_writes_are_one_step_and_gaps_stay_gaps() -> None:
    wrote = [receipt("a", "1", "2"), receipt("b", "", "x"), receipt("a", "2", "3"), receipt("a", "theirs", "4")]
    assert steps(wrote) == {"a": (Written("a", "1", "3"), Written("a", "theirs", "4")), "b": (Written("b", "", "x"),)}


def test_what_was_put_back_is_no_step() -> None:
    assert steps([receipt("a", "1", "2"), receipt("a", "2", "1")]) == {}
    assert steps([receipt("a", "1", "2"), receipt("a", "2", "1"), receipt("a", "1", "3")]) == {
        "a": (Written("a", "1", "3"),)
    }
