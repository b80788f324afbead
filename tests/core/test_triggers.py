"""What each path sets off beside the import graph; whatever is unsure runs more."""

from __future__ import annotations

import pytest

from beai.core.runner.report import Trigger
from beai.core.runner.triggers import MANY, client_folder, trigger, widest

NONE, GRAPH, ALL, RESTART = Trigger.NONE, Trigger.GRAPH, Trigger.ALL, Trigger.RESTART

PATHS = {
    RESTART: (
        ".git/HEAD .env .env.test .env.local apps/api/.env.production .envrc config/docker.env package-lock.json"
        " pnpm-lock.yaml yarn.lock bun.lock bun.lockb apps/api/package.json pnpm-workspace.yaml"
        " tsconfig.json apps/api/tsconfig.build.json jsconfig.json vitest.config.ts vitest.workspace.ts"
        " vite.config.mts jest.config.js jest.setup.ts vitest.setup.ts jest-e2e.json babel.config.cjs .babelrc"
        " .swcrc bunfig.toml test/global-setup.ts src/globalTeardown.ts pyproject.toml pytest.ini uv.lock"
        " requirements.txt requirements-dev.txt .npmrc"
    ),
    ALL: (
        "prisma/schema.prisma prisma/schema/user.prisma prisma.config.ts src/generated/prisma/client.ts"
        " src/__generated__/types.ts node_modules/.prisma/client/index.js node_modules/zod/index.js"
        " src/__mocks__/db.ts __mocks__/fs.js test/setup.ts src/setupTests.ts tests/setup-env.ts"
        " src/test.setup.ts setup.tests.mjs conftest.py tests/api/conftest.py tests/fixtures/users.json"
        " src/routers/__tests__/orders.sql tests/data.txt src/rates.csv src/rates.yaml src/rates.yml"
        " tests/README.md __fixtures__/page.md test/logo.png src/emails/welcome.md src/emails/logo.png"
        " src/query.graphql docker-compose.yml prisma/migrations/1/migration.sql src public/data.bin"
        " src/a.wasm src/docs/a.md tests/fixtures/run.log src/coverage/rates.json src/tasks/a.md"
        " src/todo.json src/security.json src/claude.json src/agents.yaml src/license-plans.yaml LICENSES.json"
        " templates/readme.html templates/README.md prompts.md packages/a/content.md content/README.md src/README.md"
        " prompts/AGENTS.md README.json data/todo.md dockerfiles.json todo"
    ),
    GRAPH: (
        "src/server/db.ts src/a.tsx src/a.mjs src/a.cts lib/a.js app/a.py src/a.vue"
        " src/routers/__tests__/a.test.ts src/__snapshots__/a.test.ts.snap src/vite-env.d.ts src/types.d.ts"
        " src/a.css src/jester.ts src/viteish.ts src/setupDatabase2go.ts tests/helpers.ts src/upset.ts"
    ),
    NONE: (
        "README.md CHANGELOG.md LICENSE AGENTS.md apps/api/README.md docs/technical.md docs/logo.png"
        " tasks/plan.md .cursor/rules/tdd.mdc rules/tdd.mdc .github/workflows/ci.yml .vscode/settings.json"
        " .gitignore .prettierrc.json .eslintrc.cjs eslint.config.mjs .beai.toml"
        " .git/refs/heads/main .git/index .git/ORIG_HEAD"
        " src/.a.ts.swp src/a.ts~ 4913 npm-debug.log packages/api/docs/a.md .turbo/x.json tsconfig.tsbuildinfo"
        " Dockerfile apps/api/Dockerfile.dev .nvmrc LICENSE-MIT LICENCE.txt packages/a/CHANGELOG.rst TODO"
        " vitest.config.ts.timestamp-1718-a1b2.mjs"
    ),
}
TABLE = [(path, found) for found, paths in PATHS.items() for path in paths.split()]


@pytest.mark.parametrize(("path", "expected"), TABLE, ids=[path for path, _ in TABLE])
def test_a_path_sets_off_what_it_can_touch(path: str, expected: Trigger) -> None:
    found, reason = trigger(path)
    assert found is expected
    assert reason[0].isupper() and reason.endswith(".")


def test_the_strongest_trigger_of_a_batch_holds_and_names_its_path() -> None:
    changed = ("src/a.ts", "README.md", "prisma/schema.prisma")
    assert widest(changed) == (ALL, "prisma/schema.prisma: The generated client follows the schema.")
    assert widest((*changed, ".env"))[0] is RESTART
    assert widest(("README.md",))[0] is NONE
    assert widest(("README.md", "src/a.ts"))[0] is GRAPH


def test_no_path_at_all_leaves_it_to_the_graph() -> None:
    assert widest(()) == (GRAPH, "")


def test_many_files_at_once_are_another_branch() -> None:
    changed = [f"docs/{number}.md" for number in range(10_000)]
    assert widest(changed) == (RESTART, "10,000 files changed at once, as another branch does.")
    assert widest(changed[:MANY])[0] is NONE


SCHEMA = """
generator erd {
  provider = "prisma-erd-generator"
  output   = "../docs/erd.svg"
}
generator client {
  provider = "prisma-client"
  output   = "../src/db/out" // generated, not kept
}
"""


def test_the_client_is_where_the_schema_says() -> None:
    assert client_folder("apps/api/prisma/schema.prisma", SCHEMA) == "apps/api/src/db/out"
    assert client_folder("schema.prisma", 'generator c {\n  provider = "prisma-client-js"\n}\n') == ""


def test_a_client_in_a_named_folder_touches_everything() -> None:
    assert trigger("src/db/out/models/User.ts")[0] is GRAPH
    assert trigger("src/db/out/models/User.ts", ("src/db/out",))[0] is ALL
    assert trigger("src/db/outer.ts", ("src/db/out",))[0] is GRAPH
    assert widest(("src/db/out/client.ts",), ("src/db/out",))[0] is ALL


def test_a_file_that_is_gone_touches_everything_unless_it_is_a_test() -> None:
    changed = ("src/a.ts", "src/b.test.ts")
    assert widest(changed, gone=("src/b.test.ts",))[0] is GRAPH
    assert widest(changed, gone=("src/a.ts",)) == (
        ALL,
        "src/a.ts: It is gone, and nobody can tell any more which tests used it.",
    )
    assert widest(("README.md", ".env"), gone=("README.md",))[0] is RESTART
    assert widest(("README.md",), gone=("README.md",))[0] is NONE
