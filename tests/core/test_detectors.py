"""What our detectors ask before cases: silent where plans agree, and to the line where they do not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from beai.core.loop.guidance import detect
from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Choice, Session
from beai.core.project import layout
from beai.core.project.facts import Criterion, Project
from beai.core.suggest.exchange import Trigger
from tests.core.test_project_trees import DictTree

SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
TASKS = "tasks/sprints/sprint_2025-11-17_wishlist/be_tasks.md"
DESIGN = "tasks/proposals/technical_design_proposal_wishlist_2025-11-14.md"
HONEST = ("BE-S3-001", "BE-S3-003", "BE-S3-005", "BE-S3-006")


@cache
def texts() -> dict[str, str]:
    """The demo's files."""
    every = (path for path in SHOP.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    return {path.relative_to(SHOP).as_posix(): path.read_text() for path in every}


def shop(*changes: tuple[str, str, str]) -> Project:
    """The demo, with words of its documents replaced: (file, from, to)."""
    made = dict(texts())
    for path, old, new in changes:
        assert old in made[path], old
        made[path] = made[path].replace(old, new, 1)
    return layout.read(DictTree(made), "shop")


def asked(project: Project, task: str) -> dict[str, OpenQuestion]:
    """What is asked before the cases of ``task``, by topic."""
    found = detect.before_cases(Session(project=project, task_id=task))
    assert len({one.question.topic for one in found}) == len(found)
    return {one.question.topic: one for one in found}


def test_nothing_is_asked_of_tasks_that_agree_with_their_design() -> None:
    project = shop()
    assert {task: [*asked(project, task)] for task in HONEST if asked(project, task)} == {}


def test_a_blocked_task_names_what_it_waits_for_and_which_task_is_ready() -> None:
    found = asked(shop(), "BE-S3-009")["dependencies:BE-S3-009"]
    question = found.question
    assert question.trigger is Trigger.BLOCKED and question.task == "BE-S3-009"
    assert "BE-S3-002 (Open)" in question.issue
    assert "tasks/active_context.md:26" in question.considered and f"{TASKS}:25 BE-S3-002" in question.considered
    assert found.choices[question.advised] is Choice.STAY
    assert "BE-S3-001 is ready" in question.options[question.advised].consequence


CONTRADICTIONS = {
    "bounds": (
        ("`limit` (integer 1 to 50, default 20)", "`limit` (integer 1 to 100, default 20)"),
        "BE-S3-002",
        "design:wishlist.listItems:input:limit:bounds",
        "the task says at most 100, the proposal at most 50",
    ),
    "default": (
        ("`limit` (integer 1 to 50, default 20)", "`limit` (integer 1 to 50, default 10)"),
        "BE-S3-002",
        "design:wishlist.listItems:input:limit:default",
        "the task says 10 unless given, the proposal 20 unless given",
    ),
    "type": (
        ("`rating` (integer 1 to 5)", "`rating` (string)"),
        "BE-S3-004",
        "design:review.update:input:rating:type",
        "the task says String, the proposal Int",
    ),
    "kind": (
        ("a public query that returns one `Review`", "a public mutation that returns one `Review`"),
        "BE-S3-003",
        "design:review.byId:kind",
        "the task says mutation, the proposal query",
    ),
    "access": (
        ("a public query that returns one `Review`", "a protected query that returns one `Review`"),
        "BE-S3-003",
        "design:review.byId:access",
        "the task says signed-in callers, the proposal anyone",
    ),
    "input names": (
        ("Input: `productId` (non-empty string).", "Input: `productId` and `note`, both non-empty strings."),
        "BE-S3-001",
        "input",
        "the task says productId, note, the proposal productId",
    ),
    "error code": (
        ("wishlist is rejected with `CONFLICT` (Prisma `P2002`)", "wishlist is rejected with `BAD_REQUEST` (`P2002`)"),
        "BE-S3-001",
        "design:wishlist.addItem:error:twice",
        "the task says BAD_REQUEST, the proposal CONFLICT",
    ),
    "somebody else's": (
        ("A review of another user is rejected with `FORBIDDEN`", "A review of another user gives `NOT_FOUND`"),
        "BE-S3-004",
        "design:review.update:error:foreign",
        "the task says NOT_FOUND, the proposal FORBIDDEN",
    ),
    "result": (
        ("returns its `id`, `productId` and `createdAt`.", "returns its `id`, `productId` and `userId`."),
        "BE-S3-001",
        "design:wishlist.addItem:result",
        "the task says it returns id, productId, userId, the proposal",
    ),
    "name": (
        ("Implement `wishlist.addItem`, a protected", "Implement `wishlist.add`, a protected"),
        "BE-S3-001",
        "design:wishlist.add:name",
        "the task says `wishlist.add`, the proposal `wishlist.addItem`",
    ),
}


@pytest.mark.parametrize("row", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_task_that_contradicts_its_design_is_asked_about_once_with_both_places(
    row: tuple[tuple[str, str], str, str, str],
) -> None:
    (old, new), task, topic, words = row
    project = shop((TASKS, old, new))
    found = {key: one for key, one in asked(project, task).items() if not key.startswith("dependencies")}
    assert list(found) == [topic]
    question = found[topic].question
    assert words in question.issue
    assert question.trigger is Trigger.CONTRADICTION and question.task == task
    ours, theirs = question.considered.split("\n")
    assert ours.startswith(f"{TASKS}:") and theirs.startswith(f"{DESIGN}:")
    text = texts()[TASKS].replace(old, new, 1)
    assert int(ours.split(":")[1].split(" ")[0]) == text[: text.index(new)].count("\n") + 1
    assert any(DESIGN in cite for cite in question.cites)
    assert [option.label.split(":")[0] for option in question.options] == [
        "As the task",
        "As the proposal",
        "The documents are mended first",
    ]
    assert all(option.consequence for option in question.options)


def disagreed(task: str, *said: str) -> dict[str, OpenQuestion]:
    """What is asked once the section about ``wishlist.addItem`` also says ``said``."""
    last = '`NOT_FOUND` "Product not found." on `P2003` or `P2025`.'
    project = shop((DESIGN, last, "\n".join((last, *said))))
    return {key: one for key, one in asked(project, task).items() if not key.startswith("dependencies")}


def test_a_field_that_the_task_needs_and_the_schema_lacks_is_asked_about_as_the_drafter_would() -> None:
    found = asked(shop(), "BE-S3-008")["schema:WishlistItem.note"]
    assert "which the schema does not have" in found.question.issue
    assert found.question.considered == (
        f"{TASKS}:131 says `WishlistItem.note`; prisma/schema.prisma:69 has id, userId, productId, createdAt."
    )
    assert f"{DESIGN} § 3.2 Proposed" in found.question.cites
    assert found.choices == (Choice.ANSWER, Choice.STAY, Choice.STAY)
    assert found.question.options[found.question.advised].label == "Document the schema change for human migration"


def test_a_missing_field_is_no_work_of_a_task_that_does_not_plan_it() -> None:
    found = disagreed("BE-S3-001", "- **Data**: `WishlistItem.position` (`Int`) keeps the order.")
    question = found["schema:WishlistItem.position"].question
    assert "`WishlistItem.position` (`Int`)" in question.issue
    assert question.options[question.advised].label == "The migration comes first"


DISAGREEMENTS = {
    "a type": (("- `WishlistItem.createdAt` is a `String`.",), "schema:WishlistItem.createdAt", "73", "`DateTime`"),
    "optional": (("- `WishlistItem.productId` (`String?`)",), "schema:WishlistItem.productId", "72", "`String`"),
    "a key": (
        ("- `WishlistItem` keeps `@@unique([productId, createdAt])`.",),
        "schema:WishlistItem@@productId+createdAt",
        "69",
        "no such key",
    ),
    "one field unique": (("`Review.body` is unique.",), "schema:Review.body", "87", "not unique"),
    "a block of Prisma": (
        ("", "```prisma", "model WishlistItem {", "  id Int @id", "  userId String", "}", "```"),
        "schema:WishlistItem.id",
        "70",
        "`String`",
    ),
    "a model": (("- A new model `WishList` holds them.",), "schema:WishList", "", "does not have"),
}


@pytest.mark.parametrize("row", DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_what_the_design_says_of_the_schema_is_held_against_it(row: tuple[tuple[str, ...], str, str, str]) -> None:
    said, topic, line, has = row
    found = disagreed("BE-S3-001", *said)
    assert list(found) == [topic]
    question = found[topic].question
    assert has in question.issue and question.considered.startswith(f"{DESIGN}:")
    assert not line or f"prisma/schema.prisma:{line} has" in question.considered


def test_what_the_schema_has_as_it_is_said_raises_nothing() -> None:
    said = (
        "- `WishlistItem.createdAt` is a `DateTime`; `@@unique([userId, productId])` of `WishlistItem` stays.",
        "- `ctx.db.wishlistItem.create`, `Product.findMany` and `WishlistItem.ts` are no fields.",
        "```prisma",
        "model WishlistItem {",
        "  userId String",
        "  @@unique([productId, userId])",
        "}",
        "```",
    )
    assert disagreed("BE-S3-001", *said) == {}


HOSTILE = {
    "ticks": "`" * 20_000,
    "braces": "Input: `" + "{" * 20_000,
    "open models": "`WishlistItem` gets " * 1_000,
    "articles": "the " * 5_000 + "query",
    "inputs": "Input: " * 3_000,
    "unclosed Prisma": "\n```prisma\nmodel A {\n" * 1_000,
    "lone surrogates": "`Review.\udc80` is a `\udcff`\n" * 500,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_keeps_the_detectors_from_an_answer(text: str) -> None:
    project = shop()
    task = project.task("BE-S3-003")
    assert task is not None
    said = f"Implement `review.byId`, a public query. See TDP section 2.3. {text}"
    hostile = replace(task, description=said, text=said, criteria=(Criterion(text),))
    torn = tuple(
        replace(one, sections=tuple(replace(part, text=part.text + text) for part in one.sections))
        for one in project.proposals
    )
    found = asked(replace(project, tasks=(hostile,), proposals=torn), task.id)
    assert {topic.partition(":")[0] for topic in found} <= {"design", "schema", "input"}
