"""One process of node:test, from its start to the end of its only file, and what it tells of that file."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Any

from . import spoken
from .node_script import Script
from .outcome import ended
from .serve import Run
from .spoken import Spoken
from .started import BEAT, Watched, unfinished

_HERE = Path(__file__).resolve().parent


class FileRun:
    """One file in one process."""

    def __init__(self, run: Run, file: str, worker: Spoken) -> None:
        self._run = run
        self._file = file
        self._worker = worker
        self._pattern = re.compile(run.request.name) if run.request.name else None
        self._begun: list[tuple[str, list[str]]] = []
        self._whole = True
        self._uncaught: list[dict[str, Any]] = []
        self._loose: list[dict[str, Any]] = []
        self._tests = self._failed = 0
        self._code: int | None = None

    async def ran(self) -> list[dict[str, Any]]:
        """Run it, tell of it; gives the errors that no test and no loading owns."""
        watched = Watched(self._worker.process.pid)
        self._worker.give({"file": self._file})
        self._worker.rest()
        stopped = ""
        event = asyncio.ensure_future(self._worker.event())
        try:
            while True:
                if not (await asyncio.wait({event}, timeout=BEAT))[0]:
                    stopped = stopped or watched.verdict()
                    if stopped:
                        self._worker.kill()
                    continue
                told = event.result()
                if told is None:
                    break
                watched.lives() if told.get("event") == "alive" else watched.works()
                self._apply(told)
                event = asyncio.ensure_future(self._worker.event())
        finally:
            event.cancel()
        return await self._finish(stopped)

    def _apply(self, told: dict[str, Any]) -> None:
        kind = told.get("event")
        if kind == "begun":
            self._begun.append((told["test"], told["names"]))
        elif kind == "over":
            self._over(told["test"])
        elif kind == "test":
            self._test(told)
        elif kind == "uncaught":
            self._uncaught.append(told["error"])
        elif kind == "loose":
            self._loose.append(told["error"])
        elif kind == "end":
            self._code = int(told.get("code") or 0)
            self._whole = bool(told.get("whole"))

    def _test(self, told: dict[str, Any]) -> None:
        errors = told.get("errors") or []
        own = [(error.get("name"), error.get("message")) for error in errors]
        self._uncaught = [one for one in self._uncaught if (one.get("name"), one.get("message")) not in own]
        self._tests += 1
        event = ended(self._file, told["names"], told["state"], told["ms"], told["line"], errors)
        self._over(told["test"])
        self._failed += told["state"] == "fail"
        if self._pattern is None or self._pattern.search(event["name"]):
            self._run.tell("test", **event)

    def _over(self, test: str) -> None:
        at = next((at for at, (begun, _) in enumerate(self._begun) if begun == test), None)
        if at is not None:
            del self._begun[at]

    async def _finish(self, stopped: str) -> list[dict[str, Any]]:
        code = await self._worker.process.wait()
        log = await self._worker.output()
        how = stopped or (
            f"The test process ended by signal {-code}." if code < 0 else f"It ended with exit code {code}."
        )
        cut_short = bool(self._begun) or not self._whole or (self._code is None and not self._uncaught)
        errors: list[dict[str, Any]] = [] if self._tests else self._uncaught
        loose = [*self._loose, *(self._uncaught if self._tests else ())]
        if self._begun:
            said = [{"name": "Timeout" if stopped else "Unfinished", "message": how}]
            self._run.tell("test", **ended(self._file, self._begun[-1][1], "fail", 0, 0, said))
        if cut_short:
            errors = [*errors, unfinished(how, stopped)]
        if self._code and not (self._failed or errors or loose):
            loose = [unfinished(how)]
        self._run.tell("file", file=self._file, errors=errors, log=log)
        return loose


async def start(node: str, script: Script) -> Spoken:
    """A process with the loaders of ``script``, which waits for its file."""
    reporter = ["--test-reporter", str(_HERE / "node_reporter.mjs"), "--test-reporter-destination", "stdout"]
    environment = {**os.environ, **dict(script.environment)}
    environment.pop("NODE_TEST_CONTEXT", None)
    argv = (node, *script.flags, *reporter, str(_HERE / "node_worker.cjs"))
    return await spoken.start(Spoken, argv, environment, "BEAI_WORKER")
