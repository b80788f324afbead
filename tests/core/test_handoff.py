"""A schema change as a sheet: what changed by its database names, what rows that exist make of it, what to type."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from beai.core.edits.change import WholeFile
from beai.core.edits.policy import refuse_edit
from beai.core.loop.fakes.clock import FakeClock
from beai.core.project.facts import Migrating, Project, Schema, Task
from beai.core.project.migrating import read_migrating
from beai.core.project.prisma import read_schema
from beai.core.record.handoff import Against, SqlPreview, differences, handoff, sheet
from beai.core.record.handoff.drift import drift
from beai.core.record.handoff.risk import Flag
from beai.core.suggest.exchange import ProposeEdits, Purpose, Request
from beai.core.suggest.local import Recorder

TODAY = date(2025, 11, 20)
TASK = Task(id="BE-1", title="Add a product", file="tasks/be.md")
BEFORE = """\
datasource db {
  provider = "postgresql"
}

enum Color {
  RED
  BLUE
}

model Item {
  id      String  @id @default(uuid())
  note    String?
  rank    Int     @map("rnk")
  color   Color   @default(RED)
  ownerId String
  title   String  @db.VarChar(40)

  @@map("items")
}

model Owner {
  id   String @id
  name String
}

model Tag {
  id    Int    @id
  label String
  kind  String
}
"""


def schema(text: str) -> Schema:
    return read_schema([("prisma/schema.prisma", text)])


def changed(*swaps: tuple[str, str], provider: str = "postgresql") -> tuple[Schema, Schema]:
    before = BEFORE.replace('"postgresql"', f'"{provider}"')
    after = before
    for old, new in swaps:
        assert old in after
        after = after.replace(old, new)
    return schema(before), schema(after)


RELATED = (
    ("  ownerId String\n", "  ownerId String\n  owner Owner @relation(fields: [ownerId], references: [id])\n"),
    ("  name String\n", "  name String\n  items Item[]\n"),
)


@pytest.mark.parametrize(
    ("swaps", "sentence", "flags"),
    [
        ((("note    String?", "note    String?\n  size Int"),), "`Item.size` (`items.size` in the database)", "R"),
        ((("note    String?", "note    String?\n  size Int @default(0)"),), "is new: `Int @default(0)`.", ""),
        ((("note    String?", "note    String?\n  code String @default(cuid())"),), "existing rows have no value", "R"),
        ((("note    String?", "note    String?\n  at DateTime @updatedAt"),), "existing rows have no value", "R"),
        ((("note    String?", "note    String?\n  no Int @default(autoincrement())"),), "`Item.no`", "W"),
        ((("  note    String?\n", ""),), "is gone: its column and the values in it would be dropped.", "D"),
        ((("note    String?", "text    String?"),), "`Item.text` (`items.text` in the database) is new", "ND"),
        ((("note    String?", 'text    String? @map("note")'),), "`Item.note` is called `text` in the client", ""),
        ((("note    String?", "note    String"),), "was `String?` and is `String`.", "RL"),
        ((("rank    Int ", "rank    BigInt "),), "was `Int` and is `BigInt`.", "L"),
        ((("rank    Int ", "rank    Boolean "),), "was `Int` and is `Boolean`.", "TL"),
        ((("VarChar(40)", "VarChar(20)"),), "is `String @db.VarChar(20)`.", "TL"),
        ((("VarChar(40)", "VarChar(80)"),), "is `String @db.VarChar(80)`.", "L"),
        ((("VarChar(40)", "Text"),), "is `String @db.Text`.", "L"),
        ((("title   String ", "title   String[] "),), "is `String[] @db.VarChar(40)`.", "D"),
        ((('@@map("items")', '@@map("items")\n  @@unique([rank, title])'),), "unique by `rank`, `title`", "UL"),
        ((('@@map("items")', '@@map("items")\n  @@index([rank])'),), "The index of `Item` on `rank` is new.", "L"),
        ((("  name String", "  name String\n  mail String? @unique"),), "`Owner` is now unique by `mail`", "L"),
        ((("@id @default(uuid())", "@default(uuid())"), ('@@map("items")', '@@map("items")\n  @@id([id, rank])')),
         "The primary key of `Item` is now `id`, `rank`.", "UL"),
        ((("  RED\n  BLUE", "  RED\n  GREEN"),), "gained GREEN and lost BLUE, which rows may still hold.", "EL"),
        ((("  RED\n  BLUE", "  RED\n  BLUE\n  GREEN"),), "Enum `Color` gained GREEN.", "E"),
        ((("  BLUE", '  BLUE @map("blue")'),), "gained blue and lost BLUE", "EL"),
        ((("model Tag", "model Label"),), "Model `Label` is new, with `id Int`, `label String`, `kind String`.", "ND"),
        ((("model Owner {", 'model Person {\n  @@map("Owner")'),), "`Owner` is called `Person` in the client", ""),
        (RELATED, "`Item.owner` is a new relation: `ownerId` → `Owner.id`.", "FL"),
        ((("  label String\n", "  label String\n  items Item[]\n"), ("  note ", "  tags Tag[]\n  note ")),
         "many to many: Prisma makes the table `_ItemToTag`", ""),
    ],
)  # fmt: skip
def test_a_change_is_one_sentence_with_its_flags(swaps: tuple[tuple[str, str], ...], sentence: str, flags: str) -> None:
    found = differences(*changed(*swaps))
    assert any(sentence in one.words for one in found), [one.words for one in found]
    letters = {
        Flag.RENAME: "N", Flag.LOSS: "D", Flag.REQUIRED: "R", Flag.UNIQUE: "U", Flag.NARROW: "T", Flag.ENUM: "E",
        Flag.FOREIGN: "F", Flag.REWRITE: "W", Flag.LOCK: "L",
    }  # fmt: skip
    raised = {letters[risk.flag] for one in found for risk in one.risks}
    assert raised == set(flags)


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("postgresql", "CREATE INDEX CONCURRENTLY"),
        ("cockroachdb", "the table stays writable"),
        ("mysql", "while rows may be written"),
        ("sqlite", "the whole database is locked"),
        ("sqlserver", "ONLINE = ON"),
        ("mongodb", "at the start and at the end of the build"),
    ],
)
def test_each_database_locks_in_its_own_way_and_the_page_is_named(provider: str, words: str) -> None:
    found = differences(*changed(('@@map("items")', '@@map("items")\n  @@index([rank])'), provider=provider))
    (risk,) = (risk for one in found for risk in one.risks)
    assert words in risk.words and risk.page


def test_a_unique_null_counts_twice_in_sql_server_alone() -> None:
    swap = ("  name String", "  name String\n  mail String? @unique")
    raised = {
        provider: {risk.flag for one in differences(*changed(swap, provider=provider)) for risk in one.risks}
        for provider in ("postgresql", "sqlserver")
    }
    assert Flag.UNIQUE in raised["sqlserver"] - raised["postgresql"]


def test_what_is_equal_is_shown_by_a_query_in_the_words_of_the_database() -> None:
    swap = ('@@map("items")', '@@map("items")\n  @@unique([rank])')
    for provider, query in (
        ("postgresql", 'SELECT "rnk", count(*) FROM "items" GROUP BY "rnk" HAVING count(*) > 1;'),
        ("mysql", "SELECT `rnk`, count(*) FROM `items` GROUP BY `rnk` HAVING count(*) > 1;"),
        ("sqlserver", "SELECT [rnk], count(*) FROM [items] GROUP BY [rnk] HAVING count(*) > 1;"),
    ):
        checks = [risk.check for one in differences(*changed(swap, provider=provider)) for risk in one.risks]
        assert query in checks


def test_without_foreign_keys_in_the_database_no_row_can_break_one() -> None:
    before, after = changed(*RELATED, ('"postgresql"', '"postgresql"\n  relationMode = "prisma"'))
    assert not [risk for one in differences(before, after) for risk in one.risks]


class Files:
    def __init__(self, **texts: str) -> None:
        self._texts = {path.replace("__", "/"): text for path, text in texts.items()}

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._texts))

    def text(self, path: str) -> str | None:
        return self._texts.get(path)


MONOREPO = Files(
    **{
        "package.json": '{"packageManager": "pnpm@9.1.0", "scripts": {"db:push": "turbo run push"}}',
        "packages/db/package.json": """{"name": "@acme/db", "devDependencies": {"prisma": "^6.1.0"}, "scripts": {
            "push": "dotenv -e ../../.env -- prisma db push", "db:generate": "prisma migrate dev",
            "gen": "prisma generate", "lint": "eslint ."}}""",
        "packages/db/prisma/schema/base.prisma": "datasource db {\n}\n",
        "packages/db/prisma/schema/items.prisma": "model A {\n}\n",
        "packages/db/prisma/migrations/20250101_init/migration.sql": "",
    }
)
SPLIT = ("packages/db/prisma/schema/base.prisma", "packages/db/prisma/schema/items.prisma")


def test_scripts_are_told_apart_by_what_they_do_not_by_their_names() -> None:
    how = read_migrating(MONOREPO, "packages/db", SPLIT)
    assert how is not None
    assert [(one.folder, one.name, one.effect, one.command) for one in how.scripts] == [
        ("packages/db", "push", "migrates", "prisma db push"),
        ("packages/db", "db:generate", "migrates", "prisma migrate dev"),
        ("packages/db", "gen", "generates", "prisma generate"),
        ("", "db:push", "migrates", "prisma db push"),
    ]
    assert (how.manager, how.folder, how.version, how.migrations) == (
        "pnpm",
        "packages/db",
        "^6.1.0",
        ("20250101_init",),
    )
    assert how.prisma("migrate status") == "pnpm exec prisma migrate status --schema prisma/schema"


def test_the_sheet_types_what_this_repository_types() -> None:
    before, after = changed(("note    String?", "note    String?\n  size Int"))
    project = Project("x", migrating=read_migrating(MONOREPO, "packages/db", SPLIT))
    made = sheet(TASK, before, after, TODAY, project)
    assert made is not None and made.file == "tasks/handoff/2025-11-20_be-1.md"
    assert "**Status:** not executed" in made.text
    order = [
        "cd packages/db\n",
        "pnpm exec prisma migrate status --schema prisma/schema",
        "pnpm exec prisma migrate dev --name be_1_add_size_to_item --create-only --schema prisma/schema",
        "pnpm db:generate  #",
        "pnpm exec prisma migrate deploy --schema prisma/schema",
        "pnpm gen  #",
        "- `pnpm db:push` changes a database: `prisma db push`",
    ]
    places = [made.text.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("manager", "line"),
    [("npm", "npx prisma"), ("pnpm", "pnpm exec prisma"), ("yarn", "yarn prisma"), ("bun", "bunx prisma")],
)
def test_each_package_manager_starts_the_installed_prisma(manager: str, line: str) -> None:
    before, after = changed(("  note    String?\n", ""))
    made = handoff(None, before, after, Project("x", migrating=Migrating(manager=manager)))
    assert made is not None and made.commands[0].line == f"{line} migrate status"


def test_a_repository_that_pushes_is_told_to_push_by_its_script() -> None:
    tree = Files(**{"package.json": '{"scripts": {"sync": "dotenv -- prisma db push"}}', "schema.prisma": ""})
    how = read_migrating(tree, "", ("schema.prisma",))
    made = handoff(TASK, *changed(("  note    String?\n", "")), Project("x", migrating=how))
    assert made is not None
    assert [command.line for command in made.commands] == [
        "npx prisma migrate status",
        "npm run sync",
        "npx prisma generate",
    ]


def test_a_script_that_does_more_or_asks_nothing_is_not_what_a_person_is_sent_to() -> None:
    """Seen in public repositories: a build that deploys, a push that accepts every loss, a script for another place."""
    lines = {
        "build": "prisma migrate deploy && next build",
        "db:push": "prisma db push --accept-data-loss",
        "migrate:e2e": "dotenv -e .env.e2e -- prisma migrate deploy",
    }
    manifest = json.dumps({"scripts": lines})
    tree = Files(**{"package.json": manifest, "schema.prisma": "", "migrations/1_x/migration.sql": ""})
    how = read_migrating(tree, "", ("schema.prisma",))
    made = handoff(TASK, *changed(("  note    String?\n", "")), Project("x", migrating=how))
    assert made is not None
    assert "npx prisma migrate deploy" in [command.line for command in made.commands]
    assert not {"npm run build", "npm run db:push", "npm run migrate:e2e"} & {one.line for one in made.commands}


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            'CREATE TABLE "items" (\n "id" TEXT\n);\nALTER TABLE "items" ADD COLUMN IF NOT EXISTS "x" INT;',
            ["x"],
        ),
        ('CREATE TABLE "items" (\n "id" TEXT\n);\nALTER TABLE IF EXISTS "items" RENAME COLUMN "id" TO "no";', ["no"]),
        (
            'CREATE TABLE "old" (\n "id" TEXT\n);\nALTER TABLE "old" RENAME TO "items";\nDROP TABLE IF EXISTS "gone";',
            [],
        ),
        (
            "CREATE TABLE `items` (\n `b` INT,\n PRIMARY KEY (`b`)\n);\nALTER TABLE `items` DROP COLUMN `b`;",
            [],
        ),
    ],
)
def test_names_of_migrations_are_read_off_their_sql(sql: str, told: list[str]) -> None:
    found = [line for line in drift([sql], schema(BEFORE)) if "made by the migrations" in line]
    assert found == [f"column `items.{name}` is made by the migrations and not in the schema" for name in told]


def test_mongo_is_pushed_and_never_migrated() -> None:
    made = sheet(None, *changed(("  note    String?\n", ""), provider="mongodb"), TODAY, Project("x"))
    assert made is not None and made.file.endswith("_schema.md")
    assert "npx prisma db push" in made.text and "migrate dev" not in made.text
    assert "no document is changed" in made.text


def test_a_preview_is_labelled_as_never_executed() -> None:
    sql = SqlPreview(
        "Prisma 7.10.1", (Against("git HEAD", "DROP TABLE x;"), Against("the migrations", why="None yet."))
    )
    made = sheet(TASK, *changed(("  note    String?\n", "")), TODAY, Project("x"), sql)
    assert made is not None
    assert "## SQL preview (not executed)\n" in made.text
    assert "```sql\n-- not executed\nDROP TABLE x;\n```" in made.text
    assert "### Against the migrations\n\nNone yet." in made.text


def test_no_text_makes_a_sheet_that_breaks_out_of_its_line() -> None:
    task = Task(id="BE-1\n# x", title="a\n\n## b\x1b[31m", file="tasks/be.md")
    made = sheet(task, *changed(("  note    String?\n", "")), TODAY, Project("x"))
    assert made is not None and "\x1b" not in made.text and "\n## b" not in made.text and "\n# x" not in made.text
    assert made.file == "tasks/handoff/2025-11-20_be-1-x.md"


def test_nothing_that_changed_is_no_sheet() -> None:
    assert sheet(TASK, schema(BEFORE), schema(BEFORE + "\n// a comment\n"), TODAY, Project("x")) is None


async def test_a_change_by_hand_is_proposed_as_a_sheet_against_the_commit_before_the_task() -> None:
    """What the session read first may hold the change already; the commit does not."""
    before, after = changed(("  note    String?\n", ""))
    sql = SqlPreview("", (Against("the commit `HEAD`", why="…", from_schema=(("prisma/schema.prisma", BEFORE),)),))
    request = Request(Purpose.RECORD, TASK, Project("x", schema=after), schema_before=after, sql=sql)
    reply = await Recorder(FakeClock()).suggest(request, lambda _: None)
    assert isinstance(reply, ProposeEdits)
    (proposed,) = (edit for edit in reply.edits if edit.file.startswith("tasks/handoff/"))
    assert isinstance(proposed, WholeFile) and "`Item.note` (`items.note` in the database) is gone" in proposed.text
    without = await Recorder(FakeClock()).suggest(replace(request, sql=None), lambda _: None)
    assert not isinstance(without, ProposeEdits) or not [
        e for e in without.edits if e.file.startswith("tasks/handoff/")
    ]
    assert refuse_edit(proposed, Purpose.RECORD) is None
    assert before != after
