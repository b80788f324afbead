"""A repository in memory, and what the checks say of it."""

from __future__ import annotations

from collections.abc import Mapping

from beai.core.project import layout
from beai.core.rulebook.checks.finding import Finding
from beai.core.rulebook.checks.run import report
from beai.core.rulebook.checks.subject import Given, World
from tests.core.test_project_trees import DictTree

SCHEMA = """
datasource db { provider = "postgresql" }
model User {
  id       String @id
  email    String @unique
  password String
  name     String?
  posts    Post[]
}
model Post {
  id       String    @id
  title    String
  authorId String
  author   User      @relation(fields: [authorId], references: [id])
  comments Comment[]
}
model Comment {
  id     String @id
  body   String
  postId String
  post   Post   @relation(fields: [postId], references: [id])
}
"""
INIT = """
import { initTRPC, TRPCError } from "@trpc/server";
const t = initTRPC.context<Context>().create();
export const createTRPCRouter = t.router;
export const publicProcedure = t.procedure;
export const protectedProcedure = t.procedure.use(({ ctx, next }) => {
  if (!ctx.session) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { session: ctx.session } });
});
"""
ROUTER = "src/server/api/routers/post.ts"


BASE = {"package.json": "{}", "prisma/schema.prisma": SCHEMA, "src/server/api/trpc.ts": INIT}


def world(files: Mapping[str, str], given: Given = Given()) -> World:
    """A small backend with ``files`` in it."""
    tree = DictTree({**BASE, **files})
    return World(tree, layout.read(tree, "shop"), given)


def beside(files: Mapping[str, str]) -> World:
    """The small backend as it was read before ``files`` came into it: what reading them costs is not the checks'."""
    return World(DictTree({**BASE, **files}), layout.read(DictTree(BASE), "shop"))


def found(files: Mapping[str, str], *checks: str, given: Given = Given()) -> tuple[Finding, ...]:
    """The findings of ``checks`` (none: of all) in ``files``, those that are waived too."""
    return report(world(files, given), files, only=checks).findings


def router(body: str) -> dict[str, str]:
    """A router file with ``body`` as its routes."""
    head = 'import { createTRPCRouter, protectedProcedure, publicProcedure } from "../trpc";\n'
    return {ROUTER: f"{head}export const postRouter = createTRPCRouter({{\n{body}\n}});\n"}
