"""One process of node:test, from its start to the end of its only file, and what it tells of that file."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from .node_script import Script
from .outcome import ended
from .serve import LINE, Run, Trouble
from .started import BEAT, LOG, Watched, unfinished

_HERE = Path(__file__).resolve().parent


class Worker:
    """One test process, from its start to the end of its only file."""

    def __init__(self, process: asyncio.subprocess.Process, job: int, events: asyncio.StreamReader) -> None:
        self.process = process
        self.events = events
        self.log = ""
        self._job = job
        self._output = asyncio.ensure_future(self._collect())

    @property
    def gone(self) -> bool:
        """Whether it ended already."""
        return self.process.returncode is not None

    async def event(self) -> dict[str, Any] | None:
        """The next thing it tells; None at its end."""
        try:
            while line := await self.events.readline():
                try:
                    raw = json.loads(line)
                except ValueError:
                    continue
                if isinstance(raw, dict):
                    return raw
        except ValueError:  # a line longer than any of ours
            self.kill()
        return None

    def give(self, file: str) -> None:
        """Let it run ``file``."""
        with contextlib.suppress(OSError):  # it may have gone, which the end of its events tells
            os.write(self._job, json.dumps({"file": file}).encode() + b"\n")
        self._close()

    def kill(self) -> None:
        """End it at once."""
        self._close()
        if not self.gone:
            self.process.kill()

    async def output(self) -> str:
        """All that it printed, once it ended; a process that it left may hold the pipe."""
        await asyncio.wait({self._output}, timeout=1.0)
        self._output.cancel()
        return self.log

    def _close(self) -> None:
        if self._job >= 0:
            os.close(self._job)
            self._job = -1

    async def _collect(self) -> None:
        stream = self.process.stdout
        while stream is not None and (chunk := await stream.read(65_536)):
            self.log = (self.log + chunk.decode("utf-8", "replace"))[-LOG:]
            sys.stderr.buffer.write(chunk)
            sys.stderr.buffer.flush()


class FileRun:
    """One file in one process."""

    def __init__(self, run: Run, file: str, worker: Worker) -> None:
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
        self._worker.give(self._file)
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


async def start(node: str, script: Script) -> Worker:
    """A process with the loaders of ``script``, which waits for its file."""
    given, job = os.pipe()
    events, told = os.pipe()
    reporter = ["--test-reporter", str(_HERE / "node_reporter.mjs"), "--test-reporter-destination", "stdout"]
    environment = {**os.environ, **dict(script.environment), "BEAI_WORKER": f"{given},{told}"}
    environment.pop("NODE_TEST_CONTEXT", None)
    try:
        process = await asyncio.create_subprocess_exec(
            node, *script.flags, *reporter, str(_HERE / "node_worker.cjs"), env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=(given, told),
        )  # fmt: skip
    except OSError as error:
        raise Trouble("start", f"Node.js could not be started: {error.strerror}.") from None
    finally:
        os.close(given)
        os.close(told)
    reader = asyncio.StreamReader(limit=LINE)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_event_loop().connect_read_pipe(lambda: protocol, os.fdopen(events, "rb", 0))
    return Worker(process, job, reader)
