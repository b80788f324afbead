"""Effects become facts here: the only place where the loop touches a port."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar, assert_never

from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import (
    Adopt,
    Agree,
    Apply,
    CheckTypes,
    CommitWork,
    Effect,
    GenerateClient,
    PreviewCommit,
    Probe,
    ReadProject,
    Rebase,
    Redo,
    Restore,
    RunTests,
    Suggest,
    SwitchBranch,
    Undo,
    UndoCommit,
)
from beai.core.loop.events import Event
from beai.core.loop.events.facts import (
    Agreed,
    Applied,
    ClientGenerated,
    CommitMade,
    CommitPreviewed,
    CommitTakenBack,
    Fact,
    Failed,
    ProjectRead,
    Rebased,
    Redone,
    Restored,
    Switched,
    TestsRan,
    TypesAnswered,
    Undone,
)
from beai.core.loop.events.passing import HooksSaid
from beai.core.loop.ports import Generated, Ports
from beai.core.loop.probing import probe
from beai.core.loop.running import run
from beai.core.loop.suggesting import suggest
from beai.core.runner.lamp import Lamp, LampState

Value = TypeVar("Value")


async def perform(ports: Ports, ticket: int, effect: Effect, post: Callable[[Event], None]) -> Fact:
    """Carry out ``effect``; the one fact it ends in. ``post`` gets what passes meanwhile."""
    match effect:
        case ReadProject():
            return _fact(ticket, await ports.workspace.read(), ProjectRead)
        case Agree():
            fault = await ports.workspace.agree(effect.configuration)
            return Agreed(ticket) if fault is None else Failed(ticket, fault)
        case RunTests():
            return _fact(ticket, await run(ports, effect.request, post, effect.locked), TestsRan)
        case Suggest():
            return await suggest(ports, ticket, effect, post)
        case Apply():
            return _fact(ticket, await ports.workspace.apply(effect.change, effect.decisions), Applied)
        case Rebase():
            return Rebased(ticket, await ports.workspace.on_disk(effect.paths))
        case Adopt():
            return _fact(ticket, await ports.workspace.adopt(effect.paths, effect.since), Applied)
        case Restore():
            return _fact(ticket, await ports.workspace.restore(effect.receipts), Restored)
        case Undo():
            return _fact(ticket, await ports.workspace.restore(effect.receipts), Undone)
        case Redo():
            return _fact(ticket, await ports.workspace.redo(effect.receipts), Redone)
        case Probe():
            return await probe(ports, ticket, effect, post)
        case SwitchBranch():
            return _fact(ticket, await ports.repository.switch(effect.branch, effect.create), Switched)
        case CommitWork() | PreviewCommit() | UndoCommit():
            return await _commit(ports, ticket, effect, post)
        case CheckTypes():
            return TypesAnswered(ticket, await _types(ports, effect.files))
        case GenerateClient():
            return _fact(ticket, await _generate(ports), ClientGenerated)
        case _:
            assert_never(effect)


async def _commit(
    ports: Ports, ticket: int, effect: CommitWork | PreviewCommit | UndoCommit, post: Callable[[Event], None]
) -> Fact:
    match effect:
        case CommitWork():
            tell = partial(_hooks_said, ticket, post)
            return _fact(ticket, await ports.repository.commit(effect.plan, tell), CommitMade)
        case PreviewCommit():
            return _fact(ticket, await ports.repository.preview(effect.plan), CommitPreviewed)
        case UndoCommit():
            return _fact(ticket, await ports.repository.uncommit(effect.sha, effect.token), CommitTakenBack)


def _hooks_said(ticket: int, post: Callable[[Event], None], text: str) -> None:
    post(HooksSaid(ticket, text))


async def _types(ports: Ports, files: tuple[str, ...]) -> Lamp:
    if ports.types is None:
        return Lamp(LampState.ABSENT, reason="no type checker was asked for")
    return await ports.types.check(files)


async def _generate(ports: Ports) -> Generated | Fault:
    if ports.schemas is None:
        return Fault(FaultKind.REPOSITORY, "There is no Prisma schema here.")
    return await ports.schemas.generate()


def _fact(ticket: int, value: Value | Fault, fact: Callable[[int, Value], Fact]) -> Fact:
    return Failed(ticket, value) if isinstance(value, Fault) else fact(ticket, value)
