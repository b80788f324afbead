"""Places that look right and are not: an edit that seems to fit there is refused, or finds the right one."""

from __future__ import annotations

import pytest

from beai.core.edits.change import (
    AddImport,
    Change,
    DeleteFile,
    Edit,
    PatchLines,
    SearchReplace,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)
from beai.core.edits.match import THERE, match, placed

F = "src/server/api/routers/shop.ts"


def made(text: str, *edits: Edit) -> str:
    change = match(edits, {F: text}.get)
    assert isinstance(change, Change), change
    return change.files[0].after or "" if change.files else text


def why(text: str, edit: Edit) -> str:
    misses = match([edit], {F: text}.get)
    assert isinstance(misses, tuple), misses[0] if isinstance(misses, tuple) else misses.files[0].after
    return misses[0].reason


def add(name: str = "add", code: str = "p.mutation(() => 2)") -> UpsertProcedure:
    return UpsertProcedure(F, "shopRouter", name, code)


LOCAL = """\
function make() {
  const shopRouter = router({ a: p.query(() => 1) });
  return shopRouter;
}
"""
ROUTER = "export const shopRouter = router({ list });\n"


def test_a_local_of_the_same_name_is_not_the_router_of_the_file() -> None:
    assert made(LOCAL + ROUTER, add()) == LOCAL + ROUTER.replace("list", "list, add: p.mutation(() => 2)")
    assert "add: p.mutation" in made(LOCAL, add())
    assert "declared 2 times (lines 2, 6)" in why(LOCAL + LOCAL, add())


def test_a_name_in_a_router_means_what_it_is_bound_to_there() -> None:
    local = "function other() {\n  const base = { a };\n  return base;\n}\n"
    whole = f"{local}const base = {{ b }};\nexport const shopRouter = router(base);\n"
    assert made(whole, add(code="x")) == whole.replace("{ b }", "{ b, add: x }")
    made_here = "const base = { b };\nfunction make(base) {\n  const shopRouter = router(base);\n}\n"
    assert "holds no router" in why(made_here, add())
    inner = "const base = { b };\nfunction make() {\n  const base = { c };\n  const shopRouter = router(base);\n}\n"
    assert "const base = { c, add: x };" in made(inner, add(code="x"))


SETTINGS = {
    "beside a router": "export const shopRouter = withMeta({ list: true }, router({ list, get }));\n",
    "named": "const meta = { list: true };\nexport const shopRouter = withMeta(meta, router({ list, get }));\n",
    "beside a router of elsewhere": "export const shopRouter = withMeta({ list: true }, baseRouter);\n",
    "of a router": "export const shopRouter = createRouter({ list: true }, { list, get });\n",
}


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_settings_beside_a_router_are_no_procedures(text: str) -> None:
    found = match([add("list", "p.query(() => 1)")], {F: text}.get)
    after = found.files[0].after or "" if isinstance(found, Change) else ""
    assert isinstance(found, tuple) or after == text.replace("{ list, get }", "{ list: p.query(() => 1), get }")
    assert isinstance(found, Change) == (text in list(SETTINGS.values())[:2])


SUITE = 'describe("a", () => {\n  it("C1 adds", () => {\n    expect(f()).toBe(1);\n  });\n});\n'


def test_a_test_is_placed_by_its_own_title() -> None:
    twice = 'it("C1 adds twice", () => {\n  expect(g()).toBe(2);\n});'
    assert 'called "C1 adds twice"' in why(SUITE, UpsertTest(F, "a", "C1 adds", twice))
    computed = "it(`C1 ${adds}`, () => {});"
    assert "not one whole test" in why(SUITE, UpsertTest(F, "a", "C1 adds", computed))
    assert "g()" in made(SUITE, UpsertTest(F, "a", "C1 adds", twice.replace("adds twice", "adds")))


def test_a_test_in_a_suite_whose_name_is_computed_is_not_one_of_the_suite_around() -> None:
    text = SUITE.replace("\n});\n", '\n  describe(name, () => {\n    it("y", f);\n  });\n});\n')
    after = made(text, UpsertTest(F, "a", "y", 'it("y", () => {});'))
    assert 'it("y", f);' in after and '\n  it("y", () => {});\n' in after
    assert after.index('it("y", f)') < after.index('it("y", () => {})')
    outer = 'describe(name, () => {\n  it("y", f);\n});\n'
    assert 'it("y", f);' in made(outer, UpsertTest(F, "", "y", 'it("y", () => {});'))


@pytest.mark.parametrize("table", ["cases", "[1, 2]", "load(cases)"])
def test_the_table_of_a_test_is_not_a_test_of_a_computed_name(table: str) -> None:
    rows = f'  it.each({table})("x %s", f);\n  it("z", f);\n'
    assert made(f'describe("a", () => {{\n{rows}}});\n', UpsertTest(F, "a", "y", 'it("y", g);')) == (
        f'describe("a", () => {{\n{rows}  it("y", g);\n}});\n'
    )


PARTS = {
    "within a word": ("const data = 1;\nlet a  = 1;\n", "a = 1;\n", "a = 5;\n"),
    "within a word, without a line end": ("const data = 1;\n", "a = 1", "a = 5"),
    "the start of a word": ("const total = items;\n", "const tot", "let tot"),
    "within a sign": ("if (a === 1) b();\n", "= 1", "= 2"),
    "the start of a number": ("let a = 1.5;\n", "a = 1", "a = 2"),
    "the end of a number": ("let a = 1.5;\n", "5;", "7;"),
    "the end of a line that has more before it": ("if (x) foo();\n", "foo();\n", "bar();\n"),
}


@pytest.mark.parametrize(("text", "search", "new"), PARTS.values(), ids=PARTS)
def test_a_search_cuts_no_word_and_no_line_in_two(text: str, search: str, new: str) -> None:
    assert "no lines of the file" in why(text, SearchReplace(F, search, new))


LINES = {
    "one line in a block": (
        "if (x) {\n    foo();\n}\n", "foo();\n", "foo();\nbaz();\n", "if (x) {\n    foo();\n    baz();\n}\n",
    ),
    "one line in a block, without a line end": (
        "if (x) {\n    foo();\n}\n", "foo();", "foo();\nbaz();", "if (x) {\n    foo();\n    baz();\n}\n",
    ),
    "with its later lines as deep as the file's": (
        "if (x) {\n    foo();\n}\n", "foo();", "foo(\n      1,\n    );", "if (x) {\n    foo(\n      1,\n    );\n}\n",
    ),
    "blank lines before it": ("a\n\nb\n", "\n\nb\n", "b\n", "a\nb\n"),
    "without the last line end in the new text": ("a();\nb();\n", "a();\n", "a(1);", "a(1);\nb();\n"),
    "the whole word of two": ("const data = 1;\nlet a = 1;\n", "a = 1", "a = 5", "const data = 1;\nlet a = 5;\n"),
    "types within types": ("let a: Promise<Array<X>>;\n", "Array<X>", "X[]", "let a: Promise<X[]>;\n"),
    "nothing of a line in a block": ("{\n  foo();\n}\n", "foo();", "", "{\n}\n"),
    "CRLF": ("{\r\n  foo();\r\n}\r\n", "foo();", "foo();\nbaz();", "{\r\n  foo();\r\n  baz();\r\n}\r\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "search", "new", "after"), LINES.values(), ids=LINES)
def test_a_search_that_means_lines_gets_lines(before: str, search: str, new: str, after: str) -> None:
    assert made(before, SearchReplace(F, search, new)) == after


QUOTES = {
    "of the reply": ('f("x");\ng();\n', "f(“x”);\ng();", "f(“y”, “z”);\nh();", 'f("y", "z");\nh();\n'),
    "of the reply, in part of a line": ('a(f("x"));\n', "f(“x”)", "f(“y”)", 'a(f("y"));\n'),
    "of the file, in a line that changes": (
        "say('it’s'); x = 1;\n", "say('it\u0027s'); x = 1;", "say('it\u0027s'); x = 2;", "say('it’s'); x = 2;\n",
    ),
    "of the file, deeper": (
        "  say('it’s', 1);\n  b();\n", "say('it\u0027s', 1);\nb();\n", "say('it\u0027s', 2);\nc();\n",
        "  say('it’s', 2);\n  c();\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "search", "new", "after"), QUOTES.values(), ids=QUOTES)
def test_typographic_quotes_reach_no_code_that_has_plain_ones(before: str, search: str, new: str, after: str) -> None:
    assert made(before, SearchReplace(F, search, new)) == after
    old = search.removesuffix("\n").split("\n")
    if len(old) > 1:
        assert made(before, PatchLines(F, -1, tuple(old), tuple(new.removesuffix("\n").split("\n")))) == after


def test_a_guess_at_quotes_that_breaks_the_code_is_no_place() -> None:
    broken = SearchReplace(F, "say('it\u0027s');\n", "say('it\u0027s');\nsay('it\u0027s');\n")
    assert "would not parse" in why("say('it’s');\n", broken)
    assert "would not parse" in why(
        "say('it’s');\n", PatchLines(F, -1, (broken.search[:-1],), (broken.search[:-1],) * 2)
    )


DONE = {
    "where it claims": ("x\nreturn 1;\n", PatchLines(F, 1, ("return 0;",), ("return 1;",)), True),
    "a short line elsewhere": ("x\n  return 1;\ny\n", PatchLines(F, 0, ("  return 0;",), ("  return 1;",)), False),
    "lines that tell, elsewhere": ("x\na();\nb();\n", PatchLines(F, 7, ("a();", "c();"), ("a();", "b();")), True),
    "a brace where it claims": ("x\n}\n", PatchLines(F, 1, ("a();", "}"), ("}",)), False),
    "part of a line": ("const data = 1;\n", SearchReplace(F, "a = 2;", "a = 1;"), False),
    "one line": ("x;\na = 1;\n", SearchReplace(F, "a = 2;\n", "a = 1;\n"), False),
    "two lines": ("x;\na = 1;\nb = 2;\n", SearchReplace(F, "a = 2;\n", "a = 1;\nb = 2;\n"), True),
}


@pytest.mark.parametrize(("text", "edit", "done"), DONE.values(), ids=DONE)
def test_what_was_made_before_is_known_by_whole_lines_that_tell(text: str, edit: Edit, done: bool) -> None:
    change, misses = placed([edit], {F: text}.get)
    assert change.files == () and [miss.reason == THERE for miss in misses] == [done]


def test_an_edit_that_is_said_twice_is_made_once() -> None:
    for edit in (
        PatchLines(F, 0, ("a();", "b();"), ("a(1);", "b(1);")),
        SearchReplace(F, "a();\nb();\n", "a(1);\nb(1);\n"),
    ):
        assert made("a();\nb();\n", edit, edit) == "a(1);\nb(1);\n"


def test_a_file_that_is_removed_and_given_anew_keeps_its_line_ends_and_mark() -> None:
    change = match([DeleteFile(F), WholeFile(F, "b\nc\n")], {F: "\ufeffa\r\nb\r\n"}.get)
    assert isinstance(change, Change) and change.files[0].after == "\ufeffb\r\nc\r\n"


def test_a_hunk_without_a_place_in_a_new_file_makes_none() -> None:
    change, misses = placed([PatchLines(F, 3, (), ("a",))], {}.get)
    assert (change.files, len(misses)) == ((), 1)


def test_hunks_of_one_file_are_placed_where_they_stand_once_those_before_are_made() -> None:
    text = "".join(f"line {at}\n" for at in range(40))
    every = [PatchLines(F, at, (f"line {at}",), (f"line {at}", f"new {at}")) for at in range(0, 40, 2)]
    wanted = "".join(f"line {at}\n" + (f"new {at}\n" if at % 2 == 0 else "") for at in range(40))
    assert made(text, *every) == wanted
    mixed = [*every[:5], SearchReplace(F, "line 39\n", "last\n"), *every[5:]]
    assert made(f"\ufeff{text}", *mixed) == f"\ufeff{wanted}".replace("line 39", "last")
    again = PatchLines(F, -1, ("new 2", "line 3"), ("new 3",))
    assert made(text, *every, again) == wanted.replace("new 2\nline 3\n", "new 3\n")


def test_imports_of_one_reply_are_made_true_in_each_others_company() -> None:
    text = "\ufeffimport { b } from 'b'\r\nimport { d } from 'd'\r\n\r\nconst taken = `import x`\r\n"
    every = [AddImport(F, f'import {{ {name} }} from "{name[0]}";') for name in ("c", "d2", "a", "c1", "c")]
    wanted = (
        "\ufeffimport { a } from 'a'\r\nimport { b } from 'b'\r\nimport { c, c1 } from 'c'\r\n"
        "import { d, d2 } from 'd'\r\n\r\nconst taken = `import x`\r\n"
    )
    assert made(text, *every) == wanted
    assert "declared in the file already (line 4)" in why(text, AddImport(F, 'import { taken } from "e"'))
    mixed = [*every[:2], SearchReplace(F, "`import x`", "1"), *every[2:], PatchLines(F, -1, ("const taken = 1",), ())]
    assert made(text, *mixed) == wanted.replace("const taken = `import x`\r\n", "")
    first, second = AddImport(F, 'import { a } from "a";'), AddImport(F, 'import { b } from "a";')
    assert made("f();\n", first, second) == 'import { a, b } from "a";\n\nf();\n'
    assert made("f();\nimport { a } from 'a'; g();\n", second) == "f();\nimport { a, b } from 'a'; g();\n"


@pytest.mark.parametrize("line", ["}", ""])
def test_a_brace_or_a_blank_line_beside_another_is_added_as_the_hunk_says(line: str) -> None:
    text = f"a();\n{line}\nb();\n"
    assert made(text, PatchLines(F, -1, ("b();",), (line, "b();"))) == f"a();\n{line}\n{line}\nb();\n"
    assert made(text, PatchLines(F, 0, ("a();",), ("a();", line))) == f"a();\n{line}\n{line}\nb();\n"
