"""The kinds of edits: each makes one out of a tree and a random source, or none where the tree has no place for it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from random import Random

from tests.real.affected.tree import Edit, Tree

Kind = Callable[[Tree, Random], Edit | None]

_SWAPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Random], str]], ...] = (
    (re.compile(r"(?<![\w.$\"'])\d+(?![\w.\"'])"), lambda match, _: str(int(match[0]) + 1)),
    (
        re.compile(r"(?<=[\"'])(?:NOT_FOUND|UNAUTHORIZED|FORBIDDEN|CONFLICT|BAD_REQUEST)(?=[\"'])"),
        lambda match, chance: chance.choice(
            [code for code in ("NOT_FOUND", "UNAUTHORIZED", "FORBIDDEN", "CONFLICT") if code != match[0]]
        ),
    ),
    (re.compile(r"(?<=[\"'])(?:desc|asc)(?=[\"'])"), lambda match, _: "asc" if match[0] == "desc" else "desc"),
    (re.compile(r"\b(?:true|false)\b"), lambda match, _: "false" if match[0] == "true" else "true"),
    (re.compile(r" EUR|Not your note|Sign in first"), lambda match, _: f"{match[0]}!"),
)


def behaviour(tree: Tree, chance: Random) -> Edit | None:
    """A procedure answers otherwise."""
    return _swapped(tree, chance, [path for path in tree.sources() if "/routers/" in path])


def shared(tree: Tree, chance: Random) -> Edit | None:
    """A library that many import does something else."""
    return _swapped(tree, chance, [path for path in tree.sources() if re.search(r"/(?:lib|trpc|plugins)[/.]", path)])


def asserted(tree: Tree, chance: Random) -> Edit | None:
    """A test expects something else."""
    return _swapped(tree, chance, tree.tests())


def mocks(tree: Tree, chance: Random) -> Edit | None:
    """What tests put in place of something answers otherwise."""
    places = [path for path in tree.files if re.search(r"/__mocks__/|/test/context\.ts$|^test/setup\.ts$", path)]
    return _swapped(tree, chance, sorted(places))


def client(tree: Tree, chance: Random) -> Edit | None:
    """The generated client names a model otherwise."""
    path = next((path for path in tree.files if path.endswith("internal/prismaNamespace.ts")), "")
    text = tree.files.get(path, "")
    names = re.findall(r"^  (\w+): '\1',?$", text, re.MULTILINE)
    if not names:
        return None
    name = chance.choice(names)
    return {path: re.sub(rf"^  {name}: '{name}'", f"  {name}: '{name}x'", text, count=1, flags=re.MULTILINE)}


def schema(tree: Tree, chance: Random) -> Edit | None:
    """The schema gets another field, and nobody generates."""
    path = "prisma/schema.prisma"
    added = f"  field{chance.randrange(10**6)} String?\n"
    return {path: re.sub(r"(model \w+ \{\n)", rf"\1{added}", tree.files[path], count=1)}


def fixture(tree: Tree, chance: Random) -> Edit | None:
    """Data that tests read or import changes."""
    path = chance.choice([path for path in sorted(tree.files) if "/fixtures/" in path])
    return {path: re.sub(r"\d+", lambda match: str(int(match[0]) + 1), tree.files[path])}


def environment(tree: Tree, chance: Random) -> Edit | None:
    """The environment file says something else, or is gone."""
    return {".env": None if chance.random() < 0.3 else f"VITE_GREETING=bye{chance.randrange(9)}\n"}


def tsconfig(tree: Tree, _: Random) -> Edit | None:
    """The compiler's options change."""
    text = tree.files["tsconfig.json"]
    return {"tsconfig.json": text.replace('"ES2022"', '"ES2021"') if "ES2022" in text else text.replace("2021", "2022")}


def config(tree: Tree, chance: Random) -> Edit | None:
    """The runner's configuration hides a test, maps an alias elsewhere, forgets the set-up, or is no code."""
    path = next(path for path in tree.files if re.match(r"(?:vitest|jest)\.config", path))
    text = tree.files[path]
    ways = (
        lambda: re.sub(r"(\*\*/)(\*|__tests__)", r"\1routers/\2", text, count=1),
        lambda: re.sub(r'(~lib.*?)src/lib', r"\1src/plugins", text, count=1),
        lambda: re.sub(r"setupFiles: .*\n", "\n", text),
        lambda: re.sub(r"(mockReset|resetMocks): true", r"\1: false", text),
        lambda: f"{text}const = ;\n",
    )  # fmt: skip
    return {path: chance.choice(ways)()}


def snapshot(tree: Tree, chance: Random) -> Edit | None:
    """A kept snapshot holds something else."""
    path = next((path for path in tree.files if path.endswith(".snap")), "")
    return {path: tree.files[path].replace("EUR", f"EUR{chance.randrange(9)}", 1)} if path else None


def broken(tree: Tree, chance: Random) -> Edit | None:
    """A file is saved half-written."""
    path = chance.choice([*tree.sources(), *tree.tests()])
    return {path: f"{tree.files[path]}\nconst = ;\n"}


def renamed(tree: Tree, chance: Random) -> Edit | None:
    """A file gets another name, and those that import it follow, now and then not."""
    path = chance.choice(tree.sources())
    stem, kind = re.match(r"(.*?)(\.[cm]?ts)$", posixpath.basename(path)).groups()  # type: ignore[union-attr]
    new = f"{stem}{chance.randrange(10)}"
    if stem == "index" or kind != ".ts":
        return None
    edit: dict[str, str | None] = dict(tree.importing(path, new)) if chance.random() < 0.7 else {}
    edit[posixpath.join(posixpath.dirname(path), f"{new}.ts")] = edit.pop(path, None) or tree.files[path]
    edit[path] = None
    return edit


def removed(tree: Tree, chance: Random) -> Edit | None:
    """A source is deleted."""
    return {chance.choice(tree.sources()): None}


def removed_test(tree: Tree, chance: Random) -> Edit | None:
    """A test file is deleted."""
    return {chance.choice(tree.tests()): None}


def added_test(tree: Tree, chance: Random) -> Edit | None:
    """A test file is written; it passes, fails, or does not load."""
    number = chance.randrange(1000)
    head = 'import { expect, it } from "vitest";\n' if tree.suffix == ".test.ts" else ""
    spec = chance.choice(["../scale", "../scale", f"../made{number}"])
    expected = chance.choice([100, 101])
    text = f'{head}import {{ SCALE }} from "{spec}";\nit("is new", () => expect(SCALE).toBe({expected}));\n'
    return {f"src/lib/__tests__/made{number}{tree.suffix}": text}


def added_source(tree: Tree, chance: Random) -> Edit | None:
    """A source is written that a folder's readers find, or that stands before the one an import meant."""
    ways: tuple[Edit, ...] = (
        {f"src/plugins/third{chance.randrange(9)}.ts": "export const order = 3;\n"},
        {"src/lib/shape.ts": "export const sides = 4;\n"},
        {"src/lib/scale/index.ts": "export const SCALE = 10;\n"},
        {"src/lib/unused.ts": "export const nothing = 0;\n"},
        {f"src/lib/made{chance.randrange(1000)}.ts": "export const SCALE = 100;\n"},
    )
    return chance.choice(ways)


def moved(tree: Tree, chance: Random) -> Edit | None:
    """A function moves to another file, and those that import it by name follow."""
    source, target = "src/lib/format.ts", "src/lib/limits.ts"
    line = next((one for one in tree.files.get(source, "").split("\n") if one.startswith("export const twice")), "")
    if not line or target not in tree.files:
        return None
    edit = {path: text for path, text in tree.importing(source, "limits").items() if "{ twice }" in text}
    edit[source] = tree.files[source].replace(f"{line}\n", "")
    edit[target] = f"{tree.files[target]}{line}\n"
    return edit


def chosen(tree: Tree, chance: Random) -> Edit | None:
    """A test is skipped, or is the only one to run."""
    path = chance.choice(tree.tests())
    word = chance.choice([".only(", ".skip("])
    text = re.sub(r"\b(it|test)\(", lambda match: match[1] + word, tree.files[path], count=1)
    return {path: text}


def words(tree: Tree, chance: Random) -> Edit | None:
    """A document changes, or what only names the package."""
    if chance.random() < 0.7:
        return {"README.md": f"# Read me {chance.randrange(10**6)}\n"}
    return {
        "package.json": re.sub(
            r'"version": "[^"]*"', f'"version": "1.{chance.randrange(99)}.0"', tree.files["package.json"]
        )
    }


def two(tree: Tree, chance: Random) -> Edit | None:
    """Two files change at once."""
    return _together(tree, chance, 2)


def branch(tree: Tree, chance: Random) -> Edit | None:
    """Many files change at once, as when another branch is checked out."""
    return _together(tree, chance, 6)


KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        behaviour, shared, asserted, mocks, client, schema, fixture, environment, tsconfig, config, snapshot, broken,
        renamed, removed, removed_test, added_test, added_source, moved, chosen, words, two, branch,
    )
}  # fmt: skip
"""By name; the docstring of each says what it does."""
_SIMPLE = (behaviour, shared, asserted, mocks, fixture, broken, added_test, added_source, removed_test, renamed)


def _together(tree: Tree, chance: Random, count: int) -> Edit | None:
    edit: dict[str, str | None] = {}
    for kind in (chance.choice(_SIMPLE) for _ in range(count)):
        one = kind(tree, chance)
        if one is not None and not set(one) & set(edit):
            edit |= one
    return edit or None


def _swapped(tree: Tree, chance: Random, paths: Sequence[str]) -> Edit | None:
    """One of ``paths`` with one literal of its code changed."""
    if not paths:
        return None
    path = chance.choice(paths)
    text = tree.files[path]
    found = [(match, swap) for pattern, swap in _SWAPS for match in pattern.finditer(text)]
    if not found:
        return None
    match, swap = chance.choice(found)
    return {path: text[: match.start()] + swap(match, chance) + text[match.end() :]}
