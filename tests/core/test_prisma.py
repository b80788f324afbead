"""Prisma schemas are read whole, over several files, and never raise."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from beai.core.project.facts import Relation, SchemaEnum
from beai.core.project.prisma import attributes, read_schema
from beai.core.project.schema_cut import cut, reached
from tests.core.test_project_trees import SCHEMA, shop

READ = read_schema([("p.prisma", SCHEMA)])


def test_models_enums_and_provider_are_read() -> None:
    assert [model.name for model in READ.models] == ["Author", "Note", "Membership"]
    assert READ.enums == (SchemaEnum("Tag", ("RED", "BLUE")),)
    assert READ.provider == "postgres"


def test_fields_say_what_they_are() -> None:
    note = READ.model("Note")
    assert note is not None and note.line == 13 and note.delegate == "note"
    field = {one.name: one for one in note.fields}
    assert field["id"].id and field["id"].default == "autoincrement()"
    assert field["tag"].optional and not field["tag"].many and field["tag"].type == "Tag"
    assert field["editedAt"].updated_at
    assert field["link"].default == '"https://x.test/?a=(1)"'
    assert field["link"].attributes.endswith('@map("l//ink")')


def test_relations_know_both_sides() -> None:
    author, note = READ.model("Author"), READ.model("Note")
    assert author is not None and note is not None
    written = note.field("author")
    assert written is not None and written.relation == Relation("Author", ("authorId",), ("id",), "written")
    notes = author.field("notes")
    assert notes is not None and notes.many and notes.relation == Relation("Note")


def test_block_attributes_are_read() -> None:
    note, membership = READ.model("Note"), READ.model("Membership")
    assert note is not None and membership is not None
    assert note.uniques == (("authorId", "title"),)
    assert note.indexes == (("authorId", "editedAt"),)
    assert membership.ids == ("teamId", "noteId")


def test_documentation_is_that_above_or_beside() -> None:
    product, author = (
        read_schema([("s", shop().text("prisma/schema.prisma") or "")]).model("Product"),
        READ.model("Author"),
    )
    assert product is not None and author is not None
    price, mail = product.field("priceCents"), author.field("mail")
    assert price is not None and price.documentation == "Price in the smallest currency unit (cents)."
    assert mail is not None and mail.documentation == "lower case" and mail.unique


def test_files_make_one_schema() -> None:
    found = read_schema(
        [("a.prisma", "model A {\n id Int @id\n b B?\n}"), ("b.prisma", "model B {\n id Int @id\n a A[]\n}\n")]
    )
    a, b = found.model("A"), found.model("B")
    assert a is not None and b is not None and (a.file, b.file) == ("a.prisma", "b.prisma")
    other = a.field("b")
    assert other is not None and other.relation == Relation("B")


def test_attributes_may_cover_lines_and_unsupported_types_are_named() -> None:
    found = read_schema(
        [("a", 'model A {\n  at Unsupported("tsvector")?\n  @@unique([\n    at,\n    id\n  ])\n  id Int @id\n}')]
    ).models[0]
    assert found.uniques == (("at", "id"),)
    assert [field.type for field in found.fields] == ["tsvector", "Int"]
    assert [attribute.name for attribute in attributes("@db.VarChar(3) @default(now())")] == ["db.VarChar", "default"]


def test_a_cut_keeps_what_a_task_reaches_as_it_is_written() -> None:
    part = cut(SCHEMA, reached(READ, "Archive a `Note`."))
    assert read_schema([("x", part)]).provider == "postgres"
    assert [model.name for model in read_schema([("x", part)]).models] == ["Author", "Note"]
    assert "/// Somebody who writes.\nmodel Author {" in part and "enum Tag {" in part
    assert cut(SCHEMA, frozenset({"Other"})) == ""


@given(
    st.one_of(
        st.text(),
        st.tuples(st.sampled_from(range(len(SCHEMA))), st.text(max_size=9)).map(
            lambda at: SCHEMA[: at[0]] + at[1] + SCHEMA[at[0] + 3 :]
        ),
    )
)
def test_no_text_raises(text: str) -> None:
    found = read_schema([("s", text)])
    assert all(model.name and model.line <= text.count("\n") + 1 for model in found.models)
    cut(text, frozenset(model.name for model in found.models))


def test_a_megabyte_of_nonsense_is_read_in_proportion() -> None:
    started = time.perf_counter()
    for piece in ("model A {\n", '@default("', "a Int @x((((", '\\"', "@@unique([\n", "(" * 50 + "\n"):
        read_schema([("s", "model M {\n" + piece * (400_000 // len(piece)))])
    assert time.perf_counter() - started < 12
