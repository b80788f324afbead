"""What replaying said of each case of a commit, as values: seen red, never red, or red for the wrong reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from beai.core.edits.policy import is_test
from beai.core.record.trailers import Red
from beai.core.runner.report import Report, TestKey
from beai.core.runner.verdict import Redness
from beai.core.verify.breaking import Broken
from beai.core.verify.claims import was_there
from beai.core.verify.finding import Finding
from beai.core.verify.outcome import CaseSeen, Shown
from beai.core.verify.readings import Subject, red
from beai.core.verify.seen import Seen, is_code
from beai.core.verify.tasks import called
from beai.core.verify.tests import Marked


def case_of(one: Red, test: Marked | None) -> CaseSeen:
    """The case that a trailer names, nothing of which was replayed yet."""
    where = (test.name, test.path, test.first) if test is not None else ("", "", 0)
    return CaseSeen(one.case, one.mark, one.how.name.lower(), *where)


def judged(
    seen: Seen, case: CaseSeen, test: Marked, redness: Redness, reason: str
) -> tuple[CaseSeen, tuple[Finding, ...]]:
    """What a verdict on the parent's code says of a case."""
    match redness:
        case Redness.RIGHT:
            return replace(case, shown=Shown.RED, why=reason), ()
        case Redness.ABSENT:
            return replace(case, shown=Shown.UNPROVEN, why=reason), ()
        case Redness.WRONG:
            words = f"{case.case} is red on the parent's code for the wrong reason: {reason}"
            told = seen.found("wrong-red", words, test.path, test.first)
            return replace(case, shown=Shown.WRONG, why=reason), (told,)
        case Redness.VACUOUS:
            there = was_there(seen, test)
            rule = "test-elsewhere" if there else "never-red"
            where = ", where its test was already" if there else ""
            words = f"{case.case} passes on the parent's code{where}: it was never red."
            return replace(case, shown=Shown.NEVER, why=reason), (seen.found(rule, words, test.path, test.first),)


def proof(
    seen: Seen, case: CaseSeen, test: Marked, shown: Broken, absent: bool
) -> tuple[CaseSeen, tuple[Finding, ...]]:
    """What breaking the code said of a case."""
    if shown.what:
        return replace(case, shown=Shown.BROKEN, why=f"{shown.what}: {shown.why}"), ()
    if shown.untried:
        told = seen.found(
            "not-replayed", f"{case.case} was proven by breaking code, and {shown.untried}.", test.path, test.first
        )
        return replace(case, shown=Shown.UNSEEN, why=shown.untried), (told,)
    first = "passes on the parent's code only because the procedure is missing, and" if absent else "passes"
    words = f"{case.case} {first} however its code is broken ({shown.why})."
    return replace(case, shown=Shown.NEVER, why=shown.why), (seen.found("never-red", words, test.path, test.first),)


def moving(seen: Seen, path: str) -> frozenset[TestKey]:
    """The tests of a file that the commit brings, changes or takes away."""
    change = next((one for one in seen.changes if one.path == path), None)
    if change is None:
        return frozenset()
    old = {(one.name, one.mark) for one in seen.known.tests.of(change.was or path, change.old)}
    new = {(one.name, one.mark) for one in seen.known.tests.of(path, change.new)}
    return frozenset(TestKey(path, name) for name, _ in old ^ new)


def added(seen: Seen) -> tuple[str, ...]:
    """The files of code that the commit adds."""
    return tuple(one.path for one in seen.changes if not one.old and is_code(one.path))


def fresh(seen: Seen) -> Iterator[Marked]:
    """The tests that a commit with code and without trailers brings."""
    if seen.every or not seen.code or seen.commit.merge:
        return
    for change in seen.changes:
        if is_test(change.path) and change.new:
            known = {one.mark for one in seen.known.tests.of(change.was or change.path, change.old)}
            yield from (one for one in seen.known.tests.of(change.path, change.new) if one.mark not in known)


def falls(seen: Seen, standing: Report, report: Report, test: Marked) -> bool:
    """Whether a test that no trailer names is rightly red on the parent's code."""
    calls = called(seen.project, test)
    before = seen.known.project(seen.commit.parent).api
    path = next((one for one in calls if before.procedure(one) is None), next(iter(calls), ""))
    subject = Subject(test.leaf, test, path, not path or before.procedure(path) is not None)
    return red(standing, report, subject, moving(seen, test.path), added(seen)).redness is Redness.RIGHT


def texts(seen: Seen, paths: Iterable[str]) -> dict[str, str]:
    """The files of the commit, as far as they are text."""
    found = ((path, seen.known.history.text(seen.blobs.get(path, ""))) for path in paths)
    return {path: text for path, text in found if text is not None}
