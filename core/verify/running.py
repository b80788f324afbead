"""The real worktree and the real runner for a replay; beside ``loop/testers``, only this module puts them together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from beai.core.fault import Fault
from beai.core.loop import testers
from beai.core.loop.ground import ground
from beai.core.settings import Settings
from beai.core.verify.history import History
from beai.core.verify.replay import Replay
from beai.core.verify.span import Span
from beai.core.verify.worktree import worktree


@asynccontextmanager
async def replaying(
    history: History, span: Span, settings: Settings, env: Mapping[str, str]
) -> AsyncIterator[Replay | Fault]:
    """A runner that is hot in a throw-away worktree, for as long as the context lasts; a fault where none works."""
    found = ground(history.root, settings)
    if isinstance(found, Fault):
        yield found
        return
    async with worktree(history, span.head, found.generated) as place:
        if isinstance(place, Fault):
            yield place
            return
        tests = testers.runner(replace(found, root=place.root), settings, env)
        try:
            started = await tests.start()
            if isinstance(started, Fault):
                yield started
                return
            sandbox = f"{started.level.value} ({started.reason.rstrip('.')})"
            yield Replay(place, tests, started.what, sandbox)
        finally:
            await tests.close()
