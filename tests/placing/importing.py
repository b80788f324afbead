"""Import blocks sorted, grouped and littered in every way, and imports to be made true in them."""

from __future__ import annotations

import random

from beai.core.edits.change import AddImport
from beai.core.edits.place.imported import imports
from beai.core.project.syntax import Syntax, parse
from tests.placing.cases import Case
from tests.placing.messy import QUOTE, UNIT, blank, comment, habits, some
from tests.placing.trees import comments

GROUPS = (
    ("@tanstack/query", "@trpc/server", "react", "superjson", "zod"),
    ("@/lib/a", "@/server/b", "@/server/c", "~/trpc", "~/utils"),
    ("../up", "./a", "./b", "./z"),
)
NAMES = ("alpha", "Beta", "gamma", "Delta", "eps", "zeta")
REST = (
    "const a = 1;",
    "export * from \x02./all\x02;",
    "const lazy = () => import(\x02zod\x02);",
    "const text = \x02import { x } from 'zod';\x02;",
    "/** What it does. */\nexport function f() {\n\x01return 1;\n}",
    "export { q } from \x02./a\x02;",
)


def _statement(rng: random.Random, module: str, names: list[str]) -> str:
    source = f"{QUOTE}{module}{QUOTE}"
    listed = rng.choice((", ".join(names), ", ".join(sorted(names)), ", ".join(sorted(names, key=str.casefold))))
    over = "".join(f"\n{UNIT}{name}," for name in names)
    default = f"d{module.strip('@~./').replace('/', '').replace('-', '')}"
    return rng.choice(
        (
            f"import {{ {listed} }} from {source}",
            f"import {{ {listed} }} from {source}",
            f"import {{{over}\n}} from {source}",
            f"import {{ {listed}, }} from {source}",
            f"import type {{ {listed} }} from {source}",
            f"import {default} from {source}",
            f"import {default}, {{ {listed} }} from {source}",
            f"import * as {default} from {source}",
            f"import {source}",
            f"import {{ type {names[0]} }} from {source}",
            f"import {default} from {source} with {{ type: {QUOTE}json{QUOTE} }}",
        )
    )


def import_file(rng: random.Random, semicolon: str) -> str:
    """A file with imports in groups, or in none."""
    names = list(NAMES)
    rng.shuffle(names)
    left = {group: sorted(some(rng, group, 0, 3), key=str.casefold) for group in GROUPS}
    groups = [modules for modules in left.values() if modules]
    if rng.random() < 0.3:
        groups = [some(rng, [module for group in groups for module in group], 0, 9)]
    between = "\n" if rng.random() < 0.6 else ""
    parts = []
    for modules in groups:
        lines = []
        for at, module in enumerate(modules):
            own = [f"{name}{len(parts)}{at}" for name in some(rng, names, 1, 3)]
            lines.append(comment(rng, "") if rng.random() < 0.1 else "")
            lines.append(_statement(rng, module, own) + semicolon + rng.choice(("\n", "\n", "\n", " // why\n")))
        parts.append("".join(lines))
    head = rng.choice(
        ("", "", "// (c) us\n\n", "\x02use client\x02;\n\n", "/* eslint-disable */\n", "#!/usr/bin/env node\n")
    )
    rest = [f"{one}\n{blank(rng)}" for one in some(rng, REST, 0, 3)]
    return head + between.join(parts) + blank(rng) + "".join(rest)


def importing(rng: random.Random) -> Case:
    """An import of a module that is imported already in some way, or is not."""
    style = habits(rng)
    text, _ = style.finished(import_file(rng, style.semicolon), rng)
    if text.startswith("\ufeff#!"):
        text = text[1:]
    module = rng.choice([module for group in GROUPS for module in group] + ["new-package", "~/new", "./new"])
    given = rng.choice(
        (
            "{ fresh }",
            "{ fresh, Other as mine }",
            "type { Fresh }",
            "fresh",
            "fresh, { more }",
            "* as fresh",
            "{ type F, v }",
            "",
        )
    )
    statement = f'import {given} from "{module}";' if given else f'import "{module}";'
    edit = AddImport("src/shop.ts", rng.choice((statement, statement.rstrip(";"), f"\n{statement}\n")))
    return Case("import", text, edit, lambda after: _misimported(text, after, edit, style.semicolon))


def _bound(syntax: Syntax) -> dict[str, tuple[str, str, bool]]:
    found = imports(syntax)
    return {name.local: (one.module, name.imported, name.type_only) for one in found for name in one.names}


def _misimported(before: str, after: str, edit: AddImport, semicolon: str) -> str:
    old, new, want = parse(before, edit.file), parse(after, edit.file), parse(edit.statement.strip(), edit.file)
    if _bound(new) != _bound(old) | _bound(want):
        return "other names are bound than should be"
    modules = [one.module for one in imports(new)]
    if imports(want)[0].module not in modules or len(modules) > len(imports(old)) + 2:
        return "the module is not imported as it should be"
    was = [old.code(one) for one in old.root.named_children if one.type != "import_statement"]
    if [new.code(one) for one in new.root.named_children if one.type != "import_statement"] != was:
        return "something that is no import changed"
    if comments(new) != comments(old):
        return "a comment is lost"
    kept = [old.code(one.node) for one in imports(old)]
    now = [new.code(one.node) for one in imports(new)]
    changed = [code for code in kept if code not in now]
    if len(changed) > 1:
        return "more than one import changed"
    if [code for code in now if code in kept] != [code for code in kept if code not in changed]:
        return "imports changed their order"
    return _badly_placed(old, new)


def _badly_placed(old: Syntax, new: Syntax) -> str:
    """Whether what was sorted in its groups is not any more, or a group got a stranger."""
    if any(len(group) > 1 for group in _groups(old)) and _sorted(old) and not _sorted(new):
        return "what was sorted is not any more"
    kinds = [{_kind(module) for module in group} for group in _groups(old)]
    apart = len(kinds) > 1 and all(len(one) == 1 for one in kinds) and len({str(one) for one in kinds}) == len(kinds)
    if apart and any(len({_kind(module) for module in group}) > 1 for group in _groups(new)):
        return "a group of imports has a stranger in it"
    return ""


def _sorted(syntax: Syntax) -> bool:
    keys = (str, str.casefold)
    return any(all(group == sorted(group, key=key) for group in _groups(syntax)) for key in keys)


def _groups(syntax: Syntax) -> list[list[str]]:
    """The modules by the blank lines between their imports."""
    found: list[list[str]] = []
    last = -9
    for one in imports(syntax):
        between = syntax.text.split("\n")[last : one.node.start_point.row] if last >= 0 else [""]
        if any(not line.strip() for line in between):
            found.append([])
        if not found:
            found.append([])
        found[-1].append(one.module)
        last = one.node.end_point.row + 1
    return found


def _kind(module: str) -> str:
    return "relative" if module.startswith(".") else "alias" if module.startswith(("@/", "~/")) else "package"
