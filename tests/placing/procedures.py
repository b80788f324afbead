"""Routers in every shape, and procedures to be put in them or to take the place of theirs; routers to be mounted."""

from __future__ import annotations

import random

from beai.core.edits.change import MountRouter, UpsertProcedure
from beai.core.edits.place.shapes import key_of
from beai.core.project.syntax import parse
from tests.placing.cases import Case
from tests.placing.messy import HERE, QUOTE, UNIT, blank, comment, habits, indented, some
from tests.placing.trees import at_offset, changed_within, code, comments, expression, only_inserted, tree

ELEMENTS = {
    "list": "list: publicProcedure.query(({ ctx }) => ctx.db.item.findMany())",
    "get": "get: publicProcedure\n\x01.input(z.object({ id: z.string() }))\n\x01.query(({ input }) => {\n"
    "\x01\x01// inside, with a }\n\x01\x01return input.id;\n\x01})",
    "short": "short",
    "method": "method() {\n\x01return { a: 1, };\n}",
    "a-b": "\x02a-b\x02: x",
    "template": "template: p.query(() => `}),\n  ${1 + `${2}`}\n`)",
    "regex": "regex: p.query(() => /[}\\]),`'\"]/g.test(\x02x\x02))",
    "nested": "nested: router({ add: p.query(() => 1), list: q })",
    "add": "add: p.mutation(async ({ input }) => {\n\x01await f(input); // done\n})",
    "addItem": "addItem: p.query(() => 1) /* remark */",
    "ünï": "ünï: p.query(() => \x02🐎\x02)",
    "": "...base._def.procedures",
    "[": "[computed]: p.query(() => 1)",
    "typed": "typed: p.query<Array<{ a: 1 }>>(() => [])",
    "gen": "gen: p.subscription(async function* () {\n\x01yield 1;\n})",
}
FORMS = (
    ("shopRouter", "export const shopRouter = createTRPCRouter(@);"),
    ("shopRouter", "export const shopRouter = t.router(@);"),
    ("shopRouter", "export const shopRouter = router(@) satisfies AnyRouter;"),
    ("shopRouter", "const shopRouter: Shop = router(@)\nexport { shopRouter };"),
    ("shopRouter", "export const shopRouter = @ as const;"),
    ("shopRouter", "const procedures = @;\nexport const shopRouter = router(procedures);"),
    ("shopRouter", "export const shopRouter = t.mergeRouters(baseRouter, router(@));"),
    ("shopRouter", "export const shopRouter = createTRPCRouter<Context>(@);"),
    ("shopRouter", "export const a = 1, shopRouter = router(@);"),
    ("default", "export default router(@);"),
)
OTHERS = (
    "const otherRouter = router({ add: p.query(() => 0), list: q });",
    "const text = \x02shopRouter = router({ add: 1 })\x02;",
    "const tpl = `\nexport const shopRouter2 = router({\n  add: x,\n});\n`;",
    "export type Shop = typeof shopRouter2;",
    "function make() {\n\x01return router({ get: 1 });\n}",
    "const re = /router\\(\\{/;",
    "enum E {\n\x01A,\n\x01B,\n}",
)
VALUES = (
    "publicProcedure.query(() => 1)",
    "adminProcedure\n  .input(z.object({ id: z.string() }))\n  .mutation(async ({ ctx, input }) => {\n"
    "    // a }) in a comment\n    return ctx.db.item.create({ data: input });\n  })",
    "p.query(() => {\n\treturn `\n   kept ${input}\n\t`;\n})",
    "p.query(() => /[})]/.test('a') ? { a: 1 } : null)",
    "sharedProcedure",
    "p.query(({ input }) => input as unknown as string)",
    "router({\n  add: p.query(() => 2),\n})",
    "p\n  .meta({ text: 'ä \\' \"' })\n"
    "  .query(async () => {\n    /*\n     * Over lines.\n     */\n    await f();\n  })",
)


def router(rng: random.Random, names: list[str]) -> str:
    """The object literal of a router, ``HERE`` in front of it."""
    if not names:
        return HERE + rng.choice(("{}", "{\n}", "{ }", "{\n\n}", "{\n\x01// none yet\n}", "{ /* none */ }"))
    simple = all("\n" not in ELEMENTS[name] for name in names)
    if simple and rng.random() < 0.3:
        body = ", ".join(ELEMENTS[name] for name in names)
        return HERE + rng.choice(("{ %s }", "{%s}", "{ %s, }", "{ %s /* last */ }")) % body
    if rng.random() < 0.1:
        return HERE + "{ " + "\n, ".join(indented(ELEMENTS[name], UNIT) for name in names) + "\n}"
    lines = ["{\n"]
    for at, name in enumerate(names):
        lines.append(comment(rng, UNIT) if rng.random() < 0.3 else "")
        last = at + 1 == len(names)
        comma = "" if last and rng.random() < 0.4 else ","
        remark = rng.choice(("", "", "", " // remark", " /* remark */", "  "))
        lines.append(f"{UNIT}{indented(ELEMENTS[name], UNIT)}{comma}{remark}\n")
        lines.append(blank(rng) if not last or rng.random() < 0.2 else "")
    lines.append(comment(rng, UNIT) if rng.random() < 0.2 else "")
    made = "".join(lines)
    if rng.random() < 0.1 and not made.rstrip().endswith("remark") and "//" not in made.rstrip().rpartition("\n")[2]:
        made = made.rstrip() + " "
    return f"{HERE}{made}}}"


def router_file(rng: random.Random, names: list[str], form: str) -> str:
    """A file with the router in it, other code around."""
    parts = ["// (c) us\n\n" if rng.random() < 0.3 else ""]
    parts.append("import { z } from \x02zod\x02;\n" if rng.random() < 0.7 else "")
    parts += [f"{one}\n{blank(rng)}" for one in some(rng, OTHERS, 0, 2)]
    parts.append(comment(rng, "") if rng.random() < 0.3 else "")
    parts.append(form.replace("@", router(rng, names)) + rng.choice(("\n", "\n", " // end\n")))
    parts += [f"{blank(rng)}{one}\n" for one in some(rng, OTHERS, 0, 2)]
    return "".join(parts)


def procedure(rng: random.Random) -> Case:
    """A procedure that is there or not, in a router of any shape."""
    style = habits(rng)
    names = some(rng, tuple(ELEMENTS), 0, 7)
    variable, form = rng.choice(FORMS)
    before, here = style.finished(router_file(rng, names, form), rng)
    known = [name for name in names if name not in ("", "[")]
    name = rng.choice(known) if known and rng.random() < 0.5 else rng.choice(("addNew", "ad", "li", "x-y", "get2"))
    value = rng.choice(VALUES)
    code = rng.choice(("%s", "%s,", "\n%s\n", "%s;", f"{name}: %s" if name.isidentifier() else "%s")) % value
    if rng.random() < 0.2:
        code = code.replace("\n", "\r\n")
    path = rng.choice(("src/shop.ts", "src/shop.tsx")) if "<Array" not in before else "src/shop.ts"
    edit = UpsertProcedure(path, variable, name, code)
    return Case("upsert procedure", before, edit, lambda after: _misplaced(before, after, edit, here, value))


def _misplaced(before: str, after: str, edit: UpsertProcedure, here: int, value: str) -> str:
    old, new = parse(before, edit.file), parse(after, edit.file)
    holder, made = at_offset(old, here, "object"), at_offset(new, here, "object")
    if holder is None or made is None:
        return "the router is not where it was"
    was = [one for one in holder.named_children if one.type != "comment"]
    now = [one for one in made.named_children if one.type != "comment"]
    there = [at for at, one in enumerate(was) if key_of(old, one) == edit.name]
    place = there[-1] if there else len(was)
    if len(now) != len(was) + (not there) or key_of(new, now[place]) != edit.name:
        return "the procedure is not one element where it belongs"
    own = now[place].child_by_field_name("value")
    expected = expression(value, edit.file)
    if (tree(new, own) if own is not None else None) != expected:
        return f"the procedure says something else: {own and new.code(own)!r}"
    others = [code(new, one) for at, one in enumerate(now) if at != place]
    if others != [code(old, one) for at, one in enumerate(was) if at not in there[-1:]]:
        return "another procedure changed"
    if there:
        start = old.span(was[place]).start
        return (
            ""
            if changed_within(before, after, start, start + len(code(old, was[place])))
            else "bytes outside the procedure changed"
        )
    if [one for one in comments(new) if one in comments(old)][: len(comments(old))] != comments(old):
        return "a comment is lost"
    opened = holder.start_point.row == holder.end_point.row and made.start_point.row < made.end_point.row
    if not was or opened:  # blank space between the braces may go
        inside = old.span(was[-1]).end if was else here + 1
        return "" if changed_within(before, after, inside, old.span(holder).end - 1) else "bytes outside changed"
    return "" if only_inserted(before, after) else "bytes outside the procedure changed"


def mount(rng: random.Random) -> Case:
    """A router mounted at the root, which imports it."""
    style = habits(rng)
    names = [f"{word}" for word in some(rng, ("post", "user", "shop", "admin"), 0, 4)]
    imported = "".join(
        f"import {{ {name}Router }} from {QUOTE}./routers/{name}{QUOTE}{style.semicolon}\n" for name in names
    )
    items = [f"{name}: {name}Router" for name in names]
    if items and rng.random() < 0.5:
        body = f"{HERE}{{ {', '.join(items)}{rng.choice(('', ','))} }}"
    else:
        rows = "".join(f"{comment(rng, UNIT) if rng.random() < 0.2 else ''}{UNIT}{item},\n" for item in items)
        body = f"{HERE}{{\n{rows}}}"
    form = rng.choice(
        (
            "export const appRouter = createTRPCRouter(@);",
            "export const appRouter = t.router(@)",
            "export default router(@);",
        )
    )
    trpc = f"import {{ createTRPCRouter }} from {QUOTE}~/trpc{QUOTE}{style.semicolon}"
    text = f"{trpc}\n{imported}\n{form.replace('@', body)}\n"
    before, here = style.finished(text, rng)
    key = rng.choice(("wish", "wishRouter", "wish-list"))
    edit = MountRouter("src/root.ts", key, "wishRouter", rng.choice(("./routers/wish", "~/wish")))
    return Case("mount router", before, edit, lambda after: _mismounted(before, after, edit, here))


def _mismounted(before: str, after: str, edit: MountRouter, here: int) -> str:
    old, new = parse(before, edit.file), parse(after, edit.file)
    lines = [line for line in after.split("\n") if "import" in line and edit.module in line]
    if len(lines) != 1 or "{ wishRouter }" not in lines[0]:
        return f"the router is imported {len(lines)} times"
    without = after.replace(f"{lines[0]}\n", "", 1)
    holder, made = at_offset(old, here, "object"), at_offset(new, here + len(lines[0]) + 1, "object")
    if holder is None or made is None:
        return "the root is not where it was"
    was = [old.code(one) for one in holder.named_children if one.type != "comment"]
    *others, last = [one for one in made.named_children if one.type != "comment"]
    value = last.child_by_field_name("value") or last
    if [new.code(one) for one in others] != was or (key_of(new, last), new.code(value)) != (edit.key, edit.variable):
        return "the router is not mounted as the last one"
    return "" if only_inserted(before, without) else "other bytes changed"
