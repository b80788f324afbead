"""Any command that writes JUnit XML or TAP: no report is trouble, whatever the exit code says."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from . import junit, tap
from .choosing import ChoosingDriver, Chosen
from .js_imports import ENDINGS, JsImports
from .outcome import local
from .py_imports import PyImports
from .serve import Run, Trouble, serve
from .sources import Imports, Sources
from .started import LOG, SHOWN, Finished, doubt, finish

_TEST = re.compile(r"(?:^|/)(?:[^/]+[._-](?:test|spec|tests)\.[^/.]+|tests?_[^/]+\.\w+)$")


class CommandDriver(ChoosingDriver):
    """Runs ``command``; ``{report}`` in it is a file for JUnit XML, ``{files}`` becomes the chosen test files.

    With ``{file}`` it is run once for each of them.
    """

    def __init__(self, command: list[str]) -> None:
        root = Path.cwd()
        js, py = JsImports(root), PyImports(root)

        def read(path: str, text: str, sources: Sources) -> Imports:
            return (py.read if path.endswith(".py") else js.read)(path, text, sources)

        super().__init__(Sources(root, (*ENDINGS, ".py"), read))
        self.blind = True
        self._command = command
        self._seen: set[str] = set()  # test files that a report named
        self._place = Path(tempfile.mkdtemp(prefix="beai-"))

    async def open(self) -> str:
        """Nothing to warm; the command must be there."""
        if not self._command:
            raise Trouble("config", "No test command is set.")
        if shutil.which(self._command[0]) is None:
            raise Trouble("missing", f"{self._command[0]} was not found.")
        self.sources.sweep()
        return " ".join(self._command)[:200]

    def tests(self) -> list[str]:
        """Files that are named like tests, and those that a report named."""
        return [path for path in self.sources.paths() if _TEST.search(path) or path in self._seen]

    async def perform(self, run: Run, chosen: Chosen) -> dict[str, Any]:
        """One run of the command for all chosen files, or one for each where it names ``{file}``."""
        each = "{file}" in self._command
        unhandled: list[dict[str, Any]] = []
        log = ""
        for files in [[file] for file in chosen.files] if each else [chosen.files]:
            ended, found, loose = await self._once(run, files)
            only = files[0] if len(files) == 1 and (each or "{files}" in self._command) else ""
            told = self._tell(run, chosen, [{**test, "file": test["file"] or only} for test in found])
            unhandled.extend([*loose, *doubt(ended, told, loose)])
            log += ended.log()
        if each or "{files}" in self._command:
            for file in chosen.files:
                run.tell("file", file=file, errors=[])
        return {"unhandled": unhandled, "log": log[-LOG:]}

    async def _once(self, run: Run, files: list[str]) -> tuple[Finished, list[dict[str, Any]], list[dict[str, Any]]]:
        """How it ended, its tests, and the errors that none of them owns."""
        report = self._place / f"{run.request.id}.xml"
        report.unlink(missing_ok=True)
        ended = await finish(self._argv(files, report), computes=False)
        if (found := junit.read(report, self.root)) is not None:
            return ended, found, []
        if (told := tap.parse(ended.out, self.root)) is not None:
            return ended, *told
        at = ended.out.find("<testsuite")
        if at >= 0 and (found := junit.parse(ended.out[at:].encode(), self.root)) is not None:
            return ended, found, []
        raise Trouble("report", f"The test command wrote no report. {ended.ending()}\n{ended.log()[-SHOWN:]}")

    async def close(self) -> None:
        """Remove the folder of the reports."""
        shutil.rmtree(self._place, ignore_errors=True)

    def _argv(self, files: list[str], report: Path) -> list[str]:
        argv: list[str] = []
        for word in self._command:
            plain = word.replace("{report}", str(report)).replace("{file}", files[0] if files else "")
            argv.extend(files if word == "{files}" else [plain])
        return argv

    def _tell(self, run: Run, chosen: Chosen, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Tell of what was asked for: all that ran where the command takes no files; gives what explains its end."""
        wanted = set(chosen.files)
        everything = chosen.whole or not {"{file}", "{files}"} & set(self._command)
        pattern = re.compile(run.request.name) if run.request.name else None
        mine = [test for test in found if everything or test["file"] in wanted or not test["file"]]
        for test in mine:
            if pattern and not pattern.search(test["name"]):
                continue  # the command cannot choose by name, so what nobody asked for may fall
            for error in test["errors"]:
                error["file"] = local(error["file"], self.root.as_posix())
            run.tell("test", **{**test, "file": test["file"] or f"({Path(self._command[0]).name})"})
        self._seen.update(test["file"] for test in found)
        return mine


def main() -> None:
    """Serve the command in ``BEAI_COMMAND``."""
    command = json.loads(os.environ.pop("BEAI_COMMAND", "") or "[]")
    serve(CommandDriver([str(word) for word in command]))
