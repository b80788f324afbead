"""What a run means for a case: right red, wrong red, vacuous, absent, green, or broken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from beai.core.runner.failure import asserts, missing_procedure, other_procedure, unset_mock
from beai.core.runner.report import FileOutcome, Report, TestError, TestKey, TestOutcome, TestState


class Redness(StrEnum):
    """How a freshly written test ended."""

    RIGHT = "right red"
    WRONG = "wrong red"
    VACUOUS = "vacuous"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class RedVerdict:
    """The verdict on a new test; ``reason`` is one sentence, ``test`` the test it speaks of, if one was found."""

    redness: Redness
    reason: str
    test: TestOutcome | None = None


@dataclass(frozen=True, slots=True)
class GreenVerdict:
    """Whether a run is green for a case; ``reasons`` say everything that is not."""

    reasons: tuple[str, ...] = ()

    @property
    def green(self) -> bool:
        """Nothing speaks against it."""
        return not self.reasons


def judge_red(
    standing: Report,
    report: Report,
    case_id: str,
    written: frozenset[str],
    procedure: str,
    exists: bool,
    earlier: TestKey | None = None,
) -> RedVerdict:
    """Judge the new test of ``case_id`` in the files just ``written``.

    ``procedure`` is the path under test (``wishlist.addItem``, may be empty); ``exists`` whether the code has it;
    ``earlier`` the test this case had before, which may be replaced.
    The right red is an assertion that failed, or the procedure under test missing; nothing else may have changed.
    """
    if broken := _loading(report, written):
        return RedVerdict(Redness.WRONG, broken)
    test = new_test(standing, report, case_id, written, earlier)
    if test is None:
        return RedVerdict(Redness.WRONG, f"No test for {case_id} ran.")
    if report.focused and not standing.focused:
        return RedVerdict(Redness.WRONG, "An .only hides other tests.", test)
    if others := _newly_failing(standing, report, test.key):
        return RedVerdict(Redness.WRONG, f"Other tests fell as well: {_names(others)}.", test)
    if lost := _lost(standing, report, earlier):
        return RedVerdict(Redness.WRONG, lost, test)
    if loose := _newly_unhandled(standing, report):
        return RedVerdict(Redness.WRONG, _unhandled(loose[0]), test)
    match test.state:
        case TestState.PASS if not exists:
            return RedVerdict(Redness.ABSENT, "It passes only because the procedure does not exist yet.", test)
        case TestState.PASS:
            return RedVerdict(Redness.VACUOUS, "It passes at once, so it has not been seen to fail.", test)
        case TestState.SKIP | TestState.TODO:
            return RedVerdict(Redness.WRONG, "The test is skipped.", test)
        case TestState.FAIL:
            return _judge_failure(test, procedure)


def judge_green(
    standing: Report, report: Report, target: TestKey | None, locked: frozenset[str] = frozenset()
) -> GreenVerdict:
    """Judge a run after code was written; ``target`` is the test that must pass, ``locked`` files must be untouched."""
    reasons: list[str] = []
    if target is not None:
        outcome = report.find(target)
        if outcome is None:
            reasons.append(f"{target.leaf} did not run.")
        elif outcome.state is not TestState.PASS:
            reasons.append(f"{target.leaf} does not pass: {_first(outcome)}")
    if broken := _loading(report, frozenset(file.file for file in report.files) - _broken_before(standing)):
        reasons.append(broken)
    if fallen := _newly_failing(standing, report, target):
        reasons.append(f"Newly failing: {_names(fallen)}.")
    if hidden := _newly_hidden(standing, report):
        reasons.append(f"Newly skipped: {_names(hidden)}.")
    if gone := _vanished(standing, report):
        reasons.append(f"No longer there: {', '.join(key.leaf for key in gone[:3])}.")
    if report.focused and not standing.focused:
        reasons.append("An .only hides other tests.")
    if loose := _newly_unhandled(standing, report):
        reasons.append(_unhandled(loose[0]))
    if report.snapshots_written:
        reasons.append(f"{report.snapshots_written} snapshot(s) were written during the run.")
    if touched := sorted(locked & frozenset(report.touched)):
        reasons.append(f"Changed during the run: {', '.join(touched)}.")
    if not report.tests():
        reasons.append("No test ran.")
    return GreenVerdict(tuple(reasons))


def new_test(
    standing: Report, report: Report, case_id: str, written: frozenset[str], earlier: TestKey | None = None
) -> TestOutcome | None:
    """The test that was just written: an unknown one named after the case, else the only unknown one, else ``earlier``.

    Cases are numbered anew in every task, so a known test of the same number is another task's and never taken.
    """
    known = {test.key for test in standing.tests()}
    unknown = [test for test in report.tests() if test.key.file in written and test.key not in known]
    named = [test for test in unknown if re.match(rf"{re.escape(case_id)}\b", test.key.leaf)]
    if named:
        return named[-1]
    if len(unknown) == 1:
        return unknown[0]
    return report.find(earlier) if earlier is not None else None


def merge(standing: Report, report: Report) -> Report:
    """``standing`` with every file that ``report`` ran replaced by what it showed; loose errors of before are kept."""
    ran = {file.file for file in report.files}
    kept = tuple(file for file in standing.files if file.file not in ran)
    files = tuple(sorted((*kept, *report.files), key=lambda file: file.file))
    loose = (*standing.unhandled, *_newly_unhandled(standing, report))
    return replace(report, files=files, unhandled=loose, focused=standing.focused or report.focused)


def contradicted(quick: Mapping[TestKey, TestOutcome], report: Report) -> tuple[TestKey, ...]:
    """The tests that a confirmed ``report`` shows otherwise than a provisional run did: their state leaks."""
    return tuple(test.key for test in report.tests() if test.key in quick and quick[test.key].state is not test.state)


def explain(test: TestOutcome) -> str:
    """The failure of ``test`` in a few lines: message, expected, received, place. Text from outside."""
    lines: list[str] = []
    for error in test.errors[:2]:
        lines.append(f"{error.name}: {error.message}".strip())
        if error.cause:
            lines.append(f"caused by {error.cause}")
        if error.file:
            lines.append(f"at {error.file}:{error.line}")
    return "\n".join(lines)


def _judge_failure(test: TestOutcome, procedure: str) -> RedVerdict:
    error = test.errors[0] if test.errors else TestError("", "")
    if missing_procedure(error, procedure):
        return RedVerdict(Redness.RIGHT, f"{procedure or 'The procedure'} does not exist yet.", test)
    if other := other_procedure(error, procedure):
        return RedVerdict(Redness.WRONG, f"It calls {other}, which does not exist and is not what is tested.", test)
    if unset_mock(error):
        return RedVerdict(Redness.WRONG, f"A mock is not set: {_first(test)}", test)
    if asserts(error):
        return RedVerdict(Redness.RIGHT, _first(test), test)
    return RedVerdict(Redness.WRONG, f"It fails, but not by an assertion: {_first(test)}", test)


def _loading(report: Report, files: frozenset[str]) -> str:
    broken = [file for file in report.files if file.file in files and file.errors]
    if not broken:
        return ""
    error = broken[0].errors[0]
    head = next((line for line in error.message.splitlines() if line.strip()), error.name)
    return f"{broken[0].file} does not load: {head[:200]}"


def _broken_before(standing: Report) -> frozenset[str]:
    return frozenset(file.file for file in standing.files if file.errors)


def _newly_failing(standing: Report, report: Report, target: TestKey | None) -> tuple[TestOutcome, ...]:
    failing_before = {test.key for test in standing.failed()}
    return tuple(test for test in report.failed() if test.key != target and test.key not in failing_before)


def _newly_hidden(standing: Report, report: Report) -> tuple[TestOutcome, ...]:
    ran_before = {test.key for test in standing.tests() if test.state in (TestState.PASS, TestState.FAIL)}
    return tuple(
        test for test in report.tests() if test.state in (TestState.SKIP, TestState.TODO) and test.key in ran_before
    )


def _vanished(standing: Report, report: Report) -> tuple[TestKey, ...]:
    ran: dict[str, FileOutcome] = {file.file: file for file in report.files}
    now = {test.key for test in report.tests()}
    return tuple(test.key for test in standing.tests() if test.key.file in ran and test.key not in now)


def _lost(standing: Report, report: Report, earlier: TestKey | None) -> str:
    """What happened to the other tests, ``""`` where they are all there and run."""
    hidden = [test.key for test in _newly_hidden(standing, report)]
    for words, keys in (("Newly skipped", hidden), ("No longer there", _vanished(standing, report))):
        others = [key.leaf for key in keys if key != earlier]
        if others:
            return f"{words}: {', '.join(others[:3])}."
    return ""


def _newly_unhandled(standing: Report, report: Report) -> tuple[TestError, ...]:
    before = {(error.name, error.message) for error in standing.unhandled}
    return tuple(error for error in report.unhandled if (error.name, error.message) not in before)


def _unhandled(error: TestError) -> str:
    return f"Unhandled error: {error.message[:200] or error.name}"


def _names(tests: tuple[TestOutcome, ...]) -> str:
    shown = ", ".join(test.key.leaf for test in tests[:3])
    return f"{shown} and {len(tests) - 3} more" if len(tests) > 3 else shown


def _first(test: TestOutcome) -> str:
    error = test.errors[0] if test.errors else TestError("", "it failed without a message")
    line = next((line.strip() for line in error.message.splitlines() if line.strip()), error.name)
    return line[:200]
