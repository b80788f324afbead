"""The events by which a hunk is decided, each keeping what was said of the hunk before; pure."""

from __future__ import annotations

from beai.core.edits.change import Decision, Verdict
from beai.core.edits.review import Review
from beai.core.loop.events import HunkJudged


def judged(review: Review | None, hunk: str, verdict: Verdict, reason: str) -> HunkJudged:
    """The person's verdict; an edit survives acceptance and not rejection."""
    before = review.decision(hunk) if review else None
    edited = before.edited if before and verdict is Verdict.ACCEPTED else None
    return HunkJudged(Decision(hunk, verdict, reason, edited))


def edited(hunk: str, text: str) -> HunkJudged:
    """The person's own words for a hunk, which accepts it."""
    return HunkJudged(Decision(hunk, Verdict.ACCEPTED, "", text))
