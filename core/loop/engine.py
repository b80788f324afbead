"""The loop itself: one queue of events, one step at a time, one effect in flight.

Every event is journalled before anything is done about it. A fact is posted exactly once per effect, also when the
effect is cancelled or its adapter breaks its promise and raises.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from beai.core.fault import FaultKind, broke
from beai.core.loop.consent import settled
from beai.core.loop.effects import CheckTypes, CommitWork, Effect, GenerateClient, Probe, ReadProject, RunTests, Suggest
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Interrupted, Resumed
from beai.core.loop.events.facts import Cancelled, ClientGenerated, Failed, Redone, Restored, Undone
from beai.core.loop.events.passing import LiveFailed, Passing, RunBegan, TestEnded
from beai.core.loop.events.seen import LiveRan, ModelSpent, Saved
from beai.core.loop.guidance import ledger
from beai.core.loop.journal import Journal
from beai.core.loop.moves import Moved
from beai.core.loop.overseeing import Overseeing
from beai.core.loop.perform import perform
from beai.core.loop.ports import Ports, Started
from beai.core.loop.rechecking import Rechecking
from beai.core.loop.saves import touching
from beai.core.loop.session import Session
from beai.core.loop.step import step
from beai.core.runner.report import Report, RunKind, RunRequest

Observer = Callable[[Session], None]

INTERRUPTIBLE = (Suggest, RunTests, Probe, CommitWork, CheckTypes, GenerateClient)
"""What the person may stop half way; every other effect is short, and ends as a whole."""

_REWRITING = ClientGenerated | Restored | Undone | Redone
"""The facts by which files are other now that no run of the loop's own follows."""


class Engine:
    """Runs one session on ``ports``; the observers see every new session."""

    def __init__(self, ports: Ports, journal: Journal, session: Session | None = None) -> None:
        self.session = session or Session()
        self._ports = ports
        self._journal = journal
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._rechecking = Rechecking(ports.workspace, self.post)
        self._overseeing = Overseeing(ports.workspace.text, self.post)
        self._observers: list[Observer] = [self._rechecking.follow, self._overseeing.follow]
        self._work: asyncio.Task[None] | None = None
        self._live: asyncio.Task[None] | None = None
        self._judging: tuple[str, ...] = ()  # what the newest live run was started for; it begins none again by itself
        self._held: list[Event] = []  # what the journal would not take; nothing of it is lost

    def observe(self, observer: Observer) -> None:
        """Call ``observer`` with the session after each event."""
        self._observers.append(observer)

    def post(self, event: Event) -> None:
        """Queue an event; safe from any callback of the same event loop."""
        self._queue.put_nowait(event)

    async def run(self) -> None:
        """Handle events until cancelled. What was in flight when the process died is performed again first."""
        interrupted, first = self.session.pending is not None, None if self._queue.empty() else self._queue.get_nowait()
        if isinstance(first, Resumed):  # it tells who is asked now, what was spent unheard, and what may be spent
            self._handle(first)
        if interrupted and self.session.pending is not None:
            self._start(self.session.pending)
        if first is not None and not isinstance(first, Resumed):
            self._handle(first)
        while True:
            self._handle(await self._queue.get())

    async def close(self) -> None:
        """Stop what is under way, leave no process behind, close the journal."""
        for task in (self._work, self._live):
            if task is not None and not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        while not self._queue.empty():  # what was stopped just now cost something all the same
            if isinstance(last := self._queue.get_nowait(), ModelSpent):
                self._journal.append(last, self._ports.clock.now())
        await asyncio.gather(self._rechecking.close(), self._overseeing.close())
        ports = (self._ports.tests, self._ports.suggester, self._ports.types, self._ports.schemas)
        await asyncio.gather(*(port.close() for port in ports if port is not None), return_exceptions=True)
        self._journal.close()

    def _handle(self, event: Event) -> None:
        """Journal, step, perform; an event that the journal refuses is held until it can be written."""
        self._held.append(event)
        while self._held:
            head = self._held[0]
            moved = step(self.session, head)
            if not isinstance(head, Passing):
                decided = ledger.fresh(self.session, moved[0])
                lost = self._journal.append(head, self._ports.clock.now(), decided)
                if lost is not None:
                    self.session = replace(self.session, fault=lost)
                    break
            self._held.pop(0)
            self._take(head, moved)
        self._judge_saves()
        for observer in self._observers:
            observer(self.session)

    def _take(self, event: Event, moved: Moved) -> None:
        if (
            isinstance(event, Interrupted)
            and isinstance(self.session.pending, INTERRUPTIBLE)
            and self._work is not None
        ):
            self._work.cancel()
        if isinstance(event, Interrupted) and self._live is not None:
            self._live.cancel()  # ``_judging`` stays, so that only another save or run begins another
        if isinstance(event, _REWRITING) or (isinstance(event, Saved) and touching(event.paths)):
            self._judging = ()  # also of the same paths: a run under way may have read what was there before
        self.session, effects = moved
        for effect in effects:
            self._start(effect)

    def _start(self, effect: Effect) -> None:
        if isinstance(effect, RunTests | Probe):
            if self._live is not None:
                self._live.cancel()
            self._judging = ()
        self._work = asyncio.create_task(self._perform(self.session.ticket, effect), name=type(effect).__name__)

    async def _perform(self, ticket: int, effect: Effect) -> None:
        try:
            fact: Event = await perform(self._ports, ticket, effect, self.post)
        except asyncio.CancelledError:
            self.post(Cancelled(ticket))
            raise
        except Exception as error:  # noqa: BLE001 - an adapter that raises breaks its contract; the loop must still end the effect
            fact = Failed(ticket, broke(type(effect).__name__, error, "t tries again; please report it."))
        self.post(fact)

    def _judge_saves(self) -> None:
        """Run what the person's saves affect, while no run of the loop's own is under way; the newest save wins."""
        unjudged = self.session.unjudged
        busy = isinstance(self.session.pending, RunTests | Probe | ReadProject) or self.session.standing is None
        busy = busy or not settled(self.session)
        if not unjudged:
            self._judging = ()  # all of it is judged: the same paths are owed anew once they change again
        if busy or not unjudged or unjudged == self._judging:
            return
        if self._live is not None:
            self._live.cancel()
        self._judging = unjudged
        self._live = asyncio.create_task(self._run_live(unjudged), name="live")

    async def _run_live(self, changed: tuple[str, ...]) -> None:
        try:
            await self._run_twice(changed)
        except Exception as error:  # noqa: BLE001 - as in ``_perform``: the panel must not wait for it
            self.post(LiveFailed(broke("The test run", error)))

    async def _run_twice(self, changed: tuple[str, ...]) -> None:
        """First the quick word of a worker that outlives runs, where the runner has one, then the one that counts."""
        for kind in (RunKind.PROVISIONAL, RunKind.CONFIRMED):
            self.post(RunBegan())
            started = await self._ports.tests.start()
            if kind is RunKind.PROVISIONAL and isinstance(started, Started) and not started.provisional:
                continue
            request = RunRequest(kind, changed=changed, affected=True)
            report = await self._ports.tests.run(request, lambda outcome: self.post(TestEnded(outcome)))
            if not isinstance(report, Report):
                if report.kind is not FaultKind.CANCELLED:
                    self.post(LiveFailed(report))
                break
            self.post(LiveRan(report))
