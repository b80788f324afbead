"""What one task has come to, as the facts that the five lights are derived from."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.record.waived import Waived
from beai.core.runner.report import Report, TestKey, TestState


@dataclass(frozen=True, slots=True)
class Observed:
    """What run ``run`` showed at ``at`` (seconds since the epoch)."""

    run: int
    at: float
    message: str


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One approved case: whether the loop has settled it, the test that stands for it, and what was seen of it.

    ``skipped`` is whether the person left it out, ``waiver`` why; ``unproven`` whether its test was never seen red,
    ``proven`` whether it was seen red with the code broken.
    """

    id: str
    settled: bool
    test: TestKey | None = None
    skipped: bool = False
    text: str = ""
    criterion: str = ""
    red: Observed | None = None
    green: Observed | None = None
    unproven: bool = False
    proven: bool = False
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class CommitFact:
    """A commit that was read back; ``output`` is what its hooks said."""

    sha: str
    branch: str = ""
    subject: str = ""
    paths: tuple[str, ...] = ()
    output: str = ""


@dataclass(frozen=True, slots=True)
class WriteFact:
    """One file of one receipt: the SHA-256 of its bytes before (``""``: it was not there) and after."""

    receipt: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """Something left out: what in words, why, and who decided it."""

    kind: Waived
    what: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Work:
    """What one task has come to. ``report`` holds the standing of confirmed runs, ``shown`` also what was seen since.

    ``written`` are the paths this task wrote and that are still other than before, in the order of their last write;
    ``writes`` are all of its writes. ``task_file`` is where its status stands, ``status_done`` whether that says done.
    ``mistyped`` are the type errors in what it wrote, ``points`` what is open between criteria, cases and tests,
    ``deferred`` the questions put off. ``untyped``, ``unjudged``, ``unrecorded`` and ``declined`` are the person's
    reasons for leaving out the types, the last run, the record and the commit; ``uncovered`` is what they left out of
    the contract, ``bound`` what binds what in it. ``declined_paths`` are the reasons for single documents;
    ``left_out`` those for a light in exactly these words. ``by_hand`` are schema files that somebody else changed since
    the task began.
    """

    cases: tuple[CaseFact, ...] = ()
    report: Report | None = None
    shown: Report | None = None
    written: tuple[str, ...] = ()
    writes: tuple[WriteFact, ...] = ()
    context: str = ""
    task_file: str = ""
    status_done: bool = False
    commits: tuple[CommitFact, ...] = ()
    uncommitted: tuple[str, ...] = ()
    mistyped: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    untyped: str = ""
    uncovered: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    unjudged: str = ""
    unrecorded: str = ""
    declined: str = ""
    declined_paths: tuple[tuple[str, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    waivers: tuple[WaiverFact, ...] = ()
    by_hand: tuple[str, ...] = ()

    @property
    def all_skipped(self) -> bool:
        """Whether the person left out every case."""
        return bool(self.cases) and all(case.skipped for case in self.cases)


def passes(report: Report, test: TestKey) -> bool:
    """Whether ``test`` passed in ``report``."""
    seen = report.find(test)
    return seen is not None and seen.state is TestState.PASS


def fallen(standing: Report, shown: Report) -> list[str]:
    """What fails, or does not load, in ``shown`` and did not in ``standing``: red heads of before darken nothing."""
    if shown is standing:
        return []
    broken = {file.file for file in standing.files if file.errors}
    failed = {test.key for test in standing.failed()}
    files = [file.file for file in shown.files if file.errors and file.file not in broken]
    return [*files, *(test.key.leaf for test in shown.failed() if test.key not in failed)]
