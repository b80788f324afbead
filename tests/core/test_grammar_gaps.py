"""TypeScript that the installed grammar stumbles over is read all the same, and what is broken stays broken."""

# ruff: noqa: E501 -- fixtures are other people's lines

from __future__ import annotations

import pytest

from beai.core.project.syntax import parse, walk

READ = {
    "a tag with an object type": (
        "a.ts",
        "const rows = await db.$queryRaw<{ id: string; n: Map<string, 1 | 2> }[]>`SELECT ${1}`;",
    ),
    "a tag with a type over lines": (
        "a.ts",
        "const rows = await db.$queryRaw<\n  Array<{ id: string }>\n>`\nSELECT 1`;",
    ),
    "a tag with a function type": ("a.ts", "const a = tag<(x: { y: 1 }) => { z: 2 }>`é`;"),
    "types given on": ("a.ts", 'export type * from "./generated";\nexport type * as All from "./generated";'),
    "the type of a module": (
        "a.test.ts",
        'vi.mock("x", async (old) => ({ ...(await old<typeof import("x")>()), b: vi.fn() }));',
    ),
    "the type of a module's export": ("a.test.ts", 'const one = await old<(typeof import("./é/x"))["one"]>();'),
    "the type of a module over lines": (
        "a.test.ts",
        'vi.mock("x", async (old) => {\n  const all = await old<\n    typeof import(\n      "x",\n    )\n  >();\n  return { ...all };\n});',
    ),
    "an ampersand in a text": ("a.tsx", "const a = <p>Save & send, Q&A {b & c} &amp; more</p>;"),
    "an ampersand in an address": ("a.tsx", 'const a = <a href="https://a.test?b=1&utm_source=c&d=e">é</a>;'),
}
BROKEN = {
    "a bracket too few": "const a = tag<{ id: string }[]>`x`;\nconst b = (1;",
    "a type argument that ends nowhere": "const a = tag<{ id: string `x`;",
    "types given on from nowhere": "export type *;",
}


@pytest.mark.parametrize("case", READ)
def test_what_only_the_grammar_cannot_read_is_read_at_its_place(case: str) -> None:
    path, text = READ[case]
    syntax = parse(f"{text}\nconst last = 1;", path)
    assert syntax.broken() is None
    last = list(syntax.root.named_children)[-1]
    assert syntax.code(last) == "const last = 1;"
    assert last.start_point.row == text.count("\n") + 1
    assert syntax.span(last).start == len(text) + 1


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_stays_broken(case: str) -> None:
    assert parse(BROKEN[case], "a.ts").broken() is not None


def test_the_code_of_a_node_is_what_stands_in_the_file() -> None:
    text = "const rows = db.$queryRaw<{ id: string }[]>`SELECT 1`;"
    syntax = parse(text, "a.ts")
    assert syntax.code(syntax.root) == text
    assert any(node.type == "template_string" and syntax.code(node) == "`SELECT 1`" for node in walk(syntax.root))


@pytest.mark.parametrize("piece", ["a<{>`", "<typeof import(", "< ", 'a="&', "export type *", "<p>&", "a<(", ")>`"])
def test_hostile_text_is_read_in_a_time_that_grows_with_it(piece: str) -> None:
    assert parse(piece * 3_000 + "(", "a.tsx").broken() is not None
