"""One run under way: what has arrived of it so far, and the report that it becomes, whole or cut off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from beai.core.fault import Fault
from beai.core.runner.lines import RunDone
from beai.core.runner.report import FileOutcome, Report, RunKind, TestOutcome
from beai.core.runner.stopped import cut_off, explained


@dataclass(slots=True)
class Underway:
    """One request's files as far as they have come; ``answer`` is what its asker waits for."""

    kind: RunKind
    progress: Callable[[TestOutcome], None]
    answer: asyncio.Future[Report | Fault]
    files: dict[str, FileOutcome] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def add(self, outcome: FileOutcome) -> None:
        """Take in what is new of a file."""
        known = self.files.get(outcome.file, FileOutcome(outcome.file))
        self.files[outcome.file] = FileOutcome(
            outcome.file, known.tests + outcome.tests, known.errors + outcome.errors, known.log + outcome.log
        )

    def settle(self, answer: Report | Fault) -> None:
        """Answer the asker, once."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def finished(self, done: RunDone, stopped: str) -> Report:
        """The report of the whole run; ``stopped`` is why processes of it were ended, ``""`` where none were."""
        report = Report(
            run=done.run,
            kind=self.kind,
            files=tuple(self.files.values()),
            at=time.time(),
            ms=done.ms,
            total=done.total,
            unhandled=done.unhandled,
            snapshots_written=done.snapshots_written,
            snapshots_obsolete=done.snapshots_obsolete,
            focused=done.focused,
            why_all=done.why_all,
            log=done.log,
        )
        return explained(report, stopped) if stopped else report

    def cut_off(self, run: int, why: str, printed: str) -> Report:
        """The report of a run whose driver went away."""
        files = cut_off(self.files.values(), self.ended, why)
        return Report(run, self.kind, files, at=time.time(), total=len(files), log=printed)
