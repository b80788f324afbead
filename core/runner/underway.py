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
    _heard: dict[str, list[FileOutcome]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def add(self, outcome: FileOutcome) -> None:
        """Take in what is new of a file."""
        self._heard.setdefault(outcome.file, []).append(outcome)

    def begun(self) -> bool:
        """Whether any file is known of."""
        return bool(self._heard)

    def _files(self) -> tuple[FileOutcome, ...]:
        """All that was heard, each file put together once."""
        return tuple(
            FileOutcome(
                file,
                tuple(test for part in parts for test in part.tests),
                tuple(error for part in parts for error in part.errors),
                "".join(part.log for part in parts),
            )
            for file, parts in self._heard.items()
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
            files=self._files(),
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
        files = cut_off(self._files(), self.ended, why)
        return Report(run, self.kind, files, at=time.time(), total=len(files), log=printed)
