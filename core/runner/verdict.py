"""What a run means for a case: right red, wrong red, vacuous, absent, green, or broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from beai.core.runner.classify import FailureKind, classify
from beai.core.runner.failure import other_procedure
from beai.core.runner.report import FileOutcome, Report, TestError, TestKey, TestOutcome, TestState
from beai.core.runner.signs import (
    fewer_assertions,
    first_of,
    half_skipped,
    names,
    newly_failing,
    newly_hidden,
    newly_unhandled,
    not_loading,
    told,
    unasserted,
    unhandled,
    vanished,
)
from beai.core.runner.stopped import fate


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
    """Whether a run is green for a case; ``reasons`` are all that is not, ``remarks`` what a person should see."""

    reasons: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

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
    if beside := _beside(standing, report, test.key, earlier):
        return RedVerdict(Redness.WRONG, beside, test)
    hollow = dict(report.hollow).get(test.key, "")
    vain = test.assertions <= dict(report.required).get(test.key, 0)  # it made none but those that are in vain
    match test.state:
        case TestState.PASS if hollow and vain:
            return RedVerdict(Redness.WRONG, f"{test.key.leaf} {hollow}.", test)
        case TestState.PASS if not exists:
            return RedVerdict(Redness.ABSENT, "It passes only because the procedure does not exist yet.", test)
        case TestState.PASS:
            return RedVerdict(Redness.VACUOUS, "It passes at once, so it has not been seen to fail.", test)
        case TestState.SKIP | TestState.TODO:
            return RedVerdict(Redness.WRONG, "The test is skipped.", test)
        case TestState.FAIL:
            return _judge_failure(test, procedure, hollow)


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
            reasons.append(f"{target.leaf} does not pass: {first_of(outcome)}")
    if broken := _loading(report, frozenset(file.file for file in report.files) - _broken_before(standing)):
        reasons.append(broken)
    if fallen := newly_failing(standing, report, target):
        reasons.append(f"Newly failing: {names(test.key for test in fallen)}.")
    if hidden := newly_hidden(standing, report):
        reasons.append(f"Newly skipped: {names(test.key for test in hidden)}.")
    if gone := vanished(standing, report):
        reasons.append(f"No longer there: {names(gone)}.")
    if report.focused and not standing.focused:
        reasons.append("An .only hides other tests.")
    if loose := newly_unhandled(standing, report):
        reasons.append(unhandled(loose[0]))
    if report.snapshots_written:
        reasons.append(f"{report.snapshots_written} snapshot(s) were written during the run.")
    if touched := sorted(locked & frozenset(report.touched)):
        reasons.append(f"Changed during the run: {', '.join(touched)}.")
    reasons += [_too_few(test, floor) for test, floor in unasserted(standing, report)]
    if not report.tests():
        reasons.append("No test ran.")
    return GreenVerdict(tuple(reasons), tuple(_dropped(standing, report)))


def _too_few(test: TestOutcome, floor: int) -> str:
    if not test.assertions:
        return f"{test.key.leaf} passed without asserting anything."
    return f"{test.key.leaf} made {test.assertions} of the {floor} assertions that its text makes."


def _dropped(standing: Report, report: Report) -> Iterator[str]:
    for test, before in fewer_assertions(standing, report):
        made = "1 assertion" if test.assertions == 1 else f"{test.assertions} assertions"
        yield f"{test.key.leaf} makes {made} now, {before} before."


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
    """``standing`` brought up to date by ``report``: files that it ran are replaced, files that are gone are dropped.

    Of a run of chosen names only what ran is taken. A loose error stays until the files it speaks of run again.
    """
    if report.whole and not report.name:
        return report
    before = {file.file: file for file in standing.files}
    ran = {file.file for file in report.files}
    kept = tuple(file for file in standing.files if file.file not in ran and not _under(file.file, report.gone))
    new = report.files if not report.name else tuple(_only_ran(before.get(file.file), file) for file in report.files)
    loose = tuple(error for error in standing.unhandled if not _speaks_of(error, ran | set(report.gone)))
    still_focused = standing.focused and any(half_skipped(file) for file in kept)
    return replace(
        report,
        files=tuple(sorted((*kept, *new), key=lambda file: file.file)),
        unhandled=(*loose, *newly_unhandled(replace(standing, unhandled=loose), report)),
        focused=report.focused or still_focused,
    )


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


def _beside(standing: Report, report: Report, key: TestKey, earlier: TestKey | None) -> str:
    """What a new test does beside itself, ``""`` where all others are as they were."""
    if report.focused and not standing.focused:
        return "An .only hides other tests."
    if not standing.focused and _in_focus(report, key):
        return "It carries an .only, with which no other test of its file runs."
    if others := newly_failing(standing, report, key):
        return f"Other tests fell as well: {names(test.key for test in others)}."
    if lost := _lost(standing, report, earlier):
        return lost
    loose = newly_unhandled(standing, report)
    return unhandled(loose[0]) if loose else ""


def _in_focus(report: Report, key: TestKey) -> bool:
    """Whether the test, or a suite around it, carries an ``.only``."""
    own = (focus.name for focus in report.focuses if focus.file == key.file)
    return any(key.name == name or key.name.startswith(f"{name} > ") for name in own)


def _judge_failure(test: TestOutcome, procedure: str, hollow: str) -> RedVerdict:
    """``hollow`` is why the test asserts nothing; an assertion that failed was one all the same."""
    error = test.errors[0] if test.errors else TestError("", "")
    kind = classify(error, procedure=procedure)
    other = other_procedure(error, procedure)
    match kind:
        case FailureKind.MISSING_PROCEDURE if other:
            return RedVerdict(Redness.WRONG, f"It calls {other}, which does not exist and is not what is tested.", test)
        case FailureKind.MISSING_PROCEDURE if hollow:
            return RedVerdict(Redness.WRONG, f"{test.key.leaf} {hollow}.", test)
        case FailureKind.MISSING_PROCEDURE:
            return RedVerdict(Redness.RIGHT, f"{procedure or 'The procedure'} does not exist yet.", test)
        case FailureKind.ASSERTION:
            return RedVerdict(Redness.RIGHT, first_of(test), test)
        case FailureKind.UNSET_MOCK:
            return RedVerdict(Redness.WRONG, f"A mock is not set: {first_of(test)}", test)
        case _:
            return RedVerdict(Redness.WRONG, f"It fails, but not by an assertion ({kind}): {first_of(test)}", test)


def _loading(report: Report, files: frozenset[str]) -> str:
    broken = [file for file in not_loading(report) if file.file in files]
    return f"{broken[0].file} {fate(broken[0])}: {told(broken[0].errors[0])}" if broken else ""


def _broken_before(standing: Report) -> frozenset[str]:
    return frozenset(file.file for file in not_loading(standing))


def _only_ran(before: FileOutcome | None, file: FileOutcome) -> FileOutcome:
    """``file`` with each test that its run left out as it was ``before``."""
    known = {test.key: test for test in before.tests} if before is not None and not file.errors else {}
    tests = tuple(known.get(test.key, test) if test.state is TestState.SKIP else test for test in file.tests)
    told = {test.key for test in tests}
    return replace(file, tests=(*tests, *(test for test in known.values() if test.key not in told)))


def _under(file: str, gone: tuple[str, ...]) -> bool:
    return any(file == path or file.startswith(f"{path}/") for path in gone)


def _speaks_of(error: TestError, files: set[str]) -> bool:
    return error.file in files or any(file in frame for frame in error.stack for file in files)


def _lost(standing: Report, report: Report, earlier: TestKey | None) -> str:
    """What happened to the other tests, ``""`` where they are all there and run."""
    hidden = [test.key for test in newly_hidden(standing, report)]
    for words, keys in (("Newly skipped", hidden), ("No longer there", vanished(standing, report))):
        others = [key for key in keys if key != earlier]
        if others:
            return f"{words}: {names(others)}."
    return ""
