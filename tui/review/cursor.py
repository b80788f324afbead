"""Where the cursor goes in a review, as functions of the review and the hunk at hand; pure."""

from __future__ import annotations

from beai.core.edits.change import Hunk
from beai.core.edits.review import Review


def settle(review: Review | None, at: str) -> str:
    """The hunk at hand; where it was split its first part; where it is gone the first undecided, or the first."""
    hunks = hunks_of(review)
    if review is None or review.hunk(at) is not None:
        return at if review is not None else ""
    parts = [hunk.id for hunk in hunks if at and hunk.id.startswith(f"{at}.")]
    undecided = parts or review.undecided()
    return undecided[0] if undecided else hunks[0].id if hunks else ""


def moved(review: Review | None, at: str, by: int) -> str:
    """The hunk ``by`` places on; the ends are ends."""
    hunks = hunks_of(review)
    if not hunks:
        return at
    return hunks[min(max(_index(hunks, at) + by, 0), len(hunks) - 1)].id


def undecided(review: Review | None, at: str, by: int, besides: frozenset[str] = frozenset()) -> str:
    """The next undecided hunk in direction ``by``, around the end; ``at`` where there is no other."""
    hunks = hunks_of(review)
    open_ = set(review.undecided() if review else ()) - besides - {at}
    if not open_:
        return at
    start = _index(hunks, at)
    order = (hunks[(start + by * step) % len(hunks)].id for step in range(1, len(hunks) + 1))
    return next((id for id in order if id in open_), at)


def in_file(review: Review | None, at: str, by: int) -> str:
    """The first hunk of the next or previous file."""
    files = [file for file in (review.change.files if review else ()) if file.hunks]
    here = next((n for n, file in enumerate(files) if any(hunk.id == at for hunk in file.hunks)), 0)
    return files[min(max(here + by, 0), len(files) - 1)].hunks[0].id if files else at


def place(review: Review | None, at: str) -> str:
    """Which hunk of how many: ``2/5``."""
    hunks = hunks_of(review)
    return f"{_index(hunks, at) + 1}/{len(hunks)}"


def hunks_of(review: Review | None) -> tuple[Hunk, ...]:
    """Every hunk of the change, none where there is none."""
    return review.change.hunks() if review else ()


def _index(hunks: tuple[Hunk, ...], at: str) -> int:
    return next((n for n, hunk in enumerate(hunks) if hunk.id == at), 0)
