"""A review carried over to what somebody saved meanwhile, and in words what that did to it."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import OnDisk
from beai.core.edits.review import Review, file_of, state
from beai.core.edits.review.carried import Carrying
from beai.core.text import one_line


def rebase(review: Review, path: str, text_now: str | None, hash_now: str) -> Review:
    """The review on what ``path`` holds now; ``text_now`` is None where it is not there, or, with a hash, not text.

    What can be taken back is carried over when it is: no act that is taken back brings an older text of the file back.
    """
    file = file_of(review.change, path)
    if file is None or (hash_now == file.before_hash and not file.gone):
        return review
    now, fate = Carrying().over(state(review), file, OnDisk(path, text_now, hash_now))
    return replace(
        review,
        change=now.change,
        decisions=now.decisions,
        comments=now.comments,
        there=(*review.there, *fate.there),
        checked=None,
    )


def told(before: Review, after: Review, path: str) -> str:
    """What a rebase of ``path`` did to a review, in one sentence; ``""`` where it did nothing."""
    was, now = file_of(before.change, path), file_of(after.change, path)
    if was is None or was is now:
        return ""
    name = one_line(path)
    if now is not None and now.gone:
        return f"{name} cannot be written now. {now.gone}"
    there = len(after.there) - len(before.there)
    open_ = set(after.undecided())
    touched = sum(hunk.conflict not in ("", was.gone) and hunk.id in open_ for hunk in now.hunks) if now else 0
    moved = len(now.hunks) - touched if now else 0
    parts = [f"{moved} moved along"] if moved else []
    parts += [f"{touched} in conflict"] if touched else []
    parts += [f"{there} there already"] if there else []
    return f"{name} was saved meanwhile. Of its hunks: {', '.join(parts)}."
