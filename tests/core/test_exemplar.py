"""The procedure that a new one should look like does what it does; and only files that serve the two go along."""

from __future__ import annotations

import pytest

from beai.core.project.exemplar import Exemplar, exemplar
from beai.core.project.facts import Task
from beai.core.project.layout import read
from beai.core.project.sources import sources
from beai.core.project.targets import targets
from beai.core.suggest.exchange import Purpose, Request, SourceRole
from beai.core.suggest.pack import Kind, Window, pack
from tests.core.test_project_trees import DictTree, shop

WIDE = Window(100_000, 8_000, "of the test")
GUARD = "export const requireUser = t.middleware(({ ctx, next }) => {\n  checkUser(ctx);\n  return next();\n});\n"
INIT = (
    "import { initTRPC, TRPCError } from '@trpc/server';\nconst t = initTRPC.create();\n"
    "export const router = t.router;\n"
    "function checkUser(ctx) {\n  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });\n}\n"
    "const first = t.middleware(({ next }) => next());\n"
    "export const open = t.procedure.use(first);\n"
    f"{GUARD}"
    "export const signed = open.use(requireUser);\nexport const owner = signed.use(({ next }) => next());\n"
    "export const staff = owner.use(({ next }) => next());\n"
)
NOISE = "".join(f"export function noise{n}() {{\n  return {n};\n}}\n" for n in range(200))
SCHEMA = (
    'datasource db {\n  provider = "sqlite"\n}\nmodel Poll {\n  id Int @id\n  title String\n}\n'
    "model Vote {\n  id Int @id\n  poll Int\n}\nmodel Event {\n  id Int @id\n}\n"
)
TREE = DictTree(
    {
        "package.json": '{"devDependencies": {"vitest": "^4.0.0", "@trpc/server": "^11.0.0"}}',
        "src/trpc.ts": INIT + NOISE,
        "src/polls.ts": "import { open, requireUser, router } from './trpc';\n"
        "export const polls = router({\n"
        "  list: open.query(({ ctx }) => ctx.db.poll.findMany({ where: { title: 'of the house' }, take: 10 })),\n"
        "  close: open.use(requireUser).mutation(({ ctx }) => ctx.db.poll.update({ where: { id: 1 }, data: {} })),\n"
        "  reopen: open.mutation(({ ctx }) => ctx.db.poll.update({ where: { id: 1 }, data: { title: '' } })),\n"
        "});\n",
        "src/events.ts": "import { signed, router } from './trpc';\n"
        "export const eventProcedure = signed.use(({ next }) => next());\n"
        "export const events = router({\n"
        "  drop: eventProcedure.mutation(({ ctx }) => ctx.db.event.delete({ where: { id: 1, title: 'long' } })),\n"
        "});\n",
        "src/root.ts": "import { router } from './trpc';\nimport { polls } from './polls';\n"
        "import { events } from './events';\n"
        "export const appRouter = router({ polls, events });\nexport type AppRouter = typeof appRouter;\n",
        "prisma/schema.prisma": SCHEMA,
    }
)  # fmt: skip


def task(words: str) -> Task:
    return Task("BE-1", "A task", "t.md", description=words, text=words)


def alike(tree: DictTree, about: Task) -> Exemplar:
    project = read(tree, "x")
    found = exemplar(project, targets(about, project), about)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("id", "path", "said"),
    [
        ("BE-S3-001", "review.create", ("creates too", "CONFLICT", "P2002")),
        ("BE-S3-002", "order.listMine", ("lists too", "on protectedProcedure too")),
    ],
)
def test_it_does_the_same_and_answers_the_errors_that_the_task_names(id: str, path: str, said: tuple[str, ...]) -> None:
    about = read(shop(), "shop").task(id)
    assert about is not None
    found = alike(shop(), about)
    assert found.procedure.path == path
    assert all(word in found.reason for word in said)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("`votes.remove`, a mutation", "events.drop"),
        ("`votes.rename`, a mutation", "polls.close"),
        ("`events.all`, a query", "polls.list"),
    ],
)
def test_the_verb_or_the_prisma_operation_tells_what_a_procedure_does(words: str, path: str) -> None:
    assert alike(TREE, task(words)).procedure.path == path


def test_builders_that_neither_the_router_nor_the_exemplar_uses_bring_no_file() -> None:
    project = read(TREE, "x")
    about = task("Extend `polls.close` with a reason.")
    found = {one.path: one for one in sources(TREE, project, about)}
    assert found["src/trpc.ts"].role is SourceRole.INIT
    assert not any("eventProcedure" in one.reason for one in found.values())
    dropping = {one.path: one for one in sources(TREE, project, task("`events.cancel`, a mutation on an `Event`"))}
    assert dropping["src/trpc.ts"].role is SourceRole.INIT and "src/events.ts" in dropping


def test_of_a_long_init_file_what_the_kept_builders_refer_to_stays() -> None:
    """VARIATIONS: init file; size; a middleware of the procedure itself, and a chain of four builders."""
    project = read(TREE, "x")
    for words, kept in (
        ("Extend `polls.close` with a reason.", ("const requireUser", "function checkUser", "const first")),
        (
            "Add `votes.add`, a mutation on `staff`.",
            ("const staff", "const owner", "const signed", "function checkUser"),
        ),
    ):
        about = task(words)
        request = Request(Purpose.CODE, about, project, sources(TREE, project, about))
        init = next(one for one in pack(request, WIDE).parts if one.kind is Kind.INIT and one.name == "src/trpc.ts")
        assert init.cut and all(word in init.text for word in kept), (words, init.text)
        assert "return 150;" not in init.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Extend `polls.close` with a reason.", "Poll is used by other procedures of `polls`"),
        ("`vote.add`, a mutation", "Vote is what `vote` is named after"),
    ],
)
def test_why_a_model_is_the_tasks_is_said_in_a_sentence(words: str, said: str) -> None:
    project = read(TREE, "x")
    about = task(words)
    request = Request(Purpose.CODE, about, project, sources(TREE, project, about))
    schema = next(one for one in pack(request, WIDE).parts if one.kind is Kind.SCHEMA)
    assert schema.reason == f"the models that the task reaches: {said}"
