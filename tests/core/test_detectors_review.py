"""What our detectors ask of a change under review: silent for what the plans name, to the line for what they do not."""

from __future__ import annotations

import pytest

from beai.core.edits.change import Change, Edit, SearchReplace, UpsertField, UpsertModel, UpsertProcedure, WholeFile
from beai.core.edits.match import match
from beai.core.edits.review import Review
from beai.core.loop.guidance import detect
from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Choice, Cycle, Session, Stage
from beai.core.rulebook.checks.proposed import with_findings
from beai.core.suggest.exchange import Answer, Purpose, Trigger
from tests.core.test_detectors import TASKS, shop, texts
from tests.core.test_project_trees import DictTree

SCHEMA = "prisma/schema.prisma"
ROUTERS = "src/server/api/routers"
INIT = "src/server/api/trpc.ts"
NOTE = UpsertField(SCHEMA, "WishlistItem", "note", "note String?")
LIST = """protectedProcedure.query(({ ctx }) => {
  return ctx.db.wishlistItem.findMany({ where: { userId: ctx.session.user.id }, select: { id: true } });
})"""
MODEL = """model ShareLink {
  id     String @id @default(cuid())
  userId String
  user   User   @relation(fields: [userId], references: [id])
}"""


def asked(
    task: str, *edits: Edit, answers: tuple[Answer, ...] = (), changes: tuple[tuple[str, str, str], ...] = ()
) -> dict[str, OpenQuestion]:
    """What is asked of ``edits`` while they are under review, by topic."""
    tree = DictTree(texts())
    change = match(edits, tree.text)
    assert isinstance(change, Change), change
    project = shop(*changes)
    cycle = Cycle(Purpose.CODE, Stage.REVIEWING, review=Review(with_findings(change, tree, project)))
    found = detect.in_review(Session(project=project, task_id=task, cycle=cycle, answers=answers))
    assert len({one.question.topic for one in found}) == len(found)
    return {one.question.topic: one for one in found}


def place(found: OpenQuestion) -> str:
    return found.question.considered.split(" ")[0]


def test_a_field_that_the_plan_names_is_no_deviation() -> None:
    assert asked("BE-S3-008", NOTE) == {}


def test_a_field_that_no_plan_names_is_asked_about_at_its_line() -> None:
    (found,) = asked("BE-S3-001", NOTE).values()
    assert found.question.topic == "schema-off:WishlistItem.note"
    assert found.question.trigger is Trigger.SCHEMA
    assert "`WishlistItem.note` is new (`String?`)" in found.question.issue
    assert place(found).startswith(f"{SCHEMA}:7")
    assert found.choices[found.question.advised] is Choice.RETRY


def test_a_field_that_was_agreed_on_before_the_cases_is_not_asked_about_again() -> None:
    agreed = Answer("schema:WishlistItem.note", 0, "Document the schema change for human migration")
    assert asked("BE-S3-001", NOTE, answers=(agreed,)) == {}


def test_a_new_model_is_one_question_with_the_relation_that_leads_to_it() -> None:
    back = UpsertField(SCHEMA, "User", "shareLinks", "shareLinks ShareLink[]")
    model = UpsertModel(SCHEMA, "ShareLink", MODEL)
    (found,) = asked("BE-S3-001", model, back).values()
    assert "model `ShareLink` is new" in found.question.issue
    named = ((TASKS, "It creates a `WishlistItem`.", "It creates a `WishlistItem` and a `ShareLink`."),)
    assert asked("BE-S3-001", model, back, changes=named) == {}


def test_a_type_that_changes_says_what_it_was() -> None:
    (found,) = asked("BE-S3-003", UpsertField(SCHEMA, "Product", "priceCents", "priceCents BigInt")).values()
    assert "`Product.priceCents` was `Int` and is `BigInt`" in found.question.issue


def test_a_new_service_is_asked_about_unless_the_deliverables_name_it() -> None:
    path = "src/server/services/wishlist.ts"
    service = WholeFile(path, "export type A = string;\nexport async function countItems() {\n  return 1;\n}\n")
    (found,) = asked("BE-S3-001", service).values()
    assert found.question.topic == f"shared:{path}" and found.question.trigger is Trigger.SHARED
    assert f"{path}:2 exports `countItems`." in found.question.considered
    assert "No new helper, service or middleware without asking." in found.question.considered
    row = f"  - `{path}`\n  - `src/server/api/routers/wishlist.ts`"
    named = ((TASKS, "  - `src/server/api/routers/wishlist.ts`", row),)
    assert asked("BE-S3-001", service, changes=named) == {}


@pytest.mark.parametrize(
    "file",
    [
        WholeFile("src/server/api/routers/__tests__/made.test.ts", "export function made() {}\n"),
        WholeFile("src/server/api/routers/wishlist.types.ts", "export interface Page {}\n"),
        WholeFile("src/server/api/routers/wishlist.schema.ts", "export const page = z.object({});\n"),
        WholeFile("README.de.md", "# Laden\n"),
    ],
    ids=["a test's own support", "types", "input shapes", "no code"],
)
def test_a_new_file_that_offers_nothing_to_call_is_no_service(file: WholeFile) -> None:
    assert asked("BE-S3-001", file) == {}


def test_a_change_of_the_set_up_is_asked_about_unless_only_words_change() -> None:
    row = 'throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in first." });'
    (found,) = asked("BE-S3-001", SearchReplace(INIT, row, row.replace("Sign in first.", "Who are you?"))).values()
    assert found.question.trigger is Trigger.CONTRACT
    line = texts()[INIT][: texts()[INIT].index(row)].count("\n") + 1
    assert place(found) == f"{INIT}:{line}"
    told = "/** Only signed-in users may call it; `ctx.session` is never null behind it. */"
    assert asked("BE-S3-001", SearchReplace(INIT, told, "/** Signed-in users. */")) == {}


def test_a_builder_that_the_plan_names_may_be_added_to_the_set_up() -> None:
    last = "/** Only administrators may call it. */"
    added = SearchReplace(INIT, last, f"export const staffProcedure = protectedProcedure;\n\n{last}")
    assert list(asked("BE-S3-001", added)) != []
    named = (
        (TASKS, "Input: `productId` (non-empty", "It stands on a new `staffProcedure`. Input: `productId` (non-empty"),
    )
    assert asked("BE-S3-001", added, changes=named) == {}


def test_the_contract_of_another_procedure_is_asked_about_and_its_body_is_not() -> None:
    path = f"{ROUTERS}/wishlist.ts"
    looser = SearchReplace(path, "removeItem: protectedProcedure", "removeItem: publicProcedure")
    (found,) = asked("BE-S3-001", looser).values()
    assert "`wishlist.removeItem` would take or give something else" in found.question.issue
    assert place(found) == f"{path}:13"
    body = SearchReplace(path, "This wishlist item is not yours.", "Not your item.")
    assert asked("BE-S3-001", body) == {}


def test_an_export_that_others_use_is_not_taken_from_them_unasked() -> None:
    path = "src/server/api/root.ts"
    (found,) = asked("BE-S3-001", SearchReplace(path, "export const createCaller =", "const createCaller =")).values()
    assert f"`createCaller` would no longer be exported by {path}" in found.question.issue


def test_a_list_with_no_bound_is_asked_about_unless_the_plan_wants_all() -> None:
    code = UpsertProcedure(f"{ROUTERS}/wishlist.ts", "wishlistRouter", "all", LIST)
    (found,) = asked("BE-S3-001", code).values()
    assert found.question.topic.startswith("heavy:find-many-unbounded:") and found.question.trigger is Trigger.HEAVY
    assert "@prisma_best_practices#D3" in found.question.cites
    assert "docs/technical.md:" in found.question.considered
    named = ((TASKS, "It creates a `WishlistItem`.", "It creates a `WishlistItem` and returns all items."),)
    assert asked("BE-S3-001", code, changes=named) == {}


def test_a_procedure_as_it_was_planned_raises_nothing() -> None:
    path = f"{ROUTERS}/wishlist.ts"
    least = UpsertProcedure(path, "wishlistRouter", "listItems", LIST)
    assert asked("BE-S3-002", least) == {}, "the bound is a later case's"
    bounded = LIST.replace("select", "take: 20, orderBy: { createdAt: 'desc' }, select")
    assert asked("BE-S3-002", UpsertProcedure(path, "wishlistRouter", "listItems", bounded)) == {}


def test_a_line_of_the_set_up_that_is_very_long_is_read_all_the_same() -> None:
    texts_of = texts()[INIT]
    (found,) = asked("BE-S3-001", WholeFile(INIT, texts_of + " " * 20_000 + "a," * 10_000 + "start()\n")).values()
    assert found.question.topic.startswith(f"contract:{INIT}")
