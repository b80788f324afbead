"""Made-up backends of any size, shaped like real ones: one file in ten is a router, and nine others come with it.

Those are its service, its Zod shapes, two test files, three modules that others share, and two components. Paths go
through a ``tsconfig`` alias, routers nest in one level of groups, one in five is lazy, and one in eight has a procedure
in a file of its own.
"""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

from collections.abc import Iterator

PER_ROUTER = 10  # files that come with a router, itself included
_GROUP = 20  # routers in a group
_KINDS = ("list", "byId", "create", "update", "remove", "archive", "search", "stats")
_WRITES = {"create": "create", "update": "update", "remove": "delete", "archive": "update"}

_INIT = """import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { db } from "~/server/db";
import { audit } from "~/lib/group0/shared0a";

export const createContext = async (options: { headers: Headers }) => ({ db, session: null as null | { userId: string }, ...options });

const t = initTRPC.context<typeof createContext>().create({ transformer: superjson });

export const createTRPCRouter = t.router;
export const createCallerFactory = t.createCallerFactory;
const timed = t.middleware(async ({ next, path }) => { const begun = Date.now(); const result = await next(); audit(path, Date.now() - begun); return result; });
export const publicProcedure = t.procedure.use(timed);
export const protectedProcedure = t.procedure.use(timed).use(({ ctx, next }) => {
  if (!ctx.session) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { session: ctx.session } });
});
export const adminProcedure = protectedProcedure.use(({ ctx, next }) => {
  if (ctx.session.role !== "ADMIN") throw new TRPCError({ code: "FORBIDDEN" });
  return next();
});
"""


def backend(files: int) -> Iterator[tuple[str, str]]:
    """Path and text of about ``files`` TypeScript files, and the configuration around them."""
    routers = max(1, files // PER_ROUTER)
    groups = range(-(-routers // _GROUP))
    yield "package.json", '{"name": "made", "dependencies": {"@trpc/server": "11.0.0", "@prisma/client": "6.0.0"}}\n'
    yield "tsconfig.json", '{"compilerOptions": {"strict": true, "baseUrl": ".", "paths": {"~/*": ["./src/*"]}}}\n'
    yield "prisma/schema.prisma", _schema(min(routers, 400))
    yield "src/server/db.ts", 'import { PrismaClient } from "@prisma/client";\nexport const db = new PrismaClient();\n'
    yield "src/server/api/trpc.ts", _INIT
    yield "src/server/api/root.ts", _root(groups)
    for group in groups:
        members = range(group * _GROUP, min(routers, (group + 1) * _GROUP))
        yield f"src/server/api/routers/group{group}/_router.ts", _group(group, members)
        for number in members:
            yield from _around(group, number, min(routers, 400))


def router(group: int, number: int, models: int = 400, extra: str = "") -> str:
    """The text of a router; ``extra`` is a procedure more."""
    name, model = f"thing{number}", f"model{number % models}"
    lines = [
        'import { TRPCError } from "@trpc/server";',
        'import { z } from "zod";',
        'import { createTRPCRouter, protectedProcedure, publicProcedure } from "~/server/api/trpc";',
        f'import {{ {name}Service }} from "~/server/services/group{group}/{name}";',
        f'import {{ {name}Shape, {name}Filter }} from "~/shapes/group{group}/{name}";',
        f'import {{ audit, clamp }} from "~/lib/group{group}/shared{number}a";',
        *([f'import {{ exported }} from "./{name}.export.procedure";'] if number % 8 == 3 else []),
        "",
        f"export const {name}Router = createTRPCRouter({{",
        *(_procedure(kind, name, model) for kind in _KINDS),
        *(["  exported,"] if number % 8 == 3 else []),
        *([extra] if extra else []),
        "});",
        *([f"export default {name}Router;"] if number % 5 == 4 else []),
    ]
    return "\n".join(lines) + "\n"


def _procedure(kind: str, name: str, model: str) -> str:
    if kind in _WRITES:
        return f"""  {kind}: protectedProcedure
    .input({name}Shape.extend({{ id: z.string().uuid() }}))
    .mutation(async ({{ ctx, input }}) => {{
      const owner = await ctx.db.user.findUnique({{ where: {{ id: ctx.session.userId }}, select: {{ id: true, role: true }} }});
      if (!owner) throw new TRPCError({{ code: "NOT_FOUND", message: `No user for ${{input.id}}` }});
      // The owner is checked above; the write is one statement, so that nothing can come between.
      const changed = await ctx.db.{model}.{_WRITES[kind]}({{
        where: {{ id: input.id, ownerId: owner.id }},
        data: {{ title: input.title.trim(), amount: clamp(input.amount, 0, 1_000_000), updatedAt: new Date() }},
      }});
      audit("{name}.{kind}", changed.amount);
      return {{ id: changed.id, title: changed.title, amount: changed.amount }};
    }}),
"""
    return f"""  {kind}: publicProcedure.input({name}Filter).query(async ({{ ctx, input }}) => {{
    const take = clamp(input.take ?? 20, 1, 100);
    const rows = await ctx.db.{model}.findMany({{
      where: {{ title: {{ contains: input.text, mode: "insensitive" }}, archived: input.archived ?? false }},
      orderBy: [{{ createdAt: "desc" }}, {{ id: "asc" }}],
      take: take + 1,
      ...(input.cursor ? {{ cursor: {{ id: input.cursor }}, skip: 1 }} : {{}}),
    }});
    const next = rows.length > take ? rows.pop()?.id : undefined;
    const totals = await {name}Service(ctx.db).totals(rows.map((row) => row.id));
    return {{ rows: rows.map((row) => ({{ ...row, total: totals.get(row.id) ?? 0 }})), next }};
  }}),
"""


def _around(group: int, number: int, models: int) -> Iterator[tuple[str, str]]:
    """A router and the nine files that come with it."""
    name, model = f"thing{number}", f"model{number % models}"
    api, lib = f"src/server/api/routers/group{group}", f"src/lib/group{group}"
    yield f"{api}/{name}.ts", router(group, number, models)
    if number % 8 == 3:
        head = 'import { protectedProcedure } from "~/server/api/trpc";\n'
        body = f"export const exported = protectedProcedure.query(({{ ctx }}) => ctx.db.{model}.count());\n"
        yield f"{api}/{name}.export.procedure.ts", head + body
    yield f"src/server/services/group{group}/{name}.ts", _SERVICE.format(name=name, model=model, group=group, n=number)
    yield f"src/shapes/group{group}/{name}.ts", _SHAPE.format(name=name)
    for place in (f"{api}/__tests__/{name}.test.ts", f"src/server/services/group{group}/{name}.test.ts"):
        yield (
            place,
            _TEST.format(name=name, group=group, cases="".join(_CASE.format(at=at, name=name) for at in range(8))),
        )
    for letter in "abc":
        yield f"{lib}/shared{number}{letter}.ts", _SHARED.format(number=number, letter=letter, group=group)
    for letter in "de":
        yield f"src/components/group{group}/Card{number}{letter}.tsx", _COMPONENT.format(number=number, letter=letter)


def _root(groups: range) -> str:
    imports = "".join(f'import {{ group{g}Router }} from "~/server/api/routers/group{g}/_router";\n' for g in groups)
    entries = "".join(f"  group{g}: group{g}Router,\n" for g in groups)
    head = 'import { createTRPCRouter } from "~/server/api/trpc";\n'
    return f"{head}{imports}\nexport const appRouter = createTRPCRouter({{\n{entries}}});\nexport type AppRouter = typeof appRouter;\n"


def _group(group: int, members: range) -> str:
    lazy = {number for number in members if number % 5 == 4}
    lines = ['import { lazy } from "@trpc/server";', 'import { createTRPCRouter } from "~/server/api/trpc";']
    lines += [f'import {{ thing{number}Router }} from "./thing{number}";' for number in members if number not in lazy]
    lines += ["", f"export const group{group}Router = createTRPCRouter({{"]
    for number in members:
        value = f'lazy(() => import("./thing{number}"))' if number in lazy else f"thing{number}Router"
        lines.append(f"  thing{number}: {value},")
    return "\n".join([*lines, "});", ""])


def _schema(models: int) -> str:
    head = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n\ngenerator client {\n  provider = "prisma-client-js"\n}\n'
    owned = "\n".join(f"  model{number} Model{number}[]" for number in range(models))
    user = f'model User {{\n  id String @id @default(uuid())\n  role String @default("USER")\n{owned}\n}}\n'
    return "\n".join([head, user, *(_MODEL.format(n=number) for number in range(models))])


_MODEL = """/// What thing {n} is made of.
model Model{n} {{
  id        String   @id @default(uuid())
  title     String   @db.VarChar(200)
  amount    Int      @default(0)
  archived  Boolean  @default(false)
  ownerId   String
  owner     User     @relation(fields: [ownerId], references: [id], onDelete: Cascade)
  createdAt DateTime @default(now())
  updatedAt DateTime @updatedAt

  @@unique([ownerId, title])
  @@index([archived, createdAt(sort: Desc)])
}}
"""
_SERVICE = """import type {{ PrismaClient }} from "@prisma/client";
import {{ clamp }} from "~/lib/group{group}/shared{n}b";
import type {{ Money }} from "~/lib/group{group}/shared{n}c";

export const {name}Service = (db: PrismaClient) => ({{
  /** The totals of some rows, by row. */
  totals: async (ids: string[]): Promise<Map<string, number>> => {{
    const rows = await db.{model}.groupBy({{ by: ["id"], where: {{ id: {{ in: ids }} }}, _sum: {{ amount: true }} }});
    const found = new Map<string, number>();
    for (const row of rows) {{
      const amount = row._sum.amount ?? 0;
      if (amount < 0) continue;
      found.set(row.id, clamp(amount, 0, Number.MAX_SAFE_INTEGER));
    }}
    return found;
  }},
  move: async (from: string, to: string, money: Money) => {{
    await db.$transaction([
      db.{model}.update({{ where: {{ id: from }}, data: {{ amount: {{ decrement: money.cents }} }} }}),
      db.{model}.update({{ where: {{ id: to }}, data: {{ amount: {{ increment: money.cents }} }} }}),
    ]);
  }},
}});

export type {name}Totals = Awaited<ReturnType<ReturnType<typeof {name}Service>["totals"]>>;
"""
_SHAPE = """import {{ z }} from "zod";

export const {name}Shape = z.object({{
  title: z.string().trim().min(1).max(200),
  amount: z.number().int().nonnegative(),
  note: z.string().max(2_000).optional(),
  labels: z.array(z.string().min(1).max(40)).max(12).default([]),
}});

export const {name}Filter = z.object({{
  text: z.string().max(200).default(""),
  archived: z.boolean().optional(),
  take: z.number().int().min(1).max(100).optional(),
  cursor: z.string().uuid().optional(),
}});

export type {name}Input = z.infer<typeof {name}Shape>;
"""
_TEST = """import {{ beforeEach, describe, expect, it, vi }} from "vitest";
import {{ createCallerFactory }} from "~/server/api/trpc";
import {{ {name}Router }} from "~/server/api/routers/group{group}/{name}";

const db = {{ user: {{ findUnique: vi.fn() }} }};
const caller = createCallerFactory({name}Router)({{ db, session: {{ userId: "u1" }} }} as never);

describe("{name}", () => {{
  beforeEach(() => vi.clearAllMocks());
{cases}}});
"""
_CASE = """
  it("lists page {at}", async () => {{
    db.user.findUnique.mockResolvedValue({{ id: "u{at}", role: "USER" }});
    const found = await caller.list({{ text: "{name}", take: {at} + 1 }});
    expect(found.rows).toHaveLength({at});
    expect(found.next).toBeUndefined();
  }});
"""
_SHARED = """import type {{ z }} from "zod";
import {{ retry }} from "~/lib/group{group}/shared{number}c";

export type Money = {{ cents: number; currency: "EUR" | "USD" }};

/** `value`, but never below `low` or above `high`. */
export function clamp(value: number, low: number, high: number): number {{
  if (Number.isNaN(value)) return low;
  return Math.min(high, Math.max(low, value));
}}

export function audit(what: string, amount: number): void {{
  const line = JSON.stringify({{ what, amount, at: new Date().toISOString(), from: "{number}{letter}" }});
  process.stdout.write(`${{line}}\\n`);
}}

export const retry = async <T>(times: number, work: () => Promise<T>): Promise<T> => {{
  let last: unknown;
  for (let attempt = 0; attempt < times; attempt += 1) {{
    try {{
      return await work();
    }} catch (error) {{
      last = error;
    }}
  }}
  throw last;
}};

export const parsed = <S extends z.ZodTypeAny>(shape: S, value: unknown): z.infer<S> => shape.parse(value);
"""
_COMPONENT = """import {{ useState }} from "react";
import {{ api }} from "~/utils/api";

export function Card{number}{letter}({{ id }}: {{ id: string }}) {{
  const [open, setOpen] = useState(false);
  const thing = api.thing{number}.byId.useQuery({{ text: id }});
  if (thing.isLoading) return <p className="muted">Loading…</p>;
  return (
    <section className="card" data-open={{open}}>
      <header onClick={{() => setOpen(!open)}}>
        <h2>{{thing.data?.rows[0]?.title ?? "Untitled"}}</h2>
      </header>
      {{open && (
        <ul>
          {{thing.data?.rows.map((row) => (
            <li key={{row.id}}>
              {{row.title}} · {{(row.amount / 100).toFixed(2)}}
            </li>
          ))}}
        </ul>
      )}}
    </section>
  );
}}
"""
