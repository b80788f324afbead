"""A model, an enum or a field lands in a Prisma schema as it is formatted, and no other byte changes."""

from __future__ import annotations

import pytest

from beai.core.edits.change import Change, Edit, Miss, UpsertEnum, UpsertField, UpsertModel
from beai.core.edits.match import match

F = "prisma/schema.prisma"
SCHEMA = """\
// The shop.
generator client {
  provider = "prisma-client"
}

/// Who buys.
model User {
  id        String   @id @default(cuid())
  nameShort String?  @db.VarChar(20) // as on the badge
  createdAt DateTime @default(now())

  /// What they wrote.
  posts Post[]

  // old String

  @@index([nameShort])
  @@map("users")
}

enum Role {
  ADMIN
  USER /// everybody
}

// Posts
model Post {
  id       String @id
  authorId String
  author   User   @relation(
    fields: [authorId],
    references: [id]
  )
}
"""


def made(text: str, *edits: Edit) -> str:
    change = match(edits, {F: text}.get)
    assert isinstance(change, Change), change
    return (change.files[0].after or "") if change.files else text


def reason(text: str, edit: Edit) -> str:
    misses = match([edit], {F: text}.get)
    assert isinstance(misses, tuple), misses
    (miss,) = misses
    assert isinstance(miss, Miss)
    return miss.reason


def field(name: str, code: str, model: str = "User") -> UpsertField:
    return UpsertField(F, model, name, code)


def test_a_field_goes_below_the_last_one_in_its_columns_and_above_block_attributes() -> None:
    after = made(SCHEMA, field("name", 'name String @default("")'))
    assert after == SCHEMA.replace("  posts Post[]\n", '  posts Post[]\n  name  String @default("")\n')
    after = made(SCHEMA, field("slug", "slug String? @unique", "Post"))
    assert after == SCHEMA.replace("[id]\n  )\n", "[id]\n  )\n  slug     String? @unique\n")


def test_a_name_that_starts_like_another_is_another() -> None:
    after = made(SCHEMA, field("nameShort", "nameShort String @db.VarChar(40)"))
    assert after == SCHEMA.replace("String?  @db.VarChar(20) //", "String   @db.VarChar(40) //")
    assert "  name  String\n" in made(SCHEMA, field("name", "name String"))


def test_a_field_of_several_lines_is_replaced_whole() -> None:
    after = made(SCHEMA, field("author", "author User @relation(fields: [authorId], references: [id])", "Post"))
    assert after == SCHEMA.replace(
        "@relation(\n    fields: [authorId],\n    references: [id]\n  )",
        "@relation(fields: [authorId], references: [id])",
    )
    again = made(after, field("author", "author User @relation(\n  fields: [authorId],\n  references: [id]\n)", "Post"))
    assert again == SCHEMA


def test_documentation_takes_the_place_of_documentation_and_no_comment_is_lost() -> None:
    text = SCHEMA.replace("/// What they wrote.", "// --- lists ---\n  /// What they wrote.")
    after = made(text, field("posts", '/// All of theirs.\nposts Post[] @relation("a")'))
    assert '  // --- lists ---\n  /// All of theirs.\n  posts Post[] @relation("a")\n' in after
    assert "  /// What they wrote.\n  posts Post[] @x\n" in made(SCHEMA, field("posts", "posts Post[] @x"))


def test_what_is_there_already_is_no_change_however_it_is_spaced() -> None:
    there = field("createdAt", "    createdAt DateTime   @default(now())")
    assert match([there], {F: SCHEMA}.get) == Change(())
    block = SCHEMA[SCHEMA.index("model User") : SCHEMA.index("enum Role")]
    same = UpsertModel(F, "User", "\n".join(" ".join(line.split()) for line in block.strip().split("\n")))
    assert match([same], {F: SCHEMA}.get) == Change(())


def test_a_model_is_replaced_line_by_line_and_the_new_line_stands_in_the_columns() -> None:
    block = SCHEMA[SCHEMA.index("model Post") :].replace(
        "authorId String\n", "authorId String\n  title String @db.Text\n"
    )
    after = made(SCHEMA, UpsertModel(F, "Post", block))
    assert after == SCHEMA.replace("authorId String\n", "authorId String\n  title    String @db.Text\n")


def test_a_new_model_goes_below_the_last_model_and_a_new_enum_below_the_last_enum() -> None:
    tag = "/// A word.\nmodel Tag {\n    id   String @id\n    name String\n}"
    after = made(SCHEMA, UpsertModel(F, "Tag", tag))
    assert after == SCHEMA + "\n/// A word.\nmodel Tag {\n  id   String @id\n  name String\n}\n"
    after = made(SCHEMA, UpsertEnum(F, "State", "enum State {\n  OPEN\n}"))
    assert after == SCHEMA.replace("everybody\n}\n", "everybody\n}\n\nenum State {\n  OPEN\n}\n")


FILES = {
    "CRLF": ("model A {\r\n  id Int @id\r\n}\r\n", "model A {\r\n  id Int @id\r\n  b  Int\r\n}\r\n"),
    "BOM": ("\ufeffmodel A {\n  id Int @id\n}\n", "\ufeffmodel A {\n  id Int @id\n  b  Int\n}\n"),
    "tabs": ("model A {\n\tid\tInt\t@id\n}\n", "model A {\n\tid\tInt\t@id\n\tb\tInt\n}\n"),
    "four spaces": ("model A {\n    id Int @id\n}\n", "model A {\n    id Int @id\n    b  Int\n}\n"),
    "not aligned": (
        "model A {\n  id Int @id\n  name String\n  x Int\n}\n",
        "model A {\n  id Int @id\n  name String\n  x Int\n  b Int\n}\n",
    ),
    "no final line end": ("model A {\n  id Int @id\n}", "model A {\n  id Int @id\n  b  Int\n}"),
    "empty": ("model A {\n}\n", "model A {\n  b Int\n}\n"),
    "empty on one line": ("model A {}\n", "model A {\n  b Int\n}\n"),
    "only block attributes": ('model A {\n  @@map("a")\n}\n', 'model A {\n  b Int\n  @@map("a")\n}\n'),
    "view": ("view A {\n  id Int\n}\n", "view A {\n  id Int\n  b  Int\n}\n"),
    "type": ("type A {\n  id Int\n}\n", "type A {\n  id Int\n  b  Int\n}\n"),
    "a brace in a comment": (
        "model A {\n  // }\n  id Int // {\n}\n",
        "model A {\n  // }\n  id Int // {\n  b  Int\n}\n",
    ),
    "a comment of several lines": (
        "/* model A {\n}\n*/\nmodel A {\n  id Int\n}\n",
        "/* model A {\n}\n*/\nmodel A {\n  id Int\n  b  Int\n}\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), FILES.values(), ids=FILES)
def test_a_field_is_written_as_its_file_is(before: str, after: str) -> None:
    assert made(before, field("b", "b Int", "A")) == after
    assert match([field("b", "b   Int", "A")], {F: after}.get) == Change(())


def test_a_first_block_goes_into_an_empty_file() -> None:
    """VARIATIONS row: a multi-file schema's head file has no model."""
    head = 'datasource db {\n  provider = "sqlite"\n}\n'
    assert made(head, UpsertModel(F, "A", "model A {\n  id Int @id\n}")) == head + "\nmodel A {\n  id Int @id\n}\n"
    assert made("\n", UpsertModel(F, "A", "model A {\n  id Int @id\n}")) == "model A {\n  id Int @id\n}\n"


REFUSED = {
    "no such model": (SCHEMA, field("a", "a Int", "Pos"), "no model `Pos`"),
    "an enum": (SCHEMA, field("a", "a Int", "Role"), "an enum"),
    "another name": (SCHEMA, field("a", "b Int"), "not a field called"),
    "two fields": (SCHEMA, field("a", "a Int\nb Int"), "not the lines of one field"),
    "a block attribute": (SCHEMA, field("@@index", "@@index([id])"), "not a field called"),
    "a way out of the model": (SCHEMA, field("a", "a Int\n}\nmodel B {\n  id Int"), "not the lines of one field"),
    "an open bracket": (SCHEMA, field("a", "a Int @default("), "bracket"),
    "an open comment": (SCHEMA, field("a", "a Int /*"), "more of the schema would change"),
    "another block": (SCHEMA, UpsertModel(F, "A", "model B {\n  id Int\n}"), "not the whole block"),
    "two blocks": (SCHEMA, UpsertModel(F, "A", "model A {\n}\nmodel B {\n}"), "not the whole block"),
    "an enum for a model": (SCHEMA, UpsertModel(F, "A", "enum A {\n  B\n}"), "not the whole block"),
    "a name that another kind has": (SCHEMA, UpsertModel(F, "Role", "model Role {\n  id Int\n}"), "declared already"),
    "fields on the head's line": (SCHEMA, UpsertModel(F, "A", "model A { id Int\n}"), "on its line"),
    "never closed": ("model A {\n  id Int\n", field("b", "b Int", "A"), "on its line"),
    "never closed before another": (
        "model A {\n  id Int\n\nmodel B {\n  id Int\n}\n",
        field("b", "b Int", "A"),
        "not closed",
    ),
    "swallowed by one that is not closed": (
        "model A {\n  id Int\n\nmodel B {\n  id Int\n}\n",
        UpsertModel(F, "B", "model B {\n  id Int\n}"),
        "cannot be read",
    ),
    "declared twice": ("model A {\n}\nmodel A {\n}\n", field("b", "b Int", "A"), "declared 2 times (lines 1, 3)"),
    "a field twice": ("model A {\n  b Int\n  b Int\n}\n", field("b", "b String", "A"), "lines 2, 3"),
}


@pytest.mark.parametrize(("text", "edit", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_clear_is_refused_with_a_reason(text: str, edit: Edit, said: str) -> None:
    assert said in reason(text, edit)
