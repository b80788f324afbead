"""What a run shows beside the one test in question: what does not load, newly fails, is hidden, or is gone."""

from __future__ import annotations

from collections.abc import Iterable

from beai.core.runner.classify import FailureKind, classify
from beai.core.runner.report import FileOutcome, Report, TestError, TestKey, TestOutcome, TestState

_LINE = 200  # characters of a message that is quoted
_NAMED = 3  # tests that one sentence names


def not_loading(report: Report) -> tuple[FileOutcome, ...]:
    """The files that could not be loaded, or whose loading left an error."""
    return tuple(file for file in report.files if file.errors)


def newly_failing(standing: Report, report: Report, target: TestKey | None = None) -> tuple[TestOutcome, ...]:
    """The tests but ``target`` that fail now and did not fail before."""
    failing_before = {test.key for test in standing.failed()}
    return tuple(test for test in report.failed() if test.key != target and test.key not in failing_before)


def newly_hidden(standing: Report, report: Report) -> tuple[TestOutcome, ...]:
    """The tests that are skipped now and ran before; a run of chosen names hides nothing."""
    if report.name:
        return ()
    ran_before = {test.key for test in standing.tests() if test.state in (TestState.PASS, TestState.FAIL)}
    return tuple(
        test for test in report.tests() if test.state in (TestState.SKIP, TestState.TODO) and test.key in ran_before
    )


def vanished(standing: Report, report: Report) -> tuple[TestKey, ...]:
    """The tests of before that are no longer in their file, though that ran and loaded."""
    if report.name:
        return ()
    ran = {file.file for file in report.files}
    now = {test.key for test in report.tests()}
    return tuple(test.key for test in standing.tests() if test.key.file in ran and test.key not in now)


def unasserted(standing: Report, report: Report) -> tuple[tuple[TestOutcome, int], ...]:
    """The passing tests that made fewer assertions than their text makes, with that number; not those of before."""
    required, before = dict(report.required), {test.key: test for test in standing.tests()}
    found: list[tuple[TestOutcome, int]] = []
    for test in report.tests():
        floor, was = required.get(test.key, 0), before.get(test.key)
        known = was is not None and was.state is TestState.PASS and 0 <= was.assertions < floor
        if test.state is TestState.PASS and 0 <= test.assertions < floor and not known:
            found.append((test, floor))
    return tuple(found)


def fewer_assertions(standing: Report, report: Report) -> tuple[tuple[TestOutcome, int], ...]:
    """The tests that passed before and pass now with fewer assertions, with the number of before."""
    before = {test.key: test.assertions for test in standing.tests() if test.state is TestState.PASS}
    return tuple(
        (test, before[test.key])
        for test in report.tests()
        if test.state is TestState.PASS and 0 <= test.assertions < before.get(test.key, -1)
    )


def newly_unhandled(standing: Report, report: Report) -> tuple[TestError, ...]:
    """The errors no test owns that were not there before."""
    before = {(error.name, error.message) for error in standing.unhandled}
    return tuple(error for error in report.unhandled if (error.name, error.message) not in before)


def hiding(standing: Report, report: Report) -> tuple[str, ...]:
    """The files whose ``.only`` hides their other tests; all that it may be where ``standing`` does not tell."""
    if not report.focused:
        return ()
    half = [file.file for file in report.files if half_skipped(file)]
    hidden = {test.key.file for test in newly_hidden(standing, report)}
    return tuple(file for file in half if file in hidden) or tuple(half)


def half_skipped(file: FileOutcome) -> bool:
    """Whether some of its tests were skipped and others not."""
    return len({test.state is TestState.SKIP for test in file.tests}) == 2


def first_line(error: TestError) -> str:
    """The first line of what ``error`` says that is not blank, cut; its name where it says nothing."""
    line = next((line.strip() for line in error.message.splitlines() if line.strip()), error.name)
    return line[:_LINE]


def first_of(test: TestOutcome) -> str:
    """The first line of the first error of ``test``."""
    return first_line(test.errors[0] if test.errors else TestError("", "it failed without a message"))


def told(error: TestError) -> str:
    """The first line of an error of loading, and its kind, where the line is not enough to see that."""
    kind = classify(error, file_error=True)
    return first_line(error) if kind is FailureKind.OTHER else f"{first_line(error)} ({kind})"


def unhandled(error: TestError) -> str:
    """``error`` in a sentence."""
    return f"Unhandled error: {error.message[:_LINE] or error.name}"


def names(keys: Iterable[TestKey]) -> str:
    """The innermost names of the first few, and how many there are beside."""
    all_of_them = [key.leaf for key in keys]
    shown = ", ".join(all_of_them[:_NAMED])
    return f"{shown} and {len(all_of_them) - _NAMED} more" if len(all_of_them) > _NAMED else shown
