"""Every row of "Reading schemas" in the list of what real repositories look like has a fixture here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from beai.core.files import DiskTree
from beai.core.project.facts import Schema
from beai.core.project.layout import read
from beai.core.project.prisma import read_schema
from beai.core.project.schema_cut import cut, reached
from beai.core.project.schema_files import schema_files
from tests.core.test_project_trees import DictTree

HEAD = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
USER = "model User {\n  id Int @id\n  posts Post[]\n}\n"
POST = "model Post {\n  id Int @id\n  by User @relation(fields: [byId], references: [id])\n  byId Int\n}\n"
MANIFEST = {"package.json": '{"dependencies": {"@prisma/client": "7"}}'}
MANY = {f"prisma/models/m{number:02}.prisma": f"model M{number} {{\n  id Int @id\n}}\n" for number in range(43)}

LAYOUTS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "one file": ({"prisma/schema.prisma": HEAD + USER + POST}, ("prisma/schema.prisma",)),
    "a folder prisma/schema/*.prisma": (
        {"prisma/schema/base.prisma": HEAD, "prisma/schema/a.prisma": USER, "prisma/schema/b.prisma": POST},
        ("prisma/schema/base.prisma", "prisma/schema/a.prisma", "prisma/schema/b.prisma"),
    ),
    "prisma/ + models/*.prisma, up to 44 files, the head file without a model": (
        {"prisma/schema.prisma": HEAD, **MANY},
        ("prisma/schema.prisma", *sorted(MANY)),
    ),
    "located by prisma.config.ts (schema: may be a directory)": (
        {
            "prisma.config.ts": 'export default defineConfig({ schema: "db/parts" });\n',
            "db/parts/z.prisma": HEAD,
            "db/parts/a.prisma": USER,
            "prisma/schema.prisma": HEAD + POST,
        },
        ("db/parts/z.prisma", "db/parts/a.prisma"),
    ),
    "located by .config/prisma.ts": (
        {".config/prisma.ts": 'export default { schema: "db/s.prisma" };\n', "db/s.prisma": HEAD + USER},
        ("db/s.prisma",),
    ),
    'prisma.config.ts with env("X") throws when unset': (
        {
            "prisma.config.ts": 'import { env } from "prisma/config";\nexport default {\n'
            '  datasource: { url: env("X") },\n  schema: path.join("data", "schema.prisma"),\n};\n',
            "data/schema.prisma": HEAD + USER,
        },
        ("data/schema.prisma",),
    ),
    "package.json#prisma.schema": (
        {"package.json": '{"prisma": {"schema": "./db/main.prisma"}}', "db/main.prisma": HEAD + USER},
        ("db/main.prisma",),
    ),
    "package.json#prisma.schema of a generated, git-ignored file that is not there": (
        {"package.json": '{"prisma": {"schema": "build/all.prisma"}}', "prisma/schema.prisma": HEAD + USER},
        ("prisma/schema.prisma",),
    ),
    "decoys: generated copies beside the client, fixtures, docs": (
        {
            "src/generated/client/schema.prisma": HEAD + USER,
            "node_modules/.prisma/client/schema.prisma": HEAD + USER,
            "tests/fixtures/schema.prisma": HEAD + USER,
            "docs/example.prisma": HEAD + USER,
            "apps/web/prisma/schema.prisma": HEAD + USER + POST,
        },
        ("apps/web/prisma/schema.prisma",),
    ),
}


@pytest.mark.parametrize("row", LAYOUTS)
def test_the_schema_is_found(row: str) -> None:
    files, wanted = LAYOUTS[row]
    assert schema_files(DictTree({**MANIFEST, **files}), "") == wanted


def test_package_json_may_point_at_a_generated_git_ignored_file(tmp_path: Path) -> None:
    texts = {
        "package.json": '{"prisma": {"schema": "build/all.prisma"}}',
        ".gitignore": "build/\n",
        "build/all.prisma": HEAD + USER + POST,
        "prisma/schema.prisma": HEAD + USER,
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True, timeout=20)
    tree = DiskTree(tmp_path)
    assert "build/all.prisma" not in tree.paths()
    assert schema_files(tree, "") == ("build/all.prisma",)


@pytest.mark.parametrize(
    ("block", "wanted"),
    [
        ('provider = "prisma-client-js"', ("prisma-client-js", "")),
        ('provider = "prisma-client-js"\n  output = "../src/db"', ("prisma-client-js", "../src/db")),
        ('provider = "prisma-client"\n  output = "./generated"', ("prisma-client", "./generated")),
        ('provider = "zod-prisma-types"', ("zod-prisma-types", "")),
        ('provider = "prisma-kysely"\n  output = "../kysely"', ("prisma-kysely", "../kysely")),
        ('provider = "prisma-factory"', ("prisma-factory", "")),
        ('provider = "node ./scripts/own.js"', ("node ./scripts/own.js", "")),
    ],
)
def test_generators_with_or_without_output_and_own_scripts(block: str, wanted: tuple[str, str]) -> None:
    found = read_schema([("s.prisma", f"generator one {{\n  {block}\n}}\n")]).generators
    assert [(one.provider, one.output) for one in found] == [wanted]


@pytest.mark.parametrize(
    ("settings", "provider", "addresses"),
    [
        ('provider = "postgresql"', "postgresql", ("", "")),  # Datasource without `url` (v7)
        ('provider = "postgres"\n  url = env("A")', "postgres", ("A", "")),
        ('provider = "mysql"\n  url = env("A")\n  directUrl = env("B")', "mysql", ("A", "B")),
    ],
)
def test_datasources_without_url_with_postgres_and_with_direct_url(
    settings: str, provider: str, addresses: tuple[str, str]
) -> None:
    found = read_schema([("s.prisma", f"datasource db {{\n  {settings}\n}}\n")])
    assert found.datasource is not None and found.provider == provider
    assert (found.datasource.url, found.datasource.direct_url) == addresses


def test_a_schema_of_290_kb_is_cut_to_what_the_task_reaches() -> None:
    rest = "\n".join(
        f"/// Thing {number}.\nmodel Thing{number} {{\n" + "".join(f"  field{at} String?\n" for at in range(60)) + "}\n"
        for number in range(270)
    )
    text = HEAD + USER + POST + rest
    found: Schema = read_schema([("prisma/schema.prisma", text)])
    assert len(text) > 290_000 and len(found.models) == 272
    part = cut(text, reached(found, "Delete a Post"))
    assert [model.name for model in read_schema([("x", part)]).models] == ["User", "Post"]


def test_relations_lead_from_file_to_file() -> None:
    files, _ = LAYOUTS["a folder prisma/schema/*.prisma"]
    schema = read(DictTree({**MANIFEST, **files}), "x").schema
    assert schema is not None
    assert [(one.one, one.other, one.kind.value) for one in schema.relations()] == [("Post.by", "User.posts", "1-n")]
