"""The SQL of a schema change is made offline by the repository's own Prisma, or one sentence says why it cannot be."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from click.testing import CliRunner

from beai.core.record.handoff.preview import older
from beai.core.types.preview import preview
from beai.tui.main import main
from tests.real.test_types_schema import written

OLD = """\
datasource db {
  provider = "postgresql"
}

model Item {
  id   String @id
  note String?
}
"""
NEW = OLD.replace("  note String?\n", "  code String @unique\n")
FIRST = '-- CreateTable\nCREATE TABLE "Item" (\n    "id" TEXT NOT NULL,\n    "lost" TEXT\n);\n'
MIGRATION = "prisma/migrations/20250101_init/migration.sql"


def git(root: Path, *words: str) -> None:
    person = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(("git", *person, *words), cwd=root, check=True, capture_output=True)


def repository(root: Path, modules: Path, provider: str = "postgresql", address: bool = False) -> Path:
    """A commit with a migration, one with a field more, and a change that is not committed."""
    url = '\n  url = "postgresql://me:hunter2@db.example.com/x"' if address else ""
    old, new = (text.replace('"postgresql"', f'"{provider}"{url}') for text in (OLD, NEW))
    files = {"package.json": "{}", ".gitignore": "node_modules\n", "prisma/schema.prisma": old, MIGRATION: FIRST}
    written(root, files, modules)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    (root / "prisma/schema.prisma").write_text(old.replace("  note", "  rank Int?\n  note"))
    git(root, "commit", "-q", "-a", "-m", "two")
    (root / "prisma/schema.prisma").write_text(new)
    return root


async def test_the_engine_writes_the_sql_against_head_and_against_the_migrations(
    schema_engine: Path, tmp_path: Path
) -> None:
    root = repository(tmp_path, schema_engine, address=True)
    made = await preview(root, "", "", os.environ)
    assert made is not None and made.engine.startswith("Prisma ")
    head, migrated = made.against
    assert head.what == "the commit `HEAD`" and not head.why
    assert 'DROP COLUMN "note",\nDROP COLUMN "rank",\nADD COLUMN     "code" TEXT NOT NULL;' in head.sql
    assert 'CREATE UNIQUE INDEX "Item_code_key" ON "Item"("code");' in head.sql
    assert migrated.what.startswith("the schema that prisma/migrations was last committed with (")
    assert "rank" not in migrated.sql and 'DROP COLUMN "note"' in migrated.sql
    assert made.drift == (
        "column `Item.code` is in the schema and in no migration",
        "column `Item.lost` is made by the migrations and not in the schema",
    )
    assert older(made, None).model("Item") is not None
    assert "hunter2" not in head.sql
    many = "".join(f"\nmodel Many{number} {{\n  id String @id\n}}\n" for number in range(4000))
    (root / "prisma/schema.prisma").write_text((root / "prisma/schema.prisma").read_text() + many)
    large = await preview(root, "", "", os.environ)
    assert large is not None and large.against[0].sql.count("CREATE TABLE") == 4000


async def test_where_it_cannot_be_made_one_sentence_says_so(schema_engine: Path, tmp_path: Path) -> None:
    root = repository(tmp_path, schema_engine, "mysql", address="6.16" in schema_engine.parent.name)
    made = await preview(root, "", "", os.environ)
    assert made is not None and "knows no mysql, so there is no SQL here." in made.against[0].why
    absent = await preview(root, "", "", {"PATH": ""})
    assert absent is not None and absent.against[0].why == "Node.js was not found on the PATH."
    (root / "node_modules").unlink()
    (root / "node_modules" / "prisma").mkdir(parents=True)
    (root / "node_modules/prisma/package.json").write_text('{"version": "5.22.0"}')
    old = await preview(root, "", "", os.environ)
    assert old is not None
    assert old.against[0].why.startswith("Prisma 5.22.0 brings no schema engine that works without a database")
    (root / "node_modules/prisma/package.json").unlink()
    (root / "node_modules/prisma").rmdir()
    none = await preview(root, "", "", os.environ)
    assert none is not None and none.against[0].why == "Prisma is not installed here, so nothing can write the SQL."


def test_the_command_prints_the_sheet_and_writes_it_only_when_told(tmp_path: Path) -> None:
    modules = tmp_path / "none"
    modules.mkdir()
    root = repository(tmp_path / "repo", modules)
    ask = CliRunner()
    shown = ask.invoke(main, ["handoff", str(root)])
    assert shown.exit_code == 0 and shown.stdout.startswith("# Migration for the schema\n\n**Status:** not executed\n")
    assert not (root / "tasks").exists()
    plain = json.loads(ask.invoke(main, ["handoff", str(root), "--json"]).stdout)
    assert plain["status"] == "not executed" and plain["database"] == "PostgreSQL" and "sql" not in plain
    assert ask.invoke(main, ["handoff", str(root), "--write"]).exit_code == 0
    (sheet,) = (root / "tasks/handoff").iterdir()
    assert sheet.read_text() == shown.stdout
    again = ask.invoke(main, ["handoff", str(root), "--write"])
    assert again.exit_code == 2 and "is there already" in again.stderr
    first = ask.invoke(main, ["handoff", str(root), "--from", "HEAD~1"])
    assert "`Item.rank`" in shown.stdout and "`Item.rank`" not in first.stdout
    assert ask.invoke(main, ["handoff", str(root), "--from", "nowhere"]).exit_code == 2
    git(root, "commit", "-q", "-a", "-m", "three")
    same = ask.invoke(main, ["handoff", str(root)])
    assert (same.exit_code, same.stdout) == (0, "") and "nothing to hand over" in same.stderr


def test_a_repository_without_a_schema_is_told_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "package.json").write_text("{}")
    answer = CliRunner().invoke(main, ["handoff", str(tmp_path)])
    assert answer.exit_code == 5 and "There is no Prisma schema" in answer.stderr
