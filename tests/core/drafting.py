"""A library backend in memory, in a style of its own: singleton client, deep mocks, a flat suite per procedure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from beai.core.edits.change import Change
from beai.core.edits.match import match
from beai.core.project.layout import read
from beai.core.project.sources import sources
from beai.core.suggest.drafter import draft
from beai.core.suggest.exchange import Answer, CaseIdea, Feedback, ProposeCases, ProposeEdits, Purpose, Reply, Request

SCHEMA = """
generator client { provider = "prisma-client-js" }
datasource db { provider = "postgresql" }
enum Shelf { FICTION SCIENCE }
model Reader {
  id    String @id @default(cuid())
  email String @unique
  loans Loan[]
}
model Book {
  id      Int     @id @default(autoincrement())
  title   String
  isbn    String  @unique
  shelf   Shelf
  pages   Int
  lent    Boolean @default(false)
  weight  Decimal @default(0)
  loans   Loan[]
}
model Loan {
  id       String   @id @default(cuid())
  readerId String
  reader   Reader   @relation(fields: [readerId], references: [id])
  bookId   Int
  book     Book     @relation(fields: [bookId], references: [id])
  remark   String?
  takenAt  DateTime @default(now())
}
"""
INIT = """import { initTRPC, TRPCError } from "@trpc/server";
import type { Context } from "./context";

const t = initTRPC.context<Context>().create();

export const router = t.router;
export const publicProcedure = t.procedure;
export const protectedProcedure = t.procedure.use(({ ctx, next }) => {
    if (!ctx.user) throw new TRPCError({ code: "UNAUTHORIZED" });
    return next({ ctx: { ...ctx, user: ctx.user } });
});
"""
LOANS = """import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { prisma } from "../client";
import { protectedProcedure, publicProcedure, router } from "../trpc";

export const loansRouter = router({
    mine: protectedProcedure.query(({ ctx }) => {
        return prisma.loan.findMany({ where: { readerId: ctx.user.id } });
    }),
    byId: publicProcedure.input(z.object({ id: z.string() })).query(async ({ input }) => {
        const loan = await prisma.loan.findUnique({ where: { id: input.id } });
        if (!loan) throw new TRPCError({ code: "NOT_FOUND" });
        return loan;
    }),
});
"""
ROOT = """import { loansRouter } from "./routers/loans";
import { booksRouter } from "./routers/books";
import { router } from "./trpc";

export const appRouter = router({ loans: loansRouter, books: booksRouter });
export type AppRouter = typeof appRouter;
"""
BOOKS = """import { z } from "zod";
import { prisma } from "../client";
import { publicProcedure, router } from "../trpc";

export const booksRouter = router({
    count: publicProcedure.query(() => prisma.book.count()),
});
"""
TESTS = """import { Prisma, type PrismaClient } from "@prisma/client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { mockDeep, mockReset } from "vitest-mock-extended";
import { prisma } from "../src/client";
import { appRouter } from "../src/root";

vi.mock("../src/client", () => ({ prisma: mockDeep<PrismaClient>() }));

beforeEach(() => {
    vi.resetAllMocks();
});

describe("loans.mine", () => {
    test("lists the reader's loans", async () => {
        const caller = appRouter.createCaller({ user: { id: "reader7" } });
        vi.mocked(prisma.loan.findMany).mockResolvedValue([]);
        expect(await caller.loans.mine()).toEqual([]);
        expect(prisma.loan.findMany).toHaveBeenCalledWith({ where: { readerId: "reader7" } });
    });
    test("needs a user", async () => {
        const caller = appRouter.createCaller({ user: null });
        await expect(caller.loans.mine()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    });
});
"""


PACKAGE = '{"dependencies": {"@trpc/server": "11", "@prisma/client": "6"}, "devDependencies": {"vitest": "3"}}'
CLIENT = """import { PrismaClient } from "@prisma/client";

export const prisma = new PrismaClient();
"""


@dataclass
class Library:
    """The backend's files, and the drafter working on them; ``task`` is the text below the task's heading."""

    task: str
    files: dict[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()

    def __post_init__(self) -> None:
        self.files = {
            "package.json": PACKAGE,
            "prisma/schema.prisma": SCHEMA,
            "src/client.ts": CLIENT,
            "src/context.ts": "export type Context = { user: { id: string } | null };\n",
            "src/trpc.ts": INIT,
            "src/root.ts": ROOT,
            "src/routers/loans.ts": LOANS,
            "src/routers/books.ts": BOOKS,
            "test/loans.test.ts": TESTS,
            "tasks/sprints/sprint_1/be_tasks.md": f"# Tasks\n\n## LIB-1: A task\n\n{self.task}\n",
            **self.files,
        }

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def text(self, path: str) -> str | None:
        return self.files.get(path)

    def request(self, purpose: Purpose, *feedback: Feedback) -> Request:
        project = read(self, "library")
        task = project.task("LIB-1")
        assert task is not None
        return Request(purpose, task, project, sources(self, project, task), answers=self.answers, feedback=feedback)

    def cases(self, *feedback: Feedback) -> Reply:
        return draft(self.request(Purpose.CASES, *feedback))

    def proposed(self) -> tuple[CaseIdea, ...]:
        """The cases, where there is nothing to ask."""
        reply = self.cases()
        assert isinstance(reply, ProposeCases), reply
        return reply.cases

    def say(self, purpose: Purpose, number: int, *feedback: Feedback) -> Reply:
        """What the drafter says for the case with this number (1-based), all proposed cases being approved."""
        named = tuple((f"C{index}", case) for index, case in enumerate(self.proposed(), start=1))
        case_id, case = named[number - 1]
        return draft(replace(self.request(purpose, *feedback), case_id=case_id, case=case, cases=named))

    def write(self, reply: Reply) -> None:
        """Put the edits into the files; they must all have a place."""
        assert isinstance(reply, ProposeEdits), reply
        change = match(reply.edits, self.text)
        assert isinstance(change, Change), change
        self.files.update({file.path: file.after for file in change.files})

    def complete(self) -> None:
        """Every case, test and then code."""
        for number in range(1, len(self.proposed()) + 1):
            self.write(self.say(Purpose.TEST, number))
            code = self.say(Purpose.CODE, number)
            if isinstance(code, ProposeEdits):
                self.write(code)
