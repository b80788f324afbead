"""Real adapters put together for one repository; the screen and the headless face both start here."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.edits.store import Recovery, Store
from beai.core.fault import Fault
from beai.core.loop.engine import Engine, Observer, replayed
from beai.core.loop.events import Event, Opened, Saved
from beai.core.loop.journal import Journal, home
from beai.core.loop.ports import Ports, Suggester
from beai.core.loop.session import Phase, Session
from beai.core.project.facts import Project
from beai.core.repo import GitRepository
from beai.core.runner.vitest import VitestTests
from beai.core.settings import Settings, state_dir
from beai.core.suggest.local import Drafter, Recorder
from beai.core.watch import Watch
from beai.core.workspace import DiskWorkspace
from beai.rules import shipped


class SystemClock:
    """The computer's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a task (``""``: the next one), a fresh session, a suggester other than the settings\' one."""

    task_id: str = ""
    fresh: bool = False
    suggester: Suggester | None = None


class Opening:
    """A loop that puts its adapters together once it runs, so that the screen is there first.

    ``fault`` is why it could not, for whoever started it.
    """

    def __init__(
        self, root: Path, project: Project, settings: Settings, wanted: Wanted, env: Mapping[str, str]
    ) -> None:
        self.fault: Fault | None = None
        self._make = lambda: compose(root, project, settings, wanted, env)
        self._composed: Composed | None = None
        self._observers: list[Observer] = []
        self._early: list[Event] = []
        self._blank = Session()

    @property
    def session(self) -> Session:
        """The engine's session; an empty one until the adapters are there."""
        return self._composed.engine.session if self._composed else self._blank

    def post(self, event: Event) -> None:
        """Queue an event, also before the engine is there."""
        if self._composed is None:
            self._early.append(event)
        else:
            self._composed.engine.post(event)

    def observe(self, observer: Observer) -> None:
        """Call ``observer`` with every new session."""
        self._observers.append(observer)
        if self._composed is not None:
            self._composed.engine.observe(observer)

    async def run(self) -> None:
        """Compose, then run until cancelled; a fault of composing is shown as the session's."""
        made = self._make()
        if isinstance(made, Fault):
            self.fault = made
            self._blank = replace(self._blank, fault=made)
            for observer in self._observers:
                observer(self._blank)
            return
        self._composed = made
        for observer in self._observers:
            made.engine.observe(observer)
            observer(made.engine.session)
        for event in self._early:
            made.engine.post(event)
        await made.run()

    async def close(self) -> None:
        """Stop everything; no process is left."""
        if self._composed is not None:
            await self._composed.close()


class Composed:
    """An engine with everything it needs, and the watcher that feeds it."""

    def __init__(self, engine: Engine, watch: Watch, suggester: Suggester, recovered: Recovery) -> None:
        self.engine = engine
        self.recovered = recovered
        self._watch = watch
        self._suggester = suggester
        self._aside: tuple[asyncio.Task[object], ...] = ()

    async def run(self) -> None:
        """Hear saves, warm the suggester, and handle events until cancelled."""
        self._aside = (
            asyncio.create_task(self._hear(), name="watch"),
            asyncio.create_task(self._suggester.start(), name="warm"),
        )
        await self.engine.run()

    async def close(self) -> None:
        """Stop everything; no process is left."""
        for task in self._aside:
            task.cancel()
        await asyncio.gather(*self._aside, return_exceptions=True)
        await self._watch.close()
        await self.engine.close()

    async def _hear(self) -> None:
        if await self._watch.start() is not None:
            return
        async for paths in self._watch:
            files = tuple(path for path in paths if path == ".git/HEAD" or not path.startswith(".git/"))
            if files:  # a moved branch tip alone is a commit, and changes no file
                self.engine.post(Saved(files))


def compose(
    root: Path, project: Project, settings: Settings, wanted: Wanted, env: Mapping[str, str]
) -> Composed | Fault:
    """Open the journal, resume or begin a session, and wire the ports."""
    folder = home(state_dir(env), root)
    journal = Journal.open(folder)
    if isinstance(journal, Fault):
        return journal
    session = _resumed(journal, wanted)
    if isinstance(session, Fault):
        journal.close()
        return session
    store = Store(root, folder)
    recovered = store.recover()
    if isinstance(recovered, Fault):
        journal.close()
        return recovered
    clock, watch = SystemClock(), Watch(root)
    repository = GitRepository(root, store.image)
    workspace = DiskWorkspace(root, store, repository, repository.at_head, watch.announce, shipped())
    suggester = wanted.suggester or _suggester(settings, env)
    tests = VitestTests(root, project.package, env=env)
    engine = Engine(Ports(suggester, Recorder(clock), tests, workspace, repository, clock), journal, session)
    if session is None:
        fault = journal.begin(clock.now())
        if fault is not None:
            journal.close()
            return fault
        engine.post(Opened(wanted.task_id, suggester.name, secrets.token_hex(6)))
    return Composed(engine, watch, suggester, recovered)


def _suggester(settings: Settings, env: Mapping[str, str]) -> Suggester:
    if not settings.model:
        return Drafter()
    from beai.core.suggest.model import ModelSuggester

    return ModelSuggester(settings, env)


def _resumed(journal: Journal, wanted: Wanted) -> Session | Fault | None:
    """The session to go on with: the journal's last one, unless it is done or another task is wanted."""
    if wanted.fresh:
        return None
    entries = journal.entries()
    if isinstance(entries, Fault):
        return entries
    if not entries:
        return None
    session = replayed(tuple(entry.event for entry in entries))
    other = wanted.task_id and wanted.task_id != session.task_id
    return None if other or session.phase is Phase.DONE else session
