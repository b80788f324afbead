"""Each check on code that breaks its rule, and on the nearest code that does not."""

# ruff: noqa: E501 -- fixtures are other people's lines

from __future__ import annotations

import pytest

from beai.core.rulebook.checks.finding import standing
from tests.core.checking import INIT, ROUTER, found, router

INPUT = ".input(z.object({ id: z.string() }))"


def lines(check: str, files: dict[str, str]) -> list[str]:
    """The code that ``check`` flags, as it stands."""
    return [one.code for one in standing(found(files, check)) if one.check == check]


def _user(result: str) -> str:
    """A procedure that reads a user and returns ``result``."""
    return f"a: publicProcedure{INPUT}.query(async ({{ ctx, input }}) => {{ const user = await ctx.db.user.findUnique({{ where: input }}); return {result}; }}),"


def _where(where: str) -> str:
    """A procedure that returns the posts of ``where``."""
    return f"a: publicProcedure.query(({{ ctx, input }}) => ctx.db.post.findMany({{ where: {where} }})),"


WRONG = {
    "input-missing": "a: publicProcedure.query(({ ctx, input }) => ctx.db.post.count({ where: input })),",
    "input-any": "a: publicProcedure.input(z.record(z.string(), z.any())).query(({ input }) => input),",
    "query-writes": f"a: publicProcedure{INPUT}.query(({{ ctx, input }}) => ctx.db.post.update({{ where: input, data: {{}} }})),",
    "access-in-body": "a: publicProcedure.query(({ ctx }) => { if (!ctx.session?.user) throw new TRPCError({ code: 'UNAUTHORIZED' }); return 1; }),",
    "error-plain": "a: publicProcedure.query(() => { throw new Error('no post'); }),",
    "error-leaks": "a: publicProcedure.query(async () => { try { await go() } catch (e) { throw new TRPCError({ code: 'BAD_REQUEST', message: (e as Error).message }) } }),",
    "output-sensitive": f"a: publicProcedure{INPUT}.query(async ({{ ctx, input }}) => {{ const user = await ctx.db.user.findUnique({{ where: input }}); return user; }}),",
    "procedure-calls-procedure": "a: publicProcedure.query(({ ctx }) => postRouter.createCaller(ctx).list()),",
    "router-logic": "a: publicProcedure.query(() => {\n" + "go();\n" * 130 + "}),",
    "owner-unchecked": f"a: protectedProcedure{INPUT}.mutation(({{ ctx, input }}) => ctx.db.post.update({{ where: {{ id: input.id }}, data: {{}} }})),",
    "find-many-unbounded": "a: publicProcedure.query(({ ctx }) => ctx.db.post.findMany({ orderBy: { id: 'asc' } })),",
    "raw-sql-interpolated": f"a: publicProcedure{INPUT}.query(({{ ctx, input }}) => ctx.db.$queryRawUnsafe(`SELECT * FROM post WHERE id = '${{input.id}}'`)),",
    "query-in-loop": f"a: publicProcedure{INPUT}.query(async ({{ ctx, input }}) => {{ for (const id of input.ids) {{ await ctx.db.post.findUnique({{ where: {{ id }} }}); }} }}),",
    "include-wide": f"a: publicProcedure{INPUT}.query(({{ ctx, input }}) => ctx.db.post.findUnique({{ where: input, include: {{ comments: {{ include: {{ post: true }} }} }} }})),",
    "secret-selected": f"a: publicProcedure{INPUT}.query(({{ ctx, input }}) => ctx.db.user.findUnique({{ where: input, select: {{ password: true }} }})),",
    "mass-write": "a: protectedProcedure.mutation(({ ctx }) => ctx.db.post.deleteMany({})),",
    "query-not-awaited": f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ void ctx.db.post.delete({{ where: input }}); return 1; }}),",
    "client-constructed": "a: publicProcedure.query(() => new PrismaClient().post.count()),",
    "error-unmapped": f"a: protectedProcedure{INPUT}.mutation(({{ ctx, input }}) => ctx.db.post.delete({{ where: {{ id: input.id }} }})),",
    "writes-unbound": f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ await ctx.db.comment.deleteMany({{ where: {{ postId: input.id }} }}); await ctx.db.post.delete({{ where: input }}); }}),",
    "transaction-outer-client": f"a: protectedProcedure{INPUT}.mutation(({{ ctx, input }}) => ctx.db.$transaction(async (tx) => {{ await tx.comment.count(); await ctx.db.post.delete({{ where: input }}); }})),",
    "transaction-slow": "a: protectedProcedure.mutation(({ ctx }) => ctx.db.$transaction(async (tx) => { await fetch('https://x.test'); await tx.post.count(); })),",
    "any": "a: publicProcedure.query(() => ({}) as any),",
    "ts-silenced": "// @ts-ignore\na: publicProcedure.query(() => 1),",
    "error-swallowed": "a: publicProcedure.query(async () => { try { await go() } catch {} }),",
}

RIGHT = {
    "input-missing": [
        f"a: publicProcedure{INPUT}.query(({{ ctx, input }}) => ctx.db.post.count({{ where: input }})),",
        "a: publicProcedure.query(({ ctx }) => ctx.db.post.count()),",
        "a: withInput.query(({ input }) => input),",
    ],
    "input-any": ["a: publicProcedure.input(z.object({ meta: z.unknown() })).query(({ input }) => input),"],
    "query-writes": [
        f"a: protectedProcedure{INPUT}.mutation(({{ ctx, input }}) => ctx.db.post.update({{ where: input }})),"
    ],
    "access-in-body": [
        f"a: protectedProcedure{INPUT}.query(({{ ctx, input }}) => {{ if (input.id !== ctx.session.user.id) throw new TRPCError({{ code: 'FORBIDDEN' }}); return 1; }}),",
        "a: publicProcedure.query(({ ctx }) => { if (!ctx.session) return []; return 1; }),",
    ],
    "error-plain": [
        "a: publicProcedure.query(() => { throw new TRPCError({ code: 'NOT_FOUND' }); }),",
        "a: publicProcedure.query(() => { try { throw new Error('x') } catch { return 1 } }),",
        "a: publicProcedure.query(() => { throw new Error('unreachable'); }),",
        "a: publicProcedure.query(() => { throw new PostMissing(); }),",
    ],
    "error-leaks": [
        "a: publicProcedure.query(async () => { try { await go() } catch (e) { throw new TRPCError({ code: 'CONFLICT', message: 'taken', cause: e }) } }),",
        "a: publicProcedure.query(async () => { try { await go() } catch (e) { if (e instanceof Taken) throw new TRPCError({ code: 'CONFLICT', message: e.message }); throw e } }),",
    ],
    "output-sensitive": [
        f"a: publicProcedure{INPUT}.output(User).query(({{ ctx, input }}) => ctx.db.user.findUnique({{ where: input }})),",
        f"a: publicProcedure{INPUT}.query(({{ ctx, input }}) => ctx.db.user.findUnique({{ where: input, omit: {{ password: true }} }})),",
        f"a: publicProcedure{INPUT}.query(async ({{ ctx, input }}) => {{ const user = await ctx.db.user.findUnique({{ where: input }}); return user?.name; }}),",
        f"a: publicProcedure{INPUT}.query(({{ ctx, input }}) => ctx.db.post.findUnique({{ where: input }})),",
        *(
            _user(result)
            for result in ("user !== null", "user && user.name", "user && { name: user.name }", "`${user}`")
        ),
        *(
            _user(result)
            for result in ("!user", "input.id + user", "user ? { name: user.name } : null", "user?.name ?? ''")
        ),
        f"a: publicProcedure{INPUT}.query(async ({{ ctx, input }}) => ({{ taken: (await ctx.db.user.findUnique({{ where: input }})) !== null }})),",
        _user("1; { const user = { name: '' }; return user; }"),
        _user("1; { const { user } = await go(); return user; }"),
        _user("1; for (const user of input.names) { return user; }"),
        _user("1; try { go(); } catch (user) { return user; }"),
        f"a: publicProcedure{INPUT}.query(async ({{ ctx, input }}) => {{ input.ids.map(async (id) => {{ const user = await ctx.db.user.findUnique({{ where: {{ id }} }}); await go(user); }}); const user = await name(); return user; }}),",
    ],
    "owner-unchecked": [
        f"a: protectedProcedure{INPUT}.mutation(({{ ctx, input }}) => ctx.db.post.update({{ where: {{ id: input.id, authorId: ctx.session.user.id }}, data: {{}} }})),",
        f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ await assertOwner(ctx, input.id); return ctx.db.post.delete({{ where: {{ id: input.id }} }}); }}),",
        f"a: protectedProcedure{INPUT}.use(ownsPost).mutation(({{ ctx, input }}) => ctx.db.post.delete({{ where: {{ id: input.id }} }})),",
        f"a: adminProcedure{INPUT}.mutation(({{ ctx, input }}) => ctx.db.post.delete({{ where: {{ id: input.id }} }})),",
        f"a: protectedProcedure{INPUT}.mutation(({{ ctx, input }}) => ctx.db.comment.delete({{ where: {{ id: input.id }} }})),",
    ],
    "find-many-unbounded": [
        "a: publicProcedure.query(({ ctx }) => ctx.db.post.findMany({ take: 20 })),",
        "a: publicProcedure.query(({ ctx, input }) => ctx.db.post.findMany({ where: { id: { in: input.ids } } })),",
        "a: publicProcedure.query(({ ctx, args }) => ctx.db.post.findMany(args)),",
        "a: publicProcedure.query(async ({ ctx }) => { const all = await ctx.db.post.findMany({ where: {} }); return all.length; }),",
        "a: publicProcedure.query(async ({ ctx }) => { const all = await ctx.db.post.findMany({ where: {} }); return all == null; }),",
        _where("{ AND: [{ id: { in: input.ids } }] }"),
        _where("{ AND: [{ title: 'a' }, { AND: { id: { in: input.ids } } }] }"),
        _where("{ AND: { id: { in: input.ids } } }"),
        _where("{ OR: [{ id: { in: input.ids } }, { AND: [{ id: input.id }] }] }"),
    ],
    "raw-sql-interpolated": [
        "a: publicProcedure.query(({ ctx }) => ctx.db.$executeRawUnsafe(`SET LOCAL statement_timeout = ${Limits.TIMEOUT}`)),",
        "a: publicProcedure.query(({ ctx }) => ctx.db.$executeRawUnsafe(`UPDATE post SET title = v.t FROM (VALUES ${places}) v(t)`, ...values)),",
        "a: publicProcedure.query(({ ctx }) => ctx.db.$queryRaw`SELECT ${Prisma.raw(column)} FROM post`),",
        f"a: publicProcedure{INPUT}.query(({{ ctx, input }}) => ctx.db.$queryRaw`SELECT * FROM post WHERE id = ${{input.id}}`),",
        "a: publicProcedure.query(({ ctx }) => ctx.db.$queryRawUnsafe('SELECT 1')),",
        "a: publicProcedure.query(({ ctx, input }) => ctx.db.$queryRaw`SELECT 1 ${Prisma.raw(input.up ? 'ASC' : 'DESC')}`),",
    ],
    "query-in-loop": [
        "a: publicProcedure.query(({ ctx, input }) => Promise.all(input.ids.map((id) => ctx.db.post.findUnique({ where: { id } })))),",
        "a: publicProcedure.query(async ({ ctx }) => { for (const k of ['a', 'b']) { await ctx.db.post.count({ where: { id: k } }); } }),",
        "a: publicProcedure.query(async ({ ctx, input }) => { for (const ids of chunks(input.ids)) { await ctx.db.post.findMany({ where: { id: { in: ids } } }); } }),",
        "a: protectedProcedure.mutation(({ ctx, input }) => ctx.db.$transaction(input.map((data) => ctx.db.post.create({ data })))),",
    ],
    "include-wide": [
        "a: publicProcedure.query(({ ctx }) => ctx.db.post.findFirst({ include: { author: { select: { name: true } }, _count: true } })),"
    ],
    "secret-selected": [
        f"a: publicProcedure{INPUT}.query(async ({{ ctx, input }}) => {{ const user = await ctx.db.user.findUnique({{ where: input, select: {{ password: true }} }}); return verify(user.password); }}),",
    ],
    "mass-write": [
        "a: protectedProcedure.mutation(({ ctx }) => ctx.db.post.deleteMany({ where: { id: 'x' } })),",
        "a: protectedProcedure.mutation(({ ctx, where }) => ctx.db.post.deleteMany({ where })),",
    ],
    "query-not-awaited": [
        "a: protectedProcedure.mutation(async ({ ctx }) => { await ctx.db.post.count(); ctx.db.post.count().catch(log); }),"
    ],
    "error-unmapped": [
        f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ try {{ await ctx.db.post.delete({{ where: {{ id: input.id }} }}) }} catch (e) {{ throw mapped(e) }} }}),",
        f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ if (!(await ctx.db.post.findUnique({{ where: input }}))) throw new TRPCError({{ code: 'NOT_FOUND' }}); return ctx.db.post.delete({{ where: {{ id: input.id }} }}) }}),",
        f"a: protectedProcedure{INPUT}.mutation(({{ ctx, input }}) => ctx.db.post.deleteMany({{ where: {{ id: input.id }} }})),",
    ],
    "writes-unbound": [
        "a: protectedProcedure.mutation(({ ctx }) => ctx.db.$transaction([ctx.db.comment.deleteMany(), ctx.db.post.deleteMany()])),",
        "a: protectedProcedure.mutation(({ ctx }) => ctx.db.$transaction(async (tx) => { await tx.comment.deleteMany(); await tx.post.deleteMany(); })),",
        "a: protectedProcedure.mutation(async ({ ctx, input }) => { if (input) { await ctx.db.comment.deleteMany(); } else { await ctx.db.post.deleteMany(); } }),",
        "a: protectedProcedure.mutation(async ({ ctx, input }) => { if (input) { return ctx.db.comment.deleteMany(); } return ctx.db.post.deleteMany(); }),",
    ],
    "transaction-outer-client": [
        "a: protectedProcedure.mutation(({ ctx }) => ctx.db.$transaction(async (tx) => { await tx.post.count(); })),"
    ],
    "transaction-slow": [
        "a: protectedProcedure.mutation(async ({ ctx }) => { await ctx.db.$transaction(async (tx) => { await tx.post.count(); }); await fetch('https://x.test'); }),"
    ],
    "any": [
        "a: publicProcedure.query(() => ({}) as const),",
        "// eslint-disable-next-line @typescript-eslint/no-explicit-any\na: publicProcedure.query(() => ({}) as any),",
        "a: publicProcedure.query(<F extends (...args: any[]) => unknown>(f: F) => f),",
    ],
    "ts-silenced": ["// @ts-expect-error the types of the library lag behind\na: publicProcedure.query(() => 1),"],
    "error-swallowed": [
        "a: publicProcedure.query(async () => { try { await go() } catch { /* the cache is optional */ } }),"
    ],
}


@pytest.mark.parametrize("check", WRONG)
def test_what_breaks_the_rule_is_flagged_once(check: str) -> None:
    assert len(lines(check, router(WRONG[check]))) == 1


@pytest.mark.parametrize(("check", "body"), [(check, body) for check, bodies in RIGHT.items() for body in bodies])
def test_what_keeps_the_rule_is_not_flagged(check: str, body: str) -> None:
    assert lines(check, router(body)) == []


@pytest.mark.parametrize(
    "result",
    [
        *("user ?? null", "null ?? user", "user || null", "input.id && user", "(user as User) ?? null", "{ user }"),
        *("input.id ? user : null", "1; { return user; }", "1; { if (input.id) { const other = 1; } return user; }"),
    ],
)
def test_a_row_that_may_be_what_is_returned_is_flagged(result: str) -> None:
    assert len(lines("output-sensitive", router(_user(result)))) == 1


@pytest.mark.parametrize(
    "where",
    [
        *("{ AND: [{ title: 'a' }] }", "{ AND: [] }", "{ OR: [{ id: input.id }, { title: 'a' }] }", "{ OR: [] }"),
        *("{ AND: [{ id: { not: input.id } }] }", "{ NOT: [{ id: input.id }] }", "{ NOT: { id: { in: input.ids } } }"),
    ],
)
def test_a_list_that_no_part_of_its_condition_bounds_is_flagged(where: str) -> None:
    assert len(lines("find-many-unbounded", router(_where(where)))) == 1


@pytest.mark.parametrize(
    ("constant", "flagged"),
    [
        ("export const REPORT = 'SELECT 1';", 0),
        ("const TABLE = 'post';\nexport const REPORT = `SELECT é FROM ${TABLE}`;", 0),
        ("import { ORDER } from './order';\nexport const REPORT = 'SELECT 1 ORDER BY ' + ORDER;", 0),
        ("export const REPORT = `SELECT 1 FROM ${process.env.TABLE}`;", 1),
        ("export const REPORT = made();", 1),
        ("export let REPORT = `SELECT ${REPORT}`;", 1),
    ],
)
def test_sql_that_another_file_holds_is_judged_as_it_is_written_there(constant: str, flagged: int) -> None:
    files = router("a: publicProcedure.query(({ ctx }) => ctx.db.$queryRawUnsafe(REPORT)),")
    files[ROUTER] = f"import {{ REPORT }} from './sql';\n{files[ROUTER]}"
    folder = ROUTER.rpartition("/")[0]
    files |= {f"{folder}/sql.ts": constant, f"{folder}/order.ts": "export const ORDER = 'id';"}
    assert len(lines("raw-sql-interpolated", files)) == flagged


@pytest.mark.parametrize(
    "call",
    [
        "ctx.db.$queryRaw(`SELECT * FROM post WHERE id = '${input.id}'`)",
        "ctx.db.$queryRaw`SELECT * FROM post ORDER BY ${Prisma.raw(input.order)}`",
        "ctx.db.$queryRawUnsafe('SELECT * FROM post WHERE id = ' + input.id, 1)",
        "ctx.db.$executeRawUnsafe(sql)",
    ],
)
def test_sql_that_is_put_together_is_flagged_in_every_spelling(call: str) -> None:
    assert (
        len(
            lines(
                "raw-sql-interpolated", router(f"a: publicProcedure{INPUT}.query(({{ ctx, input, sql }}) => {call}),")
            )
        )
        == 1
    )


HANDLES = {
    "database handle: ctx.db": ("({ ctx })", "ctx.db"),
    "database handle: ctx.prisma": ("({ ctx })", "ctx.prisma"),
    "database handle: module singleton": ("()", "prisma"),
    "database handle: the second of two": ("({ ctx })", "ctx.dbAdmin"),
    "database handle: destructured": ("({ ctx: { db } })", "db"),
    "database handle: the whole options": ("(opts)", "opts.ctx.db"),
    "database handle: a class's own": ("()", "this.prisma"),
}


@pytest.mark.parametrize("row", HANDLES)
def test_a_query_is_known_by_its_model_whatever_the_handle(row: str) -> None:
    taken, handle = HANDLES[row]
    body = f"a: publicProcedure.query({taken} => {handle}.post.findMany()),"
    assert lines("find-many-unbounded", router(body)) == [f"{handle}.post.findMany"]


WRITES = "ctx.db.post.delete({ where: input })"
UNOWNED = {
    "awaited": "await {}",
    "returned": "return {}",
    "assigned": "const r = await {}; return r.id",
    "behind a guard of the length": "if (input.body.length > 9) throw new TRPCError({{ code: 'BAD_REQUEST' }}); await {}",
    "behind a query that asks for something else": "await ctx.db.user.count(); await {}",
    "behind words of a user": "console.log('user deletes', input.id); /* the owner */ return {}",
    "behind words about the caller in a log": "ctx.log.info(ctx.session.user.id); return {}",
    "behind a name for the caller": "const userId = ctx.session.user.id; return {}",
    "behind a row that is only looked for": "if (!(await ctx.db.post.findUnique({{ where: {{ id: input.id }} }}))) throw gone; await {}",
    "in a transaction": "await ctx.db.$transaction(async (tx) => {{ await {} }})",
    "before a throw": "await {}; throw new TRPCError({{ code: 'FORBIDDEN' }})",
}
OWNED = {
    "by a comparison": "const p = await ctx.db.post.findUnique({{ where: {{ id: input.id }} }}); if (p.authorId !== ctx.session.user.id) throw no; await {}",
    "by a filter": "await ctx.db.post.findFirstOrThrow({{ where: {{ id: input.id, authorId: me }} }}); await {}",
    "by a function that waits": "await mayChange(input.id); await {}",
    "by a function of the caller": "assertOwner(ctx, input.id); return {}",
    "by a condition around it": "if (ctx.session.user.isAdmin) {{ await {} }}",
}
GONE = ("ctx.db.post.delete({ where: { id: input.id } })", "ctx.db.post.update({ where: { id: input.id }, data: {} })")


@pytest.mark.parametrize("call", GONE)
@pytest.mark.parametrize("case", UNOWNED)
def test_a_row_of_somebody_is_anybodys_who_knows_its_id(case: str, call: str) -> None:
    body = f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ {UNOWNED[case].format(call)} }}),"
    assert lines("owner-unchecked", router(body)) == [call.split("(")[0]]


@pytest.mark.parametrize("case", OWNED)
def test_a_row_whose_owner_was_asked_for_is_left_alone(case: str) -> None:
    body = f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ {OWNED[case].format(GONE[0])} }}),"
    assert lines("owner-unchecked", router(body)) == []


HELD = "const a = ctx.db.comment.deleteMany({ where: input }); const b = ctx.db.post.delete({ where: input }); "
TOGETHER = {
    "held in names": HELD + "await ctx.db.$transaction([a, b])",
    "held in a list": HELD.replace("const b", "let b") + "const all = [a, b]; await ctx.db.$transaction(all)",
    "spread from a list": HELD + "const all = [a]; await ctx.db.$transaction([...all, b])",
    "pushed": "const all = []; all.push(ctx.db.comment.deleteMany()); all.push(ctx.db.post.deleteMany()); await ctx.db.$transaction(all)",
    "made by a function": "const one = (id) => ctx.db.post.delete({ where: { id } }); await ctx.db.$transaction([ctx.db.comment.deleteMany(), ...input.ids.map(one)])",
}
APART = {
    "side by side": HELD + "await Promise.all([a, b])",
    "side by side, written there": "await Promise.all([ctx.db.comment.deleteMany(), ctx.db.post.deleteMany()])",
    "awaited before the transaction": "const a = await ctx.db.comment.deleteMany(); await ctx.db.post.deleteMany(); await ctx.db.$transaction([a])",
    "in names that another function puts into one": HELD
    + "await a; await b; const f = (a, b) => ctx.db.$transaction([a, b])",
}


@pytest.mark.parametrize("case", TOGETHER)
def test_queries_given_to_a_transaction_under_any_name_are_bound(case: str) -> None:
    body = f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ {TOGETHER[case]}; }}),"
    assert lines("writes-unbound", router(body)) == []


@pytest.mark.parametrize("case", APART)
def test_queries_that_only_run_together_are_not_bound(case: str) -> None:
    body = f"a: protectedProcedure{INPUT}.mutation(async ({{ ctx, input }}) => {{ {APART[case]}; }}),"
    assert len(lines("writes-unbound", router(body))) == 1


CALLERS = [
    "createCallerFactory(appRouter)(ctx).post.list()",
    "t.createCallerFactory(appRouter)(ctx)",
    "createCaller(ctx).post.list()",
]


@pytest.mark.parametrize("call", CALLERS)
def test_a_caller_made_in_a_procedure_is_flagged_once_in_every_spelling(call: str) -> None:
    assert len(lines("procedure-calls-procedure", router(f"a: publicProcedure.query(({{ ctx }}) => {call}),"))) == 1


TAKEN = {
    "both written": "({ ctx, input }) => ctx.db.like.create({ data: { userId: ctx.session.user.id, postId: input.postId } })",
    "taken out of the input": "({ ctx, input: { postId } }) => ctx.db.like.create({ data: { userId: ctx.userId, postId } })",
    "taken out of it inside": "({ ctx, input }) => { const { postId } = input; return ctx.db.like.create({ data: { userId: ctx.userId, postId } }) }",
    "spread": "({ ctx, input }) => ctx.db.like.create({ data: { ...input, userId: ctx.userId } })",
}
FREE = {
    "made here": "({ ctx }) => ctx.db.like.create({ data: { userId: ctx.userId, postId: randomUUID() } })",
    "one is missing": "({ ctx, input }) => ctx.db.like.create({ data: { userId: input.userId } })",
}
LIKE = "model Like {\n  id String @id\n  userId String\n  postId String\n  @@unique([userId, postId])\n}\n"


def like(resolver: str) -> dict[str, str]:
    return {**router(f"a: protectedProcedure{INPUT}.mutation({resolver}),"), "prisma/schema.prisma": LIKE}


@pytest.mark.parametrize("case", TAKEN)
def test_two_fields_that_are_unique_together_may_be_taken(case: str) -> None:
    assert lines("error-unmapped", like(TAKEN[case])) == ["ctx.db.like.create"]


@pytest.mark.parametrize("case", FREE)
def test_a_create_that_does_not_set_both_from_outside_is_left_alone(case: str) -> None:
    assert lines("error-unmapped", like(FREE[case])) == []


SHAPES = {
    "builders under any name": {
        "src/server/api/trpc.ts": INIT + "export const tenant = t.procedure.use(x);\n",
        ROUTER: f'import {{ tenant }} from "../trpc";\nexport const a = tenant{INPUT}.query(({{ ctx, input }}) => {WRITES});\n',
    },
    "t.procedure itself": {
        ROUTER: f"const t = initTRPC.create();\nexport const a = t.procedure.query(({{ ctx, input }}) => {WRITES});\n"
    },
    "one procedure per file": {
        "src/post/remove.procedure.ts": f'import {{ baseProcedure }} from "../trpc";\nexport const removeProcedure = baseProcedure.query(({{ ctx, input }}) => {WRITES});\n'
    },
    "x.handler.ts, named": {
        "src/post/router.ts": f'import {{ remove }} from "./remove.handler";\nexport const r = router({{ remove: publicProcedure{INPUT}.query(remove) }});\n',
        "src/post/remove.handler.ts": f"export const remove = async ({{ ctx, input }}) => {{ await {WRITES}; }};\n",
    },
    "x.handler.ts, handed on to": {
        "src/post/router.ts": f'import {{ remove }} from "./remove.handler";\nexport const r = router({{ remove: publicProcedure{INPUT}.query(({{ ctx, input }}) => remove({{ ctx, input }})) }});\n',
        "src/post/remove.handler.ts": f"export async function remove({{ ctx, input }}) {{ await {WRITES}; }}\n",
    },
    "a function of the same file": {
        ROUTER: f'import {{ publicProcedure }} from "../trpc";\nconst gone = (ctx, input) => {WRITES};\nexport const a = publicProcedure{INPUT}.query(({{ ctx, input }}) => gone(ctx, input));\n'
    },
    "local builders": {
        ROUTER: f'import {{ publicProcedure }} from "../trpc";\nconst p = publicProcedure.use(x);\nexport const a = p.query(({{ ctx, input }}) => {WRITES});\n'
    },
}


@pytest.mark.parametrize("row", SHAPES)
def test_a_procedure_is_known_in_every_shape(row: str) -> None:
    assert lines("query-writes", SHAPES[row]) == ["ctx.db.post.delete"]


def test_a_second_instance_is_flagged_where_something_uses_it() -> None:
    files = {
        "src/server/api/v2/other.ts": INIT,
        "src/server/api/routers/a.ts": 'import { publicProcedure } from "../v2/other";\nexport const a = publicProcedure.query(() => 1);\n',
        "src/server/api/v2/unused.ts": INIT,
    }
    assert [one.path for one in found(files, "init-twice")] == ["src/server/api/v2/other.ts"]


def test_the_init_file_must_not_import_a_router() -> None:
    files = router("a: publicProcedure.query(() => 1),")
    files["src/server/api/trpc.ts"] = 'import { postRouter } from "./routers/post";\n' + INIT
    files["src/server/api/root.ts"] = (
        'import { createTRPCRouter } from "./trpc";\nimport { postRouter } from "./routers/post";\nexport const appRouter = createTRPCRouter({ post: postRouter });\n'
    )
    assert lines("init-imports-router", files) == ['import { postRouter } from "./routers/post";']


def test_the_context_factory_asks_the_database_nothing() -> None:
    text = "export const createTRPCContext = async () => ({ user: await db.user.findUnique({ where: { id } }) });\n"
    assert len(lines("context-queries", {"src/server/api/trpc.ts": INIT + text})) == 1


def test_the_environment_is_read_in_its_module_alone() -> None:
    module = 'import { createEnv } from "@t3-oss/env-nextjs";\nexport const env = createEnv({ runtimeEnv: { A: process.env.A } });\n'
    code = 'const a = process.env.A;\nconst b = process.env.NODE_ENV;\nconst c = "process.env.C"; // process.env.D\nprocess.env.E = "1";\n'
    assert lines("env-read", {"src/env.ts": module, "src/lib/a.ts": code}) == ["process.env.A"]
    assert lines("env-read", {"src/lib/a.ts": code}) == []


def test_a_variable_that_is_checked_is_imported_and_no_other_package_is_asked() -> None:
    module = "const values = {};\nexport const settings = createEnv({ server: { A: z.string(), /* B: no */ } });\n"
    read = "const a = process.env.A;\nconst c = process.env.C;\n"
    files = {
        "apps/web/package.json": "{}",
        "apps/web/src/env.ts": module,
        "apps/web/src/lib/a.ts": read,
        "apps/jobs/package.json": "{}",
        "apps/jobs/src/routers/a.ts": read,
        "src/server/api/routers/b.ts": read,
    }
    checked, unchecked = found(files, "env-read")
    assert checked.fix == "Import `settings` from apps/web/src/env.ts and read `settings.A`."
    assert "nobody" not in checked.message and "nobody has checked" in unchecked.message
    assert unchecked.fix.startswith("Add `C` to the schema of apps/web/src/env.ts and import `settings`")


def test_one_prisma_client_is_enough() -> None:
    files = {
        "src/server/db.ts": "export const db = new PrismaClient();\n",
        "src/lib/mail.ts": "const own = new PrismaClient();\n",
        "prisma/seed.ts": "const own = new PrismaClient();\n",
        "src/generated/client.ts": "const own = new PrismaClient();\n",
    }
    assert [one.path for one in found(files, "client-constructed")] == ["src/lib/mail.ts"]


@pytest.mark.parametrize(
    "kind", ["src/post.test.ts", "prisma/seed.ts", "scripts/fix.ts", "tests/helper.ts", "src/generated/a.ts"]
)
def test_code_that_serves_nobody_is_left_alone(kind: str) -> None:
    body = router("\n".join(WRONG.values()))[ROUTER]
    assert found({kind: body}) == ()
