"""The API map follows what the code says, in the shapes that real repositories have."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

from collections.abc import Callable

from beai.core.project.facts import ApiMap, ProcedureKind, Project
from beai.core.project.map_text import routers_text
from beai.core.project.prisma import read_schema
from beai.core.project.trpc import init_files, read_api
from tests.core.test_project_trees import SCHEMA, DictTree, notebook, shop
from tests.core.work import growth

INIT = "import { initTRPC } from '@trpc/server'\nexport const t = initTRPC.create()\nexport const router = t.router\nexport const open = t.procedure\n"


def api(**files: str) -> ApiMap:
    """The map of files named ``root``, ``users`` … in one folder, beside an init file ``init.ts``."""
    texts = {f"src/{name}.ts": text for name, text in files.items()}
    return read_api(DictTree({"package.json": "{}", "src/init.ts": INIT, **texts}))


def paths(found: ApiMap) -> list[str]:
    return [procedure.path for router in found.routers for procedure in router.procedures]


def test_every_procedure_of_the_demo_is_on_the_map() -> None:
    found = read_api(shop())
    assert found.init_file == "src/server/api/trpc.ts"
    assert (found.root_file, found.root_variable) == ("src/server/api/root.ts", "appRouter")
    assert {"wishlist.count", "wishlist.removeItem", "category.bySlug", "order.listMine"} <= set(paths(found))
    assert found.unresolved == ()


def test_a_procedure_says_where_it_is_and_what_it_does() -> None:
    tree = shop()
    found = read_api(tree).procedure("wishlist.removeItem")
    assert found is not None
    text = tree.text(found.file) or ""
    assert text[found.span.start : found.span.end] == found.code
    assert text.split("\n")[found.line - 1].strip().startswith("removeItem: protectedProcedure")
    assert (found.kind, found.builder, found.models) == (
        ProcedureKind.MUTATION,
        "protectedProcedure",
        ("WishlistItem",),
    )
    assert found.input == "z.object({ id: z.string().min(1) })"


def test_builders_are_protected_by_what_their_middleware_throws() -> None:
    found = {builder.name: builder for builder in read_api(notebook(), "app").builders}
    assert not found["base"].protected
    assert found["authed"].protected and found["authed"].roles == ()
    assert found["staff"].protected and found["staff"].roles == ("STAFF", "EDITOR")
    assert found["mine"].protected and found["mine"].file == "app/src/routers/notes.router.ts"


def test_keys_aliases_namespaces_nesting_and_services_are_followed() -> None:
    schema = read_schema([("app/prisma/schema.prisma", SCHEMA)])
    found = read_api(notebook(), "app", schema)
    assert (found.root_file, found.root_variable) == ("app/src/trpc/_app.ts", "api")
    assert paths(found) == ["notes.pinned", "notes.write", "notes.admin.wipe", "people.one"]
    models = {path: one.models for path in paths(found) if (one := found.procedure(path))}
    assert models["notes.write"] == ("Note",)
    assert models["notes.admin.wipe"] == ("Membership",)
    assert models["people.one"] == ("Author",)
    assert found.unresolved == ()


def test_spans_count_characters_where_the_file_is_not_ascii() -> None:
    tree = notebook()
    found = read_api(tree, "app").procedure("notes.write")
    assert found is not None
    assert (tree.text(found.file) or "")[found.span.start : found.span.end] == found.code


def test_routers_merge_spread_load_lazily_and_nest_as_plain_objects() -> None:
    found = api(
        root="""
import { t, router, open } from './init'
import { a, b, c, d } from './parts'
import { flags } from './flags'
export const appRouter = t.mergeRouters(
  router({ ...a._def.procedures, ...(flags.b ? { b } : {}), ...(flags.c && { c }), plain: { ping: open.query(() => 1) } }),
  router({ late: lazy(() => import('./late')), picked: lazy(() => import('./parts').then((m) => m.d)) }),
)
export type AppRouter = typeof appRouter
""",
        parts="""
import { router, open } from './init'
export const a = router({ one: open.query(() => 1) })
export const b = router({ two: open.query(() => 2) })
export const c = router({ three: open.subscription(() => 3) })
export const d = router({ four: open.mutation(() => 4) })
""",
        late="import { router, open } from './init'\nexport default router({ five: open.query(() => 5) })\n",
    )
    assert sorted(paths(found)) == ["b.two", "c.three", "late.five", "one", "picked.four", "plain.ping"]
    assert found.unresolved == ()


def test_procedures_of_their_own_files_and_factories_are_followed() -> None:
    found = api(
        root="""
import { router } from './init'
import { getGroup } from './get.procedure'
import { createBlobRouter } from './blob'
const remove = open.mutation(() => 1)
export const appRouter = router({ getGroup, remove, blobs: createBlobRouter({ big: true }) })
import { open } from './init'
""",
        **{
            "get.procedure": "import { open } from './init'\nexport const getGroup = open.input(a).input(b).query(() => 1)\n",
            "blob": "import { router, open } from './init'\nexport function createBlobRouter(config) {\n"
            "  const x = 1\n  return router({ put: open.mutation(() => x) })\n}\n",
        },
    )
    assert sorted(paths(found)) == ["blobs.put", "getGroup", "remove"]
    group = found.procedure("getGroup")
    assert group is not None and (group.file, group.input) == ("src/get.procedure.ts", "a & b")


def test_a_wrapped_constructor_makes_routers() -> None:
    found = api(
        root="import { t } from './init'\nfunction make(routes) { return t.router(routes) }\nexport const r = make({ a: t.procedure.query(() => 1) })\n"
    )
    assert paths(found) == ["a"]
    assert found.routers[0].constructor == "make"


def test_what_cannot_be_followed_is_named_with_its_place() -> None:
    found = api(
        root="""
import { router, open } from './init'
import { gone } from './gone'
export const appRouter = router({
  gone,
  made: build(open),
  [computed]: thing,
  real: open.query(() => 1),
})
""",
        lost="import { router, open } from './init'\nexport const lostRouter = router({ x: open.query(() => 1) })\n",
    )
    assert paths(found) == ["real"]
    said = {(one.file, one.line, one.what) for one in found.unresolved}
    assert ("src/root.ts", 5, "`gone` could not be followed") in said
    assert ("src/root.ts", 6, "`made` could not be followed") in said
    assert ("src/root.ts", 7, "`[computed]` could not be followed") in said
    assert [(one.file, one.line, one.variable) for one in found.unmounted] == [("src/lost.ts", 2, "lostRouter")]


def test_routers_that_are_not_trpcs_are_left_alone() -> None:
    found = api(
        web="import { createRouter } from 'vue-router'\nimport { lazy } from 'react'\nexport const router2 = createRouter({ routes: [] })\n",
        express="import express from 'express'\nexport const r = express.Router()\n",
        root="import { router, open } from './init'\nexport const appRouter = router({ a: open.query(() => 1) })\n",
    )
    assert paths(found) == ["a"]
    assert found.unresolved == ()


def test_tests_mocks_scripts_and_generated_copies_are_no_init_files() -> None:
    decoys = ("src/a.test.ts", "scripts/trpc.ts", "__mocks__/trpc.ts", "src/generated/trpc.ts", ".agents/trpc.ts")
    assert init_files(DictTree({**dict.fromkeys(decoys, INIT), "src/deep/trpc.ts": INIT})) == ("src/deep/trpc.ts",)


def test_workspace_packages_are_followed_by_their_names() -> None:
    found = read_api(
        DictTree(
            {
                "packages/trpc/package.json": '{"name": "@acme/trpc", "exports": {".": {"types": "./src/index.ts"}}}',
                "packages/trpc/src/index.ts": INIT,
                "packages/api/package.json": '{"name": "@acme/api"}',
                "packages/api/src/users.ts": "import { router, open } from '@acme/trpc'\n"
                "export const users = router({ me: open.query(() => 1) })\n",
                "apps/web/src/root.ts": "import { router } from '@acme/trpc'\nimport { users } from '@acme/api/users'\n"
                "export const appRouter = router({ users })\n",
            }
        )
    )
    assert paths(found) == ["users.me"]


def test_circles_end() -> None:
    found = api(
        root="import { router } from './init'\nimport { b } from './b'\nexport const appRouter = router({ b })\nexport const x = y\nexport const y = x\n",
        b="import { router } from './init'\nimport { appRouter } from './root'\nexport const b = router({ again: appRouter, x: z.use(z) })\nconst z = z.use(1)\n",
    )
    assert any("in a circle" in one.what for one in found.unresolved)
    assert len(found.routers) == 2


def test_routers_that_multiply_are_cut_off() -> None:
    levels = "".join(f"const r{n} = router({{ a: r{n + 1}, b: r{n + 1} }})\n" for n in range(30))
    found = api(
        root=f"import {{ router, open }} from './init'\n{levels}const r30 = router({{}})\nexport const appRouter = r0\n"
    )
    assert any("too many" in one.what for one in found.unresolved)


def test_a_router_of_thousands_of_lines_is_read_in_proportion() -> None:
    def work(size: int) -> Callable[[], ApiMap]:
        body = "".join(
            f"  p{n}: open.input(z.object({{ é: z.string() }})).query(({{ ctx }}) => ctx.db.user.findMany()),\n"
            for n in range(size)
        )
        text = f"import {{ router, open }} from './init'\nexport const appRouter = router({{\n{body}}})\n"
        return lambda: api(root=text)

    assert len(paths(work(1_000)())) == 1_000
    assert growth(work, 50) < 6


def test_a_conditional_procedure_is_one_procedure_with_the_weaker_access() -> None:
    found = api(
        root="""
import { router, open } from './init'
const authed = open.use(({ ctx, next }) => { if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' }); return next() })
const one = authed.query(() => 1)
export const appRouter = router({
  cond: process.env.X ? authed.query(() => 1) : open.query(() => 2),
  both: flag ? one : authed.input(a).mutation(() => 2),
  maybe: flag && authed.query(() => 1),
  odd: flag ? authed.query(() => 1) : build(),
})
"""
    )
    assert [(each.path, each.access.level.value, each.line) for each in found.routers[0].procedures] == [
        ("cond", "public", 6),
        ("both", "signed-in", 4),
        ("maybe", "signed-in", 8),
    ]
    assert found.routers[0].procedures[0].access.reason.endswith("; only on one side of a condition")
    assert [(one.line, one.what) for one in found.unresolved] == [(9, "`odd` could not be followed")]
    assert found.unmounted == ()


def test_what_a_spread_adds_stands_in_the_router_that_it_is_spread_into() -> None:
    found = api(
        root="""
import { router, open } from './init'
const base = router({ one: open.query(() => 1) })
export const appRouter = router({ mine: router({ two: open.query(() => 2), ...base._def.procedures, ...extra() }) })
function extra() { return { three: open.query(() => 3) } }
"""
    )
    lines = list(routers_text(Project("x", api=found), found.routers))
    assert [line.split()[0] for line in lines] == ["appRouter", "mine", "two", "one", "three"]


def test_parts_of_files_that_do_not_parse_are_told_with_their_line() -> None:
    found = api(
        root="import { router, open } from './init'\nimport { a } from './a'\nexport const appRouter = router({ a })\n",
        a="import { router, open } from './init'\nexport const a = router({\n  x: open.query(() => 1),\n  y: open.query(() => { return ( }),\n})\n",
        fine="import { open } from './init'\nexport const z = 1\n",
    )
    assert [(one.file, one.line, one.what) for one in found.unresolved if "parsed" in one.what] == [
        ("src/a.ts", 4, "a part of this file could not be parsed; what it makes may be missing")
    ]
