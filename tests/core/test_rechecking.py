"""A person's edits are held against the rules once, and checks that break are told and tried again, never in a loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.edits.change import Change, Decision, Verdict
from beai.core.edits.match import file_change
from beai.core.edits.review import Review, judge
from beai.core.fault import FaultKind
from beai.core.loop.events.passing import EditsChecked, LookFailed
from beai.core.loop.fakes.workspace import FakeWorkspace
from beai.core.loop.rechecking import Rechecking
from beai.core.loop.session import Cycle, Session, Stage
from beai.core.suggest.exchange import Purpose
from tests.core.worlds import PROJECT

CHANGE = Change((file_change("a.ts", "a\nb\nc\nd\n", "a\nB\nc\nD\n"),))
FIRST, SECOND = (hunk.id for hunk in CHANGE.hunks())
EDITED = judge(Review(CHANGE), Decision(FIRST, Verdict.ACCEPTED, edited="mine\n"))


@dataclass
class Breaking(FakeWorkspace):
    """A workspace whose checks break the first ``times``."""

    times: int = 1
    asked: int = 0

    async def recheck(self, change: Change, decisions: Sequence[Decision]) -> Change:
        """Break, or do it."""
        self.asked += 1
        if self.asked <= self.times:
            raise RecursionError("too deep")
        return await super().recheck(change, decisions)


def reviewing(review: Review) -> Session:
    """A session that is at this review."""
    return Session(cycle=Cycle(Purpose.CODE, Stage.REVIEWING, review=review))


async def _posted(workspace: Breaking, *reviews: Review) -> list[EditsChecked | LookFailed]:
    posted: list[EditsChecked | LookFailed] = []
    rechecking = Rechecking(workspace, posted.append)
    for review in reviews:
        rechecking.follow(reviewing(review))
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "rechecking"))
    await rechecking.close()
    return posted


async def test_edits_are_looked_at_once() -> None:
    workspace = Breaking(PROJECT, {"a.ts": "a\nb\nc\nd\n"}, times=0)
    (checked,) = await _posted(workspace, EDITED, EDITED, judge(EDITED, Decision(SECOND, Verdict.ACCEPTED)))
    assert isinstance(checked, EditsChecked) and workspace.asked == 1


async def test_checks_that_break_are_told_and_asked_again_once_something_more_is_decided() -> None:
    workspace = Breaking(PROJECT, {"a.ts": "a\nb\nc\nd\n"})
    more = judge(EDITED, Decision(SECOND, Verdict.ACCEPTED))
    told, checked = await _posted(workspace, EDITED, EDITED, more, more)
    assert isinstance(told, LookFailed) and told.fault.kind is FaultKind.BUG and "too deep" in told.fault.summary
    assert isinstance(checked, EditsChecked) and checked.edits == ((FIRST, "mine\n"),)
    assert workspace.asked == 2
