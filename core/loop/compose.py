"""Real adapters put together for one repository; the only module of the loop that names them."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from beai.core.edits.store import Store
from beai.core.fault import Fault, FaultKind
from beai.core.files import DiskTree
from beai.core.keyfiles import KeyFiles, named_keys
from beai.core.loop.asked import again
from beai.core.loop.beside import Beside
from beai.core.loop.engine import Engine
from beai.core.loop.events.deeds import Opened, Resumed
from beai.core.loop.events.seen import Saved
from beai.core.loop.journal import Journal, home
from beai.core.loop.opening import Wanted
from beai.core.loop.ports import Ports, Suggester, Tests
from beai.core.loop.reply_file import ReplyFile
from beai.core.loop.resting import Resting
from beai.core.loop.resuming import Resumption, resume
from beai.core.loop.unit import Unit
from beai.core.loop.warming import Warming
from beai.core.project import layout
from beai.core.project.facts import Project
from beai.core.project.generated import generated_folders
from beai.core.project.runner_choice import settled
from beai.core.project.runner_proposal import unready
from beai.core.repo import GitRepository
from beai.core.runner.driven import DrivenTests
from beai.core.runner.late import LateTests
from beai.core.runner.runners import RUNNERS
from beai.core.sandbox import Enclosure
from beai.core.sandbox.choice import chooser
from beai.core.settings import Settings, state_dir
from beai.core.suggest.everyone import everyone
from beai.core.suggest.local import Recorder
from beai.core.suggest.meter import Budget
from beai.core.suggest.outside import REPLY
from beai.core.suggest.plan import plan
from beai.core.suggest.recording.around import around, writing
from beai.core.suggest.scribe import Scribe
from beai.core.suggest.switchboard import Switchboard
from beai.core.trust import Ledger, refused
from beai.core.types.checker import Checker
from beai.core.types.schema import PrismaSchemas
from beai.core.watch import Watch
from beai.core.workspace import DiskWorkspace
from beai.rules import shipped

__all__ = ["Composed", "compose"]

Chooser = Callable[[], Awaitable[Enclosure | Fault]]


class SystemClock:
    """The computer's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()


class Composed:
    """An engine with everything it needs, and the watcher that feeds it.

    ``notes`` are sentences for the person about what happened beside the session.
    """

    def __init__(
        self,
        engine: Engine,
        watch: Watch,
        suggester: Suggester,
        notes: tuple[str, ...] = (),
        beside: Beside | None = None,
        warming: Warming | None = None,
        replies: ReplyFile | None = None,
    ) -> None:
        self.engine = engine
        self.notes = notes
        self._beside = beside
        self._warming = warming
        self._resting = Resting(engine.post)
        engine.observe(self._resting.follow)
        self._replies = replies
        self._watch = watch
        self._suggester = suggester
        self._aside: tuple[asyncio.Task[object], ...] = ()

    @property
    def suggester(self) -> str:
        """The name of who suggests now; a resumed session may have begun with another one."""
        return self._suggester.name

    async def run(self) -> None:
        """Hear saves, warm the suggester, and handle events until cancelled."""
        self._aside = (asyncio.create_task(self._hear(), name="watch"),)
        if self._warming is not None:
            self._warming.follow(self.engine.session)
            self.engine.observe(self._warming.follow)
        await self.engine.run()

    async def close(self) -> None:
        """Stop everything; no process is left."""
        for task in self._aside:
            task.cancel()
        await asyncio.gather(*self._aside, return_exceptions=True)
        self._resting.close()
        if self._warming is not None:
            await self._warming.close()
        if self._replies is not None:
            await self._replies.close()
        await self._watch.close()
        await self.engine.close()

    async def _hear(self) -> None:
        fault = await self._watch.start()
        if fault is not None:
            self.notes = (*self.notes, fault.sentence())
            if fault.kind is not FaultKind.MISSING:  # with that kind it looks from time to time, and is heard
                return
        async for paths in self._watch:
            files = tuple(path for path in paths if path == ".git/HEAD" or not path.startswith(".git/"))
            if files:  # a moved branch tip alone is a commit, and changes no file
                self.engine.post(Saved(files))
                if self._beside is not None:
                    self._beside.saved(files)


def compose(
    root: Path, project: Project, settings: Settings, wanted: Wanted, env: Mapping[str, str]
) -> Composed | Fault:
    """Open the journal, resume or begin a session, and wire the ports."""
    folder, switchboard = home(state_dir(env), root), everyone(settings, env, home(state_dir(env), root))
    journal = Journal.open(folder)
    if isinstance(journal, Fault):
        return journal
    resumed = _kept(journal, wanted)
    if isinstance(resumed, Fault):
        journal.close()
        return resumed
    store = Store(root, folder)
    recovered = store.recover(str(journal.session))
    if isinstance(recovered, Fault):
        journal.close()
        return recovered
    token = resumed.session.token if resumed.session is not None else secrets.token_hex(6)
    asked = _asked(switchboard, settings, wanted, root, clock := SystemClock(), token)
    if isinstance(asked, Fault):
        journal.close()
        return asked
    watch = Watch(root, included=generated_folders(DiskTree(root), project.package))
    if resumed.session is None and (fault := journal.begin(clock.now())) is not None:
        journal.close()
        return fault
    repository = GitRepository(root, store.image)
    settle, trust = partial(settled, settings=settings), Ledger(folder)
    told = (repository.at_head, watch.announce, shipped(), str(journal.session))
    workspace = DiskWorkspace(root, store, repository, *told, settle, trust, *_kept_back(root, settings, env))
    tests, types, schemas = _judges(root, project, settings, env)
    ports = Ports(*asked, tests, workspace, repository, clock, types, schemas)
    engine = _begun(ports, journal, resumed, settings, wanted, token)
    beside = Beside(types, schemas, engine.post)
    engine.observe(beside.follow)
    warming = Warming(switchboard) if wanted.suggester is None and not settings.replay else None
    replies = ReplyFile(wanted.reply_file or folder / REPLY, engine.post)
    engine.observe(replies.follow)
    return Composed(engine, watch, ports.suggester, (*recovered.told, *_left(resumed)), beside, warming, replies)


def _kept(journal: Journal, wanted: Wanted) -> Resumption | Fault:
    """The session to go on with, if any, and what was decided before."""
    resumed = Resumption() if wanted.fresh else resume(journal, wanted.task_id)
    decided = journal.decisions()
    if isinstance(resumed, Fault):
        return resumed
    return decided if isinstance(decided, Fault) else replace(resumed, decided=decided)


def _judges(
    root: Path, project: Project, settings: Settings, env: Mapping[str, str]
) -> tuple[Tests, Checker, PrismaSchemas]:
    """Who runs the tests, who reads the types, and who knows the schema."""
    enclosure = _when_agreed(settings, root, env)
    find = partial(_runner, root, settings, env, enclosure)
    types = Checker(root, project.package, env=env, enclosure=enclosure)
    return LateTests(find, find(project)), types, PrismaSchemas(root, project.package, env=env, enclosure=enclosure)


def _asked(
    switchboard: Switchboard, settings: Settings, wanted: Wanted, root: Path, clock: SystemClock, token: str
) -> tuple[Suggester, Scribe] | Fault:
    """Who suggests, and who writes the record."""
    suggester = wanted.suggester or around(switchboard, settings, root, token)
    if isinstance(suggester, Fault):
        return suggester
    recorder = Recorder(clock, shipped())
    return suggester, Scribe(recorder, *writing(switchboard if wanted.suggester else suggester, settings))


def _begun(ports: Ports, journal: Journal, kept: Resumption, settings: Settings, wanted: Wanted, token: str) -> Engine:
    """The engine of a new session, or of one that goes on with whom the person wants asked now."""
    who, budget, instead = ports.suggester.name, _budget(settings), () if settings.replay else plan(settings)
    unit = Unit(settings.commits or "case")
    if kept.session is None:
        engine = Engine(ports, journal)
        engine.post(Opened(wanted.task_id, who, token, budget, instead, kept.decided, unit, notes=settings.notes))
        return engine
    resumed = Resumed(who, budget, instead, wanted.named, kept.decided, unit, notes=settings.notes)
    engine = Engine(ports, journal, again(replace(kept.session, notice=""), resumed))
    engine.post(resumed)
    return engine


def _kept_back(root: Path, settings: Settings, env: Mapping[str, str]) -> tuple[list[str], KeyFiles, str]:
    """Which checks are not made, where the values are that nobody is sent, and which files are never read."""
    return settings.checks_off.split(), KeyFiles(root, env, named_keys(settings)), settings.never_read


def _budget(settings: Settings) -> Budget:
    return Budget(settings.soft_cost, settings.hard_cost, settings.soft_tokens, settings.hard_tokens)


def _runner(
    root: Path, settings: Settings, env: Mapping[str, str], enclosure: Chooser, known: Project | None = None
) -> Tests | Fault:
    """The driver of the repository's runner, as ``known`` has it or as it is found now."""
    project = settled(known or layout.outline(DiskTree(root), root.name), settings)
    if (choice := project.runner) is None:
        return unready(project)
    runner, command = RUNNERS[choice.name], choice.command
    return DrivenTests(root, choice.package, runner, env=env, command=command, enclosure=enclosure)


def _when_agreed(settings: Settings, root: Path, env: Mapping[str, str]) -> Chooser:
    """What chooses the enclosure for code of the repository, once the person agreed to run it as configured now."""
    folder, chosen = home(state_dir(env), root), chooser(settings, root, env)

    def look() -> Fault | None:
        return refused(root, folder, settled(layout.outline(DiskTree(root), root.name), settings))

    async def agreed() -> Enclosure | Fault:
        return await asyncio.to_thread(look) or await chosen()

    return agreed


def _left(resumed: Resumption) -> tuple[str, ...]:
    if not resumed.left:
        return (resumed.told,) if resumed.told else ()
    return (f"Task {resumed.left} was left open; beai run {resumed.left} goes on with it.",)
