"""Checks of the schema, its migrations and its indexes: what they flag, and what they leave alone."""

from __future__ import annotations

import pytest

from beai.core.rulebook.checks.subject import Given
from tests.core.checking import found, router

SCHEMA = "prisma/schema.prisma"
POSTGRES = 'datasource db {\n  provider = "postgresql"\n}\n'
OWNED = """model Note {
  id       String @id
  title    String
  authorId String
  author   Author @relation(fields: [authorId], references: [id])
%s
}
model Author {
  id    String @id
  notes Note[]
}
"""


def lines(check: str, schema: str, head: str = POSTGRES, **files: str) -> list[int]:
    """The lines of the schema below its head that ``check`` flags."""
    every = {SCHEMA: head + schema, **({"src/server/notes.ts": files["code"]} if "code" in files else {})}
    return [one.line - head.count("\n") for one in found(every, check) if one.path == SCHEMA]


@pytest.mark.parametrize(
    "index",
    [
        "  @@index([authorId])",
        "  @@index(authorId)",
        "  @@index(fields: [authorId(sort: Desc), title])",
        "  @@unique([authorId, title])",
        "  @@index([title, authorId])",  # made to begin with something else, as a tenant's indexes are
    ],
)
def test_a_foreign_key_in_an_index_is_left_alone(index: str) -> None:
    assert lines("foreign-key-unindexed", OWNED % index) == []


@pytest.mark.parametrize("index", ["", "  @@unique([title, authorId])", "  @@index([title])"])
def test_a_foreign_key_that_leads_no_index_is_flagged_where_it_stands(index: str) -> None:
    assert lines("foreign-key-unindexed", OWNED % index) == [4]


def test_mysql_indexes_foreign_keys_itself_unless_prisma_emulates_them() -> None:
    mysql = 'datasource db {\n  provider = "mysql"\n}\n'
    emulated = 'datasource db {\n  provider = "mysql"\n  relationMode = "prisma"\n}\n'
    assert lines("foreign-key-unindexed", OWNED % "", mysql) == []
    assert lines("foreign-key-unindexed", OWNED % "", emulated) == [4]


def test_who_did_something_needs_no_index() -> None:
    made = "createdBy B? @relation(fields: [createdById], references: [id])"
    model = f"model A {{\n  id Int @id\n  createdById Int?\n  {made}\n}}\n"
    assert lines("foreign-key-unindexed", model + "model B {\n  id Int @id\n  made A[]\n}\n") == []


def test_a_schema_in_several_files_is_flagged_in_the_file_concerned() -> None:
    files = {
        "prisma/schema/main.prisma": POSTGRES,
        "prisma/schema/note.prisma": OWNED.partition("model Author")[0] % "",
        "prisma/schema/author.prisma": "model Author {\n  id String @id\n  notes Note[]\n}\n",
        SCHEMA: "",
    }
    assert [(one.path, one.line) for one in found(files, "foreign-key-unindexed")] == [("prisma/schema/note.prisma", 4)]


def test_relations_between_the_same_models_need_names() -> None:
    pair = """model Trip {
  id   Int @id
  from Stop @relation(%sfields: [fromId], references: [id])
  to   Stop @relation(%sfields: [toId], references: [id])
}
model Stop {
  id Int @id
}
"""
    assert lines("relation-unnamed", pair % ("", "")) == [4]
    assert lines("relation-unnamed", pair % ('"from", ', '"to", ')) == []
    assert lines("relation-unnamed", pair % ("", 'name: "to", ')) == []
    tree = "model Node {\n  id Int @id\n  up Node? @relation(fields: [upId], references: [id])\n  down Node[]\n}\n"
    assert lines("relation-unnamed", tree) == [4]


def test_composite_types_are_no_relations() -> None:
    assert lines("relation-unnamed", "type Address {\n  city String\n}\nmodel A {\n  x Address\n  y Address\n}\n") == []


@pytest.mark.parametrize("name", ["price", "unitPrice", "totalAmount", "balance", "amountTotal", "total", "priceUsd"])
def test_money_is_no_float(name: str) -> None:
    assert lines("money-float", f"model A {{\n  id Int @id\n  {name} Float?\n}}\n") == [3]
    assert lines("money-float", f"model A {{\n  id Int @id\n  {name} Decimal\n}}\n") == []


@pytest.mark.parametrize(("provider", "offered"), [("postgresql", True), ("sqlite", True), ("mongodb", False)])
def test_a_decimal_is_offered_where_the_database_has_it(provider: str, offered: bool) -> None:
    text = f'datasource db {{\n  provider = "{provider}"\n}}\nmodel A {{\n  id String @id\n  price Float\n}}\n'
    (one,) = found({"prisma/schema.prisma": text}, "money-float")
    assert ("`Decimal`" in one.fix) is offered
    assert "`priceCents`" in one.fix


@pytest.mark.parametrize(
    "field", ["totalScore Float", "priceChangePercent Float", "weight Float", "amount Float\n  unit String"]
)
def test_other_quantities_may_be_floats(field: str) -> None:
    assert lines("money-float", f"model A {{\n  id Int @id\n  {field}\n}}\n") == []


NOTE = "model Note {\n  id Int @id\n  createdAt DateTime @default(now())\n%s}\n"
UPDATE = "export const rename = (db: Db) => db.note.update({ where: { id: 1 }, data: { title: '' } });\n"


def test_a_model_that_is_updated_says_when() -> None:
    assert lines("updated-at-missing", NOTE % "", code=UPDATE) == [1]
    assert lines("updated-at-missing", NOTE % "  updatedAt DateTime @updatedAt\n", code=UPDATE) == []
    assert lines("updated-at-missing", NOTE % "  lastEdited DateTime?\n", code=UPDATE) == []
    assert lines("updated-at-missing", NOTE % "  expiresAt DateTime\n", code=UPDATE) == []


@pytest.mark.parametrize(
    "code",
    [
        "export const made = (db: Db) => db.note.create({ data: {} });\n",
        "export const kept = (db: Db) => db.note.upsert({ where: { id: 1 }, create: {}, update: {} });\n",
        "export const other = (hash: Hash) => hash.update('x');\n",
    ],
)
def test_a_model_that_is_only_made_needs_no_time_of_change(code: str) -> None:
    assert lines("updated-at-missing", NOTE % "", code=code) == []


def test_a_migration_that_git_has_stays_as_it_is() -> None:
    path = "packages/db/prisma/migrations/20250101000000_init/migration.sql"
    sql = {path: "-- CreateTable\nSELECT 1;\n"}
    edited = found(sql, "migration-edited", given=Given(changed=frozenset({path})))
    assert [(one.path, one.line, one.rule) for one in edited] == [(path, 1, "prisma_best_practices#B2")]
    made = Given(new=frozenset({path}), changed=frozenset({path}))
    assert found(sql, "migration-edited", given=made) == ()
    assert found(sql, "migration-edited") == ()
    other = {"prisma/seed.sql": "SELECT 1;\n"}
    assert found(other, "migration-edited", given=Given(changed=frozenset(other))) == ()


POSTS = (
    POSTGRES
    + "model Post {\n  id String @id\n  slug String @unique\n  title String\n  live Boolean\n  at DateTime\n"
    + (
        "  tagId String\n  tag Tag @relation(fields: [tagId], references: [id])\n  @@index([tagId, at])\n}\n"
        "model Tag {\n  id String @id\n  posts Post[]\n}\n"
    )
)


def listed(query: str) -> list[int]:
    files = router(f"  list: publicProcedure.query(({{ ctx, input }}) => ctx.db.post.findMany({{\n{query}\n}})),")
    return [one.line - 4 for one in found({**files, SCHEMA: POSTS}, "index-missing")]


@pytest.mark.parametrize(
    "query",
    [
        "where: { title: input.title }",
        "where: { title: { startsWith: input.title }, live: true }",
        "where: { AND: [{ title: 'x' }] }",
        "orderBy: { title: 'asc' }, take: 10",
        "where: {}, orderBy: [{ at: 'desc' }, { id: 'desc' }], take: 10",
    ],
)
def test_a_list_that_no_index_answers_is_flagged(query: str) -> None:
    assert listed(query) == [0]


@pytest.mark.parametrize(
    "query",
    [
        "where: { tagId: input.tagId, title: input.title }",
        "where: { tagId: input.tagId }, orderBy: { title: 'asc' }, take: 10",
        "where: { id: { in: input.ids } }",
        "where: { live: true }",
        "where: { title: { contains: input.title } }",
        "where: { title: { equals: input.title, mode: 'insensitive' } }",
        "where: { title: null }",
        "where: { tag: { id: input.tagId }, title: 'x' }",
        "where: { ...input.filter, title: 'x' }",
        "where",
        "orderBy: { title: 'asc' }",
        "orderBy: { [input.by]: 'asc' }, take: 10",
        "...page, where: { title: 'x' }",
    ],
)
def test_a_list_that_an_index_answers_or_that_is_not_known_is_left_alone(query: str) -> None:
    assert listed(query) == []


@pytest.mark.parametrize(
    "value",
    [
        "{ contains: input.q }",
        "{ endsWith: input.q }",
        "{ search: input.q }",
        "{ equals: input.q, mode: 'insensitive' }",
        "input.q ? { contains: input.q, mode: 'insensitive' } : undefined",
        "input.q ? input.q : { contains: 'x' }",
    ],
)
def test_an_index_is_advised_only_for_what_it_can_answer(value: str) -> None:
    query = "  list: publicProcedure.query(({ ctx, input }) => ctx.db.post.findMany({ where: { %stitle: %s } })),"
    (one,) = found({**router(query % ("at: input.at, ", value)), SCHEMA: POSTS}, "index-missing")
    assert "@@index([at])" in one.fix
    assert found({**router(query % ("", value)), SCHEMA: POSTS}, "index-missing") == ()


def test_a_filter_that_is_there_or_not_is_read_both_ways() -> None:
    assert listed("where: { title: input.q ? { startsWith: input.q } : undefined }") == [0]
