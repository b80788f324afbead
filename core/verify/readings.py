"""What reports of runs mean for one commit: its red cases, each by itself, and everything that keeps it from green."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from beai.core.edits.policy import is_test
from beai.core.edits.tamper.counting import floors
from beai.core.edits.tamper.hollow import focused, hollow
from beai.core.runner.classify import FailureKind, classify
from beai.core.runner.report import FileOutcome, Report, RunKind, TestKey, TestOutcome, TestState
from beai.core.runner.signs import (
    first_line,
    first_of,
    newly_failing,
    newly_hidden,
    newly_unhandled,
    not_loading,
    vanished,
)
from beai.core.runner.verdict import Redness, RedVerdict, judge_red
from beai.core.verify.tests import Marked

EMPTY = Report(0, RunKind.CONFIRMED, ())
_MADE = re.compile(r"%[a-zA-Z#$%]|\$[\w.$#]+|\$\{[^}]*\}")
_UNRESOLVED = re.compile(r"[\"'`]([^\"'`\n]{1,300})[\"'`]")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about: its test, the procedure that it calls, and whether the parent's code has that."""

    case: str
    test: Marked
    procedure: str = ""
    exists: bool = True


def informed(report: Report, texts: Mapping[str, str]) -> Report:
    """``report`` with what the texts of its test files tell: how much is asserted, and what is focused."""
    tests = {path: text for path, text in texts.items() if is_test(path)}
    return replace(
        report,
        required=tuple((TestKey(path, name), n) for path, text in tests.items() for name, n in floors(path, text)),
        hollow=tuple((TestKey(path, name), why) for path, text in tests.items() for name, why in hollow(path, text)),
        focuses=tuple(TestKey(path, name) for path, text in tests.items() for name in focused(path, text)),
    )


def outcomes(report: Report, test: Marked) -> tuple[TestOutcome, ...]:
    """The outcomes of ``test``: one, or those of each row where its name is made of a table."""
    there = [one for one in report.tests() if one.key.file == test.path]
    exact = tuple(one for one in there if one.key.name == test.name)
    if exact or not _MADE.search(test.name):
        return exact
    named = re.compile(pattern(test.name))
    return tuple(one for one in there if named.fullmatch(one.key.name))


def pattern(name: str) -> str:
    """An expression for the names that a test has which is called ``name``, where a table may fill it in."""
    return r"[\s\S]{0,200}".join(re.escape(part) for part in _MADE.split(name))


def red(
    standing: Report, report: Report, subject: Subject, moving: frozenset[TestKey], added: Iterable[str]
) -> RedVerdict:
    """Judge one case by itself: ``moving`` are the other tests that the commit changes, ``added`` files it adds."""
    mine = outcomes(report, subject.test)
    if broken := next((one for one in not_loading(report) if one.file == subject.test.path), None):
        return _broken(broken, added)
    keys = {one.key for one in mine}
    chosen = next((one for one in mine if one.state is not TestState.FAIL), mine[0] if mine else None)
    others = moving | keys
    before = _without(standing, others, {subject.test.path})
    after = _without(report, others - ({chosen.key} if chosen is not None else set()), {subject.test.path})
    written = frozenset({subject.test.path})
    verdict = judge_red(before, after, subject.case, written, subject.procedure, subject.exists)
    if verdict.redness is Redness.WRONG and _is_missing(verdict.test, added):
        return replace(verdict, redness=Redness.RIGHT)
    return verdict


def against(
    standing: Report, report: Report, pending: frozenset[TestKey], declared: Container[TestKey] = ()
) -> Iterator[tuple[str, str, TestKey | None]]:
    """What keeps a run from being green, as rule, sentence and test.

    ``pending`` are tests that are red by design, ``declared`` those that the text of the commit's files declares.
    """
    broken_before = {file.file for file in not_loading(standing)}
    for file in not_loading(report):
        if file.file not in broken_before:
            yield "not-green", f"{file.file} does not load: {first_line(file.errors[0])}", TestKey(file.file, "")
    for test in newly_failing(standing, report):
        if test.key not in pending:
            yield "not-green", f"'{test.key.leaf}' fails: {first_of(test)}", test.key
    for test in newly_hidden(standing, report):
        yield "test-skipped", f"'{test.key.leaf}' ran before, and is skipped now.", test.key
    for error in newly_unhandled(standing, report)[:3]:
        yield "not-green", f"An error that no test handles: {first_line(error)}", None
    for key in vanished(standing, report):
        if key in declared:
            yield "test-skipped", f"'{key.leaf}' ran before, is declared still, and does not run any more.", key
    if report.snapshots_written:
        yield "snapshot-blessed", f"{report.snapshots_written} snapshots were written by the run itself.", None


def _without(report: Report, keys: Iterable[TestKey], files: set[str]) -> Report:
    """The outcomes of ``files`` but for ``keys``."""
    left_out = frozenset(keys)
    kept = tuple(
        replace(file, tests=tuple(test for test in file.tests if test.key not in left_out))
        for file in report.files
        if file.file in files
    )
    return replace(report, files=kept)


def _broken(file: FileOutcome, added: Iterable[str]) -> RedVerdict:
    error = file.errors[0]
    if classify(error, file_error=True) is FailureKind.IMPORT and _names(f"{error.message} {error.cause}", added):
        return RedVerdict(Redness.RIGHT, "What it imports does not exist yet.")
    return RedVerdict(Redness.WRONG, f"{file.file} does not load: {first_line(error)}")


def _is_missing(test: TestOutcome | None, added: Iterable[str]) -> bool:
    """Whether a test stumbles over a module that the commit itself adds."""
    error = test.errors[0] if test is not None and test.errors else None
    return error is not None and classify(error) is FailureKind.IMPORT and _names(error.message, added)


def _names(message: str, added: Iterable[str]) -> bool:
    stems = {re.sub(r"(?:/index)?\.[cm]?[jt]sx?$", "", path).rpartition("/")[2] for path in added}
    said = (re.sub(r"\.[cm]?[jt]sx?$", "", one).rpartition("/")[2] for one in _UNRESOLVED.findall(message))
    return not stems.isdisjoint(said)
