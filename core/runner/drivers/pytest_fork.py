"""pytest by fork: a warm process waits, each run is a child of it that imports the repository afresh.

The child is isolated and warm at once, so both kinds of verdict come from the same run.
"""

from __future__ import annotations

import fnmatch
import os
import posixpath
import shutil
import tempfile
from pathlib import Path
from typing import Any

from .choosing import ChoosingDriver, Chosen
from .processes import descendants
from .py_imports import PyImports
from .pytest_child import Session, Stem, start
from .serve import Run, Trouble, serve
from .sources import Sources

_ARGUMENTS = ("--color=no", "--no-summary", "-q", "--maxfail=0", "--tb=short", "--continue-on-collection-errors")
_QUIET = {"xdist": ("-n", "0"), "pytest_cov": ("--no-cov",), "_cov": ("--no-cov",)}


class PytestDriver(ChoosingDriver):
    """Runs files of pytest in children of a warm process."""

    def __init__(self) -> None:
        self._imports = PyImports(Path.cwd())
        super().__init__(Sources(Path.cwd(), (".py",), self._imports.read))
        self._place = Path(tempfile.mkdtemp(prefix="beai-"))
        self._known: dict[str, Any] = {}
        self._stem: Stem | None = None
        self._idle = True  # whether the warm process waits for a job

    async def open(self) -> str:
        """Warm a process."""
        self.sources.sweep()
        self._stem = await self._warm()
        return str(self._known["version"])

    def tests(self) -> list[str]:
        """The files that the configuration takes for tests."""
        patterns = self._known.get("python_files") or []
        places = [posixpath.normpath(path) for path in self._known.get("testpaths") or []]
        inside = [place for place in places if place != "." and not any(sign in place for sign in "*?[")]
        return [
            path
            for path in self.sources.paths()
            if any(fnmatch.fnmatch(name, pattern) for name in (posixpath.basename(path), path) for pattern in patterns)
            and (not inside or any(path == place or path.startswith(f"{place}/") for place in inside))
        ]

    def waiting(self) -> set[int]:
        """The warm process."""
        return set() if self._stem is None else {self._stem.process.pid}

    def swept(self, changed: set[str]) -> None:
        """Compiled code is told apart by whole seconds: that of a file that changed is thrown away."""
        for path in changed:
            folder = Path(f"{self._place}/cache{self.root}/{posixpath.dirname(path)}")
            for compiled in folder.glob(f"{posixpath.basename(path)[:-3]}.*.pyc"):
                compiled.unlink()

    async def restart(self, run: Run) -> None:
        """Configuration or packages changed."""
        await self._drop()

    async def perform(self, run: Run, chosen: Chosen) -> dict[str, Any]:
        """One child for all chosen files."""
        if self._stem is None or self._stem.process.returncode is not None or not await self._rested():
            await self._drop()
            self._stem = await self._warm()
        stem = self._stem
        whole = len(chosen.files) == chosen.total
        arguments = [word for plugin in self._known["plugins"] for word in _QUIET[plugin]]
        job = {
            "do": "run", "files": [] if whole else chosen.files, "arguments": [*_ARGUMENTS, *dict.fromkeys(arguments)],
            "name": run.request.name, "cache": f"{self._place}/cache",
        }  # fmt: skip
        stem.log = ""
        self._idle = False
        stem.give(job)
        session = Session(run, chosen, stem)
        try:
            loose = await session.ran()
        finally:
            self._idle = session.over
        return {"unhandled": loose, "log": stem.log}

    async def close(self) -> None:
        """Remove our folder."""
        await self._drop()
        shutil.rmtree(self._place, ignore_errors=True)

    async def _rested(self) -> bool:
        """Wait until the child of a cancelled run is gone; False where the warm process went too."""
        while not self._idle and self._stem is not None:
            event = await self._stem.event()
            if event is None:
                return False
            if event.get("event") == "forked" and event["pid"] in descendants(self._stem.process.pid):
                os.kill(event["pid"], 9)  # it was forked after the run was cancelled
            self._idle = event.get("event") == "ended"
        return True

    async def _drop(self) -> None:
        if self._stem is not None:
            self._stem.kill()
            await self._stem.process.wait()
        self._stem = None
        self._idle = True

    async def _warm(self, imports: bool = True) -> Stem:
        stem = await start()
        first = await stem.event()
        if first is None or first.get("event") != "warm":
            stem.kill()
            said = str((first or {}).get("message") or await stem.output())
            raise Trouble("missing" if first else "config", said)
        self._known = first
        if imports:
            roots = [posixpath.relpath(path, self.root.as_posix()) for path in first["pythonpath"]]
            self._imports.look_in(tuple(dict.fromkeys(("", "src", *(root for root in roots if root[:2] != "..")))))
            self.sources.reached(set(), [])  # reads every file
            stem.give({"do": "import", "modules": sorted(self._imports.needed(self.tests(), self.sources))})
            answer = await stem.event()
            if answer is None or answer.get("threads"):
                stem.kill()  # what it imported started threads, which no child would have
                return await self._warm(imports=False)
        return stem


def main() -> None:
    """Serve the package in the working folder."""
    os.environ.pop("BEAI_COMMAND", None)
    serve(PytestDriver())
