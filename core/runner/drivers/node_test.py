"""node:test, one process a file: the next one has its loaders loaded and waits, so a confirmed run is a warm one."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .choosing import ChoosingDriver, Chosen
from .js_imports import ENDINGS, JsImports
from .node_process import FileRun, start
from .node_script import Script, read_script
from .processes import descendants
from .serve import Run, Trouble, serve
from .sources import Sources
from .spoken import Spoken
from .started import LOG

_SPARE = min(2, os.cpu_count() or 1)
_OLDEST = 20


class NodeDriver(ChoosingDriver):
    """Runs files of ``node:test`` with the flags of the package's script."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(Sources(Path.cwd(), ENDINGS, JsImports(Path.cwd()).read))
        self._command = command
        self._script = Script()
        self._node = ""
        self._spare: list[Spoken] = []
        self._filling: asyncio.Future[None] | None = None

    async def open(self) -> str:
        """Find node, and have a process wait."""
        self._node = shutil.which("node") or ""
        if not self._node:
            raise Trouble("missing", "Node.js was not found.")
        asked = await asyncio.create_subprocess_exec(self._node, "--version", stdout=subprocess.PIPE)
        version = (await asked.communicate())[0].decode("utf-8", "replace").strip().lstrip("v")
        major = re.match(r"\d+", version)
        if major is None or int(major[0]) < _OLDEST:
            raise Trouble("version", f"Node.js {version} is older than {_OLDEST}.")
        self._script = read_script(self._command, self.root)
        self.sources.sweep()
        await self._warmed()
        return version

    def tests(self) -> list[str]:
        """The files that the script names, or that node takes for tests."""
        return self._script.tests(self.sources)

    def waiting(self) -> set[int]:
        """The processes that wait, with what their loaders started."""
        return {pid for worker in self._spare for pid in descendants(worker.process.pid)}

    def rest(self) -> None:
        """Have processes wait for the next run."""
        self._filling = asyncio.ensure_future(self._fill())

    def swept(self, changed: set[str]) -> None:
        """A waiting process may have loaded what changed."""
        preloads = [path for path in self._script.preloads() if self.sources.has(path)]
        if changed and preloads and self.sources.reached(changed, preloads):
            self._drain()

    async def restart(self, run: Run) -> None:
        """Configuration, environment files or packages changed."""
        self._drain()
        self._script = read_script(self._command, self.root)
        self.sources = Sources(self.root, ENDINGS, JsImports(self.root).read)
        self.sources.sweep()

    async def perform(self, run: Run, chosen: Chosen) -> dict[str, Any]:
        """Each file in a process of its own, a few at a time."""
        if run.request.trigger != "graph":
            self._drain()
        if self._filling is not None:
            await asyncio.wait({self._filling})
        seats = asyncio.Semaphore(1 if self._script.serial else _SPARE)
        loose: list[dict[str, Any]] = []
        logs: list[str] = []

        async def one(file: str) -> None:
            async with seats:
                worker = await self._take()
                try:
                    loose.extend(await FileRun(run, file, worker).ran())
                    logs.append(worker.log)
                finally:
                    worker.kill()

        running = [asyncio.ensure_future(one(file)) for file in chosen.files]
        try:
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
        return {"unhandled": loose, "log": "".join(logs)[-LOG:], "only": self._script.only}

    async def _warmed(self) -> None:
        worker = await self._start()
        first = await worker.event()
        if first is None:
            raise Trouble("config", f"A test process could not be started.\n{await worker.output()}")
        self._spare.append(worker)

    async def _take(self) -> Spoken:
        while self._spare:
            worker = self._spare.pop(0)
            if not worker.gone:
                return worker
        return await self._start()

    async def _fill(self) -> None:
        self._spare = [worker for worker in self._spare if not worker.gone]
        while len(self._spare) < _SPARE:
            self._spare.append(await self._start())

    def _drain(self) -> None:
        for worker in self._spare:
            worker.kill()
        self._spare = []

    async def _start(self) -> Spoken:
        return await start(self._node, self._script)


def main() -> None:
    """Serve the package in the working folder; ``BEAI_COMMAND`` is what its script runs."""
    command = json.loads(os.environ.pop("BEAI_COMMAND", "") or "[]")
    serve(NodeDriver([str(word) for word in command]))
