"""The definition of done is five lights, each lit by evidence alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.runner.report import Report, TestKey, TestState


@dataclass(frozen=True, slots=True)
class Light:
    """One part of the definition of done: whether it is reached, and what shows it (or what is missing)."""

    name: str
    lit: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One approved case: whether the loop has settled it, the test that stands for it, or that it was left out."""

    id: str
    settled: bool
    test: TestKey | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """What one task has come to. ``report`` holds the standing of confirmed runs, ``shown`` also what was seen since;
    ``commit`` is the commit's SHA.

    ``written`` are the paths this task wrote, ``mistyped`` the type errors in them, each with its place; ``declined``
    and ``waived`` are the person's reasons for leaving out the commit and the context's update.
    """

    cases: tuple[CaseFact, ...] = ()
    report: Report | None = None
    written: tuple[str, ...] = ()
    context: str = ""
    commit: str = ""
    declined: str = ""
    waived: str = ""
    mistyped: tuple[str, ...] = ()
    shown: Report | None = None


def lights(work: Work) -> tuple[Light, ...]:
    """The five lights, in the order of the role's definition of done."""
    return (_implemented(work), _tested(work), _context(work), _committed(work), _schema(work.written))


def _implemented(work: Work) -> Light:
    name = "logic implemented"
    left = [case.id for case in work.cases if not case.settled]
    if not work.cases:
        return Light(name, False, "no test case is approved yet")
    if left:
        return Light(name, False, f"open: {' '.join(left)}")
    skipped = " ".join(case.id for case in work.cases if case.skipped)
    done = [case.id for case in work.cases if not case.skipped]
    if not done:
        return Light(name, False, f"left out: {skipped}")
    if work.mistyped:
        more = f" and {len(work.mistyped) - 1} more" if len(work.mistyped) > 1 else ""
        return Light(name, False, f"type error: {work.mistyped[0]}{more}")
    left_out = f", left out: {skipped}" if skipped else ""
    return Light(name, True, f"{_count(len(done), 'case')} settled: {' '.join(done)}{left_out}")


def _tested(work: Work) -> Light:
    name = "unit tests pass"
    tests = [case.test for case in work.cases if case.test]
    if not work.report:
        return Light(name, False, "no confirmed run yet")
    if not tests:
        return Light(name, False, "no test of this task yet")
    shown = work.shown or work.report
    bad = [test.leaf for test in tests if not (_passes(work.report, test) and _passes(shown, test))]
    bad += [name for name in _fallen(work.report, shown) if name not in bad]
    if bad:
        return Light(name, False, f"not passing: {bad[0]}" + (f" and {len(bad) - 1} more" if len(bad) > 1 else ""))
    return Light(name, True, f"{_count(len(tests), 'test')} passed in run {work.report.run}")


def _passes(report: Report, test: TestKey) -> bool:
    seen = report.find(test)
    return seen is not None and seen.state is TestState.PASS


def _fallen(standing: Report, shown: Report) -> list[str]:
    """What fails, or does not load, in ``shown`` and did not in ``standing``: red heads of before darken nothing."""
    if shown is standing:
        return []
    broken = {file.file for file in standing.files if file.errors}
    failed = {test.key for test in standing.failed()}
    files = [file.file for file in shown.files if file.errors and file.file not in broken]
    return [*files, *(test.key.leaf for test in shown.failed() if test.key not in failed)]


def _context(work: Work) -> Light:
    name = "context updated"
    if work.context and work.context in work.written:
        return Light(name, True, work.context)
    if work.waived:
        return Light(name, False, f"left out: {work.waived}")
    return Light(name, False, f"{work.context} is unchanged" if work.context else "there is no active context file")


def _committed(work: Work) -> Light:
    name = "commit made"
    if work.commit:
        return Light(name, True, work.commit[:12])
    return Light(name, False, f"declined: {work.declined}" if work.declined else "not committed yet")


def _schema(written: Sequence[str]) -> Light:
    name = "schema changes documented"
    schemas = [path for path in written if path.endswith(".prisma")]
    sheets = [path for path in written if path.startswith("tasks/handoff/")]
    if not schemas:
        return Light(name, True, "no schema change")
    if sheets:
        return Light(name, True, sheets[-1])
    return Light(name, False, f"{schemas[0]} changed, and no hand-off sheet says so")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
