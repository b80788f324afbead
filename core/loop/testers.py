"""The real runner, watcher and schema tooling for single commands; beside ``compose``, only this module names them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ground import Ground
from beai.core.loop.ports import Tests
from beai.core.project.facts import Schema
from beai.core.record.handoff.preview import SqlPreview
from beai.core.runner.driven import DrivenTests
from beai.core.runner.runners import RUNNERS
from beai.core.sandbox.choice import chooser
from beai.core.settings import Settings
from beai.core.types.preview import at_commit, preview
from beai.core.types.tooling import understood
from beai.core.watch import Watch


def runner(ground: Ground, settings: Settings, env: Mapping[str, str]) -> Tests:
    """The runner of ``ground``, not yet started, in the strongest sandbox that works here."""
    choice, enclosure = ground.choice, chooser(settings, ground.root, env)
    known = RUNNERS[choice.name]
    return DrivenTests(ground.root, choice.package, known, env=env, command=choice.command, enclosure=enclosure)


async def schema(root: Path, package: str, known: Schema, settings: Settings, env: Mapping[str, str]) -> Schema:
    """``known`` as the repository's own Prisma understands it, which runs where tests do; else as we do."""
    return await understood(root, package, known.files, env, chooser(settings, root, env))


async def previewed(
    root: Path, package: str, since: str, settings: Settings, env: Mapping[str, str]
) -> SqlPreview | None:
    """The SQL of the schema on disk against commit ``since``, made where tests run; None without a schema."""
    return await preview(root, package, since, env, chooser(settings, root, env))


def committed(root: Path, package: str, since: str) -> SqlPreview | None:
    """The schema at commit ``since``, without any SQL; None without a schema."""
    return at_commit(root, package, since)


class Saves:
    """The batches of a watch that has begun; ``fault`` says what is not as it should be."""

    def __init__(self, watch: Watch, fault: Fault | None) -> None:
        self.fault = fault
        self._watch = watch

    def __aiter__(self) -> AsyncIterator[tuple[str, ...]]:
        return self._watch.__aiter__()


@asynccontextmanager
async def saves(ground: Ground) -> AsyncIterator[Saves]:
    """Watch the repository for as long as the context lasts."""
    watch = Watch(ground.root, included=ground.generated)
    try:
        yield Saves(watch, await watch.start())
    finally:
        await watch.close()


def works(fault: Fault) -> bool:
    """Whether a watch with this fault still sees saves."""
    return fault.kind is FaultKind.MISSING
