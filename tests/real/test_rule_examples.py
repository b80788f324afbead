"""Every right example of the shipped rules compiles against the real packages, and every right schema validates."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from beai.core.types import schema as schema_module
from tests.examples import Given, examples

SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
NEEDED = ("src/generated", "src/server/api/trpc.ts", "src/server/api/root.ts", "src/server/api/routers")
CODE = [one for one in examples() if one.example.kind == "right" and one.example.language == "ts"]
SCHEMAS = [one for one in examples() if one.example.kind == "right" and one.example.language == "prisma"]
JEST = "type Mock<F extends (...args: never[]) => unknown> = jest.MockedFunction<F>;\nconst vi = jest;\n"
OPTIONS = {
    "target": "ES2022",
    "lib": ["ES2023"],
    "module": "ESNext",
    "moduleResolution": "bundler",
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "skipLibCheck": True,
    "noEmit": True,
    "esModuleInterop": True,
    "paths": {"~/*": ["./src/*"]},
}
HEAD = """generator client {
  provider = "prisma-client-js"
}
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
"""


def project(root: Path, packages: Path, types: list[str], jest: bool) -> Path:
    """A copy of the demo backend with every right example as a file of its own."""
    for name in NEEDED:
        if (SHOP / name).is_dir():
            shutil.copytree(SHOP / name, root / name, ignore=shutil.ignore_patterns("__tests__"))
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SHOP / name, root / name)
    context = (SHOP / "src/server/api/test/context.ts").read_text()
    if jest:
        context = context.replace('import { type Mock, vi } from "vitest";\n', JEST)
    (root / "src/server/api/test").mkdir()
    (root / "src/server/api/test/context.ts").write_text(context)
    (root / "src/examples").mkdir()
    for number, one in enumerate(CODE):
        (root / f"src/examples/example_{number}.ts").write_text(one.file(jest))
    told = {"compilerOptions": {**OPTIONS, "types": types}, "include": ["src/examples"]}
    (root / "tsconfig.json").write_text(json.dumps(told))
    (root / "node_modules").symlink_to(packages, target_is_directory=True)
    return root


def complaints(root: Path, packages: Path) -> Mapping[str, str]:
    """What ``tsc --noEmit`` says, by the example it says it of."""
    argv = ["node", str(packages / "typescript" / "lib" / "tsc.js"), "--noEmit", "--pretty", "false"]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout.splitlines()
    found = {}
    for line in said:
        match = re.match(r"src/examples/example_(\d+)\.ts\(", line)
        found[CODE[int(match.group(1))].name if match else line[:200]] = line
    assert done.returncode == 0 or found, done.stderr
    return found


def test_there_are_examples_to_compile() -> None:
    assert len(CODE) >= 12 and len(SCHEMAS) >= 1


def test_right_examples_compile_with_trpc_11_prisma_7_zod_4_and_vitest(shop_packages: Path, tmp_path: Path) -> None:
    assert complaints(project(tmp_path, shop_packages, ["node"], jest=False), shop_packages) == {}


def test_right_examples_compile_with_zod_3_and_jest(jest29_packages: Path, tmp_path: Path) -> None:
    root = project(tmp_path, jest29_packages, ["node", "jest"], jest=True)
    assert complaints(root, jest29_packages) == {}


def test_right_examples_compile_with_trpc_10_prisma_5_and_zod_3(older_packages: Path, tmp_path: Path) -> None:
    root = project(tmp_path, older_packages, ["node"], jest=False)
    shutil.rmtree(root / "src/generated/prisma")
    (root / "src/generated/prisma").mkdir()
    (root / "src/generated/prisma/client.ts").write_text('export * from "@prisma/client";\n')
    assert complaints(root, older_packages) == {}


@pytest.mark.parametrize("given", SCHEMAS, ids=lambda given: given.name)
def test_right_schemas_are_valid_for_prismas_own_validator(given: Given, prisma_packages: Path) -> None:
    validator = Path(schema_module.__file__).with_name("schema.mjs")
    wasm = prisma_packages / "prisma" / "build" / "prisma_schema_build_bg.wasm"
    argv = ["node", str(validator), str(wasm)]
    asked = json.dumps({"schema": HEAD + given.code})
    done = subprocess.run(argv, input=asked, capture_output=True, text=True, timeout=60, check=False)
    assert json.loads(done.stdout) == {"error": None}
