"""How a package's tests are run, why so, and what decides it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class RunnerName(StrEnum):
    """The test runners that are recognised in a package."""

    VITEST = "vitest"
    JEST = "jest"
    BUN = "bun"
    NODE = "node"
    PYTEST = "pytest"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class RunnerChoice:
    """The package's test runner and the reason it was chosen; ``package`` is its folder, ``""`` for the root.

    ``command`` is what RunnerName.COMMAND runs, or how a script starts node:test; ``package_manager`` is ``npm``,
    ``pnpm``, ``yarn`` or ``bun``.
    """

    name: RunnerName
    package: str
    reason: str
    config: str = ""
    command: tuple[str, ...] = ()
    package_manager: str = ""


@dataclass(frozen=True, slots=True)
class RunnerProposal:
    """A runner that would fit ``package``, and why: the command that a person types there, files to add with texts."""

    name: RunnerName
    install: str
    files: tuple[tuple[str, str], ...]
    reason: str
    package: str = ""

    def sentence(self) -> str:
        """What is proposed, in one sentence for the person."""
        where = f" in {self.package}" if self.package else ""
        added = f", then add {' and '.join(path for path, _ in self.files)}" if self.files else ""
        done = f"type `{self.install}`{where}{added}" if self.install else "write a first test"
        return f"{self.name.value.capitalize()} would fit, since {self.reason}: {done}."


@dataclass(frozen=True, slots=True)
class Configuration:
    """What decides how tests run: its files with their hashes, and whether the person agreed to run it as it is.

    ``changed`` are the files that differ from what was agreed to; without any, nothing ever was.
    """

    files: tuple[tuple[str, str], ...] = ()
    agreed: bool = True
    changed: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """A short name of exactly this configuration."""
        return hashlib.sha256(repr(self.files).encode("utf-8", "surrogateescape")).hexdigest()[:12]
