"""A task's sources are the files it needs, nearest first, under a cap, and never secrets or generated code."""

from __future__ import annotations

from beai.core.project.facts import Task
from beai.core.project.layout import read
from beai.core.project.sources import TOTAL, sources
from tests.core.test_project_trees import DictTree, notebook, shop


def packed(tree: DictTree, task: Task, test_file: str = "") -> list[str]:
    return [source.path for source in sources(tree, read(tree, "x"), task, test_file)]


def notes_task() -> Task:
    return Task(
        "BE-8", "", "t.md", description="`notes.archive` is a mutation on a `Note`.", text="`notes.archive`, a `Note`"
    )


def test_the_routers_own_files_come_first_then_what_they_rest_on() -> None:
    assert packed(notebook(), notes_task()) == [
        "app/src/routers/notes.router.ts",
        "app/src/routers/__tests__/notes.spec.ts",
        "app/src/trpc/_app.ts",
        "app/src/trpc/init.ts",
        "app/src/testing/caller.ts",
        "app/src/testing/fakes.ts",
        "app/src/routers/notes.schema.ts",
        "app/prisma/schema.prisma",
        "app/src/routers/authors-router.ts",
        "app/src/db.ts",
    ]


def test_sources_carry_the_text_that_is_on_disk() -> None:
    tree = notebook()
    assert all(tree.text(source.path) == source.text for source in sources(tree, read(tree, "x"), notes_task()))


def test_a_new_router_gets_the_tests_of_its_nearest_sibling() -> None:
    tree = notebook()
    found = packed(tree, read(tree, "x").tasks[0])
    assert found[0] == "app/src/routers/__tests__/notes.spec.ts"
    assert "app/src/routers/notes.router.ts" in found


def test_the_demo_gets_its_mock_helper_and_an_alike_router() -> None:
    tree = shop()
    task = read(tree, "shop").task("BE-S3-001")
    assert task is not None
    found = packed(tree, task)
    assert found[:2] == ["src/server/api/routers/wishlist.ts", "src/server/api/routers/__tests__/wishlist.test.ts"]
    assert {
        "src/server/api/test/context.ts",
        "src/server/api/trpc.ts",
        "src/server/db.ts",
        "prisma/schema.prisma",
    } <= set(found)
    assert "src/server/api/routers/review.ts" in found
    assert not any("generated" in path for path in found)


def test_generated_clients_stay_out_wherever_they_are_put() -> None:
    tree = notebook().with_files(
        {
            "app/src/testing/fakes.ts": "import { PrismaClient } from '../client'\n"
            "import secret from '../../.env.ts'\n",
            "app/.env.ts": "x",
        }
    )
    found = packed(tree, notes_task())
    assert "app/src/testing/fakes.ts" in found
    assert not {"app/src/client/index.ts", "app/.env.ts"} & set(found)


def test_a_file_that_does_not_fit_is_left_out_whole() -> None:
    tree = notebook().with_files({"app/src/testing/caller.ts": "import './fakes'\n// " + "x" * TOTAL})
    found = sources(tree, read(tree, "x"), notes_task())
    assert sum(len(source.text) for source in found) <= TOTAL
    paths = [source.path for source in found]
    assert "app/src/testing/caller.ts" not in paths and "app/src/db.ts" in paths


def test_the_decided_test_file_goes_along() -> None:
    tree = notebook().with_files({"app/test/elsewhere.test.ts": "test('x', () => {})\n"})
    assert "app/test/elsewhere.test.ts" in packed(tree, notes_task(), "app/test/elsewhere.test.ts")


def test_an_empty_repository_gives_no_sources() -> None:
    assert packed(DictTree({}), notes_task()) == []
