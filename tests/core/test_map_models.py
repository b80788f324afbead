"""Every database call is told by its model, or told as one that could not be followed, with its place."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

import pytest

from beai.core.project.facts import ApiMap, Project
from beai.core.project.map_text import counts_text
from beai.core.project.prisma import read_schema
from beai.core.project.trpc import read_api
from tests.core.test_map_rows import mapped, one, repository

TAKEN = {
    "const { user } = ctx.db; return user.count()": [("User", "r", "ctx.db")],
    "const { post, user: people } = ctx.db; await post.delete({ where }); return people.count()": [
        ("Post", "w", "ctx.db"),
        ("User", "r", "ctx.db"),
    ],
    "const db = ctx.db; const { post } = db; return post.findMany()": [("Post", "r", "db")],
    "const { user } = ctx; return user.delete()": [],
    "const table = ctx.db['user']; return table.findMany()": [("User", "r", "ctx.db")],
}


@pytest.mark.parametrize("body", TAKEN)
def test_delegates_that_are_taken_out_of_the_client_are_known(body: str) -> None:
    """Row: database handle."""
    found = mapped(f"export const mine = router({{ a: open.query(async ({{ ctx }}) => {{ {body} }}) }})\n")
    touched = [(each.model, "r" * each.reads + "w" * each.writes, each.handle) for each in one(found, "mine.a").touches]
    assert (touched, found.unresolved) == (TAKEN[body], ())


CRUD = """export function crud(model) {
  return router({ list: open.query(({ ctx }) => (ctx.db[model] as any).findMany()), drop: open.mutation(({ ctx }) => ctx.db[model].delete({ where })) })
}
"""


def test_the_model_that_a_factory_is_given_is_followed_into_it() -> None:
    found = mapped(f"{CRUD}export const mine = router({{ posts: crud('post'), users: crud('user') }})\n")
    assert [one(found, f"mine.{path}").models for path in ("posts.list", "posts.drop", "users.list")] == [
        ("Post",),
        ("Post",),
        ("User",),
    ]
    assert found.unresolved == ()


def test_a_model_that_cannot_be_followed_is_told_with_its_place_and_counted() -> None:
    found = mapped(f"{CRUD}export const mine = router({{ any: crud(pick()) }})\n")
    assert [(each.file, each.line, each.what) for each in found.unresolved] == [
        ("src/mine.ts", 3, "the model of `ctx.db[model].findMany` could not be followed"),
        ("src/mine.ts", 3, "the model of `ctx.db[model].delete` could not be followed"),
    ]
    assert "2 unresolved" in counts_text(Project("x", api=found), found.routers)


RAW = {
    'ctx.db.$queryRaw`SELECT * FROM "User" u JOIN posts p ON p.user_id = u.id`': [("User", "r"), ("Post", "r")],
    "await ctx.db.$queryRaw<{ a: Array<string> }[]>`SELECT 1 FROM public.posts WHERE x = ${x}`": [("Post", "r")],
    'ctx.db.$executeRaw`INSERT INTO posts (id) SELECT id FROM "User"`': [("Post", "w"), ("User", "r")],
    "ctx.db.$executeRawUnsafe('UPDATE posts SET x = 1')": [("Post", "w")],
    "ctx.db.$executeRaw(Prisma.sql`DELETE FROM posts WHERE EXTRACT(year FROM at) = 1`)": [("Post", "w")],
    "ctx.db.$queryRaw<Row[]>(query(Prisma.sql`p.id`))": [("Post", "r")],
    "ctx.db.$queryRaw(text)": [("User", "r")],
    "ctx.db.$queryRaw`SELECT 1`": [],
}
MODELS = 'model User {\n id String @id\n}\nmodel Post {\n id String @id\n @@map("posts")\n}\n'
BESIDE = 'const query = (select) => Prisma.sql`WITH latest AS (SELECT * FROM posts p) SELECT ${select} FROM latest`\nconst text = Prisma.sql`SELECT * FROM "User"`\n'


def raw(call: str) -> ApiMap:
    schema = read_schema([("prisma/schema.prisma", MODELS)])
    head = f"import {{ router, open }} from './init'\n{BESIDE}"
    mine = f"{head}export const mine = router({{ a: open.query(async ({{ ctx }}) => {{ return {call} }}) }})\n"
    return read_api(repository(mine=mine), "", schema)


@pytest.mark.parametrize("call", RAW)
def test_raw_queries_touch_the_models_of_the_tables_that_they_name(call: str) -> None:
    found = raw(call)
    touched = [(each.model, "r" * each.reads + "w" * each.writes) for each in one(found, "mine.a").touches]
    assert (touched, found.unresolved) == (RAW[call], ())


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("ctx.db.$queryRaw`SELECT * FROM ${table}`", "the tables of `ctx.db.$queryRaw` could not be followed"),
        ("ctx.db.$queryRawUnsafe(input.sql)", "the tables of `ctx.db.$queryRawUnsafe` could not be followed"),
        ("ctx.db.$queryRaw`SELECT * FROM audit`", "`ctx.db.$queryRaw` names `audit`, which is no model's table"),
    ],
)
def test_raw_queries_that_name_no_model_are_told_with_their_place(call: str, what: str) -> None:
    found = raw(call)
    assert [(each.file, each.line, each.what) for each in found.unresolved] == [("src/mine.ts", 4, what)]
