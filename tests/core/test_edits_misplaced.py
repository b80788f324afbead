"""Places that look right and are not: an edit that seems to fit there is refused, or finds the right one."""

from __future__ import annotations

import pytest

from beai.core.edits.change import Change, Edit, UpsertProcedure, UpsertTest
from beai.core.edits.match import match

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
