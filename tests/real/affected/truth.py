"""What the runner itself says of a whole package, asked by its own command line, which knows nothing of us."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path

from beai.core.project.facts import RunnerName
from beai.core.runner.report import Report

Verdicts = Mapping[str, tuple[bool, tuple[tuple[str, str], ...]]]
"""Each test file: whether it loads and holds tests, and its tests with their states, in order of their names."""

_ARGV = {
    RunnerName.VITEST: ("node_modules/.bin/vitest", "run", "--reporter=json", "--outputFile"),
    RunnerName.JEST: ("node_modules/.bin/jest", "--json", "--ci=false", "--outputFile"),
}
_STATES = {"passed": "pass", "failed": "fail", "todo": "todo"}
_ENV = {name: value for name, value in os.environ.items() if name not in ("CI", "VITEST", "FORCE_COLOR")}
_LONGEST = 180.0  # seconds of one whole run on a busy machine


async def whole(root: Path, runner: RunnerName, out: Path) -> Verdicts | None:
    """Every test of the package at ``root``; None where the runner gives no report at all."""
    process = await asyncio.create_subprocess_exec(
        *_ARGV[runner],
        str(out),
        cwd=root,
        env=_ENV,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await asyncio.wait_for(process.wait(), _LONGEST)
    return _read(root, out)


def _read(root: Path, out: Path) -> Verdicts | None:
    if not out.exists():
        return None
    found = {}
    raw = json.loads(out.read_text())
    out.unlink()
    for file in raw["testResults"]:
        tests = [
            (" > ".join((*test["ancestorTitles"], test["title"])), _STATES.get(test["status"], "skip"))
            for test in file["assertionResults"]
        ]
        failing = any(state == "fail" for _, state in tests)
        path = Path(file["name"]).relative_to(root).as_posix()
        found[path] = (bool(tests) and (file["status"] != "failed" or failing), tuple(sorted(tests)))
    return found


def told(report: Report) -> Verdicts:
    """The same of a report of ours."""
    return {
        file.file: (
            bool(file.tests) and not file.errors,
            tuple(sorted((test.key.name, test.state.value) for test in file.tests)),
        )
        for file in report.files
    }
