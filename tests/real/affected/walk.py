"""The walk: edit, run what is affected, merge, and compare with a whole run by the runner itself."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from beai.core.fault import Fault
from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunRequest
from beai.core.runner.runners import RUNNERS
from beai.core.runner.verdict import merge
from tests.real.affected.edits import KINDS
from tests.real.affected.tree import Tree, backend
from tests.real.affected.truth import Verdicts, told, whole

_UNDO = 0.35  # how often a step takes an edit back
_DEEPEST = 5  # edits that may be in force at once
_HURRY = 0.12  # how often a second save comes before the first one's verdict
_LATE = 0.12  # how often a second save is told of only by the run after the one that may have seen it


@dataclass(frozen=True)
class Step:
    """One edit, and what was said after it; ``wrong`` says where the affected run and the whole one differ."""

    number: int
    kind: str
    paths: tuple[str, ...]
    ran: tuple[str, ...]
    total: int
    ms: float
    wrong: tuple[str, ...] = ()
    fault: str = ""


@dataclass
class Walk:
    """A walk from ``seed`` below ``home``, over the backend of ``runner`` with its installed ``modules``."""

    home: Path
    runner: RunnerName
    modules: Path
    seed: int
    kinds: Sequence[str] = tuple(KINDS)
    few: bool = False
    standing: Report | None = None
    _known: dict[str, Verdicts | None] = field(default_factory=dict)

    async def steps(self, edits: int) -> AsyncIterator[Step]:
        """Make ``edits`` edits and tell of each."""
        chance = Random(self.seed)
        tree = Tree(self.runner, (self.home / "ours", self.home / "theirs"), backend(self.runner, self.few))
        tree.plant(self.modules)
        tests = DrivenTests(self.home / "ours", runner=RUNNERS[self.runner])
        try:
            first = await tests.run(RunRequest(), lambda _: None)
            yield await self._compared(tree, 0, "whole run", (), first, 0.0)
            for number in range(1, edits + 1):
                begun = time.perf_counter()
                kind, paths, report = await self._edited(tests, tree, chance)
                yield await self._compared(tree, number, kind, paths, report, (time.perf_counter() - begun) * 1000)
        finally:
            await tests.close()
            tree.clear()

    async def _edited(
        self, tests: DrivenTests, tree: Tree, chance: Random
    ) -> tuple[str, tuple[str, ...], Report | Fault]:
        """Make one edit, or two that meet, and run what is affected."""
        kind, paths = self._edit(tree, chance)
        how = chance.random()
        if how > _HURRY + _LATE:
            return kind, paths, await self._affected(tests, paths)
        early = asyncio.create_task(self._affected(tests, paths))
        if how > _HURRY:
            more, late = self._edit(tree, chance)
            await early
            return f"{kind}, late {more}", (*paths, *late), await self._affected(tests, late)
        await asyncio.sleep(0)  # the first save is on its way when the second comes
        more, newer = self._edit(tree, chance)
        _, report = await asyncio.gather(early, self._affected(tests, newer))
        return f"{kind}, then {more}", (*paths, *newer), report

    def _edit(self, tree: Tree, chance: Random) -> tuple[str, tuple[str, ...]]:
        if tree.undone and (len(tree.undone) >= _DEEPEST or chance.random() < _UNDO):
            name, paths = tree.undo()
            return f"undo {name}", paths
        while True:
            name = chance.choice(self.kinds)
            edit = KINDS[name](tree, chance)
            if edit is not None and any(tree.files.get(path) != text for path, text in edit.items()):
                return name, tree.apply(name, edit)

    async def _affected(self, tests: DrivenTests, paths: tuple[str, ...]) -> Report | Fault:
        report = await tests.run(RunRequest(changed=paths, affected=True), lambda _: None)
        if isinstance(report, Report):
            self.standing = merge(self.standing, report) if self.standing else report
        return report

    async def _compared(
        self, tree: Tree, number: int, kind: str, paths: tuple[str, ...], report: Report | Fault, ms: float
    ) -> Step:
        if isinstance(report, Report) and self.standing is None:
            self.standing = report
        state = hashlib.sha256(repr(sorted(tree.files.items())).encode()).hexdigest()
        if state not in self._known:
            self._known[state] = await whole(tree.roots[1], self.runner, self.home / "whole.json")
        truth = self._known[state]
        fault = report.summary if isinstance(report, Fault) else ""
        ran = tuple(file.file for file in report.files) if isinstance(report, Report) else ()
        total = report.total if isinstance(report, Report) else 0
        return Step(number, kind, paths, ran, total, ms, self._differences(truth, fault, ran), fault)

    def _differences(self, truth: Verdicts | None, fault: str, ran: tuple[str, ...]) -> tuple[str, ...]:
        if truth is None or fault:
            same = truth is None and bool(fault)
            return (
                ()
                if same
                else (f"{self.runner} {'reports nothing' if truth is None else 'runs'}; we: {fault or 'a run'}",)
            )
        ours = told(self.standing) if self.standing else {}
        found = []
        for file in sorted({*truth, *ours}):
            if truth.get(file) != ours.get(file):
                how = "ran" if file in ran else "was not run"
                found.append(f"{file} ({how}): it is {_short(truth.get(file))}, we say {_short(ours.get(file))}")
        return tuple(found)


def _short(verdict: tuple[bool, tuple[tuple[str, str], ...]] | None) -> str:
    if verdict is None:
        return "no test file"
    loads, tests = verdict
    return ("" if loads else "not loading ") + " ".join(
        f"{name}:{state}" for name, state in tests if state != "pass"
    ) or "all pass"
