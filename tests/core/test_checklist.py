"""The checklist of a procedure is suggested from facts of code, schema and documents, each with its place."""

from __future__ import annotations

import pytest

from beai.core.project.layout import read
from beai.core.record.checklist import Check, items, told_by
from beai.core.record.contract import Tick
from beai.core.record.suggested import suggested
from beai.core.suggest.exchange import CaseIdea, CaseKind
from tests.core.drafting import INIT, LOANS, SCHEMA, Library

SECRETIVE = SCHEMA.replace("  email String @unique\n", "  email String @unique\n  passwordHash String\n")
ADMIN = INIT + (
    "export const adminProcedure = protectedProcedure.use(({ ctx, next }) => {\n"
    '    if (ctx.user.role !== "ADMIN") throw new TRPCError({ code: "FORBIDDEN" });\n'
    "    return next();\n});\n"
)
TWICE = LOANS.replace(
    "export const loansRouter = router({",
    """export const loansRouter = router({
    giveBack: protectedProcedure.input(z.object({ id: z.string() })).mutation(async ({ input }) => {
        await prisma.loan.delete({ where: { id: input.id } });
        return prisma.book.update({ where: { id: 1 }, data: { lent: false } });
    }),""",
)
PUBLIC = "- **Description**: Implement `loans.byId`, a public query. Input: `id` (string).\n"
LEND = (
    "- **Description**: Implement `books.create`, a protected mutation that makes a `Book`. "
    "Input: `title` (string), `isbn` (string), `pages` (integer).\n"
)
MINE = "- **Description**: Implement `loans.list`, a protected query of the `Loan` rows of the reader, page by page.\n"
BACK = "- **Description**: Change `loans.giveBack`, a protected mutation on `Loan`. Input: `id` (string).\n"
READERS = "- **Description**: Implement `readers.byId`, an administrator query of a `Reader`. Input: `id` (string).\n"


def asked(task: str, **files: str) -> dict[str, str]:
    library = Library(task, {path.replace("__", "/").replace("_dot_", "."): text for path, text in files.items()})
    project = read(library, "library")
    found = project.task("LIB-1")
    assert found is not None
    return {one.check: one.reason for one in suggested(found, project)}


def test_only_what_applies_is_suggested() -> None:
    assert set(asked(PUBLIC)) == {"input", "missing row"}
    assert asked("- **Description**: Write the README anew.\n") == {}


def test_a_builder_tells_of_session_and_role_and_a_schema_of_secrets() -> None:
    files = {"src/trpc.ts": ADMIN, "prisma/schema.prisma": SECRETIVE}
    library = Library(READERS, files)
    project = read(library, "library")
    task = project.task("LIB-1")
    assert task is not None
    found = {one.check: one.reason for one in suggested(task, project)}
    assert found["session"].startswith("`adminProcedure` turns away callers with no session (src/trpc.ts:")
    assert "`ADMIN`" in found["role"]
    assert found["field leak"].startswith("`Reader.passwordHash` goes out without a `select` (prisma/schema.prisma:")
    assert "ownership" not in found and "P2025" not in found


def test_a_new_row_may_clash_with_a_unique_key_that_its_input_sets() -> None:
    assert asked(LEND)["P2002"].startswith("`Book` has `isbn @unique` (prisma/schema.prisma:")
    assert "P2002" not in asked(LEND.replace("`isbn` (string), ", ""))


def test_a_list_has_bounds_and_an_owner() -> None:
    found = asked(MINE)
    assert found["pagination bounds"] == "“page by page” is written of it"
    assert found["ownership"].startswith("`Loan` belongs to Reader by `readerId`")


def test_code_that_is_there_tells_of_its_writes() -> None:
    found = asked(BACK, src__routers__loans_dot_ts=TWICE)
    assert found["transaction"] == "its code writes 2 times: `loan`, `book`"
    assert found["P2025"] == "Prisma's `delete` throws it where the row is not there"
    assert found["missing row"].startswith("`id` may name a row")


@pytest.mark.parametrize(
    ("check", "text", "kind"),
    [
        (Check.SESSION, "rejects a caller with no session", CaseKind.ACCESS),
        (Check.ROLE, "a customer is rejected with FORBIDDEN", CaseKind.ACCESS),
        (Check.OWNERSHIP, "rejects another user's loan", CaseKind.ACCESS),
        (Check.INPUT, "refuses what does not fit", CaseKind.INVALID),
        (Check.MISSING, "rejects an unknown loan with NOT_FOUND", CaseKind.ERROR),
        (Check.P2002, "rejects a duplicate", CaseKind.ERROR),
        (Check.P2025, "answers NOT_FOUND when the row is gone", CaseKind.ERROR),
        (Check.TRANSACTION, "rolls back when the second write fails", CaseKind.ERROR),
        (Check.BOUNDS, "has no cursor on the last page", CaseKind.EDGE),
        (Check.LEAK, "never returns the hash of a password", CaseKind.EDGE),
    ],
)
def test_a_case_covers_an_item_by_its_words_and_no_other_by_accident(check: Check, text: str, kind: CaseKind) -> None:
    idea = CaseIdea(text, kind)
    assert told_by(check, idea)
    plain = CaseIdea("adds the book and returns it", CaseKind.HAPPY)
    assert not any(told_by(one, plain) for one in Check)
    assert (
        told_by(check, CaseIdea("does so", CaseKind.BRANCH, text)).endswith("of its criterion")
        or kind is CaseKind.INVALID
    )


def test_the_person_ticks_an_item_by_a_case_in_words_of_their_own() -> None:
    known = suggested_items(Tick("C1", "P2002"))
    assert known == {"P2002": (("C1", "you say so"),), "input": (("C2", "it is a case of invalid input"),)}


def suggested_items(*ticks: Tick) -> dict[str, tuple[tuple[str, str], ...]]:
    cases = (("C1", CaseIdea("answers 409", CaseKind.HAPPY)), ("C2", CaseIdea("no title", CaseKind.INVALID)))
    library = Library(LEND)
    project = read(library, "library")
    task = project.task("LIB-1")
    assert task is not None
    return {one.check: one.covered for one in items(suggested(task, project), cases, ticks) if one.covered}
