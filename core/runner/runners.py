"""Every runner that can judge: the driver that speaks for it, and what a person can do where it is missing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.project.facts import RunnerName
from beai.core.runner.lines import DriverFault

DRIVERS = Path(__file__).with_name("drivers")


@dataclass(frozen=True, slots=True)
class Runner:
    """One kind of runner; ``script`` is its driver, ``install`` and ``upgrade`` are what a person can do.

    ``provisional`` is whether its provisional runs are other runs than its confirmed ones.
    """

    name: RunnerName
    title: str
    script: str
    install: str
    upgrade: str = ""
    provisional: bool = True


RUNNERS: Mapping[RunnerName, Runner] = {
    runner.name: runner
    for runner in (
        Runner(
            RunnerName.VITEST,
            "Vitest",
            "vitest.mjs",
            "Run `npm ci` there.",
            "Upgrade it with `npm install -D vitest@4`.",
        ),
        Runner(RunnerName.JEST, "Jest", "jest.mjs", "Run `npm ci` there.", "Upgrade it with `npm install -D jest@30`."),
        Runner(RunnerName.NODE, "node:test", "node_test.py", "Install Node.js 20 or newer.", provisional=False),
        Runner(
            RunnerName.BUN,
            "bun test",
            "bun.py",
            "Run `npm install -D bun`, or install bun 1.2 or newer.",
            provisional=False,
        ),
        Runner(
            RunnerName.PYTEST,
            "pytest",
            "pytest_fork.py",
            "Run `pip install pytest` in its environment.",
            provisional=False,
        ),
        Runner(
            RunnerName.COMMAND,
            "The test command",
            "command.py",
            "Check the command in your settings.",
            provisional=False,
        ),
    )
}


def launch(runner: Runner, root: Path, env: Mapping[str, str]) -> tuple[str, ...] | Fault:
    """The command line of ``runner``'s driver for the package at ``root``; a fault where its program is not there."""
    script = str(DRIVERS / runner.script)
    if runner.script.endswith(".mjs"):
        node = shutil.which("node", path=env.get("PATH"))
        if node is None:
            return Fault(FaultKind.MISSING, "Node.js was not found on the PATH.", remedy="Install Node.js 20 or newer.")
        if not (root / "package.json").is_file():
            return Fault(FaultKind.REPOSITORY, f"There is no package.json in {root}.", remedy="Choose a Node package.")
        return (node, script)
    python = _python(root, env) if runner.name is RunnerName.PYTEST else sys.executable
    if python is None:
        return Fault(FaultKind.MISSING, "Python was not found on the PATH.", remedy="Install Python 3.")
    return (python, str(DRIVERS / "run.py"), runner.script.removesuffix(".py"))


def worded(runner: Runner, fault: DriverFault, where: str, printed: str) -> Fault:
    """What a driver's trouble means for a person; ``where`` names the package, ``printed`` is the end of its output."""
    said = fault.message.strip()
    first = said.splitlines()[0] if said else "no reason given"
    match fault.kind:
        case "missing":
            return Fault(FaultKind.MISSING, f"{runner.title} is not installed in {where}.", remedy=runner.install)
        case "version":
            return Fault(FaultKind.TESTS, f"{first} ({where})", remedy=runner.upgrade or runner.install)
        case "load":
            remedy = f"Use a version that this {runner.title} supports."
            return Fault(FaultKind.TESTS, first, fault.message, remedy)
        case "config":
            summary = f"The {runner.title} configuration of {where} cannot be used: {first}"
            return Fault(FaultKind.TESTS, summary, fault.message, "Correct it, then run again.")
        case _:
            detail = f"{fault.message}\n{printed}"
            return Fault(FaultKind.TESTS, f"The test runner failed: {first}", detail, "Run again.")


def _python(root: Path, env: Mapping[str, str]) -> str | None:
    """The interpreter that the repository's own tests run on: its virtual environment's, else the one on the PATH."""
    active = env.get("VIRTUAL_ENV")
    folders = (root / ".venv", root / "venv", *((Path(active),) if active else ()))
    own = (folder / "bin" / "python" for folder in folders)
    found = next((str(path) for path in own if os.access(path, os.X_OK)), None)
    return found or shutil.which("python3", path=env.get("PATH"))
