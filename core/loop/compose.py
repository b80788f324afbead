"""Real adapters put together for one repository; the only module of the loop that names them."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from beai.core.edits.store import Recovery, Store
from beai.core.fault import Fault
from beai.core.loop.engine import Engine, replayed
from beai.core.loop.events import Opened, Saved
from beai.core.loop.journal import Journal, home
from beai.core.loop.opening import Opening, Wanted
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

__all__ = ["Composed", "Opening", "Wanted", "compose"]


class SystemClock:
    """The computer's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()


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
