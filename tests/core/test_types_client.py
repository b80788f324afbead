"""A generated client is held against its schema by what it was made from, and only one Prisma command exists here."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Generated
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.core.sandbox import Unconfined
from beai.core.types.client import Client, clients, complaints, difference, made_from, shapes
from beai.core.types.prisma import command, environment, generate
from beai.core.types.schema import PrismaSchemas

ROOT = Path(__file__).parents[2]
SCHEMA = """
generator client {
  provider = "prisma-client"
  output   = "../src/generated"
}
generator zod {
  provider = "zod-prisma-types"
}
datasource db {
  provider = "postgresql"
}
enum Role {
  USER
}
model User {
  id   String @id // the key
  role Role   @default(USER)
}
"""
CLASS = 'const config = {\n  "inlineSchema": ' + json.dumps(SCHEMA) + ",\n}\n"


def test_the_clients_of_a_schema_are_found_where_they_are_put() -> None:
    js = 'generator js {\n  provider = "prisma-client-js"\n}\n'
    found = clients((("prisma/schema.prisma", SCHEMA), ("prisma/js.prisma", js)))
    assert found == (
        Client("prisma/schema.prisma", "prisma-client", "src/generated"),
        Client("prisma/js.prisma", "prisma-client-js", ""),
    )


@pytest.mark.parametrize("text", [CLASS, SCHEMA])
def test_the_schema_a_client_was_made_from_is_read_from_either_kind(text: str) -> None:
    assert made_from(text) == SCHEMA


@pytest.mark.parametrize("text", ["", "export {}", '"inlineSchema": "broken \\x"', "generator a {\n}\n"])
def test_what_is_no_client_has_no_schema(text: str) -> None:
    assert made_from(text) is None


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (SCHEMA.replace("// the key", "// another comment").replace("role Role ", "role     Role"), ""),
        (SCHEMA.replace('"postgresql"', '"sqlite"'), ""),
        (SCHEMA + "model Note {\n  id String @id\n}\n", "The generated client does not know Note."),
        (SCHEMA.replace("  USER\n}", "  USER\n  ADMIN\n}"), "The generated client has another Role."),
        (SCHEMA.replace("model User", "model Person"), "does not know Person and still has User."),
        (SCHEMA.replace("String @id", "Int @id"), "The generated client has another User."),
    ],
)
def test_a_client_differs_by_models_fields_and_enums_and_not_by_layout(new: str, said: str) -> None:
    told = difference(shapes((new,)), shapes((SCHEMA,)))
    assert told.endswith(said) and bool(told) == bool(said)


def test_a_validators_words_become_diagnostics() -> None:
    said = (
        'error: Type "Rol" is neither a built-in type,\n nor another model.\n  -->  schema.prisma:14\n   | \n'
        '14 |   role Rol\n   | \nerror: Argument "url" is missing.\n  -->  b.prisma:6\n   | \n\n'
        "Validation Error Count: 2"
    )
    assert complaints(said) == (
        Diagnostic("schema.prisma", 14, 1, "P1012", 'Type "Rol" is neither a built-in type, nor another model.'),
        Diagnostic("b.prisma", 6, 1, "P1012", 'Argument "url" is missing.'),
    )
    assert {one.file for one in complaints(said, "prisma/schema.prisma")} == {"prisma/schema.prisma"}
    assert complaints("panicked", "a.prisma") == (Diagnostic("a.prisma", 1, 1, "P1012", "panicked"),)


def repository(root: Path, schema: str = SCHEMA, **more: str) -> Path:
    files = {"package.json": "{}", "prisma/schema.prisma": schema, "src/generated/internal/class.ts": CLASS, **more}
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


async def lamp_of(root: Path) -> Lamp:
    schemas, told = PrismaSchemas(root), asyncio.Queue[Lamp]()
    schemas.start(told.put_nowait)
    lamp = await asyncio.wait_for(told.get(), 20)
    await schemas.close()
    return lamp


async def test_a_stale_client_is_told_with_its_cause_and_the_command(tmp_path: Path) -> None:
    root = repository(tmp_path, SCHEMA + "model Note {\n  id String @id\n}\n", **{"pnpm-lock.yaml": ""})
    lamp = await lamp_of(root)
    assert lamp.state is LampState.STALE
    assert lamp.reason == "The generated client does not know Note. Run npx prisma generate."


async def test_a_fresh_client_without_a_validator_and_no_schema_at_all_are_absent_with_a_reason(tmp_path: Path) -> None:
    fresh = await lamp_of(repository(tmp_path / "a"))
    assert fresh.state is LampState.ABSENT and "nothing validates the schema" in fresh.reason
    (tmp_path / "b").mkdir()
    none = await lamp_of(tmp_path / "b")
    assert (none.state, none.reason) == (LampState.ABSENT, "There is no Prisma schema here.")


async def test_without_an_installed_prisma_generating_is_refused_and_the_command_shown(tmp_path: Path) -> None:
    refused = await PrismaSchemas(repository(tmp_path)).generate()
    assert isinstance(refused, Fault)
    assert (refused.kind, refused.remedy) == (FaultKind.MISSING, "Run npx prisma generate yourself.")


FAKE_PRISMA = """
const fs = require("node:fs");
const cwd = process.cwd();
fs.writeFileSync("../asked.json", JSON.stringify({ argv: process.argv.slice(2), env: process.env, cwd }));
fs.writeFileSync("src/generated/internal/class.ts", "new");
if (process.argv.includes("--schema")) process.exit(3);
"""


def installed(root: Path, **more: str) -> Path:
    manifest = '{"name": "prisma", "version": "7.10.0", "bin": {"prisma": "build/index.js"}}'
    packages = {"node_modules/prisma/package.json": manifest, "node_modules/prisma/build/index.js": FAKE_PRISMA}
    return repository(root / "db", **packages, **more)


async def test_generating_runs_one_command_of_the_installed_prisma_without_a_database(tmp_path: Path) -> None:
    root = installed(tmp_path, **{"package.json": '{"scripts": {"prisma": "prisma migrate reset"}}'})
    wanted = command(root, "prisma/schema.prisma", "", os.environ)
    env = {**os.environ, "DATABASE_URL": "postgresql://real", "DIRECT_URL": "postgresql://real", "KEPT": "1"}
    texts = ('url = env("SHOP_URL")',)
    made = await generate(root, wanted, (root / "src/generated",), texts, env, Unconfined())
    assert isinstance(made, Generated), made
    assert made.paths == ("src/generated/internal/class.ts",)
    asked = json.loads((tmp_path / "asked.json").read_text())
    assert (asked["argv"], asked["cwd"]) == (["generate"], str(root))
    assert (asked["env"]["AI_AGENT"], asked["env"]["KEPT"]) == ("beai", "1")
    assert "DIRECT_URL" not in asked["env"]
    assert {asked["env"][name].rpartition("/")[2] for name in ("DATABASE_URL", "SHOP_URL")} == {"none"}


async def test_a_failing_generator_is_one_fault(tmp_path: Path) -> None:
    root = installed(tmp_path)
    (root / "prisma").rename(root / "db")
    wanted = command(root, "db/schema.prisma", "", os.environ)
    assert wanted.shown == "npx prisma generate --schema db/schema.prisma"
    failed = await generate(root, wanted, (), (), os.environ, Unconfined())
    assert isinstance(failed, Fault) and "exit code 3" in failed.summary


def test_a_database_is_in_no_environment_of_ours() -> None:
    env = environment((), {"PATH": "/bin:/usr/bin"})
    assert env["DATABASE_URL"].endswith("@127.0.0.1:9/none")
    assert env["PRISMA_SCHEMA_ENGINE_BINARY"].endswith("/true")


def test_no_other_prisma_command_is_started_anywhere() -> None:
    started = re.compile(r"[\"'](?:migrate|db|reset|deploy|push|execute|studio|seed)[\"']")
    sources = [path for path in (ROOT / "core" / "types").iterdir() if path.suffix in (".py", ".mjs")]
    assert len(sources) > 8
    assert [path.name for path in sources if started.search(path.read_text())] == []
    words = re.compile(r"\bprisma (migrate|db|studio)\b.*(?:exec|spawn|subprocess|run\()")
    everything = [
        path for folder in ("core", "tui") for path in (ROOT / folder).rglob("*.py") if "shop" not in path.parts
    ]
    assert [path.name for path in everything if words.search(path.read_text())] == []
