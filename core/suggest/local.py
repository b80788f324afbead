"""Suggesters that need no model: the drafter, and our own recorder of RECORD's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from beai.core.fault import Fault
from beai.core.record.edits import Kept, record_edits
from beai.core.rulebook.select import shelf
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
    """Writes the task's status, the active context, the migration hand-off and proposals for rules, from facts alone.

    ``shipped`` are our own rules, whose form an entry takes where the project has no file of that name.
    """

    name = "beai"

    def __init__(self, clock: Now, shipped: Sequence[tuple[str, str]] = ()) -> None:
        self._clock, self._shipped = clock, shipped

    async def start(self) -> Fault | None:
        """There is nothing to warm."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        """The record of what was done, as edits to review."""
        today = datetime.fromtimestamp(self._clock.now(), UTC).date()
        made = record_edits(
            Kept(
                request.task,
                request.project,
                {source.path: source.text for source in request.sources},
                today,
                request.cases,
                request.story,
                request.answers,
                request.schema_before,
                request.sql,
                shipped=shelf((), self._shipped),
            )
        )
        if not made.edits:
            return NothingToDo("There is no task file or active context to update.")
        words = "The record of what was observed and decided; each hunk says what it rests on."
        return ProposeEdits(made.edits, words, ("@be_ai", "@rule_update_procedure"), whys=made.whys)

    async def close(self) -> None:
        """There is nothing to close."""
