"""Breaking a procedure on purpose: each mutant lacks one guard, parses, and touches nothing but its procedure."""

from __future__ import annotations

import pytest

from beai.core.project.facts import ApiMap, Procedure, Tree
from beai.core.project.syntax import parse
from beai.core.project.trpc import read_api
from beai.core.runner.probe import Mutant, mutants
from tests.core.test_project_trees import DictTree, shop

INIT = """import { initTRPC, TRPCError } from '@trpc/server'
export const t = initTRPC.context<{ user?: { id: string } }>().create()
export const isAuthed = t.middleware(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' })
  return next({ ctx: { user: ctx.user } })
})
"""
NOTES = """import { z } from 'zod'
import { t, isAuthed } from './init'

// Größe: 日本語 before the code, so that bytes are not characters
export const notes = t.router({
  add: t.procedure
    .use(isAuthed)
    .input(z.object({ text: z.string().trim().min(1).max(80) }))
    .mutation(async ({ ctx, input }) => {
      if (input.text === 'ä') throw new Error('zweimal')
      return ctx.db.note.create({ data: { text: input.text } })
    }),
  list: t.procedure.query(({ ctx }) => ctx.db.note.findMany({ where: { owner: 'ö' } })),
})
"""
ROOT = "import { t } from './init'\nimport { notes } from './notes'\nexport const app = t.router({ notes })\n"
BARE = DictTree({"package.json": "{}", "src/init.ts": INIT, "src/notes.ts": NOTES, "src/root.ts": ROOT})


def every(tree: Tree) -> list[tuple[ApiMap, Procedure]]:
    api = read_api(tree)
    return [(api, procedure) for router in api.routers for procedure in router.procedures]


ALL = [(tree, *pair) for tree in (shop(), BARE) for pair in every(tree)]


def of(tree: Tree, path: str) -> tuple[str, tuple[Mutant, ...]]:
    api = read_api(tree)
    procedure = api.procedure(path)
    assert procedure is not None
    text = tree.text(procedure.file) or ""
    return text, mutants(text, procedure, api)


@pytest.mark.parametrize(("tree", "api", "procedure"), ALL, ids=[procedure.path for *_, procedure in ALL])
def test_every_mutant_parses_differs_and_leaves_the_other_procedures_alone(
    tree: Tree, api: ApiMap, procedure: Procedure
) -> None:
    text = tree.text(procedure.file) or ""
    made = mutants(text, procedure, api)
    others = [p.code for r in api.routers for p in r.procedures if p.file == procedure.file and p != procedure]
    assert made and made[-1].what == "the procedure emptied"
    assert len({mutant.text for mutant in made}) == len(made)
    for mutant in made:
        assert mutant.text != text
        assert parse(mutant.text, procedure.file).broken() is None, mutant.what
        assert all(code in mutant.text for code in others), mutant.what


def test_there_are_enough_procedures_to_speak_of_all() -> None:
    assert len(ALL) >= 15


def test_the_guard_goes_first_and_the_open_builder_is_imported() -> None:
    _, made = of(shop(), "wishlist.removeItem")
    assert made[0].what == "protectedProcedure replaced by publicProcedure"
    assert "removeItem: publicProcedure" in made[0].text
    assert "count: protectedProcedure" in made[0].text
    assert "import { createTRPCRouter, protectedProcedure, publicProcedure } from" in made[0].text


def test_a_middleware_on_the_bare_builder_is_a_guard_as_well() -> None:
    _, made = of(BARE, "notes.add")
    assert made[0].what == ".use() dropped"
    assert "add: t.procedure\n    .input(" in made[0].text


def test_each_check_of_the_input_is_dropped_alone_and_then_the_whole_input() -> None:
    text, made = of(BARE, "notes.add")
    broken = {mutant.what: mutant.text for mutant in made}
    assert "z.string().trim().min(1) }" in broken[".max() dropped"]
    assert "z.string().trim().max(80) }" in broken[".min() dropped"]
    assert "z.string().min(1).max(80) }" in broken[".trim() dropped"]
    assert ".use(isAuthed)\n    .mutation(" in broken[".input() dropped"]
    assert ".input(" in text


def test_a_throw_a_filter_and_the_data_are_removed_without_moving_what_is_around_them() -> None:
    text, made = of(BARE, "notes.add")
    broken = {mutant.what: mutant.text for mutant in made}
    assert broken["the throw of line 10 removed"] == text.replace("throw new Error('zweimal')", ";")
    assert broken["data emptied"] == text.replace("data: { text: input.text }", "data: {} as never")
    _, listed = of(BARE, "notes.list")
    assert [mutant.what for mutant in listed] == ["where emptied", "the procedure emptied"]
    assert listed[-1].text == text.replace(
        "({ ctx }) => ctx.db.note.findMany({ where: { owner: 'ö' } }))", "() => undefined as never)"
    )


def test_a_procedure_without_a_guard_is_still_emptied() -> None:
    _, made = of(shop(), "category.list")
    assert [mutant.what for mutant in made] == ["the procedure emptied"]
