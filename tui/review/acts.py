"""What a person does to a hunk, as the events that say it and what is true after them; pure."""

from __future__ import annotations

from beai.core.edits.change import Comment, Decision, Hunk, Verdict
from beai.core.edits.diff.aligned import Range
from beai.core.edits.review import Review, undo
from beai.core.loop.events.deeds import HunkJudged, HunkSplit

REASONS = 20
"""Reasons that are offered again."""


def judged(review: Review, hunk: str, verdict: Verdict, reason: str = "") -> HunkJudged:
    """The person's verdict; an edit survives acceptance and not rejection."""
    before = review.decision(hunk)
    edited = before.edited if before and verdict is Verdict.ACCEPTED else None
    return HunkJudged(Decision(hunk, verdict, reason, edited))


def edited(hunk: Hunk, text: str) -> HunkJudged:
    """The person's own words for a hunk, which accepts it; the words that were proposed are no edit."""
    return HunkJudged(Decision(hunk.id, Verdict.ACCEPTED, "", None if text == "".join(hunk.new) else text))


def cut_off(hunk: Hunk, old: Range, new: Range) -> tuple[HunkSplit | None, str]:
    """How to take the lines out of a hunk, None where they are all of it; and the name that they have then."""
    if old == (0, len(hunk.old)) and new == (0, len(hunk.new)):
        return None, hunk.id
    return HunkSplit(hunk.id, old, new), f"{hunk.id}.{1 if (old[0], new[0]) == (0, 0) else 2}"


def next_part(hunk: Hunk, part: str, old: int, old_end: int, new: int, new_end: int) -> str:
    """Of a hunk that lines are cut out of, the part to decide next: the one behind them, else the one before."""
    if (old_end, new_end) == (len(hunk.old), len(hunk.new)):
        return f"{hunk.id}.1"
    return f"{hunk.id}.{int(part.rpartition('.')[2]) + 1}"


def undone(review: Review) -> str:
    """The hunk that taking the last act back is about, ``""`` where there is nothing to take back."""
    after = undo(review)
    if after is review:
        return ""
    known = {hunk.id for hunk in review.change.hunks()}
    for hunk in after.change.hunks():
        if (
            hunk.id not in known
            or review.decision(hunk.id) != after.decision(hunk.id)
            or review.comments_of(hunk.id) != after.comments_of(hunk.id)
        ):
            return hunk.id
    return ""


def reasons(review: Review, said: tuple[str, ...]) -> tuple[str, ...]:
    """Reasons to offer again, the newest first: those of this review, then those ``said`` before."""
    own = [one.reason for one in reversed(review.decisions) if one.reason]
    return tuple(dict.fromkeys((*own, *said)))[:REASONS]


def spoken(review: Review, comment: Comment) -> str:
    """What was said at that place, ``""`` for nothing."""
    here = (comment.side, comment.line, comment.last)
    return next((one.text for one in review.comments_of(comment.hunk) if (one.side, one.line, one.last) == here), "")
