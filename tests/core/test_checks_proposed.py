"""What a proposed change breaks is told at the hunk that breaks it, and what was there before is not told again."""

from __future__ import annotations

import pytest

from beai.core.edits.change import Change, SearchReplace, WholeFile
from beai.core.edits.match import match
from beai.core.project import layout
from beai.core.rulebook.checks.proposed import with_findings
from tests.core.checking import INIT, SCHEMA
from tests.core.test_project_trees import DictTree

ROUTER = "src/server/api/routers/post.ts"
CODE = """import { createTRPCRouter, protectedProcedure, publicProcedure } from "../trpc";
export const postRouter = createTRPCRouter({
  all: publicProcedure.query(({ ctx }) => ctx.db.post.findMany()),
  remove: protectedProcedure.input(byId).mutation(async ({ ctx, input }) => {
    const { count } = await ctx.db.post.deleteMany({ where: { id: input.id, authorId: ctx.session.user.id } });
    return count;
  }),
});
"""
FILES = {"package.json": "{}", "prisma/schema.prisma": SCHEMA, "src/server/api/trpc.ts": INIT, ROUTER: CODE}


def told(*edits: SearchReplace | WholeFile, **files: str) -> list[tuple[str, str, int]]:
    """Hunk, check and line of each finding that ``edits`` bring."""
    tree = DictTree(FILES | files)
    change = match(edits, tree.text)
    assert isinstance(change, Change)
    made = with_findings(change, tree, layout.read(tree, "shop"))
    return [(hunk.id, one.check, one.line) for hunk in made.hunks() for one in hunk.findings]


def test_what_was_there_before_is_not_told_again() -> None:
    assert told(SearchReplace(ROUTER, "return count;", "return count > 0;")) == []
    moved = SearchReplace(ROUTER, "export const", "// one more line\nexport const")
    assert told(moved) == []


def test_a_second_breach_of_the_same_words_is_told_where_it_is_new() -> None:
    twice = "  all: publicProcedure.query(({ ctx }) => ctx.db.post.findMany()),\n"
    again = SearchReplace(
        ROUTER, "  remove:", "  every: publicProcedure.query(({ ctx }) => ctx.db.post.findMany()),\n  remove:"
    )
    assert twice in CODE
    assert told(again) == [(f"{ROUTER}#1", "find-many-unbounded", 4)]


GUARDED = """import { createTRPCRouter, publicProcedure } from "../trpc";
export const guardedRouter = createTRPCRouter({
  one: publicProcedure.query(({ ctx }) => {
    if (!ctx.session) {
      log("one");
      throw new TRPCError({ code: "UNAUTHORIZED" });
    }
    return 1;
  }),
%s});
"""
PATH = "src/server/api/routers/guarded.ts"
GUARD = """  two: publicProcedure.query(({ ctx }) => {
    if (!ctx.session) {
      log("two");
      throw new TRPCError({ code: "UNAUTHORIZED" });
    }
    return 2;
  }),
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('log("one")', 'log("other")'),
        ('      log("one");\n', ""),
        ('      log("one");\n', '      log("one");\n      log("again");\n'),
        ("    if (!ctx.session) {", "    if (!ctx.session?.user) {"),
        ("    }\n    return 1;", "    } // nobody\n    return 1;"),
        (
            'import { createTRPCRouter, publicProcedure } from "../trpc";\n',
            'import { createTRPCRouter, publicProcedure } from "../trpc";\n\n',
        ),
    ],
)
def test_a_breach_that_was_there_is_not_told_again_when_code_inside_it_is_touched(old: str, new: str) -> None:
    assert told(SearchReplace(PATH, old, new), **{PATH: GUARDED % ""}) == []


def test_a_breach_is_told_beside_one_that_was_there_and_is_touched() -> None:
    second = WholeFile(PATH, (GUARDED % GUARD).replace("one", "1"))
    assert [(check, line) for _, check, line in told(second, **{PATH: GUARDED % ""})] == [("access-in-body", 11)]


def test_a_breach_on_a_line_with_another_is_told() -> None:
    line = "export const f = (a: string, b: string) => [a as any, b];\n"
    edit = SearchReplace("src/a.ts", "[a as any, b]", "[a as any, b as any]")
    assert told(edit, **{"src/a.ts": line}) == [("src/a.ts#1", "any", 1)]


def test_a_breach_away_from_the_changed_lines_is_told_at_the_nearest_hunk() -> None:
    turned = SearchReplace(ROUTER, "byId).mutation(", "byId).query(")
    assert told(turned) == [(f"{ROUTER}#1", "query-writes", 5)]


def test_files_of_one_change_are_seen_together() -> None:
    handler = "export async function wipe({ ctx, input }) {\n  await ctx.db.post.delete({ where: input });\n}\n"
    use = SearchReplace(ROUTER, "  remove:", "  wipe: publicProcedure.input(byId).query(wipe),\n  remove:")
    importing = SearchReplace(ROUTER, 'from "../trpc";', 'from "../trpc";\nimport { wipe } from "./wipe.handler";')
    path = "src/server/api/routers/wipe.handler.ts"
    assert told(importing, use, WholeFile(path, handler)) == [(f"{path}#1", "query-writes", 2)]


def test_a_model_that_the_change_adds_is_known() -> None:
    schema = WholeFile("prisma/schema.prisma", SCHEMA + "model Draft {\n  id String @id\n}\n")
    listed = SearchReplace(
        ROUTER, "  remove:", "  drafts: publicProcedure.query(({ ctx }) => ctx.db.draft.findMany()),\n  remove:"
    )
    assert (f"{ROUTER}#1", "find-many-unbounded", 4) in told(schema, listed)


def test_a_waiver_in_the_change_lifts_its_finding() -> None:
    waived = "export const a = 1; // beai-allow any: no\n"
    assert [check for _, check, _ in told(WholeFile("src/a.ts", waived))] == ["waiver-unused"]
    assert (
        told(WholeFile("src/a.ts", "// beai-allow any: the library types it so\nexport const a = {} as any;\n")) == []
    )


CLIENT = "import { PrismaClient } from '@prisma/client';\nexport const db = new PrismaClient(%s);\n"
OMIT = "{ omit: { user: { password: true } } }"
WHO = "  who: publicProcedure.query(({ ctx }) => ctx.db.user.findFirst()),\n  remove:"


@pytest.mark.parametrize(("given", "checks"), [("", ["output-sensitive"]), (OMIT, [])])
def test_what_the_client_omits_is_no_breach_in_a_change(given: str, checks: list[str]) -> None:
    edit = SearchReplace(ROUTER, "  remove:", WHO)
    assert [check for _, check, _ in told(edit, **{"src/server/db.ts": CLIENT % given})] == checks
    both = (edit, SearchReplace("src/server/db.ts", CLIENT % given, CLIENT % OMIT))
    assert [check for _, check, _ in told(*both[: 2 - bool(given)], **{"src/server/db.ts": CLIENT % given})] == []


def test_a_change_to_a_router_has_only_files_read_that_its_findings_rest_on() -> None:
    """However many files the repository has: those that it imports and those that make the client."""
    others = {f"src/lib/a{number}.ts": "export const a = 1;\n" for number in range(50)}
    tree = Counted(FILES | {"src/server/db.ts": CLIENT % ""} | others)
    project = layout.read(tree, "shop")
    change = match([SearchReplace(ROUTER, "  remove:", WHO)], tree.text)
    assert isinstance(change, Change)
    tree.asked.clear()
    made = with_findings(change, tree, project)
    assert [one.check for hunk in made.hunks() for one in hunk.findings] == ["output-sensitive"]
    assert not set(tree.asked) & others.keys()


class Counted:
    """A tree that keeps which texts were asked for."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files, self.asked = files, list[str]()

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def text(self, path: str) -> str | None:
        self.asked.append(path)
        return self.files.get(path)


def test_a_file_emptied_or_made_huge_is_taken_as_it_comes() -> None:
    assert told(WholeFile(ROUTER, "")) == []
    assert told(WholeFile("src/a.ts", "x" * 1_200_000)) == []
