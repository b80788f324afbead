"""The loop of a stand-alone review: one queue, every mark on disk before it counts, one effect in flight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, assert_never

from beai.core.edits.change import Change, Decision, OnDisk, Receipt
from beai.core.edits.review import Edits
from beai.core.fault import Fault, FaultKind
from beai.core.hooked import whole
from beai.core.loop.alone.beside import beside
from beai.core.loop.alone.state import Alone, Wanted, step
from beai.core.loop.effects import Apply, Rebase
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import ReviewClosed
from beai.core.loop.events.facts import Applied, Failed, Rebased
from beai.core.loop.events.passing import EditsChecked, Passing
from beai.core.loop.events.seen import Saved
from beai.core.project.facts import RuleFile

LOOK = 0.5
"""Seconds between two looks at the files under review."""

Observer = Callable[[Alone], None]


class Disk(Protocol):
    """What the loop needs of the folder; each call may block and is made in a thread."""

    def on_disk(self, paths: Sequence[str]) -> tuple[OnDisk, ...]:
        """What each file holds now."""
        ...

    def signs(self, paths: Sequence[str]) -> Mapping[str, object]:
        """By what a save of each file is seen."""
        ...

    def apply(self, change: Change, decisions: Sequence[Decision]) -> Receipt | Fault:
        """Write the accepted hunks."""
        ...

    def checked(self, change: Change, decisions: Sequence[Decision] = ()) -> Change:
        """The change with what the checks find."""
        ...

    def rules(self) -> tuple[RuleFile, ...]:
        """The rules that findings and citations are of."""
        ...


class Marks(Protocol):
    """Where events are kept, so that marks survive the process."""

    def append(self, event: Event, at: float) -> Fault | None:
        """Put one event on disk."""
        ...

    def close(self, *, over: bool) -> None:
        """Let go of it; ``over`` is whether nothing of it is wanted any more."""
        ...


class Reviewing:
    """Runs one review; observers see every new state. ``rules`` are there once the checks have looked."""

    def __init__(self, state: Alone, disk: Disk, marks: Marks, now: Callable[[], float], look: float = LOOK) -> None:
        self.state = state
        self.rules: tuple[RuleFile, ...] = ()
        self._disk, self._marks, self._now, self._pause = disk, marks, now, look
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._observers: list[Observer] = []
        self._work: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._looked: tuple[Change, Edits] | None = None
        self._watching: asyncio.Task[None] | None = None

    def observe(self, observer: Observer) -> None:
        """Call ``observer`` with the state after each event."""
        self._observers.append(observer)

    def post(self, event: Event) -> None:
        """Take what the person did."""
        self._queue.put_nowait(event)

    async def run(self) -> None:
        """Handle events until cancelled. What was in flight when the process died is performed again first."""
        if self.state.pending is not None:
            self._start(self.state.pending)
        self._watching = asyncio.create_task(self._watch(), name="saves")
        self._look()
        while True:
            self._handle(await self._queue.get())

    async def close(self) -> None:
        """Stop everything; a write under way is finished first."""
        tasks = [task for task in (self._watching, self._looking, self._work) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while not self._queue.empty():  # the fact of a write that was finished, and marks made just before leaving
            self._handle(self._queue.get_nowait(), leaving=True)
        self._marks.close(over=self.state.over)

    def _handle(self, event: Event, *, leaving: bool = False) -> None:
        if leaving and isinstance(event, ReviewClosed | Saved):
            return  # what would begin something is not begun any more
        if not isinstance(event, Passing):
            lost = self._marks.append(event, self._now())
            if lost is not None:
                self.state = replace(self.state, fault=lost)
                self._tell()
                return
        self.state, effects = step(self.state, event)
        for effect in effects if not leaving else ():
            self._start(effect)
        if not leaving:
            self._look()
        self._tell()

    def _tell(self) -> None:
        for observer in self._observers:
            observer(self.state)

    def _start(self, effect: Wanted) -> None:
        self._work = asyncio.create_task(self._perform(self.state.ticket, effect), name=type(effect).__name__)

    async def _perform(self, ticket: int, effect: Wanted) -> None:
        try:
            self.post(await whole(self._fact(ticket, effect)))
        except Exception as error:  # noqa: BLE001 - an adapter that raises breaks its contract; the effect must end all the same
            summary = f"{type(effect).__name__} broke: {type(error).__name__}: {error}"
            self.post(Failed(ticket, Fault(FaultKind.BUG, summary, remedy="Please report it.")))

    async def _fact(self, ticket: int, effect: Wanted) -> Event:
        match effect:
            case Apply(change, decisions):
                done = await asyncio.to_thread(self._disk.apply, change, decisions)
                return Failed(ticket, done) if isinstance(done, Fault) else Applied(ticket, done)
            case Rebase(paths):
                return Rebased(ticket, await asyncio.to_thread(self._disk.on_disk, paths))
            case _:
                assert_never(effect)

    async def _watch(self) -> None:
        """Look at the files under review, and say which were saved; they alone, so that no tree is too large.

        At first all of them count as saved: they may be other since the change was made. They are read after that look,
        so that no save falls between the two.
        """
        known: dict[str, object] = {}
        while True:
            paths = tuple(file.path for file in self.state.review.change.files)
            now = await asyncio.to_thread(self._disk.signs, paths)
            saved = tuple(path for path in paths if path not in known or known[path] != now[path])
            known = dict(now)
            if saved:
                self.post(Saved(saved))
            await asyncio.sleep(self._pause)

    def _look(self) -> None:
        """Have the checks look at the change as the person has it now; the newest wins."""
        review = self.state.review
        wanted = (review.change, review.edits())
        same = self._looked is not None and self._looked[0] is wanted[0] and self._looked[1] == wanted[1]
        if same or self.state.over:
            return
        self._looked = wanted
        if self._looking is not None:
            self._looking.cancel()
        self._looking = asyncio.create_task(self._check(*wanted, review.decisions), name="checks")

    async def _check(self, change: Change, edits: Edits, decisions: tuple[Decision, ...]) -> None:
        try:
            found = await beside(lambda: self._disk.checked(change, decisions))
            self.rules = self.rules or await beside(self._disk.rules)
        except Exception as error:  # noqa: BLE001 - findings only warn: without them the review goes on, and says so
            self.state = replace(self.state, notice=f"The checks broke, so nothing is found: {type(error).__name__}.")
            found = change
        self.post(EditsChecked(change, edits, found))
