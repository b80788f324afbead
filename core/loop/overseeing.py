"""What a person saves over an approved test is held against it as it was, and what it takes away is said, no more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from beai.core.edits.tamper import tamper
from beai.core.fault import broke
from beai.core.loop.cycle import locked
from beai.core.loop.events.passing import LookFailed, TestsLoosened
from beai.core.loop.session import Session

_Known = tuple[tuple[str, ...], int, tuple[str, ...]]


class Overseeing:
    """Give it every session; it keeps the approved tests as they were, and looks at what is saved over them."""

    def __init__(
        self, read: Callable[[str], Awaitable[str | None]], post: Callable[[TestsLoosened | LookFailed], None]
    ) -> None:
        self._read, self._post = read, post
        self._texts: dict[str, str | None] = {}
        self._known: _Known = ((), 0, ())
        self._work: asyncio.Task[None] | None = None

    def follow(self, session: Session) -> None:
        """Keep what was written by us since, and look at what was saved since."""
        approved = locked(session)
        saved = tuple(path for path in session.unjudged if path in approved)
        known = approved, len(session.written), saved
        if known == self._known:
            return
        ours = tuple(path for path in approved if path not in saved and (self._ours(known) or path not in self._texts))
        fresh = tuple(path for path in saved if path not in self._known[2])
        self._known = known
        if ours or fresh:
            self._work = asyncio.create_task(self._look(self._work, ours, fresh), name="overseeing")

    async def close(self) -> None:
        """Stop looking."""
        if self._work is not None and not self._work.done():
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _ours(self, known: _Known) -> bool:
        return known[1] != self._known[1]

    async def _look(self, earlier: asyncio.Task[None] | None, ours: tuple[str, ...], saved: tuple[str, ...]) -> None:
        if earlier is not None:
            await asyncio.gather(earlier, return_exceptions=True)
        looks = (*((path, self._keep) for path in ours), *((path, self._compare) for path in saved))
        for path, look in looks:
            try:
                await look(path)
            except Exception as error:  # noqa: BLE001 - it blocks nothing: the next file is looked at, and this one is told of
                self._post(LookFailed(broke(f"Looking at {path}", error)))

    async def _keep(self, path: str) -> None:
        self._texts.pop(path, None)  # where it cannot be read, nothing is held against an older text
        self._texts[path] = await self._read(path)

    async def _compare(self, path: str) -> None:
        before, now = self._texts.get(path), await self._read(path)
        if before is None or before == now:
            return
        found = await asyncio.to_thread(tamper, path, before, now)
        self._texts[path] = now
        if found:
            self._post(TestsLoosened(path, tuple(dict.fromkeys(one.words for one in found))))
