"""Rows of "Running tests" in VARIATIONS.md that are about reading; the other rows are named where runs are judged."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

import pytest

from beai.core.project import layout
from beai.core.project.facts import RunnerName
from beai.core.project.places import is_test
from beai.core.project.trpc import read_api
from tests.core.test_map_rows import INIT, repository
from tests.core.test_project_trees import DictTree

MINE = "import { router, open } from './init'\nexport const mine = router({ move: open.mutation(() => 1) })\n"


@pytest.mark.parametrize(
    "path",
    [
        *("src/routers/post.test.ts", "src/routers/__tests__/post.spec.ts", "src/routers/__test__/post.test.ts"),
        *("tests/routers/post.test.ts", "test/server/routers/post.test.ts", "packages/api/test/post/create.test.ts"),
        *("src/post.servertest.ts", "src/post.clienttest.ts", "src/post.integration.test.ts", "src/post.test.mts"),
    ],
)
def test_a_test_file_is_known_wherever_it_stands(path: str) -> None:
    """Row: Places."""
    files = {"package.json": '{"dependencies": {"@trpc/server": "11"}}', path: "it('a', () => {})"}
    assert is_test(path)
    assert layout.read(DictTree(files), "it").test_files == (path,)


@pytest.mark.parametrize(
    ("name", "runner"),
    [
        *((f"vitest.config.{end}", RunnerName.VITEST) for end in ("ts", "mts")),
        ("vitest.workspace.ts", RunnerName.VITEST),
        *((f"jest.config.{end}", RunnerName.JEST) for end in ("js", "cjs", "ts")),
    ],
)
def test_a_runner_is_known_by_its_configuration(name: str, runner: RunnerName) -> None:
    """Row: Places."""
    files = {"package.json": '{"dependencies": {"@trpc/server": "11"}}', name: "export default {}\n"}
    found = layout.read(DictTree({**files, "src/a.test.ts": "it('a', () => {})"}), "it").runner
    assert found is not None and found.name is runner


@pytest.mark.parametrize(
    ("script", "runner"),
    [
        ("dotenv -e .env.test -- vitest run", RunnerName.VITEST),
        ("turbo test:unit", RunnerName.JEST),
        ("run-s docker test:unit", RunnerName.JEST),
        ("bun test", RunnerName.BUN),
    ],
)
def test_a_script_is_followed_through_what_wraps_it(script: str, runner: RunnerName) -> None:
    """Row: Places."""
    package = f'{{"scripts": {{"test": "{script}", "docker": "docker compose up -d", "test:unit": "jest"}}, "dependencies": {{"@trpc/server": "11"}}}}'
    found = layout.read(DictTree({"package.json": package, "src/a.test.ts": "it('a', () => {})"}), "it").runner
    assert found is not None and found.name is runner


@pytest.mark.parametrize(
    "caller",
    [
        "const caller = appRouter.createCaller({} as Ctx)",
        "const caller = createCallerFactory(appRouter)(createInnerTRPCContext({ session: null }))",
        "const make = createCallerFactory(appRouter)\nconst caller = make({ db: mockDeep<PrismaClient>() })",
        "const db = vi.hoisted(() => ({ post: { create: vi.fn() } }))\nconst caller = appRouter.createCaller({ db })",
        "const caller = callerOf({ id: 1 })",
    ],
)
@pytest.mark.parametrize("word", ["it", "test"])
def test_the_tests_that_call_a_procedure_are_found_whatever_makes_their_caller(caller: str, word: str) -> None:
    """Row: Context."""
    helper = (
        "import { appRouter } from './root'\nexport const callerOf = (user: User) => appRouter.createCaller({ user })\n"
    )
    text = (
        "import { appRouter } from './root'\nimport { createCallerFactory } from './init'\nimport { callerOf } from './helper'\n"
        f"{caller}\ndescribe('#move', () => {{\n  {word}('moves', async () => {{ await caller.mine.move() }})\n}})\n"
    )
    init = INIT + "export const createCallerFactory = t.createCallerFactory\n"
    found = read_api(repository(mine=MINE, init=init, helper=helper, **{"mine.test": text})).procedure("mine.move")
    assert found is not None and [(call.file) for call in found.tests] == ["src/mine.test.ts"]


def test_a_router_level_caller_counts_too() -> None:
    """Row: Context."""
    text = "import { mine } from './mine'\nit('moves', async () => { await mine.createCaller({}).move() })\n"
    found = read_api(repository(mine=MINE, **{"mine.test": text})).procedure("mine.move")
    assert found is not None and len(found.tests) == 1


def test_an_error_formatter_that_may_hide_messages_is_told() -> None:
    """Row: Init modules."""
    init = INIT.replace(".create()", ".create({ errorFormatter: ({ shape }) => ({ ...shape, message: '' }) })")
    assert [one.error_formatter for one in read_api(repository(mine=MINE, init=init)).inits] == [True]
    assert [one.error_formatter for one in read_api(repository(mine=MINE)).inits] == [False]
