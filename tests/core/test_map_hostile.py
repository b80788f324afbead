"""No repository makes the map raise, hang or take more than in proportion: circles, thousands of routers, broken code."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

import json
import random

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beai.core.project import layout
from beai.core.project.map_plain import plain_map
from beai.core.project.map_schema import map_schema
from beai.core.project.trpc import read_api
from tests.core.test_map_rows import paths, repository
from tests.core.test_map_truth import HERE, LAYOUTS, bundle
from tests.core.test_project_trees import DictTree

HEAD = "import { router, open, authed } from './init'\n"
SPLICES = (
    "}",
    "({",
    "...",
    "=> {",
    "`${",
    "/*",
    "'",
    "\0",
    "\ud800",
    "é",
    "export * from './init'\n",
    "import('./root')",
    ".use(",
    "const t = t\n",
    "class A extends A {",
)


def sound(tree: DictTree) -> None:
    """The map is made, has the documented shape, and goes to JSON."""
    found = plain_map(layout.read(tree, "r"))
    jsonschema.validate(json.loads(json.dumps(found)), map_schema())


@pytest.mark.parametrize("name", LAYOUTS)
def test_mutilated_layouts_are_still_read(name: str) -> None:
    chance = random.Random(name)
    files = dict(bundle(HERE / f"{name}.txt").files)
    for _ in range(6):
        path = chance.choice(sorted(files))
        text = files[path]
        at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        cut = min(to, at + chance.choice((0, 1, 30)))
        changed = text[:at] + chance.choice(SPLICES) + text[cut:]
        sound(DictTree({**files, path: changed}))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.sampled_from(
            (
                *SPLICES,
                "router(",
                "open",
                ".query(",
                "mine",
                "appRouter",
                "{ a: ",
                ")",
                "lazy(() => ",
                "mergeRouters(",
                "export const mine = ",
                ";\n",
                "[",
                "?",
                ":",
            )
        ),
        max_size=40,
    )
)
def test_any_string_of_router_words_is_read(words: list[str]) -> None:
    sound(repository(mine=HEAD + " ".join(words)))


def test_circles_of_files_values_classes_and_middlewares_end() -> None:
    circle = """
import { router as r2, mine as again } from './mine'
export * from './mine'
export const a = b; export const b = a
const { q } = q
const f = () => g(); const g = () => f()
class K { one() { return this.two() } two() { return this.one() } }
const guard = t.middleware(guard).unstable_pipe(guard)
const p = p.use(guard).use(g).input(a)
export const mine = router({ again, f: f(), g: p.query(() => f()), k: open.query(() => new K().one()), h: p[q].query(() => 1), z: z.y.x, ...mine, ...again._def.procedures })
export { mine as router }
"""
    found = read_api(repository(mine=HEAD + circle))
    assert {"mine.g", "mine.k"} <= set(paths(found))
    assert any("in a circle" in one.what for one in found.unresolved)


def test_thousands_of_routers_in_files_of_their_own_are_all_mounted() -> None:
    many = {f"r{n}": HEAD + f"export const r{n} = router({{ a: open.query(() => {n}) }})\n" for n in range(800)}
    imports = "".join(f"import {{ r{n} }} from './r{n}'\n" for n in range(800))
    mounts = ", ".join(f"r{n}" for n in range(800))
    found = read_api(repository(mine=f"{HEAD}{imports}export const mine = router({{ {mounts} }})\n", **many))
    assert len(paths(found)) == 800
    assert (found.unresolved, found.unmounted) == ((), ())


def test_routers_in_routers_that_nothing_mounts_are_told_without_unfolding_them_all() -> None:
    levels = "".join(
        f"export const u{n} = router({{ a: u{n + 1}, b: u{n + 1}, p: open.query(() => 1) }})\n" for n in range(80)
    )
    found = read_api(repository(mine=HEAD + levels + "export const mine = router({ a: open.query(() => 1) })\n"))
    assert paths(found) == ["mine.a"]
    assert len(found.unmounted) + len(found.unresolved) > 1


def test_a_chain_of_thousands_of_calls_is_cut_short_and_said() -> None:
    chained = "a.b()" + ".query(() => 1)" * 1_100
    found = read_api(repository(mine=f"{HEAD}export const mine = router({{ x: {chained} }})\nconst y = {chained}\n"))
    assert "mine.x" in [*paths(found), *("mine.x" for one in found.unresolved if "mine.x" in one.what)]
    assert any("more than 1,000 calls" in one.what for one in found.unresolved)


@pytest.mark.parametrize(
    "piece",
    [
        "x.query(",
        "open.query(() => 1), ",
        "((((((((",
        "...a, ",
        "t.procedure.use(",
        "import('./a').then(",
        "`${`${",
        "!ctx.user && throw UNAUTHORIZED ",
        "/trpc/a.b,",
    ],
)
def test_300_kilobytes_of_anything_are_read(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    found = read_api(
        repository(
            mine=f"{HEAD}export const mine = router({{ {text}",
            **{"mine.test": f"const caller = appRouter.createCaller({{}})\ncaller.{text}"},
        )
    )
    assert found.root_variable == "appRouter"
