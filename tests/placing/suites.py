"""Test files of every habit, and tests to be put in their suites or to take the place of theirs."""

from __future__ import annotations

import random
import re

from tree_sitter import Node

from beai.core.edits.change import UpsertTest
from beai.core.project.syntax import Syntax, parse
from tests.placing.cases import Case
from tests.placing.messy import HERE, QUOTE, UNIT, blank, comment, habits, indented, some
from tests.placing.trees import Tree, at_offset, changed_within, comments, only_inserted, tree

STATEMENTS = {
    "lists": "it(\x02lists\x02, async () => {\n\x01expect(await list()).toEqual([]);\n});",
    "adds": "test(\x02adds\x02, () => expect(1).toBe(1));",
    "adds two": "it.skip(\x02adds two\x02, () => {});",
    "rows": "it.each([1, 2])(\x02rows %s\x02, (n) => {\n\x01expect(n).toBe(n);\n});",
    "table": "test.each`a | b\n${1} | ${2}`(\x02table $a\x02, ({ a }) => {});",
    "todo": "it.todo(\x02todo\x02);",
    "concurrent": "test.concurrent(\x02concurrent\x02, async () => {});",
    "tpl": "it(`tpl`, () => {\n\x01expect(`\n  });\n`).toBe(1);\n});",
    "before": "beforeEach(() => reset());",
    "const": "const at = [1, 2].map((n) => ({ n }));",
    "nested": "describe(\x02deeper\x02, () => {\n"
    "\x01it(\x02adds\x02, () => {});\n\n\x01it(\x02new one\x02, () => {});\n});",
    "loop": "for (const n of [1]) {\n\x01it(`n ${n}`, () => {});\n}",
    "options": "it(\x02slow\x02, { timeout: 5 }, async () => {\n\x01await f();\n});",
}
HEADS = (
    "describe(\x02shop.add\x02, () => @);",
    "describe(`shop.add`, function () @);",
    "describe.only(\x02shop.add\x02, async () => @)",
    "describe(\x02shop.add\x02, { timeout: 9 }, () => @);",
    "describe.each([1])(\x02shop.add\x02, (n) => @);",
    "suite(\x02shop.add\x02, () => @);",
)
OTHERS = (
    "describe(\x02other\x02, () => {\n\x01it(\x02adds\x02, () => {});\n});",
    "const text = `describe('shop.add', () => {})`;",
    "vi.mock(\x02./db\x02, () => ({ db: {} }));",
    "describe(\x02shop.add more\x02, () => {});",
    "// describe('shop.add', () => {});",
    "function make() {\n\x01return { a: 1 };\n}",
)
BODIES = (
    "() => {}",
    "async () => {\n  // a }); in a comment\n  await expect(call()).rejects.toThrow();\n}",
    "() => {\n\texpect(`\n  kept\n`).toBe('x');\n}",
    "({ db }) => {\n    expect(/\\}\\);/.test(db)).toBe(true);\n\n    expect(1).toBe(1);\n}",
)


def body(rng: random.Random, names: list[str]) -> str:
    """The body of the suite, ``HERE`` in front of it."""
    if not names:
        return HERE + rng.choice(("{}", "{\n}", "{\n\n}", "{\n\x01// none yet\n}"))
    if len(names) == 1 and "\n" not in STATEMENTS[names[0]] and rng.random() < 0.5:
        return f"{HERE}{{ {STATEMENTS[names[0]]} }}"
    gap = rng.choice(("\n", "\n", ""))
    lines = []
    for name in names:
        lines.append(comment(rng, UNIT) if rng.random() < 0.2 else "")
        lines.append(UNIT + indented(STATEMENTS[name], UNIT) + rng.choice(("\n", "\n", "\n", " // remark\n")))
        lines.append(gap if rng.random() < 0.9 else blank(rng))
    lines.append(comment(rng, UNIT) if rng.random() < 0.3 else "")
    return f"{HERE}{{\n{''.join(lines)}}}"


def suite_test(rng: random.Random) -> Case:
    """A test that is there or not, in a suite that is there or not, or twice."""
    style = habits(rng)
    names = some(rng, tuple(STATEMENTS), 0, 6)
    shape = rng.choice(("one", "one", "one", "one", "nested", "absent", "twice"))
    suite = rng.choice(HEADS).replace("@", body(rng, names))
    inner = suite.replace(HERE, "")
    if shape == "nested":
        suite = f"describe({QUOTE}shop{QUOTE}, () => {{\n{UNIT}{indented(suite, UNIT)}\n}});"
    if shape == "absent":
        suite = HERE + "const nothing = 1;"
    if shape == "twice":
        suite = f"{suite}\n\n{inner}"
    runner = rng.choice(("", "", f"import {{ describe, expect, it, suite, test }} from {QUOTE}vitest{QUOTE};\n\n"))
    parts = [runner, *(f"{one}\n{blank(rng)}" for one in some(rng, OTHERS, 0, 2)), suite, "\n"]
    parts += [f"{blank(rng)}{one}\n" for one in some(rng, OTHERS, 0, 2) if one not in parts]
    before, here = style.finished("".join(parts), rng)
    there = [name for name in names if name in ("lists", "adds", "adds two", "tpl", "todo", "concurrent")]
    name = rng.choice(there) if there and rng.random() < 0.5 else rng.choice(("new one", "add", "C1 it's", "lists all"))
    word, quote = rng.choice(("it", "test")), '"' if "'" in name else rng.choice("'\"")
    code = f"{word}({quote}{name}{quote}, {rng.choice(BODIES)})" + rng.choice((";", ""))
    edit = UpsertTest("src/shop.test.ts", "shop.add", name, code)
    if shape == "absent":
        return Case("test", before, edit, lambda after: _missuited(before, after, edit))
    return Case("test", before, edit, lambda after: _mistested(before, after, edit, here), shape == "twice")


def _called(syntax: Syntax, node: Node) -> tuple[str, str] | None:
    """The word and the name of a statement that declares a test."""
    found = re.match(r"(it|test)\b[^(]*\(\s*(\"[^\"]*\"|'[^']*'|`[^`$]*`)", syntax.code(node))
    return (found[1], found[2][1:-1]) if found else None


def _test_tree(code: str) -> Tree:
    """A test's tree, whichever of the two words it is under."""
    syntax = parse(re.sub(r"\A(?:it|test)\b", "it", code.strip().rstrip(";")), "a.ts")
    return tree(syntax, syntax.root.named_children[0])


def _mistested(before: str, after: str, edit: UpsertTest, here: int) -> str:
    old, new = parse(before, edit.file), parse(after, edit.file)
    holder, made = at_offset(old, here, "statement_block"), at_offset(new, here, "statement_block")
    if holder is None or made is None:
        return "the suite is not where it was"
    was = [one for one in holder.named_children if one.type != "comment"]
    now = [one for one in made.named_children if one.type != "comment"]
    there = [at for at, one in enumerate(was) if (_called(old, one) or ("", ""))[1] == edit.name]
    place = there[0] if there else len(was)
    if len(now) != len(was) + (not there):
        return "the test is not one statement of its suite"
    if _test_tree(new.code(now[place])) != _test_tree(edit.code):
        return f"the test says something else: {new.code(now[place])!r}"
    others = [new.code(one) for at, one in enumerate(now) if at != place]
    if others != [old.code(one) for at, one in enumerate(was) if at not in there[:1]]:
        return "another test changed"
    if there:
        span = old.span(was[place])
        return "" if changed_within(before, after, span.start, span.end) else "bytes outside the test changed"
    if [one for one in comments(new) if one in comments(old)] != comments(old):
        return "a comment is lost"
    if was and holder.start_point.row == holder.end_point.row:  # it is opened up: the blank space before the brace goes
        start, end = old.span(was[-1]).end, old.span(holder).end - 1
        return "" if changed_within(before, after, start, end) else "bytes outside the test changed"
    return "" if only_inserted(before, after) else "bytes outside the test changed"


def _missuited(before: str, after: str, edit: UpsertTest) -> str:
    old, new = parse(before, edit.file), parse(after, edit.file)
    was = [old.code(one) for one in old.root.named_children]
    *others, made = new.root.named_children
    if [new.code(one) for one in others] != was:
        return "another statement changed"
    call = made.named_children[0]
    given = (call.child_by_field_name("arguments") or call).named_children
    if len(given) != 2 or new.code(given[0])[1:-1] != edit.describe:
        return "the suite is not called so"
    inside = list((given[1].child_by_field_name("body") or call).named_children)
    if len(inside) != 1 or _test_tree(new.code(inside[0])) != _test_tree(edit.code):
        return "the new suite holds something else"
    return "" if only_inserted(before, after) else "bytes outside the suite changed"
