"""A driver that chooses its test files by reading the sources: what is named, and what a change can reach."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .serve import Driver, Request, Run
from .sources import Sources, told


@dataclass(frozen=True)
class Chosen:
    """What a run takes: ``files`` that are there, named ones that are ``absent``, and why it is everything."""

    files: list[str]
    absent: list[str]
    total: int
    why_all: str = ""
    whole: bool = False  # every test was asked for, or nobody knows which


class ChoosingDriver(Driver):
    """A runner of files: ``tests`` names them, ``perform`` runs some."""

    def __init__(self, sources: Sources) -> None:
        self.root = Path.cwd()
        self.sources = sources
        self.blind = False  # whether the runner may have tests in files that ``tests`` does not know
        self._owed: set[str] = set()  # changed since a confirmed run took in all that they reach

    def tests(self) -> list[str]:
        """Every test file of the package."""
        raise NotImplementedError

    async def perform(self, run: Run, chosen: Chosen) -> dict[str, Any]:
        """Run ``chosen`` and tell of each test and file; gives what ``done`` has besides."""
        raise NotImplementedError

    async def restart(self, run: Run) -> None:
        """Something changed that only a fresh runner sees."""

    def swept(self, changed: set[str]) -> None:
        """The sources that came, went or changed since the last run."""

    async def run(self, run: Run) -> None:
        """Choose, perform, and report."""
        request = run.request
        self._look()
        if request.trigger == "restart":
            await self.restart(run)
        chosen = self._choose(request)
        run.tell("started", files=[*chosen.files, *chosen.absent])
        for path in chosen.absent:
            said = f"{path} does not exist, or is no test file."
            run.tell("file", file=path, errors=[{"name": "NotATest", "message": said}])
        rest = await self.perform(run, chosen) if chosen.files or (chosen.whole and self.blind) else {}
        if request.mode == "confirmed" and (request.affected or request.files is None) and not request.name:
            self._owed.clear()
        run.done(total=chosen.total, why_all=chosen.why_all, **rest)

    def reach(self, changed: list[str], trigger: str) -> dict[str, Any]:
        """What a change would run."""
        self._look()
        tests = self.tests()
        if trigger == "none":
            return {"files": [], "total": len(tests)}
        found = None if trigger in ("all", "restart") else self.sources.reached(set(changed), tests)
        if found is None:
            reason = "any test may read it" if trigger != "graph" else "no chain of imports to a test is known"
            return {"files": [{"file": test, "reason": reason, "chain": []} for test in tests], "total": len(tests)}
        return {"files": told(found), "total": len(tests)}

    def _look(self) -> None:
        """Whoever looks at the disk first, what changed is heard by all who hold it, and owed."""
        changed = self.sources.sweep()
        self.swept(changed)
        self._owed |= changed

    def _choose(self, request: Request) -> Chosen:
        tests = self.tests()
        named = request.files or []
        there = [path for path in named if (self.root / path).is_file()]
        absent = [path for path in named if path not in there]
        if request.files is None and not request.affected:
            return Chosen(tests, [], len(tests), whole=True)
        if not request.affected:
            return Chosen(there, absent, len(tests))
        changed = {path for path in (*request.changed, *self._owed) if self._counts(path)}
        wide = request.trigger in ("all", "restart")
        reached = None if wide else self.sources.reached(changed, tests)
        if reached is None:
            why = "" if wide else _unknown(changed)
            return Chosen(list(dict.fromkeys([*there, *tests])), absent, len(tests), why, whole=True)
        chosen = dict.fromkeys([*there, *(test for test in tests if test in reached)])
        return Chosen(list(chosen), absent, len(tests))

    def _counts(self, path: str) -> bool:
        """Whether the import graph has a say: with what is no source the trigger had it already."""
        return path.endswith(self.sources.endings)


def _unknown(changed: set[str]) -> str:
    return f"{min(changed, default='')}: no chain of imports to a test is known"
