"""The workbench on sessions that change as fast as a model streams and tests end, run on a terminal by ``screen``.

``python -m tests.bench.streaming still|busy|typing|diff``. A loop stands in for the engine; every session is made by
``step`` itself. ``r`` in ``diff`` shows a change of 10,000 lines, and the small one again.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace

from beai.core.edits.change import Change, FileChange
from beai.core.edits.diff.hunks import hunks
from beai.core.edits.review import Review
from beai.core.loop.effects import Suggest
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import RerunAsked
from beai.core.loop.events.passing import RunBegan, SuggestionGrew, TestEnded
from beai.core.loop.session import Cycle, Session, Stage
from beai.core.loop.step import step
from beai.core.runner.progress import Progress
from beai.core.suggest.exchange import Purpose
from beai.tui.app import BeaiApp
from beai.tui.pace import keep
from tests.tui import sessions as known

GREW, ENDED = 0.010, 0.005
"""Seconds between two pieces of a reply, and between two tests that end."""

REPLY, RUN = 20_000, 300
"""The characters of a reply, and the tests of a run, after which the next begins."""

HUNKS, BLOCK = 500, 10
"""Hunks of the large change, and the lines that each removes and adds: 10,000 in all."""

_WORDS = ("the", "least", "code", "that", "makes", "C2", "pass,", "with", "the", "constraint's", "error", "mapped.\n")


class Streaming:
    """Satisfies ``beai.tui.app.Loop``."""

    def __init__(self, session: Session, streams: bool, other: Session) -> None:
        self.session = session
        self._first, self._other = session, other
        self._streams = streams
        self._observers: list[Callable[[Session], None]] = []

    def post(self, event: Event) -> None:
        """What the person does changes nothing, but for ``r``."""
        if isinstance(event, RerunAsked):
            self._push(self._other if self.session is self._first else self._first)

    def observe(self, callback: Callable[[Session], None]) -> None:
        """Call ``callback`` with every session."""
        self._observers.append(callback)

    async def run(self) -> None:
        """Stream until cancelled."""
        if not self._streams:
            await asyncio.Event().wait()
        async with asyncio.TaskGroup() as both:
            both.create_task(self._grow())
            both.create_task(self._test())

    async def close(self) -> None:
        """Nothing was started."""

    async def _grow(self) -> None:
        text, count = "", 0
        while True:
            count += 1
            text = f"{text} {_WORDS[count % len(_WORDS)]}" if len(text) < REPLY else ""
            self._take(SuggestionGrew(self.session.ticket, text))
            await asyncio.sleep(GREW)

    async def _test(self) -> None:
        count = 0
        while True:
            count += 1
            if count % RUN == 0:
                self._push(step(self.session, RunBegan())[0])
            self._take(TestEnded(known.passing(f"counts the items of basket {count}", count % 40)))
            await asyncio.sleep(ENDED)

    def _take(self, event: Event) -> None:
        self._push(step(self.session, event)[0])

    def _push(self, session: Session) -> None:
        self.session = session
        for observer in self._observers:
            observer(session)


def large_change() -> Change:
    """A file in which HUNKS blocks of BLOCK lines each became others, ten lines apart."""
    old, new = list[str](), list[str]()
    for number in range(HUNKS):
        same = [f"  price{line}: z.number().min({number}),\n" for line in range(10)]
        old += [*same, *(f"  const total{line} = sum(order.lines, {number});\n" for line in range(BLOCK))]
        new += [*same, *(f"  const total{line} = await sumOf(order, {number});\n" for line in range(BLOCK))]
    before, after = "".join(old), "".join(new)
    found = hunks(known.CODE_FILE, before, after)
    assert len(found) == HUNKS, len(found)
    return Change((FileChange(known.CODE_FILE, before, after, "", found),), "Totals are summed in one place.")


def main(mode: str) -> None:
    """Show the app until it is quit."""
    keep()
    session = replace(known.ASKING if mode == "typing" else known.RED_REVIEW, streamed="", running=Progress(), ticket=9)
    if mode == "busy":  # a run on save, and a reply under way, while an earlier change is looked at
        session = replace(session, pending=Suggest(Purpose.TEST, known.TASK.id, case_id="C2"))
    other = session
    if mode == "diff":
        other = replace(session, cycle=Cycle(Purpose.CODE, Stage.REVIEWING, review=Review(large_change())))
    BeaiApp(Streaming(session, mode in ("busy", "typing"), other)).run()


if __name__ == "__main__":
    main(sys.argv[1])
