"""What the trailers of a commit claim is held against the commit itself: tests, marks, fingerprint, task."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.edits.policy import is_test_side
from beai.core.record.trailers import How, Red, Trailers
from beai.core.verify.finding import Finding, Level
from beai.core.verify.green import green
from beai.core.verify.seen import Seen
from beai.core.verify.tests import Marked


def claims(seen: Seen, replayed: bool) -> Iterator[Finding]:
    """What does not fit; ``replayed`` is whether the tests are run as well, so that time order shows by itself."""
    if not seen.every or seen.commit.merge:
        return
    yield from _squashed(seen)
    for told in seen.every:
        yield from _readable(seen, told)
        yield from _cases(seen, told)
        for red in told.red:
            yield from _marked(seen, told, red, replayed)
    if len(seen.every) == 1:
        yield from green(seen, seen.told)


def marked(seen: Seen, red: Red) -> Marked | None:
    """The test that a ``Red:`` word names, in the commit's own files first."""
    if not red.mark:
        return None
    own = {change.path: change.new for change in seen.changes if change.new}
    return seen.known.tests.find(red.mark, own) or seen.known.tests.find(red.mark, seen.blobs)


def was_there(seen: Seen, test: Marked) -> bool:
    """Whether the very same test was in the parent already."""
    change = next((one for one in seen.changes if one.path == test.path), None)
    blob = seen.before.get(test.path, "") if change is None else change.old
    return any(one.mark == test.mark for one in seen.known.tests.of(change.was if change else test.path, blob))


def _squashed(seen: Seen) -> Iterator[Finding]:
    sessions = {(one.session, one.task) for one in seen.every}
    if len(seen.every) < 2:
        return
    if len(sessions) > 1:
        yield seen.found("squashed", f"{len(sessions)} sessions are in one commit, so that no red can be told apart.")
    else:
        words = f"{len(seen.every)} commits of one session are in one."
        yield seen.found("squashed", words, level=Level.WARNING)


def _readable(seen: Seen, told: Trailers) -> Iterator[Finding]:
    for odd in told.odd[:5]:
        yield seen.found("trailers-unreadable", f"'{odd[:80]}' cannot be read.")


def _cases(seen: Seen, told: Trailers) -> Iterator[Finding]:
    red = {one.case for one in told.red}
    if missing := [case for case in dict.fromkeys(told.cases) if case not in red]:
        yield seen.found("case-without-test", f"{', '.join(missing[:8])}: no test is named in Red:.")
    if more := sorted(red - set(told.cases)):
        yield seen.found("cases-differ", f"Red: names {', '.join(more[:8])}, which Cases: does not.")
    if len(told.red) != len({one.case for one in told.red}):
        yield seen.found("cases-differ", "Red: names a case twice.")
    alike = [one.mark for one in told.red if one.mark]
    if len(alike) != len(set(alike)):
        yield seen.found("cases-differ", "Red: names one test for two cases.")
    if told.red and not told.green and seen.code:
        yield seen.found("green-missing", "It settles cases and has code, and Green: is missing.")


def _marked(seen: Seen, told: Trailers, red: Red, replayed: bool) -> Iterator[Finding]:
    if red.how is How.NEVER:
        yield seen.found("unproven", f"{red.case} was never seen red; it was kept unproven.")
        if not red.mark:
            return
    test = marked(seen, red)
    if test is None:
        words = f"{red.case}: no test of this commit has the mark {red.mark or '(none)'}."
        yield seen.found("mark-unknown", words)
        return
    if test.off and test.off != "only":  # the words on the change tell of an .only
        yield seen.found("test-skipped", f"The test of {red.case} is marked .{test.off}.", test.path, test.first)
    case = seen.known.named(told, red)
    if (other := seen.known.evidence.get(red.mark, case)) != case:
        words = f"The test of {red.case} is the evidence of {other} already."
        yield seen.found("test-elsewhere", words, test.path, test.first)
    elif red.how is How.BEFORE and not replayed and red.mark not in seen.known.pending:
        yield from _too_late(seen, told, red, test)


def _too_late(seen: Seen, told: Trailers, red: Red, test: Marked) -> Iterator[Finding]:
    """What the files alone show of a test that cannot have gone from red to green in this commit."""
    if was_there(seen, test):
        words = f"The test of {red.case} was there before, so it is no evidence of this commit."
        yield seen.found("test-elsewhere", words, test.path, test.first)
    elif told.green and all(is_test_side(one.path) or one.path.endswith((".md", ".mdc")) for one in seen.changes):
        words = f"The commit has no code that could have made {red.case} go from red to green."
        yield seen.found("never-red", words, test.path, test.first)
