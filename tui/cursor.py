"""Where the cursor goes in a change, as functions of the cycle and the hunk at hand; pure."""

from __future__ import annotations

from beai.core.edits.change import Hunk
from beai.core.loop.session import Cycle


def settle(cycle: Cycle | None, at: str) -> str:
    """The hunk at hand, or where it is gone the first undecided, or the first; ``""`` where there is none."""
    hunks = hunks_of(cycle)
    if any(hunk.id == at for hunk in hunks):
        return at
    undecided = cycle.undecided() if cycle else ()
    return undecided[0] if undecided else hunks[0].id if hunks else ""


def moved(cycle: Cycle | None, at: str, by: int) -> str:
    """The hunk ``by`` places on; the ends are ends."""
    hunks = hunks_of(cycle)
    if not hunks:
        return at
    return hunks[min(max(_index(hunks, at) + by, 0), len(hunks) - 1)].id


def undecided(cycle: Cycle | None, at: str, by: int, besides: frozenset[str] = frozenset()) -> str:
    """The next undecided hunk in direction ``by``, around the end; ``at`` where there is no other."""
    hunks = hunks_of(cycle)
    open_ = set(cycle.undecided() if cycle else ()) - besides
    start = _index(hunks, at)
    order = [hunks[(start + by * step) % len(hunks)].id for step in range(1, len(hunks) + 1)] if hunks else []
    return next((id for id in order if id in open_ and id != at), at)


def in_file(cycle: Cycle | None, at: str, by: int) -> str:
    """The first hunk of the next or previous file."""
    files = [file for file in (cycle.change.files if cycle and cycle.change else ()) if file.hunks]
    here = next((n for n, file in enumerate(files) if any(hunk.id == at for hunk in file.hunks)), 0)
    return files[min(max(here + by, 0), len(files) - 1)].hunks[0].id if files else at


def hunk(cycle: Cycle | None, at: str) -> Hunk | None:
    """The hunk at hand."""
    return next((hunk for hunk in hunks_of(cycle) if hunk.id == at), None)


def hunks_of(cycle: Cycle | None) -> tuple[Hunk, ...]:
    """Every hunk of the change, none where there is no change."""
    return cycle.change.hunks() if cycle and cycle.change else ()


def _index(hunks: tuple[Hunk, ...], at: str) -> int:
    return next((n for n, hunk in enumerate(hunks) if hunk.id == at), 0)
