"""Suggesters that need no model: the drafter, and our own recorder of RECORD's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from beai.core.fault import Fault
from beai.core.record.edits import record_edits
from beai.core.suggest.drafter import draft
from beai.core.suggest.exchange import NothingToDo, ProposeEdits, Reply, Request
from beai.core.suggest.progress import Progress


class Now(Protocol):
    """A clock: ``now()`` is seconds since the epoch."""

    def now(self) -> float:
        """The time."""
        ...


class Drafter:
    """The drafter as a suggester: instant, free, offline."""

    name = "drafter"

    async def start(self) -> Fault | None:
        """There is nothing to warm."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        """Draft at once; nothing streams."""
        return draft(request)

    async def close(self) -> None:
        """There is nothing to close."""


class Recorder:
    """Writes the task's status, the active context and the migration hand-off, from facts alone."""

    name = "beai"

    def __init__(self, clock: Now) -> None:
        self._clock = clock

    async def start(self) -> Fault | None:
        """There is nothing to warm."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        """The record of what was done, as edits to review."""
        today = datetime.fromtimestamp(self._clock.now(), UTC).date()
        texts = {source.path: source.text for source in request.sources}
        known = (request.schema_before, request.sql)
        edits = record_edits(request.task, request.project, texts, request.cases, today, *known)
        if not edits:
            return NothingToDo("There is no task file or active context to update.")
        return ProposeEdits(
            edits, "Task status and active context, from what was observed.", ("@be_ai", "@git_workflow")
        )

    async def close(self) -> None:
        """There is nothing to close."""
