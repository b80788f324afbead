"""The repository's own TypeScript, native and older, keeps the promises of the port ``Types``."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from beai.core.types.checker import Checker
from tests.core.contracts.types import FILES, TypesContract


@dataclass
class RealTypes:
    """A ``TypesBench`` with a TypeScript of npm's."""

    types: Checker
    root: Path

    def write(self, path: str, text: str | None) -> None:
        file = self.root / path
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
        self.types.changed((path,))

    def processes(self) -> frozenset[int]:
        """Every process that works in the package's folder."""
        return frozenset(
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and int(folder.name) != os.getpid() and _works_in(folder, self.root)
        )

    def crash(self) -> None:
        assert self.types.pid is not None
        os.kill(self.types.pid, signal.SIGKILL)


def package(root: Path, packages: Path) -> Path:
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "node_modules").symlink_to(packages, target_is_directory=True)
    return root


class TestNativeTypes(TypesContract):
    __test__ = True

    @pytest.fixture
    def packages(self, typescript7_packages: Path) -> Path:
        return typescript7_packages

    @pytest.fixture
    async def bench(self, packages: Path, tmp_path: Path) -> AsyncIterator[RealTypes]:
        types = Checker(package(tmp_path, packages))
        yield RealTypes(types, tmp_path)
        await types.close()


class TestLibraryTypes(TestNativeTypes):
    @pytest.fixture
    def packages(self, shop_packages: Path) -> Path:
        return shop_packages


def _works_in(folder: Path, root: Path) -> bool:
    try:
        return (folder / "cwd").resolve(strict=True).is_relative_to(root.resolve())
    except OSError:
        return False
