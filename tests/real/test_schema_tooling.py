"""What we read in a Prisma schema is what the repository's own Prisma understands of it, in every major version."""

from __future__ import annotations

import os
import re
from pathlib import Path

from beai.core.project.datamodel import default, merged
from beai.core.project.facts import Schema
from beai.core.project.prisma import read_schema
from beai.core.types.tooling import Tooling, ask, installed, understood
from tests.core.schemas import MONGO, MYSQL, POSTGRES, SQLSERVER
from tests.real.test_types_schema import written

_URL = re.compile(r"^\s*(?:url|directUrl)\s*=.*\n", re.MULTILINE)
_SINCE_6 = re.compile(r"^.*(?:cuid\(2\)|uuid\(7\)|ulid\(\)).*\n", re.MULTILINE)


def disputed(ours: Schema, told: dict[str, object]) -> list[str]:
    """Defaults that Prisma has other than we; what it fills in (``cuid(1)`` for ``cuid()``) is the same."""
    found: list[str] = []
    models = [*told["models"], *told["types"]]  # type: ignore[misc]
    for model in models:
        mine = next(one for one in (*ours.models, *ours.types) if one.name == model["name"])
        for one in model["fields"]:
            field = mine.field(one["name"])
            assert field is not None
            said = default(one).replace("cuid(1)", "cuid()").replace("uuid(4)", "uuid()")
            numbers = one["type"] in ("Decimal", "Float") and said and float(said) == float(field.default or "nan")
            if said != field.default and not numbers:
                found.append(f"{mine.name}.{field.name}: {field.default} is {said}")
    return found


async def compared(root: Path, tooling: Tooling, files: list[tuple[str, str]]) -> None:
    ours = read_schema(files)
    answer = await ask(root, tooling, files, os.environ, tell=True)
    assert not isinstance(answer, str) and answer["error"] is None, answer
    told = answer["datamodel"]
    assert isinstance(told, dict)
    assert merged(ours, told, "") == ours
    assert disputed(ours, told) == []


async def test_prisma_6_and_newer_say_what_we_read(schema_module: Path, tmp_path: Path) -> None:
    root = written(tmp_path, {"package.json": "{}"}, schema_module)
    tooling = installed(root, "")
    assert tooling is not None
    without = tooling.version > "7"  # from 7 on an address in the schema is an error
    others = ({"schema.prisma": text} for text in (MONGO, MYSQL, SQLSERVER) if without)
    for files in (POSTGRES, *others):
        texts = [(path, _URL.sub("", text) if without else text) for path, text in files.items()]
        await compared(root, tooling, texts)


async def test_prisma_5_says_what_we_read(prisma_packages: Path, tmp_path: Path) -> None:
    root = written(tmp_path, {"package.json": "{}"}, prisma_packages)
    tooling = installed(root, "")
    assert tooling is not None and tooling.what == "Prisma 5.22.0"
    views = '["multiSchema", "views"'
    texts = [(path, _SINCE_6.sub("", text).replace('["views"', views)) for path, text in POSTGRES.items()]
    await compared(root, tooling, texts)


async def test_who_read_the_schema_is_said(prisma_packages: Path, tmp_path: Path) -> None:
    bad = POSTGRES["prisma/models/orders.prisma"].replace("year   Int", "year   Inte")
    root = written(tmp_path, {"package.json": "{}", "good.prisma": MONGO, "bad.prisma": bad}, prisma_packages)
    good = await understood(root, "", ("good.prisma",), os.environ)
    assert good.reader == "Prisma 5.22.0 (its own tooling)"
    assert [one.name for one in good.types] == ["Address", "Street", "Photo"]
    worse = await understood(root, "", ("bad.prisma",), os.environ)
    assert worse.reader.startswith('our reader, because Prisma 5.22.0 does not accept the schema: error: Type "Inte"')
    assert worse.model("Order") is not None
    absent = await understood(root, "", ("good.prisma",), {"PATH": ""})
    assert absent.reader == "our reader, because node.js was not found on the PATH"
    (root / "node_modules").unlink()
    alone = await understood(root, "", ("good.prisma",), os.environ)
    assert alone.reader == "our reader, because Prisma is not installed"
    assert alone.models == good.models
