"""Prisma schemas are read whole, over several files, and never raise."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from beai.core.project.facts import (
    Datasource,
    Generator,
    Key,
    KeyColumn,
    KeyKind,
    Model,
    ModelKind,
    Relation,
    RelationKind,
)
from beai.core.project.prisma import read_schema
from beai.core.project.prisma_blocks import attributes
from beai.core.project.schema_cut import cut, reached
from tests.core.schemas import MONGO, MYSQL, POSTGRES, SQLSERVER
from tests.core.test_project_trees import SCHEMA, shop
from tests.core.work import growth

READ = read_schema([("p.prisma", SCHEMA)])


def test_models_enums_and_provider_are_read() -> None:
    assert [model.name for model in READ.models] == ["Author", "Note", "Membership"]
    assert [(enum.name, enum.values) for enum in READ.enums] == [("Tag", ("RED", "BLUE"))]
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
    assert written is not None and written.relation == Relation(
        "Author", ("authorId",), ("id",), "written", on_delete="Cascade"
    )
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
    assert other is not None and other.relation == Relation("B", kind=RelationKind.ONE_TO_MANY, opposite="a")


def test_attributes_may_cover_lines_and_unsupported_types_are_named() -> None:
    found = read_schema(
        [("a", 'model A {\n  at Unsupported("tsvector")?\n  @@unique([\n    at,\n    id\n  ])\n  id Int @id\n}')]
    ).models[0]
    assert found.uniques == (("at", "id"),)
    assert [field.type for field in found.fields] == ["tsvector", "Int"]
    assert [attribute.name for attribute in attributes("@db.VarChar(3) @default(now())")] == ["db.VarChar", "default"]


MANY = read_schema(POSTGRES.items())
SHOPS = read_schema([("schema.prisma", MONGO)])


def model(name: str) -> Model:
    """The model called ``name`` in the schema of several files."""
    found = MANY.model(name)
    assert found is not None
    return found


def test_settings_are_read() -> None:
    assert MANY.datasource == Datasource(
        "db", "postgres", "DATABASE_URL", "DIRECT_URL", ("base", "shop"), "", "prisma/base.prisma"
    )
    assert [(one.provider, one.output) for one in MANY.generators] == [
        ("prisma-client", "../src/generated"),
        ("zod-prisma-types", ""),
    ]
    assert MANY.generators[0].settings == (("previewFeatures", '["views", "postgresqlExtensions"]'),)
    without = read_schema(
        [("s", 'datasource db {\n  provider = "postgres"\n}\ngenerator own {\n  provider = "node x.js"\n}')]
    )
    assert without.datasource == Datasource("db", "postgres", file="s")
    assert without.generators == (Generator("own", "node x.js", file="s"),)
    secret = read_schema([("s", 'datasource db {\n provider = "mysql"\n url = "mysql://root:pass@host/x"\n}')])
    assert secret.datasource is not None and secret.datasource.url == "(written)"
    assert "pass" not in repr(secret)


def test_relations_are_seen_whole() -> None:
    assert [(one.kind.value, one.one, one.other, one.name) for one in MANY.relations()] == [
        ("m-n", "Person.followers", "Person.following", "follow"),
        ("1-1", "Person.next", "Person.prev", "chain"),
        ("1-n", "Order.person", "Person.orders", ""),
        ("m-n", "Person.groups", "Group.members", "members"),
        ("1-n", "Line.order", "Order.lines", ""),
    ]
    field = model("Person").field("next")
    assert field is not None and field.relation == Relation(
        "Person", ("nextId",), ("id",), "chain", RelationKind.ONE_TO_ONE, "prev", "SetNull", "NoAction", "chain_fk"
    )
    assert [one.one for one in SHOPS.relations()] == ["Item.shops"]


def test_keys_say_all_that_is_written_of_them() -> None:
    assert model("Person").keys[:5] == (
        Key(KeyKind.ID, (KeyColumn("id"),)),
        Key(KeyKind.UNIQUE, (KeyColumn("nextId"),), map="next_u"),
        Key(KeyKind.UNIQUE, (KeyColumn("name"), KeyColumn("when")), "byName", "person_name_when"),
        Key(KeyKind.UNIQUE, (KeyColumn("cents"), KeyColumn("ok", "Desc"))),
        Key(KeyKind.INDEX, (KeyColumn("json", ops="JsonbPathOps"),), "", "json_gin", "Gin"),
    )
    assert model("Person").keys[6].map == "old_name"
    assert model("Person").keys[7].columns == (KeyColumn("when", ops="timestamptz_minmax_ops"),)
    assert model("Order").ids == ("no", "year") and model("Group").keys[0].map == "group_pk"
    text, table = read_schema([("s", MYSQL)]).models[0], read_schema([("s", SQLSERVER)]).models[0]
    assert text.keys[2] == Key(KeyKind.INDEX, (KeyColumn("body", "Desc", 100),), "", "b")
    assert text.keys[3] == Key(KeyKind.FULLTEXT, (KeyColumn("body"), KeyColumn("t")), "", "ft")
    assert [key.map for key in table.keys] == ["pk_a", "", ""] and table.fields[0].default == "1"
    assert SHOPS.models[0].keys[2].fields == ("address.street.no",)


def test_a_unique_that_the_model_states_of_one_field_makes_the_field_unique() -> None:
    found = read_schema([("s", "model A {\n  id Int @id\n  a Int\n  b Int\n  @@unique([a])\n  @@unique([a, b])\n}")])
    assert [field.unique for field in found.models[0].fields] == [False, True, False]


def test_fields_keep_their_columns_and_native_types() -> None:
    field = {one.name: one for one in model("Person").fields}
    assert (field["when"].native, field["cents"].native, field["name"].native) == (
        "Timestamptz(3)",
        "Decimal(10, 2)",
        "Text",
    )
    assert field["name"].default == '"a \\"b\\", (c)"' and field["words"].default == '["a", "b"]'
    assert field["vec"].unsupported and field["vec"].type == "vector(3)" and field["vec"].optional
    assert field["hid"].ignored and not field["id"].ignored
    assert field["id"].documentation == "above\nbeside" and field["id"].line == 5
    assert SHOPS.types[0].field("city") is not None and SHOPS.models[0].fields[0].map == "_id"


def test_views_composite_types_and_ignored_models_are_told_apart() -> None:
    assert (model("Totals").kind, model("Totals").map, model("Totals").schema) == (ModelKind.VIEW, "v_totals", "shop")
    assert [one.name for one in SHOPS.types] == ["Address", "Street", "Photo"] and SHOPS.model("Address") is None
    assert SHOPS.types[0].documentation == "Where it is."
    assert model("Old").ignored and model("Person").documentation == "First line\nsecond line"


def test_enums_keep_their_words_in_the_database() -> None:
    role = MANY.enums[0]
    assert (role.values, role.mapped, role.map, role.schema) == (
        ("USER", "ADMIN"),
        (("USER", "user"),),
        "roles",
        "base",
    )


def test_comments_of_several_lines_hide_what_is_in_them() -> None:
    gone = "/* model Gone {\n  id Int @id\n} */\n"
    text = gone + 'model A { /* x */\n  id Int @id /* y */\n  b String @default("/* no */") // z\n}'
    found = read_schema([("s", text)])
    assert [(one.name, one.line, [field.name for field in one.fields]) for one in found.models] == [
        ("A", 4, ["id", "b"])
    ]
    assert found.models[0].fields[1].default == '"/* no */"'


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


_PIECES = (
    *("model A {\n", '@default("', "a Int @x((((", '\\"', "@@unique([\n", "(" * 50 + "\n", '"//"', "//", "/*", "*/ /*"),
    *(
        "a = " + " " * 40,
        "@a(b: [",
        " a A\n",
        "a A[] @relation\n",
        "/// d\n",
        "}",
        "{",
        "@@",
        "a.b.c",
        "\r",
        "\udcff",
        ",,",
    ),
)


def test_nonsense_is_read_in_proportion_to_its_size() -> None:
    """By the calls that it takes; what one call takes is measured by ``python -m tests.bench parsers``."""

    def work(piece: str) -> Callable[[int], Callable[[], object]]:
        def reading(size: int) -> Callable[[], object]:
            text = "model M {\n" + piece * (size // len(piece))
            return lambda: (read_schema([("s", text)]), attributes(text))

        return reading

    assert {piece: grown for piece in _PIECES if (grown := growth(work(piece), 2_000)) > 6} == {}
