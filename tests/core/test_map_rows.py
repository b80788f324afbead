"""Each row of "Reading routers" in VARIATIONS.md, held to by a repository of our own; the docstring names the row."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

import pytest

from beai.core.project import layout
from beai.core.project.facts import AccessLevel, ApiMap, Procedure
from beai.core.project.prisma import read_schema
from beai.core.project.trpc import init_files, read_api
from tests.core.test_project_trees import DictTree

INIT = """import { initTRPC, TRPCError } from '@trpc/server'
const t = initTRPC.context<Ctx>().create()
export const router = t.router
export const open = t.procedure
export const isAuthed = t.middleware(({ ctx, next }) => { if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' }); return next({ ctx: { user: ctx.user } }) })
export const authed = open.use(isAuthed)
"""
ROOT = "import { router } from './init'\nimport { mine } from './mine'\nexport const appRouter = router({ mine })\nexport type AppRouter = typeof appRouter\n"
MODELS = "model User {\n id String @id\n posts Post[]\n}\nmodel Post {\n id String @id\n userId String\n user User @relation(fields: [userId], references: [id])\n}\n"


def repository(**files: str) -> DictTree:
    """Files in ``src/``, beside an init file and a root router that mounts ``mine``."""
    texts = {f"src/{name}.ts": text for name, text in {"init": INIT, "root": ROOT, **files}.items()}
    return DictTree({"package.json": '{"dependencies": {"@trpc/server": "11"}}', **texts})


def mapped(mine: str, **files: str) -> ApiMap:
    """The map where ``mine`` is the text of the mounted router's file."""
    schema = read_schema([("prisma/schema.prisma", MODELS)])
    head = "import { router, open, authed } from './init'\n"
    return read_api(repository(mine=head + mine, **files), "", schema)


def paths(found: ApiMap) -> list[str]:
    return [procedure.path for router in found.routers for procedure in router.procedures]


def one(found: ApiMap, path: str) -> Procedure:
    procedure = found.procedure(path)
    assert procedure is not None, (paths(found), found.unresolved)
    return procedure


@pytest.mark.parametrize("package", ["", "app", "apps/web", "packages/api"])
def test_the_package_is_that_of_the_init_file(package: str) -> None:
    """Row: package root."""
    at = f"{package}/" if package else ""
    inner = {
        f"{at}{path}": text
        for path, text in repository(
            mine="import { router, open } from './init'\nexport const mine = router({ a: open.query(() => 1) })"
        ).files.items()
    }
    test = {
        "apps/tests/a.test.ts": f"import {{ appRouter }} from '../../{at}src/root'\nit('x', () => appRouter.createCaller({{}}).mine.a())\n"
    }
    project = layout.read(
        DictTree({"docs/x.md": "", "tasks/tasks_plan.md": "", "apps/tests/package.json": "{}", **inner, **test}), "r"
    )
    assert project.package == package
    assert [(call.file, call.line) for call in one(project.api, "mine.a").tests] == [("apps/tests/a.test.ts", 2)]


INITS = (
    "src/server/api/trpc.ts",
    "src/trpc/init.ts",
    "src/server/trpc/init.ts",
    "src/server/trpc.ts",
    "packages/api/src/index.ts",
    "packages/trpc/src/initTRPC.ts",
    "server/middleware/index.ts",
    "src/procedures.ts",
)


@pytest.mark.parametrize("path", INITS)
def test_the_init_file_is_found_by_what_it_imports(path: str) -> None:
    """Row: init file."""
    decoys = dict.fromkeys(
        ("scripts/trpc.ts", "src/__mocks__/trpc.ts", "src/a.test.ts"), f"vi.hoisted(() => initTRPC)\n{INIT}"
    )
    tree = DictTree({"package.json": "{}", path: INIT, "src/trpc.ts": "export const initTRPC = 1\n", **decoys})
    assert init_files(tree) == (path,)


def test_two_init_files_are_both_told_with_their_context_in_a_file_of_its_own() -> None:
    """Row: init file."""
    split = "import { initTRPC } from '@trpc/server'\nimport type { Context } from './context'\nexport const t = initTRPC.context<Context>().create()\n"
    found = read_api(
        DictTree(
            {
                **repository(mine="export const mine = 1").files,
                "src/edge/procedures.ts": split,
                "src/edge/context.ts": "export interface Context { a: 1 }\n",
            }
        )
    )
    assert [(init.file, init.context, init.context_file, init.context_line) for init in found.inits] == [
        ("src/init.ts", "Ctx", "", 0),
        ("src/edge/procedures.ts", "Context", "src/edge/context.ts", 1),
    ]


@pytest.mark.parametrize(
    ("imported", "call"),
    [
        ("router", "router"),
        ("router as createTRPCRouter", "createTRPCRouter"),
        ("router as r", "r"),
        ("t", "t.router"),
        ("* as trpc", "trpc.router"),
    ],
)
def test_a_router_is_made_by_whatever_name_its_constructor_has(imported: str, call: str) -> None:
    """Row: constructor."""
    brought = imported if imported.startswith("*") else f"{{ {imported} }}"
    root = f"import {brought} from './init'\nimport {{ auth }} from './mine'\nimport billing from './mine'\nexport const polls = {call}({{ auth, billing }})\nexport type AppRouter = typeof polls\n"
    mine = "import { router, open } from './init'\nexport const auth = router({ a: open.query(() => 1) })\nexport default router({ b: open.query(() => 1) })\n"
    found = read_api(repository(init=INIT.replace("const t", "export const t"), root=root, mine=mine))
    assert (found.root_variable, paths(found), found.constructors) == (
        "polls",
        ["auth.a", "billing.b"],
        tuple(sorted({"router", call})),
    )


@pytest.mark.parametrize("path", ["root", "_app", "routers/index", "trpc/router", "app-router"])
def test_the_root_router_is_found_wherever_it_is_and_keys_may_differ(path: str) -> None:
    """Row: root router."""
    up = "../" if "/" in path else "./"
    root = f"import {{ router }} from '{up}init'\nimport {{ aiScheduledTaskRouter }} from '{up}ai'\nexport const main = router({{ aiTask: aiScheduledTaskRouter }})\n"
    other = "import { router, open } from './init'\nexport const aiScheduledTaskRouter = router({ run: open.mutation(() => 1) })\n"
    tree = repository(ai=other, **{path: root})
    files = {name: text for name, text in tree.files.items() if name != "src/root.ts" or path == "root"}
    assert paths(read_api(DictTree(files))) == ["aiTask.run"]


def test_merged_spread_conditional_and_inline_routers_are_one_tree() -> None:
    """Row: merging."""
    found = mapped(
        """const a = router({ one: open.query(() => 1) })
const more = [router({ five: open.query(() => 5) })]
export const mine = t.mergeRouters(a, router({ ...b._def.procedures, ...c._def.record, ...(flags.x ? { four: open.query(() => 4) } : {}), runs: router({ go: open.mutation(() => 1) }) }), ...more)
const b = router({ two: open.query(() => 2) })
const c = router({ three: open.query(() => 3) })
"""
    )
    assert sorted(paths(found)) == ["mine.five", "mine.four", "mine.one", "mine.runs.go", "mine.three", "mine.two"]
    assert found.unresolved == ()


def test_what_trpc_loads_lazily_is_mounted_and_what_react_does_is_not() -> None:
    """Row: lazy."""
    user = "import { router, open } from './init'\nexport const userRouter = router({ me: open.query(() => 1) })\n"
    page = "import { lazy } from 'react'\nexport const pageRouter = { user: lazy(() => import('./user')) }\n"
    found = mapped(
        "import { lazy } from '@trpc/server'\nexport const mine = router({ user: lazy(() => import('./user.js')), gone: lazy(() => import('./gone.js')) })\n",
        user=user,
        page=page,
    )
    assert one(found, "mine.user.me").lazy and found.routers[-1].lazy
    assert [(each.file, each.what) for each in found.unresolved] == [
        ("src/mine.ts", "`mine.gone` could not be followed")
    ]
    assert found.unmounted == ()


def test_procedures_and_handlers_in_files_of_their_own_are_joined() -> None:
    """Row: one procedure per file."""
    found = mapped(
        """import { getGroupProcedure } from './get.procedure'
import { ZSchema } from './x.schema'
import { createBlobRouter } from './blob'
export const mine = router({
  getGroupProcedure,
  x: authed.input(ZSchema).mutation(async (opts) => { const handler = await importHandler(named('x'), () => import('./x.handler')); return handler(opts) }),
  y: open.query(yHandler),
  blob: createBlobRouter({ big: true }),
})
import { yHandler } from './y.handler'
""",
        **{
            "get.procedure": "import { open } from './init'\nexport const getGroupProcedure = open.query(({ ctx }) => ctx.db.user.count())\n",
            "x.schema": "import { z } from 'zod'\n\nexport const ZSchema = z.object({})\n",
            "x.handler": "export default async function handler({ ctx }) { return ctx.prisma.post.deleteMany() }\n",
            "y.handler": "export const yHandler = ({ ctx }) => ctx.prisma.post.findMany()\n",
            "blob": "import { router, open } from './init'\nexport const createBlobRouter = (config) => router({ put: open.mutation(() => config) })\n",
        },
    )
    assert paths(found) == ["mine.getGroupProcedure", "mine.x", "mine.y", "mine.blob.put"]
    x, y = one(found, "mine.x"), one(found, "mine.y")
    assert x.handler is not None and (x.handler.file, x.models) == ("src/x.handler.ts", ("Post",))
    assert y.handler is not None and (y.handler.name, y.handler.file, y.models) == (
        "yHandler",
        "src/y.handler.ts",
        ("Post",),
    )
    assert [(shape.name, shape.file, shape.line) for shape in x.inputs] == [("ZSchema", "src/x.schema.ts", 3)]


@pytest.mark.parametrize(
    "name",
    [
        "post",
        "tasks-router",
        "habit.router",
        "eventsRouter",
        "features/post/router",
        "modules/post/post.module",
        "plugins/stripe",
    ],
)
def test_a_router_may_stand_in_a_file_of_any_name(name: str) -> None:
    """Row: file names."""
    up = "../" * name.count("/") or "./"
    text = f"import {{ router, open }} from '{up}init'\nexport const inner = router({{ a: open.query(() => 1) }})\n"
    assert paths(mapped(f"export {{ inner as mine }} from './{name}'\n", **{name: text})) == ["mine.a"]


NAMES = (
    "publicProcedure",
    "protectedProcedure",
    "authedProcedure",
    "auth",
    "authenticated",
    "privateProcedure",
    "base",
    "procedure",
    "admin",
    "premium",
    "tenantProcedure",
    "spaceProcedure",
    "teacher",
    "rateLimited",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_builder_is_known_by_what_it_is_made_of(name: str) -> None:
    """Row: builders."""
    found = mapped(
        f"import {{ {name} }} from './builders'\nconst local = {name}.use(({{ next }}) => next())\nexport const mine = router({{ a: local.query(() => 1), b: {name}.query(() => 1) }})\n",
        builders=f"import {{ authed }} from './init'\nexport const {name} = authed.use(limit)\nconst limit = () => 1\n",
    )
    assert one(found, "mine.a").access.level is AccessLevel.SIGNED_IN
    assert (one(found, "mine.a").builder, one(found, "mine.b").builder) == ("local", name)
    assert one(found, "mine.b").access.reason == "`isAuthed` throws UNAUTHORIZED"
    assert one(found, "mine.b").access.builder == "authed"


def test_a_chain_is_read_whole() -> None:
    """Row: chain."""
    found = mapped(
        """import { z } from 'zod'
import { generated } from '@acme/validators'
const top = z.object({ a: z.string() })
const withTeamAccess = (role) => async ({ ctx, next }) => { if (ctx.team.role !== role) throw new TRPCError({ code: 'FORBIDDEN' }); return next() }
export const mine = router({
  full: open.meta({ audit: true }).input(top).use(withTeamAccess("VIEWER")).use(audit('x')).input(generated).output(z.void()).mutation(() => {}),
  bare: open.query(() => 1),
})
"""
    )
    full, bare = one(found, "mine.full"), one(found, "mine.bare")
    assert [(shape.name, shape.line, shape.module) for shape in full.inputs] == [
        ("top", 4, ""),
        ("generated", 0, "@acme/validators"),
    ]
    assert (full.meta, full.output and full.output.code) == ("{ audit: true }", "z.void()")
    assert [step.name for step in full.middlewares] == ['withTeamAccess("VIEWER")', "audit('x')"]
    assert (full.access.level, full.access.roles, full.access.builder) == (AccessLevel.ROLES, ("VIEWER",), "")
    assert (bare.inputs, bare.output, bare.access.level) == ((), None, AccessLevel.PUBLIC)


HANDLES = {
    "ctx.db.user.findMany()": ("User", "r", "ctx.db"),
    "ctx.prisma.user.update({ where, data })": ("User", "w", "ctx.prisma"),
    "prisma.user.upsert({ where, create, update })": ("User", "w", "prisma"),
    "ctx.dbAdmin.user.delete({ where })": ("User", "w", "ctx.dbAdmin"),
    "ctx.kysely.selectFrom('User').selectAll().execute()": ("User", "r", "ctx.kysely"),
    "ctx.kysely.deleteFrom('User').execute()": ("User", "w", "ctx.kysely"),
    "listUsers(ctx.db)(input)": ("User", "r", "db"),
    "service.list(ctx.db)": ("User", "r", "db"),
    "new UserService(ctx.db).list()": ("User", "r", "this.db"),
    "ctx.db.$transaction(async (tx) => tx.user.create({ data }))": ("User", "w", "ctx.db"),
}


@pytest.mark.parametrize("call", HANDLES)
def test_models_are_found_on_every_handle_and_through_services(call: str) -> None:
    """Row: database handle."""
    services = """import { prisma } from './db'
export const listUsers = (db) => async (input) => db.user.findMany({ where: input })
export const service = { list(db) { return listUsers(db)({}) } }
export class UserService { constructor(private db) {} list() { return this.find() } find() { return this.db.user.findFirst() } }
"""
    found = mapped(
        f"import {{ listUsers, service, UserService }} from './services'\nexport const mine = router({{ a: open.query(({{ ctx, input }}) => {call}) }})\n",
        services=services,
    )
    touched = [(each.model, "r" * each.reads + "w" * each.writes, each.handle) for each in one(found, "mine.a").touches]
    assert touched == [HANDLES[call]]


GUARDS = {
    "({ ctx, next }) => { if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' }); return next() }": AccessLevel.SIGNED_IN,
    "({ ctx, next }) => { if (!ctx.user) throw new UnauthorizedError(); return next() }": AccessLevel.SIGNED_IN,
    "({ ctx, next }) => { if (ctx.user.role !== 'ADMIN') throw new TRPCError({ code: 'FORBIDDEN' }); return next() }": AccessLevel.ROLES,
    "({ ctx, next }) => { if (!ctx.user) return next(); if (!alive(ctx.user)) throw new TRPCError({ code: 'UNAUTHORIZED' }); return next() }": AccessLevel.PUBLIC,
    "({ ctx, next }) => { if (ctx.banned) throw new TRPCError({ code: 'FORBIDDEN' }); return next() }": AccessLevel.UNKNOWN,
    "async ({ next }) => { const done = await next(); if (!done.ok && done.error.code !== 'UNAUTHORIZED') report(done); return done }": AccessLevel.PUBLIC,
    "({ next }) => { // UNAUTHORIZED is thrown elsewhere\n return next() }": AccessLevel.PUBLIC,
    "outsideGuard": AccessLevel.UNKNOWN,
}


@pytest.mark.parametrize("middleware", GUARDS)
def test_access_is_what_the_middlewares_do_and_unknown_where_they_cannot_be_read(middleware: str) -> None:
    """Row: auth."""
    found = mapped(
        f"import {{ outsideGuard }} from '@acme/auth'\nexport const mine = router({{ a: open.use({middleware}).query(() => 1) }})\n"
    )
    access = one(found, "mine.a").access
    assert (access.level, access.builder) == (GUARDS[middleware], "open" if access.level is AccessLevel.PUBLIC else "")
    assert access.reason


def test_a_long_router_is_read_to_its_end() -> None:
    """Row: size."""
    body = "".join(
        f"  p{n}: authed.input(z.object({{ id: z.string() }})).query(({{ ctx }}) => {{\n    return ctx.db.post.findMany()\n  }}),\n"
        for n in range(800)
    )
    found = mapped(f"export const mine = router({{\n{body}}})\n")
    assert len(paths(found)) == 800
    assert one(found, "mine.p799").line == 3 + 799 * 3


def test_noise_around_the_code_is_passed_over_and_foreign_words_are_read() -> None:
    """Row: noise."""
    noise = {
        "node_modules/x/index.ts": INIT,
        ".agents/skill/trpc.ts": INIT,
        "src/generated/client.ts": "export const big = router({})\n" * 2_000,
    }
    tree = DictTree(
        {
            **repository(
                mine="import { router, open } from './init'\nexport const mine = router({ größe: open.query(() => '大きさ') })\n"
            ).files,
            **noise,
        }
    )
    found = read_api(tree)
    assert (paths(found), found.init_file, found.unmounted, found.unresolved) == (["mine.größe"], "src/init.ts", (), ())


def test_what_nothing_mounts_is_told_and_nothing_is_missed_in_silence() -> None:
    """Row: merging."""
    found = mapped(
        "export const mine = router({ a: open.query(() => 1) })\nexport const alone = open.mutation(() => 1)\n",
        lost="import { router, open } from './init'\nexport const lost = router({ b: open.query(() => 1), ...unknown() })\nconst { x } = { x: goneProcedure.query(() => 1) }\n",
    )
    assert [(each.file, each.line, each.variable) for each in found.unmounted] == [
        ("src/lost.ts", 2, "lost"),
        ("src/mine.ts", 3, "alone"),
    ]
    assert [(each.file, each.line) for each in found.unresolved] == [("src/lost.ts", 2), ("src/lost.ts", 3)]
