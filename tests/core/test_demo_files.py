"""The packaged shop is whole, tracked, free of registry hosts, and its tasks are still to be done."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from beai.core import demo
from beai.core.demo.history import feature_branch
from beai.core.demo.install import required_packages

SHOP = Path(str(demo.files()))
TASKS = SHOP / "tasks/sprints/sprint_2025-11-17_wishlist/be_tasks.md"
DESIGN = SHOP / "tasks/proposals/technical_design_proposal_wishlist_2025-11-14.md"


def task_sections() -> list[str]:
    return re.split(r"^## ", TASKS.read_text(), flags=re.MULTILINE)[1:]


@pytest.mark.parametrize(
    "name",
    [
        ".gitignore",
        ".gitattributes",
        ".npmrc",
        ".cursor/rules/git_workflow.mdc",
        ".cursor/rules/ie_ai/backend.mdc",
        "README.md",
        "docs/architecture.md",
        "docs/product_requirement_docs.md",
        "docs/technical.md",
        "package-lock.json",
        "package.json",
        "prisma.config.ts",
        "prisma/schema.prisma",
        "src/generated/prisma/client.ts",
        "src/server/api/root.ts",
        "src/server/api/routers/wishlist.ts",
        "src/server/api/routers/__tests__/wishlist.test.ts",
        "src/server/api/test/context.ts",
        "src/server/api/trpc.ts",
        "src/server/db.ts",
        "tasks/active_context.md",
        "tsconfig.json",
        "vitest.config.ts",
    ],
)
def test_a_file_of_the_shop_is_packaged(name: str) -> None:
    assert (SHOP / name).read_bytes()


def test_every_file_of_the_shop_is_tracked_and_none_is_installed() -> None:
    listing = subprocess.run(["git", "ls-files", "-z", "."], cwd=SHOP, capture_output=True, text=True, timeout=30)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    tracked = set(listing.stdout.split("\0")) - {""}
    on_disk = {path.relative_to(SHOP).as_posix() for path in SHOP.rglob("*") if path.is_file()}
    assert {name for name in on_disk if not name.startswith("node_modules/")} == tracked
    assert "node_modules/" in (SHOP / ".gitignore").read_text().splitlines()


def test_the_lock_file_names_no_registry() -> None:
    lock = (SHOP / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock
    entries = json.loads(lock)["packages"]
    assert all(entry.get("integrity") for folder, entry in entries.items() if folder)


def test_the_lock_file_belongs_to_the_manifest() -> None:
    manifest = json.loads((SHOP / "package.json").read_text())
    root = json.loads((SHOP / "package-lock.json").read_text())["packages"][""]
    for key in ("name", "version", "dependencies", "devDependencies", "engines"):
        assert root[key] == manifest[key]


def test_installing_runs_no_script_and_brings_no_prisma_command() -> None:
    entries = json.loads((SHOP / "package-lock.json").read_text())["packages"]
    scripted = {folder for folder, entry in entries.items() if entry.get("hasInstallScript")}
    assert scripted <= {"node_modules/fsevents"}
    assert "node_modules/prisma" not in entries
    assert "node_modules/@prisma/engines" not in entries


def test_packages_for_one_platform_are_not_waited_for() -> None:
    folders = required_packages((SHOP / "package-lock.json").read_text())
    assert "node_modules/vitest" in folders
    assert not [folder for folder in folders if "linux" in folder or "win32" in folder or "darwin" in folder]


def test_no_script_of_the_manifest_migrates() -> None:
    scripts = json.loads((SHOP / "package.json").read_text())["scripts"]
    assert {"test", "typecheck", "db:generate"} <= set(scripts)
    assert not [command for command in scripts.values() if re.search(r"migrate|db push|db execute", command)]


def test_the_generated_client_is_that_of_the_schema() -> None:
    generated = (SHOP / "src/generated/prisma/internal/class.ts").read_text()
    inline = re.search(r'"inlineSchema": ("(?:[^"\\]|\\.)*")', generated)
    assert inline is not None
    assert json.loads(inline[1]) == (SHOP / "prisma/schema.prisma").read_text()


def test_the_generated_client_is_of_the_version_installed() -> None:
    generated = (SHOP / "src/generated/prisma/internal/class.ts").read_text()
    wanted = json.loads((SHOP / "package.json").read_text())["dependencies"]["@prisma/client"]
    assert f'"clientVersion": "{wanted}"' in generated


def test_every_task_has_all_its_parts_and_is_open() -> None:
    sections = task_sections()
    assert len(sections) >= 5
    for section in sections:
        assert re.match(r"BE-S3-\d{3}: \S", section)
        for key in ("Description", "Assigned Role", "Dependencies", "Deliverables", "Acceptance Criteria",
                    "Unit Test Requirement", "DoD"):  # fmt: skip
            assert f"- **{key}**:" in section
        assert "- **Status**: Open\n" in section


def test_every_deliverable_is_a_file_that_is_there() -> None:
    for section in task_sections():
        block = section.split("- **Deliverables**:")[1].split("- **Acceptance")[0]
        names = re.findall(r"^  - `([^`]+)`", block, flags=re.MULTILINE)
        assert names
        assert all((SHOP / name).is_file() for name in names)


def test_no_task_is_done_yet_and_each_is_in_the_design() -> None:
    design = DESIGN.read_text()
    for section in task_sections():
        procedure = re.search(r"Implement `(\w+)\.(\w+)`", section)
        assert procedure is not None
        router, name = procedure.groups()
        source = (SHOP / f"src/server/api/routers/{router}.ts").read_text()
        assert f"  {name}:" not in source
        assert f"`{router}.{name}`" in design


def test_the_field_that_must_be_asked_for_is_not_in_the_schema() -> None:
    schema = (SHOP / "prisma/schema.prisma").read_text()
    assert "model WishlistItem" in schema
    assert not re.search(r"^\s+note\b", schema, flags=re.MULTILINE)


def test_the_context_names_the_feature_branch_and_links_what_is_there() -> None:
    context = (SHOP / "tasks/active_context.md").read_text()
    assert feature_branch(context) == "feature/wishlist"
    links = re.findall(r"^- \w+: `([^`]+)`", context, flags=re.MULTILINE)
    assert len(links) == 4
    assert all((SHOP / link).is_file() for link in links)


def test_a_context_that_names_no_branch_means_main() -> None:
    assert feature_branch("# Active context\n") == "main"
