"""The repository's own Prisma validates its schema, and projects that refer to others are checked as editors do it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.runner.lamp import Lamp, LampState
from beai.core.types.checker import Checker
from beai.core.types.schema import PrismaSchemas
from tests.core.contracts.types import Heard

SCHEMA = """generator client {
  provider = "prisma-client-js"
}
datasource db {
  provider = "sqlite"
  url      = env("DATABASE_URL")
}
model Note {
  id   Int    @id
  text String
}
"""
SOLUTION = {
    "tsconfig.json": '{"files": [], "references": [{"path": "./lib"}, {"path": "./app/tsconfig.app.json"}]}',
    "lib/tsconfig.json": '{"compilerOptions": {"composite": true, "strict": true, "types": []}, "include": ["*.ts"]}',
    "lib/price.ts": "export const price = (): number => 1;\n",
    "app/tsconfig.app.json": (
        '{"compilerOptions": {"composite": true, "strict": true, "types": []}, "include": ["*.ts"],'
        ' "references": [{"path": "../lib"}]} // comments are allowed'
    ),
    "app/order.ts": 'import { price } from "../lib/price";\nexport const total: number = price();\n',
}


def written(root: Path, files: dict[str, str], packages: Path) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "node_modules").symlink_to(packages, target_is_directory=True)
    return root


async def test_a_schema_is_validated_by_the_prisma_that_is_installed(prisma_packages: Path, tmp_path: Path) -> None:
    root = written(tmp_path, {"package.json": "{}", "prisma/schema.prisma": SCHEMA}, prisma_packages)
    schemas, lamps = PrismaSchemas(root), asyncio.Queue[Lamp]()
    schemas.start(lamps.put_nowait)
    fresh = await asyncio.wait_for(lamps.get(), 60)
    assert (fresh.state, fresh.what) == (LampState.STALE, "Prisma 5.22.0")
    assert fresh.reason == "The client is not generated yet. Run npx prisma generate."

    (root / "prisma/schema.prisma").write_text(SCHEMA.replace("text String", "text Strin"))
    schemas.changed(("prisma/schema.prisma",))
    wrong = await asyncio.wait_for(lamps.get(), 60)
    await schemas.close()
    assert [(one.file, one.line) for one in wrong.diagnostics] == [("prisma/schema.prisma", 10)]
    assert 'Type "Strin" is neither a built-in type' in wrong.diagnostics[0].message


async def test_a_schema_that_is_wrong_cannot_be_generated_and_nothing_is_written(
    prisma_packages: Path, tmp_path: Path
) -> None:
    files = {"package.json": "{}", "prisma/schema.prisma": SCHEMA.replace("text String", "text Strin")}
    root = written(tmp_path, files, prisma_packages)
    failed = await PrismaSchemas(root).generate()
    assert isinstance(failed, Fault)
    assert failed.summary == "npx prisma generate failed with exit code 1."


@pytest.mark.parametrize("fixture", ["typescript7_packages", "shop_packages"])
async def test_a_solution_is_checked_through_its_references(
    request: pytest.FixtureRequest, tmp_path: Path, fixture: str
) -> None:
    root = written(tmp_path, SOLUTION, request.getfixturevalue(fixture))
    before = {path for path in root.rglob("*") if "node_modules" not in path.parts}
    types, heard = Checker(root), Heard()
    types.start(heard)
    await heard.state(LampState.CLEAN)
    (root / "lib/price.ts").write_text('export const price = (): string => "1";\n')
    types.changed(("lib/price.ts",))
    wrong = await heard.state(LampState.ERRORS)
    await types.close()
    assert [(one.file, one.code) for one in wrong.diagnostics] == [("app/order.ts", "TS2322")]
    assert {path for path in root.rglob("*") if "node_modules" not in path.parts} == before
