"""What a merge does that no line of history did which it joins: it drops evidence, or brings code of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from beai.core.edits.policy import is_test
from beai.core.record.trailers import read_all
from beai.core.verify.finding import Finding, Level
from beai.core.verify.seen import Seen

_SHOWN = 6


def merging(seen: Seen) -> Iterator[Finding]:
    """What speaks against a merge."""
    if not seen.commit.merge:
        return
    yield from islice(_dropped(seen), _SHOWN)
    yield from _brought(seen)
    if any(told.red or told.green for told in read_all(seen.commit.message)):
        words = "A merge carries trailers; they are evidence of nothing that it does."
        yield seen.found("trailers-unreadable", words, level=Level.WARNING)


def _dropped(seen: Seen) -> Iterator[Finding]:
    """Tests with evidence that a parent has and the merge has not, though no other parent took them away."""
    history, tests = seen.known.history, seen.known.tests
    there = _marks(seen, seen.commit.sha)
    told: set[str] = set()
    for parent in seen.commit.parents if seen.known.evidence else ():
        lost: dict[str, str] = {}
        for change in history.between(parent, seen.commit.sha, renames=False):
            every = tests.of(change.path, change.old) if is_test(change.path) else ()
            lost |= {one.mark: change.path for one in every if one.mark in seen.known.evidence}
        for mark, path in lost.items():
            if mark in there or mark in told or _taken_elsewhere(seen, parent, mark):
                continue
            told.add(mark)
            words = f"The merge leaves out the test of {seen.known.evidence[mark]}, which a parent has."
            yield seen.found("test-deleted", words, path)


def _taken_elsewhere(seen: Seen, parent: str, mark: str) -> bool:
    """Whether another parent lacks a test that was there when the lines parted: its own commits tell of that."""
    history = seen.known.history
    others = [one for one in seen.commit.parents if one != parent and mark not in _marks(seen, one)]
    return any((base := history.base(parent, one)) and mark in _marks(seen, base) for one in others)


def _marks(seen: Seen, sha: str) -> frozenset[str]:
    blobs = seen.known.history.listing(sha)
    return frozenset(one.mark for path, blob in blobs.items() for one in seen.known.tests.of(path, blob))


def _brought(seen: Seen) -> Iterator[Finding]:
    """Code that is as in no parent: new files are a warning by themselves, the others may be conflicts."""
    listings = [seen.known.history.listing(parent) for parent in seen.commit.parents] if seen.code else []
    for change in seen.code[:_SHOWN]:
        new = all(change.path not in listing for listing in listings)
        words = f"The merge {'brings' if new else 'resolves'} {change.path} as no parent has it."
        yield seen.found("no-evidence", words, change.path, level=Level.ERROR if new else Level.WARNING)
