"""A change that the person edited is held against the rules anew, while the review goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from beai.core.edits.change import Change, Decision
from beai.core.fault import broke
from beai.core.loop.events.passing import EditsChecked, LookFailed
from beai.core.loop.ports import Workspace
from beai.core.loop.session import Session, Stage

Edits = tuple[tuple[str, str], ...]


class Rechecking:
    """Give it every session; the newest edits win, and what is known of them is not asked for again.

    Checks that break are told, and asked again once the person decides anything more.
    """

    def __init__(self, workspace: Workspace, post: Callable[[EditsChecked | LookFailed], None]) -> None:
        self._workspace, self._post = workspace, post
        self._asked: tuple[Change, Edits] | None = None
        self._broke: tuple[Decision, ...] | None = None
        self._work: asyncio.Task[None] | None = None

    def follow(self, session: Session) -> None:
        """Look at the edits of the change under review where nobody has yet."""
        cycle = session.cycle
        review = cycle.review if cycle is not None and cycle.stage is Stage.REVIEWING else None
        edits = review.edits() if review is not None else ()
        wanted = (review.change, edits) if review is not None and edits else None
        again = self._broke is not None and review is not None and self._broke != review.decisions
        if wanted == self._asked and not again:
            return
        if self._work is not None:
            self._work.cancel()
        self._asked, self._broke = wanted, None
        if review is not None and wanted is not None and review.findings() is None:
            self._work = asyncio.create_task(self._look(*wanted, review.decisions), name="rechecking")

    async def close(self) -> None:
        """Stop looking."""
        if self._work is not None and not self._work.done():
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def _look(self, change: Change, edits: Edits, decisions: tuple[Decision, ...]) -> None:
        try:
            checked = await self._workspace.recheck(change, decisions)
        except Exception as error:  # noqa: BLE001 - findings only warn: without them the review goes on, and says so
            self._broke = decisions
            self._post(LookFailed(broke("Checking your edits", error)))
            return
        self._post(EditsChecked(change, edits, checked))
