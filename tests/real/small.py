"""The demo backend with one task of three criteria and one test file, so that a whole loop takes seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.real.conftest import SHOP

TASK = "BE-S3-001"
TEST = "src/server/api/routers/__tests__/wishlist.test.ts"
_LEFT_OUT = ("- A product that is already", "- A product that does not exist")


def small_shop(packages: Path, root: Path) -> Path:
    """Make ``root`` that backend with all of ``packages`` but TypeScript, whose start takes longer than the loop."""
    shutil.copytree(SHOP, root, ignore=shutil.ignore_patterns("node_modules", "*.test.ts"))
    shutil.copy(SHOP / TEST, root / TEST)
    (root / "node_modules").mkdir()
    for package in packages.iterdir():
        if package.name != "typescript":
            (root / "node_modules" / package.name).symlink_to(package)
    (tasks,) = root.glob("tasks/sprints/*/be_tasks.md")
    kept = [line for line in tasks.read_text().splitlines(True) if not line.strip().startswith(_LEFT_OUT)]
    tasks.write_text("".join(kept))
    return root
