"""Edits land where they belong, change nothing else, and say why when they have no place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.edits.change import (
    AddImport,
    Change,
    DeleteFile,
    Edit,
    Miss,
    MountRouter,
    PatchLines,
    SearchReplace,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)
from beai.core.edits.match import digest, match
from beai.core.project.syntax import parse

F = "src/server/api/routers/shop.ts"
ADD = """\
protectedProcedure
  .input(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input }) => {
    return ctx.db.item.create({ data: input });
  })"""


def made(text: str, *edits: Edit) -> str:
    change = match(edits, {F: text}.get)
    assert isinstance(change, Change), change
    return change.files[0].after if change.files else text


def missed(text: str | None, *edits: Edit) -> tuple[Miss, ...]:
    misses = match(edits, {F: text}.get)
    assert isinstance(misses, tuple), misses
    return misses


def add(code: str = ADD, name: str = "add", variable: str = "shopRouter") -> UpsertProcedure:
    return UpsertProcedure(F, variable, name, code)


ROUTER = """\
import { z } from "zod";

export const shopRouter = createTRPCRouter({
  // reading
  list: publicProcedure.query(({ ctx }) => ctx.db.item.findMany()),

  /** One of them. */
  get: publicProcedure
    .input(z.string())
    .query(({ ctx, input }) => ctx.db.item.findUnique({ where: { id: input } })), // trailing remark
  // end of procedures
});

export type Shop = typeof shopRouter;
"""

ADDED = """\
  add: protectedProcedure
    .input(z.object({ id: z.string() }))
    .mutation(async ({ ctx, input }) => {
      return ctx.db.item.create({ data: input });
    }),
"""


def test_a_procedure_goes_after_the_last_one_in_the_files_own_spacing() -> None:
    mark = "// trailing remark\n"
    assert made(ROUTER, add()) == ROUTER.replace(mark, f"{mark}\n{ADDED}")


def test_an_existing_procedure_is_replaced_and_its_comments_stay() -> None:
    after = made(ROUTER, add("adminProcedure.query(() => 1)", "list"))
    assert after == ROUTER.replace(
        "publicProcedure.query(({ ctx }) => ctx.db.item.findMany())", "adminProcedure.query(() => 1)"
    )


@pytest.mark.parametrize("code", [ADD + ",", f"add: {ADD}", ADD + ";\n", "\n" + ADD, ADD.replace("\n", "\n    ")])
def test_a_value_is_the_same_however_it_is_wrapped_or_indented(code: str) -> None:
    assert made(ROUTER, add(code)) == made(ROUTER, add())


def test_placing_the_same_procedure_twice_changes_nothing_the_second_time() -> None:
    once = made(ROUTER, add())
    assert match([add()], {F: once}.get) == Change(())


def test_the_code_of_a_procedure_as_the_file_has_it_is_no_change() -> None:
    code = ROUTER[ROUTER.index("publicProcedure\n") : ROUTER.index(", // trailing")]
    assert match([add(code, "get")], {F: ROUTER}.get) == Change(())


CONSTRUCTIONS = {
    "t.router": "export const shopRouter = t.router({\n  a,\n});\n",
    "router": "export const shopRouter = router({\n  a,\n});\n",
    "satisfies": "const shopRouter = createTRPCRouter({\n  a,\n}) satisfies AnyRouter;\nexport default shopRouter;\n",
    "plain object": "export const shopRouter = {\n  a,\n} as const;\n",
    "named object": "const shopRouter = router(procedures);\nconst procedures = {\n  a,\n};\n",
    "merged": "export const shopRouter = t.mergeRouters(baseRouter, router({\n  a,\n}));\n",
    "spread": "export const shopRouter = router({\n  ...base._def.procedures,\n  a,\n});\n",
    "typed": "export const shopRouter: Router = router({\n  a,\n});\n",
    "nested below another": "const outer = { x: { a } };\nexport const shopRouter = router({\n  a,\n});\n",
}


@pytest.mark.parametrize("text", CONSTRUCTIONS.values(), ids=CONSTRUCTIONS)
def test_every_way_to_make_a_router_is_understood(text: str) -> None:
    assert made(text, add("p.query(() => 1)")) == text.replace("  a,\n", "  a,\n  add: p.query(() => 1),\n")


LAYOUTS = {
    "single line": ("const shopRouter = router({ a, b });\n", "const shopRouter = router({ a, b, add: x });\n"),
    "single line, trailing comma": (
        "const shopRouter = router({ a, b, });",
        "const shopRouter = router({ a, b, add: x, });",
    ),
    "empty": ("const shopRouter = router({});\n", "const shopRouter = router({ add: x });\n"),
    "empty over two lines": ("const shopRouter = router({\n});\n", "const shopRouter = router({\n  add: x,\n});\n"),
    "only a comment": (
        "const shopRouter = router({\n  // none\n});\n",
        "const shopRouter = router({\n  // none\n  add: x,\n});\n",
    ),
    "no trailing comma": (
        "const shopRouter = router({\n  a,\n  b\n});\n",
        "const shopRouter = router({\n  a,\n  b,\n  add: x\n});\n",
    ),
    "no trailing comma, remark": (
        "const shopRouter = router({\n  a,\n  b // last\n});\n",
        "const shopRouter = router({\n  a,\n  b, // last\n  add: x\n});\n",
    ),
    "brace hugs the last": (
        "const shopRouter = router({\n  a,\n  b });\n",
        "const shopRouter = router({\n  a,\n  b,\n  add: x });\n",
    ),
    "tabs": ("const shopRouter = router({\n\ta,\n});\n", "const shopRouter = router({\n\ta,\n\tadd: x,\n});\n"),
    "four spaces": (
        "const shopRouter = router({\n    a,\n});\n",
        "const shopRouter = router({\n    a,\n    add: x,\n});\n",
    ),
    "CRLF": (
        "const shopRouter = router({\r\n  a,\r\n});\r\n",
        "const shopRouter = router({\r\n  a,\r\n  add: x,\r\n});\r\n",
    ),
    "BOM, no final newline": (
        "\ufeffconst shopRouter = router({\n  a,\n})",
        "\ufeffconst shopRouter = router({\n  a,\n  add: x,\n})",
    ),
    "not ASCII": (
        "const é = 'žluť';\nconst shopRouter = router({\n  a,\n});\n",
        "const é = 'žluť';\nconst shopRouter = router({\n  a,\n  add: x,\n});\n",
    ),
    "bytes that are not UTF-8": (
        "// \udce9\nconst shopRouter = router({\n  a,\n});\n",
        "// \udce9\nconst shopRouter = router({\n  a,\n  add: x,\n});\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), LAYOUTS.values(), ids=LAYOUTS)
def test_a_property_is_appended_in_the_lists_own_style(before: str, after: str) -> None:
    assert made(before, add("x")) == after


def test_code_is_reindented_to_tabs_and_the_files_line_ends_but_template_text_is_not() -> None:
    code = "p\n  .query(() => {\n    return `\n  kept\n`;\n  })"
    after = made("const shopRouter = router({\r\n\ta,\r\n});\r\n", add(code))
    assert "\tadd: p\r\n\t\t.query(() => {\r\n\t\t\treturn `\r\n  kept\r\n`;\r\n\t\t}),\r\n});" in after


def test_a_key_that_is_no_name_is_quoted_as_the_file_quotes() -> None:
    after = made(
        "import { z } from 'zod'\nconst shopRouter = router({\n  'a-b': x,\n})\n", add("y", "c-d"), add("z", "a-b")
    )
    assert "  'a-b': z,\n  'c-d': y,\n" in after


REFUSED = {
    "no such variable": (ROUTER, add(variable="otherRouter"), "not declared"),
    "two objects": ("const shopRouter = mergeRouters(router({ a }), router({ b }));", add("x"), "merged from 2"),
    "only other files": ("const shopRouter = mergeRouters(a, b);", add("x"), "no router"),
    "an old chain": ("const shopRouter = createRouter({ a: 1 }).query('x', {});", add("x"), "no router"),
    "two expressions": (ROUTER, add("a, b"), "not one expression"),
    "an escape from the object": (ROUTER, add("x) }), evil: ({ y: (1"), "not one expression"),
    "unbalanced": (ROUTER, add("p.query(() => {"), "not one expression"),
    "statements": (ROUTER, add("const a = 1; a"), "not one expression"),
    "no such file": (None, add(), "does not exist"),
    "not Unicode": (ROUTER, add("'\ud800'"), "not valid Unicode"),
}


@pytest.mark.parametrize(("text", "edit", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_place_is_missed_with_a_reason(text: str | None, edit: Edit, reason: str) -> None:
    (miss,) = missed(text, edit)
    assert reason in miss.reason
    assert miss.edit == edit


def test_a_miss_shows_real_lines_of_the_file() -> None:
    (miss,) = missed(ROUTER, add(variable="shoppRouter"))
    assert "export const shopRouter = createTRPCRouter({" in miss.nearest


def test_one_miss_stops_all_files() -> None:
    misses = match([WholeFile("new.ts", "x"), add(variable="nope"), add(variable="nada")], {F: ROUTER}.get)
    assert [miss.edit.variable for miss in misses if isinstance(miss.edit, UpsertProcedure)] == ["nope", "nada"]


def test_edits_of_a_file_compose_in_order() -> None:
    after = made(
        ROUTER, add("x", "a"), SearchReplace(F, "a: x", "a: y"), AddImport(F, 'import { q } from "zod";'), add("w", "a")
    )
    assert "\n  a: w,\n" in after
    assert after.startswith('import { z, q } from "zod";')


def test_the_hash_is_that_of_the_bytes_and_a_new_file_has_none() -> None:
    change = match([WholeFile(F, "b\n"), WholeFile("n.ts", "n\n")], {F: "a\udce9\n"}.get, ("tdd",), "why")
    assert isinstance(change, Change)
    assert [file.before_hash for file in change.files] == [digest("a\udce9\n"), ""]
    assert change.rationale == "why"
    assert {hunk.cites for hunk in change.hunks()} == {("tdd",)}


def test_a_whole_file_keeps_line_ends_and_byte_order_mark() -> None:
    change = match([WholeFile(F, "a\nc\n")], {F: "\ufeffa\r\nb\r\n"}.get)
    assert isinstance(change, Change)
    assert change.files[0].after == "\ufeffa\r\nc\r\n"
    assert len(change.hunks()) == 1


IMPORTS = {
    "none yet": ("const a = 1;\n", 'import { b } from "m";', 'import { b } from "m";\n\nconst a = 1;\n'),
    "below a directive": (
        '"use server";\nconst a = 1;\n',
        'import "m";',
        '"use server";\nimport "m";\n\nconst a = 1;\n',
    ),
    "below a licence": ("// (c)\n\nconst a = 1;\n", 'import "m";', '// (c)\n\nimport "m";\n\nconst a = 1;\n'),
    "there already": (
        'import { a, b as c } from "m";\n',
        'import { b as c } from "m"',
        'import { a, b as c } from "m";\n',
    ),
    "merged": ("import { b } from 'm'\n", 'import { a } from "m";', "import { b, a } from 'm'\n"),
    "merged in order": ("import { a, c } from 'm'\n", 'import { b } from "m";', "import { a, b, c } from 'm'\n"),
    "merged over lines": (
        'import {\n  a,\n  c,\n} from "m";\n',
        'import { b } from "m";',
        'import {\n  a,\n  b,\n  c,\n} from "m";\n',
    ),
    "own quotes, no semicolon": (
        "import z from 'z'\n",
        'import { a } from "m";',
        "import z from 'z'\nimport { a } from 'm'\n",
    ),
    "sorted stays sorted": ("import 'a'\nimport 'c'\n", "import 'b'", "import 'a'\nimport 'b'\nimport 'c'\n"),
    "unsorted goes last": (
        "import 'c'\nimport 'a'\nlet x\n",
        "import 'b'",
        "import 'c'\nimport 'a'\nimport 'b'\nlet x\n",
    ),
    "default joins names": ('import { a } from "m";\n', 'import d from "m";', 'import d, { a } from "m";\n'),
    "names join default": ('import d from "m";\n', 'import { a } from "m";', 'import d, { a } from "m";\n'),
    "default and names": ("", 'import d, { a } from "m";', 'import d, { a } from "m";\n'),
    "types apart": (
        'import { a } from "m";\n',
        'import type { T } from "m";',
        'import { a } from "m";\nimport type { T } from "m";\n',
    ),
    "types merged": (
        'import type { S } from "m";\n',
        'import type { T } from "m";',
        'import type { S, T } from "m";\n',
    ),
    "types inline": (
        'import { a, type S } from "m";\n',
        'import type { T } from "m";',
        'import { a, type S, type T } from "m";\n',
    ),
    "a type there as a value": ('import { T } from "m";\n', 'import type { T } from "m";', 'import { T } from "m";\n'),
    "a value there as a type": ('import type { T } from "m";\n', 'import { T } from "m";', 'import { T } from "m";\n'),
    "a value there as an inline type": (
        'import { a, type T } from "m";\n',
        'import { T } from "m";',
        'import { a, T } from "m";\n',
    ),
    "a namespace beside": (
        'import * as n from "m";\n',
        'import { a } from "m";',
        'import * as n from "m";\nimport { a } from "m";\n',
    ),
    "CRLF": ('import "a";\r\nlet x;\r\n', 'import "b";', 'import "a";\r\nimport "b";\r\nlet x;\r\n'),
    "no final newline": ('import "a";', 'import "b";', 'import "a";\nimport "b";'),
    "BOM": ("\ufefflet x;\n", 'import "b";', '\ufeffimport "b";\n\nlet x;\n'),
    "attributes": (
        "",
        'import j from "./j.json" with { type: "json" };',
        'import j from "./j.json" with { type: "json" };\n',
    ),
}


@pytest.mark.parametrize(("before", "statement", "after"), IMPORTS.values(), ids=IMPORTS)
def test_an_import_is_made_true(before: str, statement: str, after: str) -> None:
    assert made(before, AddImport(F, statement)) == after
    assert match([AddImport(F, statement)], {F: after}.get) == Change(())


def test_a_name_that_is_taken_is_a_miss() -> None:
    (miss,) = missed('import { a } from "x";\n', AddImport(F, 'import { a } from "m";'))
    assert "imported from 'x' already" in miss.reason


@pytest.mark.parametrize("statement", ["const a = 1;", 'import "a"; import "b";', "import {", ""])
def test_only_one_import_statement_is_an_import(statement: str) -> None:
    assert missed("let x;\n", AddImport(F, statement))


ROOT = """\
import { postRouter } from "~/server/api/routers/post";
import { createCallerFactory, createTRPCRouter } from "~/server/api/trpc";

export const appRouter = createTRPCRouter({
  post: postRouter,
});

export const createCaller = createCallerFactory(appRouter);
"""


def test_a_router_is_mounted_and_imported() -> None:
    after = made(ROOT, MountRouter(F, "wish", "wishRouter", "~/server/api/routers/wish"))
    line = 'import { wishRouter } from "~/server/api/routers/wish";\n'
    trpc = 'import { createCallerFactory, createTRPCRouter } from "~/server/api/trpc";\n'
    assert after == ROOT.replace(trpc, line + trpc).replace("postRouter,\n", "postRouter,\n  wish: wishRouter,\n")
    assert made(after, MountRouter(F, "wish", "wishRouter", "~/server/api/routers/wish")) == after


def test_a_key_that_equals_the_variable_is_written_short() -> None:
    after = made("import { a } from './a'\nexport default router({ a })\n", MountRouter(F, "b", "b", "./b"))
    assert after == "import { a } from './a'\nimport { b } from './b'\nexport default router({ a, b })\n"


def test_a_key_that_is_taken_or_a_root_that_is_unclear_is_a_miss() -> None:
    assert "mounted already" in missed(ROOT, MountRouter(F, "post", "otherRouter", "./o"))[0].reason
    two = "const a = router({ x });\nconst b = router({ y });\n"
    assert "not clear: a, b" in missed(two, MountRouter(F, "k", "kRouter", "./k"))[0].reason


PLACED = {
    "its group": (
        'import { z } from "zod";\n\nimport { a } from "@/a";\nimport { c } from "@/c";\n\nimport { d } from "./d";\n',
        'import { b } from "@/b";',
        'import { a } from "@/a";\nimport { b } from "@/b";\nimport { c } from "@/c";\n\n',
    ),
    "a new group": (
        'import { z } from "zod";\n\nimport { d } from "./d";\nconst x = 1;\n',
        'import { b } from "@/b";',
        '"zod";\n\nimport { b } from "@/b";\n\nimport { d } from "./d";\n',
    ),
    "sorted with capitals first": (
        "import { B, a, c } from 'm'\nimport { C, b } from 'n'\n",
        'import { D } from "n";',
        "import { C, D, b } from 'n'\n",
    ),
    "sorted without regard to case": (
        "import { a, B, c } from 'm'\n",
        'import { D } from "m";',
        "import { a, B, c, D } from 'm'\n",
    ),
    "above a comment about one line": (
        "// eslint-disable-next-line x\nimport b from 'b'\nimport c from 'c'\n",
        'import a from "a";',
        "import a from 'a'\n// eslint-disable-next-line x\nimport b from 'b'\n",
    ),
    "below a remark": ("import a from 'a' // why\nlet x\n", 'import "b"', "'a' // why\nimport 'b'\nlet x\n"),
    "as it was written": (
        "import a from 'a'\n",
        'import { z, type Y, x } from "b"',
        "import { z, type Y, x } from 'b'\n",
    ),
    "not into one with attributes": (
        "import j from './j.json' with { type: 'json' }\n",
        'import { k } from "./j.json"',
        "with { type: 'json' }\nimport { k } from './j.json'\n",
    ),
    "one of several types as a value": (
        'import type { S, T } from "m";\n',
        'import { T } from "m";',
        'import { type S, T } from "m";\n',
    ),
    "the end of its neighbour's line": (
        "import 'a';\r\nlet x;\n",
        'import "b"',
        "import 'a';\r\nimport 'b';\r\nlet x;\n",
    ),
}


@pytest.mark.parametrize(("before", "statement", "part"), PLACED.values(), ids=PLACED)
def test_an_import_goes_where_the_files_order_wants_it(before: str, statement: str, part: str) -> None:
    after = made(before, AddImport(F, statement))
    assert part in after
    assert made(after, AddImport(F, statement)) == after


def test_a_name_that_the_file_declares_is_not_imported_too() -> None:
    (miss,) = missed("import b from 'b';\nexport const a = 1;\n", AddImport(F, 'import { a } from "m";'))
    assert "declared in the file already (line 2)" in miss.reason


BROKEN = {
    "in the router": ("const shopRouter = router({\n  a: p.query(() => {,\n});\n", add("x"), "syntax error in line"),
    "in the suite": (
        "describe('a', () => {\n  it('b', () => {,);\n});\n",
        UpsertTest(F, "a", "c", "it('c', f)"),
        "line 2",
    ),
    "in the import": ("import { a, from 'm';\n", AddImport(F, "import { b } from 'm'"), "an import has a syntax error"),
}


@pytest.mark.parametrize(("text", "edit", "reason"), BROKEN.values(), ids=BROKEN)
def test_where_the_code_is_broken_nothing_is_placed(text: str, edit: Edit, reason: str) -> None:
    misses = match([edit], {F: text}.get)
    assert isinstance(misses, tuple) and reason in misses[0].reason


def test_a_file_that_is_broken_elsewhere_takes_the_edit() -> None:
    text = "const broken = (;\nconst shopRouter = router({\n  a,\n});\n"
    assert made(text, add("x")) == text.replace("  a,\n", "  a,\n  add: x,\n")


def test_a_remark_behind_a_method_stays_behind_it() -> None:
    text = "const shopRouter = router({\n  m() {\n    return 1;\n  } // remark\n});\n"
    assert made(text, add("x")) == text.replace("  } // remark\n", "  }, // remark\n  add: x\n")
    assert made(text, add("x", "m")) == "const shopRouter = router({\n  m: x // remark\n});\n"


SUITE = """\
import { describe, expect, it } from "vitest";

describe("shop.list", () => {
  beforeEach(() => reset());

  it("C1 lists", async () => {
    expect(await list()).toEqual([]);
  });
});

describe("shop.get", () => {
  it("C1 gets", () => expect(1).toBe(one()));
});
"""
TEST = 'it("C2 rejects", async () => {\n  await expect(call()).rejects.toThrow();\n});'


def test_a_test_goes_last_in_its_suite() -> None:
    after = made(SUITE, UpsertTest(F, "shop.list", "C2 rejects", TEST))
    new = '\n  it("C2 rejects", async () => {\n    await expect(call()).rejects.toThrow();\n  });\n'
    assert after == SUITE.replace("toEqual([]);\n  });\n", f"toEqual([]);\n  }});\n{new}")
    assert match([UpsertTest(F, "shop.list", "C2 rejects", TEST)], {F: after}.get) == Change(())


def test_a_test_of_that_name_is_replaced_in_its_own_suite_only() -> None:
    after = made(SUITE, UpsertTest(F, "shop.get", "C1 gets", 'test("C1 gets", () => {\n  expect(two()).toBe(2);\n});'))
    assert after == SUITE.replace(
        'it("C1 gets", () => expect(1).toBe(one()))', 'it("C1 gets", () => {\n    expect(two()).toBe(2);\n  })'
    )
    assert len(made(SUITE, UpsertTest(F, "shop.list", "C1 gets", 'it("C1 gets", () => {});'))) > len(SUITE)


def test_a_missing_suite_is_made_at_the_end() -> None:
    after = made(SUITE, UpsertTest(F, "shop.add", "C2 rejects", TEST))
    body = '  it("C2 rejects", async () => {\n    await expect(call()).rejects.toThrow();\n  });\n'
    assert after == f'{SUITE}\ndescribe("shop.add", () => {{\n{body}}});\n'


def test_word_quotes_semicolons_line_ends_and_imports_are_as_in_the_file() -> None:
    text = "import { expect, test } from 'vitest'\r\n\r\ntest('a', () => {\r\n    expect(f()).toBe(1)\r\n})"
    after = made(text, UpsertTest(F, "it's", "C2 rejects", TEST))
    assert after.startswith("import { describe, expect, test } from 'vitest'\r\n")
    assert after.endswith(
        "})\r\n\r\ndescribe('it\\'s', () => {\r\n    test(\"C2 rejects\", async () => {\r\n"
        "        await expect(call()).rejects.toThrow();\r\n    })\r\n})"
    )


def test_empty_suites_nested_suites_and_one_line_suites_take_a_test() -> None:
    code = 'it("b", () => {});'
    assert (
        made('describe("a", () => {});\n', UpsertTest(F, "a", "b", code))
        == 'describe("a", () => {\n  it("b", () => {});\n});\n'
    )
    nested = 'describe("x", () => {\n  describe("a", () => {\n    it("q", f);\n  });\n});\n'
    assert '    it("q", f);\n\n    it("b", () => {});\n  });' in made(nested, UpsertTest(F, "a", "b", code))
    assert parse(made('describe("a", () => { it("q", f) });\n', UpsertTest(F, "a", "b", code))).broken() is None


def test_a_test_goes_into_the_suite_itself_and_not_into_one_inside_it() -> None:
    text = 'describe("a", () => {\n  describe("in", () => {\n    it("b", f);\n  }); // inner\n\n  // end\n});\n'
    after = made(text, UpsertTest(F, "a", "b", 'it("b", () => {});'))
    assert after == text.replace("// inner\n", '// inner\n\n  it("b", () => {});\n')
    inner = made(text, UpsertTest(F, "a > in", "b", 'it("b", () => {});'))
    assert inner == text.replace('it("b", f)', 'it("b", () => {})')


def test_a_word_that_the_file_has_from_elsewhere_is_not_imported_again() -> None:
    text = (
        'import { describe, expect } from "vitest";\nimport { test } from "./fixtures";\n\ndescribe("a", () => {});\n'
    )
    after = made(text, UpsertTest(F, "a", "b", 'test("b", () => {});'))
    assert after == text.replace("() => {});", '() => {\n  test("b", () => {});\n});')


def test_of_two_suites_of_one_name_the_one_with_the_test_is_meant() -> None:
    text = 'describe("a", () => {\n  it("b", f);\n});\n\ndescribe("a", () => {\n  it("c", f);\n});\n'
    assert made(text, UpsertTest(F, "a", "c", 'it("c", g);')) == text.replace('"c", f', '"c", g')
    assert "2 suites" in missed(text, UpsertTest(F, "a", "d", 'it("d", g);'))[0].reason


def test_what_is_not_one_test_or_has_two_places_is_a_miss() -> None:
    assert "not one whole test" in missed(SUITE, UpsertTest(F, "shop.get", "x", "it('x', () => {}); evil();"))[0].reason
    twice = 'describe("a", () => {});\ndescribe("a", () => {});\n'
    assert "2 suites" in missed(twice, UpsertTest(F, "a", "b", 'it("b", () => {});'))[0].reason


SEARCHES = {
    "exact": ("a\n  b\nc\n", "  b\n", "  x\n", "a\n  x\nc\n"),
    "exact within a line": ("let a = 1;\n", "a = 1", "a = 2", "let a = 2;\n"),
    "exact across CRLF": ("a\r\nb\r\nc\r\n", "a\nb", "x\ny", "x\r\ny\r\nc\r\n"),
    "less indentation": (
        "{\n    a(\n      b\n    )\n}\n",
        "a(\n  b\n)\n",
        "a(\n  c\n)\n",
        "{\n    a(\n      c\n    )\n}\n",
    ),
    "more indentation": ("a(\n  b\n)\n", "  a(\n    b\n  )", "  a(\n    c\n  )", "a(\n  c\n)\n"),
    "tabs for spaces at one depth": ("\ta\n\tb\n", "  a\n  b", "  a\n  c", "\ta\n\tc\n"),
    "blank space at line ends": ("a  \nb\nc\n", "a\nb", "a\nx", "a  \nx\nc\n"),
    "smart quotes and dashes": (
        "say('it’s — so')\nb\n",
        "say('it\u0027s - so')\nb",
        "say('it\u0027s - so')\nc",
        "say('it’s — so')\nc\n",
    ),
    "smart quotes in the search": ('f("x")\n', "f(“x”)", 'f("y")', 'f("y")\n'),
    "whole lines removed": ("a\nb\nc\n", "b", "", "a\nc\n"),
    "CRLF with another indentation": ("\r\n    a\r\n    b\r\n", "a\nb", "a\nc", "\r\n    a\r\n    c\r\n"),
}


@pytest.mark.parametrize(("before", "search", "replace", "after"), SEARCHES.values(), ids=SEARCHES)
def test_a_search_finds_its_one_place(before: str, search: str, replace: str, after: str) -> None:
    assert made(before, SearchReplace(F, search, replace)) == after


NOT_FOUND = {
    "twice": ("a\nb\na\n", "a", "more than one place reads like this (lines 1, 3"),
    "twice by indentation": ("  a(\n    x)\n    a(\n      x)\n", "a(\n x)", "no lines"),
    "almost": ("const total = sum(items);\n", "const total = sum(item);", "no lines"),
    "empty": ("a\n", " \n", "empty"),
    "uneven indentation": ("  a\n    b\n", "a\nb", "no lines"),
}


@pytest.mark.parametrize(("text", "search", "reason"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_a_search_without_one_place_is_a_miss(text: str, search: str, reason: str) -> None:
    assert reason in missed(text, SearchReplace(F, search, "x"))[0].reason


def test_a_failed_search_shows_the_lines_it_is_nearest_to() -> None:
    (miss,) = missed(ROUTER, SearchReplace(F, "get: publicProcedure\n    .input(z.number())", "x"))
    assert "get: publicProcedure\n    .input(z.string())" in miss.nearest


PATCHES = {
    "where it claims": ("a\nb\na\nc\n", 2, ("a",), ("x",), "a\nb\nx\nc\n"),
    "elsewhere, but once": ("a\nb\nc\n", 0, ("b", "c"), ("b", "x"), "a\nb\nx\n"),
    "claims nothing": ("a\nb\n", -1, ("b",), (), "a\n"),
    "claims past the end": ("a\nb\n", 99, ("a",), ("a", "x"), "a\nx\nb\n"),
    "CRLF": ("a\r\nb\r\n", 0, ("a",), ("x", "y"), "x\r\ny\r\nb\r\n"),
    "other indentation": ("{\n    a\n    b\n}\n", -1, ("a", "b"), ("a", "  c"), "{\n    a\n      c\n}\n"),
    "other quotes": ("f(‘a’)\nb\n", -1, ("f('a')", "b"), ("f('a')", "c"), "f(‘a’)\nc\n"),
    "no final line end": ("a\nb", -1, ("b",), ("b", "c"), "a\nb\nc"),
    "at the end": ("a\n", 1, (), ("b",), "a\nb\n"),
    "at the end without a line end": ("a", 1, (), ("b",), "a\nb"),
    "in front": ("\ufeffa\n", 0, (), ("b",), "\ufeffb\na\n"),
    "into an empty file": ("", -1, (), ("a", "b"), "a\nb\n"),
}


@pytest.mark.parametrize(("before", "at", "old", "new", "after"), PATCHES.values(), ids=PATCHES)
def test_a_hunk_of_a_diff_finds_its_lines(
    before: str, at: int, old: tuple[str, ...], new: tuple[str, ...], after: str
) -> None:
    assert made(before, PatchLines(F, at, old, new)) == after


def test_a_hunk_makes_a_new_file() -> None:
    change = match([PatchLines(F, 0, (), ("a", "b"))], {}.get)
    assert isinstance(change, Change)
    assert (change.files[0].before, change.files[0].after) == (None, "a\nb\n")


MISPLACED = {
    "twice": ("a\nb\na\n", 1, ("a",), "lines 1, 3"),
    "twice, unclaimed": ("a\nb\na\n", -1, ("a",), "lines 1, 3"),
    "almost": ("const total = 1;\n", 0, ("const total = 2;",), "no lines"),
    "nothing, nowhere": ("a\n", -1, (), "does not say where"),
    "nothing, past the end": ("a\n", 3, (), "does not say where"),
}


@pytest.mark.parametrize(("text", "at", "old", "reason"), MISPLACED.values(), ids=MISPLACED)
def test_a_hunk_without_one_place_is_a_miss(text: str, at: int, old: tuple[str, ...], reason: str) -> None:
    assert reason in missed(text, PatchLines(F, at, old, ("x",)))[0].reason


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("export const r = router({\n  a: b,\n});\n", MountRouter(F, "shop", "class", "./shop")),
        ('describe("a", f);\n', UpsertTest(F, "a\rb", "y", 'it("y", f)')),
    ],
    ids=["a word of the language as a name", "a suite whose name holds a carriage return"],
)
def test_what_would_break_the_file_is_a_miss(text: str, edit: Edit) -> None:
    assert "would not parse any more" in missed(text, edit)[0].reason


def test_a_file_that_reads_otherwise_than_its_removal_says_is_not_removed() -> None:
    assert "reads otherwise" in missed("a\nmine\n", DeleteFile(F, "a\n"))[0].reason


def test_a_removed_file_is_one_hunk_and_what_is_not_there_is_a_miss() -> None:
    change = match([DeleteFile(F)], {F: "a\nb\n"}.get)
    assert isinstance(change, Change)
    assert (change.files[0].after, change.files[0].hunks[0].old) == (None, ("a\n", "b\n"))
    assert "does not exist" in missed(None, DeleteFile(F))[0].reason


NAMES = st.text("abcdefgh", min_size=1, max_size=6)
PIECES = st.lists(
    st.sampled_from(
        ["  a,", "  // note", "", "  b: x.y(),", "  c: p\n    .query(() => 1),", "  ...d,", "\te,", "  'f-g': 1, // h"]
    ),
    min_size=0,
    max_size=8,
)


@given(PIECES, st.booleans(), st.sampled_from(["\n", "\r\n"]), NAMES)
def test_upserting_keeps_every_line_and_still_parses(pieces: list[str], comma: bool, eol: str, name: str) -> None:
    body = "\n".join(pieces)
    if not comma and body.endswith(","):
        body = body[:-1]
    text = f"const shopRouter = router({{\n{body}\n}});\n".replace("\n", eol)
    after = made(text, add("q.query(() => {\n  return 1;\n})", f"new_{name}"))
    assert parse(after).broken() is None
    assert after.count("\n") - after.count("\r\n") == (0 if eol == "\r\n" else after.count("\n"))
    rest = iter(after.split(eol))
    for line in text.split(eol):
        assert any(
            line.rstrip(",") == other.rstrip(",") or line in other or line + "," in other or _same(line, other)
            for other in rest
        ), line
    assert made(after, add("q.query(() => {\n  return 1;\n})", f"new_{name}")) == after


def _same(line: str, other: str) -> bool:
    return line.replace(" //", ", //") == other


def test_a_test_in_a_suite_whose_name_is_computed_is_not_taken_for_one_beside_it():
    text = 'describe("a", () => {\n  describe(name, () => {\n    it("y", () => {});\n  });\n});\n'
    after = made(text, UpsertTest(F, "a", "y", 'it("y", () => {\n  expect(two()).toBe(2);\n});'))
    assert '    it("y", () => {});\n' in after and '\n  it("y", () => {\n    expect(two())' in after


def test_a_test_whose_name_is_computed_is_not_replaced_by_one_of_that_name():
    text = 'describe("a", () => {\n  it(name, () => {});\n});\n'
    assert "  it(name, () => {});\n" in made(text, UpsertTest(F, "a", "name", 'it("name", () => {});'))
