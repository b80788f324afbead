"""The warm process of pytest seen from the driver, and one run in a child of it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from . import spoken
from .choosing import Chosen
from .outcome import ended
from .serve import Run, Trouble
from .spoken import Spoken
from .started import BEAT, Watched, unfinished

_RUNNER = Path(__file__).resolve().with_name("run.py")
_WELL = (0, 5)  # all passed, or there was none
_USAGE, _INTERNAL = 4, 3  # pytest's exit codes (docs.pytest.org, "Exit codes")


class Stem(Spoken):
    """The warm process; ``child`` is the process of the run under way."""

    child = 0


class Session:
    """One child, from its fork to its end."""

    def __init__(self, run: Run, chosen: Chosen, stem: Stem) -> None:
        self.over = False
        self._run = run
        self._chosen = chosen
        self._stem = stem
        self._begun: tuple[str, str] | None = None
        self._errors: dict[str, list[dict[str, Any]]] = {file: [] for file in chosen.files}
        self._done: set[str] = set()  # files with a test that ended
        self._loose: list[dict[str, Any]] = []
        self._broken = self._interrupted = ""
        self._failed = False
        self._code: int | None = None
        self._ended = 0

    async def ran(self) -> list[dict[str, Any]]:
        """Tell of each test and file; gives the errors that neither owns."""
        watched = Watched(self._stem.process.pid)
        stopped = ""
        event = asyncio.ensure_future(self._stem.event())
        try:
            while not self.over:
                if not (await asyncio.wait({event}, timeout=BEAT))[0]:
                    stopped = stopped or watched.verdict()
                    if stopped and self._stem.child:
                        os.kill(self._stem.child, 9)
                    continue
                told = event.result()
                watched.works()
                if told is None:
                    break
                self._apply(told)
                event = asyncio.ensure_future(self._stem.event())
        finally:
            event.cancel()
            self._stem.child = 0
        return self._finish(stopped)

    def _apply(self, told: dict[str, Any]) -> None:
        kind = told.pop("event", "")
        if kind == "forked":
            self._stem.child = told["pid"]
        elif kind == "begun":
            self._begun = (told["file"], told["name"])
        elif kind == "test":
            self._begun = None
            self._errors.setdefault(told["file"], [])
            self._done.add(told["file"])
            self._failed = self._failed or told["state"] == "fail"
            self._run.tell("test", **told)
        elif kind == "file":
            self._errors.setdefault(told["file"], []).append(told["error"])
        elif kind == "loose":
            self._loose.append(told["error"])
        elif kind == "broken":
            self._broken = told["message"]
        elif kind == "interrupted":
            self._interrupted = told["message"]
        elif kind == "end":
            self._code = told["code"]
        elif kind == "ended":
            self._ended = told["code"]
            self.over = True

    def _finish(self, stopped: str) -> list[dict[str, Any]]:
        if self._code == _USAGE and not self._done and not any(self._errors.values()):
            raise Trouble("config", self._stem.log[-4000:].strip() or "pytest did not take its arguments.")
        if self._code == _INTERNAL:
            self._loose.append({"name": "InternalError", "message": self._broken or self._stem.log[-4000:]})
        if self._code is None:
            code = self._ended
            how = f"The test process ended {f'by signal {-code}' if code < 0 else f'with exit code {code}'}."
            self._cut_short(stopped or how, stopped)
        elif self._interrupted or self._begun is not None:
            self._cut_short(f"pytest was ended before its last test. {self._interrupted}".strip(), stopped)
        elif self._code not in _WELL and not (self._failed or self._loose or any(self._errors.values())):
            self._loose.append(
                unfinished(f"pytest ended with exit code {self._code}, and says of no test that it failed.")
            )
        for file, errors in self._errors.items():
            self._run.tell("file", file=file, errors=errors)
        return self._loose

    def _cut_short(self, how: str, stopped: str) -> None:
        """The session ended before its last test, or the child is gone without its last word."""
        self._loose.append(unfinished(how, stopped))  # nobody knows which tests were still to come
        file = self._begun[0] if self._begun else ""
        if self._begun is not None:
            name = "Timeout" if stopped else "Unfinished"
            names = self._begun[1].split(".")
            self._run.tell("test", **ended(file, names, "fail", 0, 0, [{"name": name, "message": how}]))
        for other, errors in self._errors.items():
            if other not in self._done or other == file:
                errors.append(unfinished(how, stopped))


async def start() -> Stem:
    """A process that gets warm; its first event says so."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return await spoken.start(Stem, (sys.executable, str(_RUNNER), "pytest_stem"), environment, "BEAI_STEM")
