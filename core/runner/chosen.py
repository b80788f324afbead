"""A run of tests chosen by name tells of those alone; what the others of their files did stays known."""

from __future__ import annotations

from dataclasses import replace

from beai.core.runner.report import FileOutcome, Report, TestKey, TestState

_JOIN = " (?:> )?"  # runners match a pattern against names that they join with a space, we join them with `` > ``
_SPECIAL = frozenset(r".*+?^${}()|[]\/")


def pattern(key: TestKey) -> str:
    """A regular expression, in JavaScript's and Python's common tongue, that finds the test ``key`` and no other."""
    return "^" + _JOIN.join(_literal(name) for name in key.name.split(" > ")) + "$"


def completed(known: Report, report: Report) -> Report:
    """``report``, a run of chosen names, with the tests that it left out as they were in ``known``."""
    before = {file.file: file for file in known.files}
    return replace(report, files=tuple(_completed(before.get(file.file), file) for file in report.files))


def _literal(text: str) -> str:
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)


def _completed(known: FileOutcome | None, file: FileOutcome) -> FileOutcome:
    if known is None or file.errors:
        return file
    ran = {test.key: test for test in file.tests if test.state is not TestState.SKIP}
    kept = tuple(ran.pop(test.key, test) for test in known.tests)
    return replace(file, tests=(*kept, *ran.values()))
