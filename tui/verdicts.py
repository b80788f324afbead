"""The events by which a hunk is decided, each keeping what was said of the hunk before; pure."""

from __future__ import annotations

from beai.core.edits.change import Decision, Verdict
from beai.core.loop.events import HunkJudged
from beai.core.loop.session import Cycle


def judged(cycle: Cycle | None, hunk: str, verdict: Verdict, reason: str, comment: str) -> HunkJudged:
    """The person's verdict; an edit survives acceptance and not rejection."""
    before = _before(cycle, hunk)
    edited = before.edited if before and verdict is Verdict.ACCEPTED else None
    return HunkJudged(Decision(hunk, verdict, reason, edited, comment or (before.comment if before else "")))


def edited(cycle: Cycle | None, hunk: str, text: str, comment: str) -> HunkJudged:
    """The person's own words for a hunk, which accepts it."""
    before = _before(cycle, hunk)
    return HunkJudged(Decision(hunk, Verdict.ACCEPTED, "", text, comment or (before.comment if before else "")))


def commented(cycle: Cycle | None, hunk: str, words: str) -> HunkJudged | None:
    """A comment on a decided hunk; None on an undecided one, for a comment decides nothing."""
    before = _before(cycle, hunk)
    return HunkJudged(Decision(hunk, before.verdict, before.reason, before.edited, words)) if before else None


def _before(cycle: Cycle | None, hunk: str) -> Decision | None:
    return cycle.decision(hunk) if cycle else None
