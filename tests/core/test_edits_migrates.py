"""A hunk that plants a command which changes a database says so, wherever it would be started from."""

from __future__ import annotations

import pytest

from beai.core.edits.change import Change, WholeFile
from beai.core.edits.match import match

SCRIPTS = '{\n  "scripts": {\n    "db:push": "prisma db push",\n    "dev": "next dev"\n  }\n}\n'


def warned(path: str, before: str | None, after: str) -> list[str]:
    made = match([WholeFile(path, after)], lambda name: before if name == path else None, (), "", ())
    assert isinstance(made, Change)
    found = [words for file in made.files for hunk in file.hunks for words in hunk.warnings]
    return [words for words in found if "changes a database" in words]


@pytest.mark.parametrize(
    ("path", "before", "after", "command"),
    [
        ("package.json", SCRIPTS, SCRIPTS.replace('"next dev"', '"npm run db:push && next dev"'), "prisma db push"),
        (
            "package.json",
            "{}",
            '{"scripts": {"generate": "dotenv -e .env -- prisma migrate dev"}}',
            "prisma migrate dev",
        ),
        (".husky/pre-commit", "npm test\n", "npm test\nnpx prisma migrate deploy\n", "prisma migrate deploy"),
        (".github/workflows/ci.yml", None, "steps:\n  - run: pnpm dlx prisma db push\n", "prisma db push"),
        ("Dockerfile", None, "FROM node\nRUN yarn prisma migrate deploy\n", "prisma migrate deploy"),
        ("src/test/setup.ts", None, "execSync('npx prisma migrate reset --force')\n", "prisma migrate reset"),
        ("tests/x.test.ts", "a\n", "a\nspawn('npx', ['prisma', 'db', 'push'])\n", "prisma db push"),
        (
            ".mcp.json",
            None,
            '{"mcpServers": {"p": {"command": "npx", "args": ["-y", "prisma", "mcp"]}}}\n',
            "prisma mcp",
        ),
        (".cursor/mcp.json", None, '{"p": {"command": "npx", "args": ["prisma", "mcp"]}}\n', "prisma mcp"),
    ],
)
def test_the_command_is_named_on_its_hunk(path: str, before: str | None, after: str, command: str) -> None:
    (words,) = warned(path, before, after)
    assert words.startswith(f"starts {command}")


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("package.json", SCRIPTS, SCRIPTS.replace("next dev", "next dev --turbo")),
        ("package.json", "{}", '{"scripts": {"db:generate": "prisma generate"}}'),
        ("docs/x.md", "", "Run `npx prisma migrate dev` yourself.\n"),
        ("src/db.ts", None, "import { prisma } from './db'\nexport const all = () => prisma.user.findMany()\n"),
        (".husky/pre-commit", "npx prisma migrate deploy\n", "npx prisma migrate deploy\nnpm test\n"),
    ],
)
def test_what_was_there_or_changes_nothing_is_not_warned_of(path: str, before: str | None, after: str) -> None:
    assert warned(path, before, after) == []
