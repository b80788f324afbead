"""A map that is read again after edits is the map that is read from nothing, and reads little of it again."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.project.facts import Project
from beai.core.project.layout import read
from beai.core.project.recall import Recall
from tests.core.test_project_trees import DictTree, notebook, shop

_MADE = {
    "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"~/*": ["./src/*"]}}}',
    "package.json": '{"name": "made", "dependencies": {"@trpc/server": "11"}}',
    "prisma/schema.prisma": "model User {\n  id Int @id\n  posts Post[]\n}\nmodel Post {\n  id Int @id\n  by User @relation(fields: [byId], references: [id])\n  byId Int\n}\n",
    "src/trpc.ts": "import { initTRPC, TRPCError } from '@trpc/server'\nimport { guard } from '~/guard'\nconst t = initTRPC.create()\nexport const router = t.router\nexport const { procedure: open } = t\nexport const closed = open.use(guard)\n",
    "src/guard.ts": "import { TRPCError } from '@trpc/server'\nimport { first } from './first'\nexport const guard = ({ ctx, next }) => {\n  first(ctx)\n  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' })\n  return next()\n}\n",
    "src/first.ts": "import { second } from './second'\nexport const first = (ctx) => second(ctx)\n",
    "src/second.ts": "export const second = (ctx) => { if (ctx.user.role !== 'ADMIN') throw new Error('FORBIDDEN') }\n",
    "src/root.ts": "import { lazy } from '@trpc/server'\nimport { router } from './trpc'\nimport * as users from '~/routers/users'\nimport { posts } from '~/routers'\nexport const appRouter = router({ users: users.usersRouter, posts, late: lazy(() => import('./routers/late')) })\nexport type AppRouter = typeof appRouter\n",
    "src/routers/index.ts": "export * from './posts'\nexport { usersRouter as people } from './users'\n",
    "src/routers/users.ts": "import { router, open, closed } from '~/trpc'\nimport { findUser } from '~/services/users'\nexport const usersRouter = router({\n  one: open.query(({ ctx }) => findUser(ctx.db)),\n  drop: closed.mutation(({ ctx }) => ctx.db.user.delete({ where: { id: 1 } })),\n})\n",
    "src/routers/posts.ts": "import { router, closed } from '../trpc'\nconst mine = closed.use(({ next }) => next())\nexport const posts = router({ list: mine.query(({ ctx }) => ctx.db.post.findMany({ include: { by: true } })), deep: router({ er: closed.query(() => 1) }) })\n",
    "src/routers/late.ts": "import { router, open } from '~/trpc'\nimport { findUser } from '~/services/users'\nexport default router({ one: open.query(({ ctx }) => findUser(ctx.db)) })\n",
    "src/routers/alone.ts": "import { router, open } from '~/trpc'\nexport const aloneRouter = router({ x: open.query(() => 1) })\nexport const y = open.query(() => 2)\n",
    "src/services/users.ts": "export const findUser = (db) => db.user.findFirst()\n",
    "src/routers/__tests__/users.test.ts": "import { appRouter } from '~/root'\nimport { usersRouter } from '../users'\ntest('a', async () => { await appRouter.createCaller({}).users.one() })\ntest('b', async () => { await usersRouter.createCaller({}).drop() })\n",
    "app/elsewhere/users.ts": "export const findUser = (db) => db.post.findFirst()\n",
    "src/other.ts": "export const nothing = 1\n",
}
_SWAPS = (
    ("open.query", "closed.query"),
    ("closed.mutation", "open.mutation"),
    ("UNAUTHORIZED", "BAD_REQUEST"),
    ("export const { procedure: open } = t", "export const open = t.procedure.use(guard)"),
    ("ADMIN", "STAFF"),
    ("db.user.", "db.post."),
    ("findFirst", "deleteMany"),
    ("'~/services/users'", "'../services/users'"),
    ("./src/*", "./app/*"),
    ("one:", "first:"),
    ("\n", "\n// a line more\n"),
    ("export ", ""),
    ("router({", "router({ extra: open.query(() => 3),"),
    ("aloneRouter", "usersRouter"),
    ("posts,", ""),
    ("~/", "@/"),
    ("posts Post[]", "posts Post[]\n  name String"),
    ("model Post", "model Article"),
    ("(", "(("),
)
_NAMES = (
    *_MADE,
    "src/services/users/index.ts",
    "src/routers/more.ts",
    "services/users.ts",
    "app/services/users.ts",
    "src/routers.ts",
)


@dataclass(frozen=True)
class Edit:
    """What somebody does to a file: ``swap`` words in it, write it as another was, move it, or delete it."""

    kind: str
    path: str
    other: str = ""
    swap: tuple[str, str] = ("", "")

    def __call__(self, files: dict[str, str]) -> dict[str, str]:
        match self.kind:
            case "swap" if self.path in files:
                return {**files, self.path: files[self.path].replace(*self.swap, 1)}
            case "delete":
                return {path: text for path, text in files.items() if path != self.path}
            case "move" if self.path in files:
                rest = {path: text for path, text in files.items() if path != self.path}
                return {**rest, self.other: files[self.path]}
            case "add":
                return {**files, self.path: _MADE.get(self.other, "")}
        return files


EDITS = st.builds(
    Edit,
    st.sampled_from(("swap", "swap", "swap", "swap", "delete", "move", "add")),
    st.sampled_from(_NAMES),
    st.sampled_from(_NAMES),
    st.sampled_from(_SWAPS),
)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=6))
def test_after_any_edits_the_map_is_that_of_a_reading_from_nothing(rounds: list[list[Edit]]) -> None:
    files, recall = dict(_MADE), Recall()
    assert read(DictTree(files), "made", recall) == read(DictTree(files), "made")
    for edits in rounds:
        for edit in edits:
            files = edit(files)
        assert read(DictTree(files), "made", recall) == read(DictTree(files), "made")


@pytest.mark.parametrize(
    ("path", "swap"),
    [
        ("src/trpc.ts", ("export const { procedure: open } = t", "export const open = t.procedure.use(guard)")),
        ("src/trpc.ts", ("const t =", "\n\nconst t =")),
        ("src/second.ts", ("ADMIN", "STAFF")),
    ],
)
def test_who_may_call_is_read_again_where_only_its_definition_changed(path: str, swap: tuple[str, str]) -> None:
    recall = Recall()
    before = read(DictTree(dict(_MADE)), "made", recall)
    changed = Edit("swap", path, swap=swap)(dict(_MADE))
    found = read(DictTree(changed), "made", recall)
    assert found == read(DictTree(changed), "made")
    assert found.api.builders != before.api.builders


@dataclass(frozen=True)
class Counting(DictTree):
    """A tree whose files have stamps, and that counts which of them are read."""

    read: list[str] = field(default_factory=list)

    def text(self, path: str) -> str | None:
        self.read.append(path)
        return super().text(path)

    def stamp(self, path: str) -> tuple[int, ...] | None:
        return (hash(self.files[path]),) if path in self.files else None


def again(files: dict[str, str], recall: Recall) -> tuple[Project, set[str]]:
    """The project and the source files that were read for it."""
    tree = Counting(files)
    found = read(tree, "made", recall)
    return found, {path for path in tree.read if path.startswith("src/") and ".test." not in path}


def test_where_nothing_changed_no_source_file_is_read() -> None:
    recall = Recall()
    first, all_of_them = again(dict(_MADE), recall)
    assert again(dict(_MADE), recall) == (first, set())
    assert all_of_them >= {path for path in _MADE if path.startswith("src/") and ".test." not in path}


def test_an_edit_of_one_router_reads_that_router_and_what_it_stands_on() -> None:
    recall = Recall()
    again(dict(_MADE), recall)
    changed = Edit("swap", "src/routers/alone.ts", swap=("=> 1", "=> 4"))(dict(_MADE))
    found, touched = again(changed, recall)
    assert touched <= {"src/routers/alone.ts", "src/trpc.ts", "src/guard.ts"}
    assert found == read(DictTree(changed), "made")


def test_the_other_backends_are_read_again_as_from_nothing() -> None:
    for tree in (shop(), notebook()):
        recall = Recall()
        first = read(tree, "x", recall)
        assert read(tree, "x", recall) == first == read(tree, "x")
