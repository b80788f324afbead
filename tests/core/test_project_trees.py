"""Small repositories as dictionaries, unlike each other, that the tests of project reading share."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import beai.core.demo as demo


@dataclass(frozen=True, slots=True)
class DictTree:
    """A tree of texts by path."""

    files: dict[str, str]

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def text(self, path: str) -> str | None:
        return self.files.get(path)

    def having(self, **changed: str) -> DictTree:
        return self.with_files(changed)

    def with_files(self, changed: dict[str, str]) -> DictTree:
        return DictTree({**self.files, **changed})


def shop() -> DictTree:
    """The demo backend as it is shipped."""
    root = Path(str(demo.__file__)).parent / "shop"
    files = (path for path in root.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    return DictTree({path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files})


SCHEMA = """
datasource db { 
  provider = "postgres"
}

/// Somebody who writes.
model Author {
  id    Int    @id @default(autoincrement())
  mail  String @unique /// lower case
  notes Note[]
}

model Note {
  id       Int      @id @default(autoincrement())
  title    String
  tag      Tag?
  authorId Int
  author   Author   @relation(name: "written", fields: [authorId], references: [id], onDelete: Cascade)
  editedAt DateTime @updatedAt
  link     String   @default("https://x.test/?a=(1)") @map("l//ink")

  @@unique([authorId, title], name: "title_of")
  @@index(fields: [authorId, editedAt(sort: Desc)])
}

model Membership {
  teamId String
  noteId String
  @@id([teamId, noteId])
}

enum Tag {
  RED // warm
  BLUE
}
"""

NOTEBOOK_INIT = """
import { initTRPC, TRPCError } from '@trpc/server'
const t = initTRPC.context<Context>().create()
const isAuthed = t.middleware(({ ctx, next }) => {
  if (!ctx.user) { throw new TRPCError({ code: 'UNAUTHORIZED' }) }
  return next()
})
const requireRole = (role: string) => t.middleware(({ ctx, next }) => {
  if (ctx.user.role !== role) throw new TRPCError({ code: 'FORBIDDEN' })
  return next()
})
export const { router, procedure: base } = t
export const authed = base.use(isAuthed)
export const staff = authed.use(requireRole('STAFF')).use(({ ctx, next }) => ctx.user.role === "EDITOR" ? next() : next())
"""


def notebook() -> DictTree:
    """Below ``app/``: ``src/trpc/init.ts``, destructured builders, ``ctx.prisma``, Jest, ``__tests__``, plans at the root."""
    return DictTree(
        {
            "app/package.json": '{"name": "nb", "scripts": {"test": "dotenv -e .env.test -- jest"}, "devDependencies": {"jest": "29"},'
            '"dependencies": {"@trpc/server": "10"}}',
            "app/tsconfig.json": '{ // comment\n "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"],},} }',
            "app/jest.config.js": "module.exports = {}",
            "app/src/trpc/init.ts": NOTEBOOK_INIT,
            "app/src/trpc/_app.ts": """
import { router } from './init'
import { notesRouter as written } from '@/routers/notes.router'
import * as people from '../routers/authors-router'
export const api = router({ notes: written, people: people.authorsRouter })
export type AppRouter = typeof api
""",
            "app/src/routers/notes.router.ts": """
import { z } from 'zod'
import { router, authed, staff } from '@/trpc/init.js'
import { noteInput } from './notes.schema'
const mine = authed.use(({ next }) => next())
export const notesRouter = router({
  pinned: mine.query(({ ctx }) => ctx.prisma.note.findMany({ where: { title: 'é' } })),
  write: authed.input(noteInput).use(audit('write')).mutation(async ({ ctx, input }) => ctx.prisma.note.create({ data: input })),
  admin: router({ wipe: staff.mutation(({ ctx }) => ctx.prisma.$transaction((tx) => tx.membership.deleteMany())) }),
})
""",
            "app/src/routers/notes.schema.ts": "import { z } from 'zod'\nexport const noteInput = z.object({ title: z.string() })\n",
            "app/src/routers/authors-router.ts": """
import { router, base } from '@/trpc/init'
import { findAuthor } from '../services/authors'
export const authorsRouter = router({ one: base.input(z.number()).query(({ ctx, input }) => findAuthor(ctx, input)) })
""",
            "app/src/services/authors.ts": "export async function findAuthor(ctx, id) { return ctx.prisma.author.findUnique({ where: { id } }) }\n",
            "app/src/routers/__tests__/notes.spec.ts": "import { caller } from '../../testing/caller'\ntest('x', () => {})\n",
            "app/src/testing/caller.ts": "import { api } from '@/trpc/_app'\nimport { fakes } from './fakes'\nexport const caller = 1\n",
            "app/src/testing/fakes.ts": "export const fakes = {}\n",
            "app/src/db.ts": "import { PrismaClient } from './client'\nexport const prisma = new PrismaClient()\n",
            "app/src/client/index.ts": "/* This is code generated by Prisma. */\nexport class PrismaClient {}\n",
            "app/prisma/schema.prisma": SCHEMA,
            "tasks/tasks_plan.md": """# Plan

## Task BE-7 - Archive notes
**Status:** 🟡 In Progress (since Monday)
**Depends on:** BE-5, BE-6
Implement it.
### Acceptance Criteria
- [x] archives
- [ ] refuses others
### Deliverables
- `src/routers/archive.router.ts`: the `archiveAll` mutation of `archive.archiveAll`
""",
            "tasks/active_context.md": "# Now\nFeature branch: `feature/notes`\n## Next\n- [ ] BE-7 archive\n## Progress\n",
            "docs/architecture.md": "",
        }
    )


def test_the_demo_is_read_from_its_package() -> None:
    assert "src/server/api/trpc.ts" in shop().paths()


def test_a_tree_with_changes_keeps_the_rest() -> None:
    tree = notebook().with_files({"x.md": "y"})
    assert tree.text("x.md") == "y"
    assert tree.text("app/jest.config.js") == "module.exports = {}"
