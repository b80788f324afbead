"""A run that was stopped ends in a report that says why, in the files that had no end yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from beai.core.runner.report import FileOutcome, Report, TestError

NAME = "Stopped"
_UNFINISHED = frozenset({"WorkerError", "Unfinished"})  # what a driver calls a file whose process went away
_STOPPED = _UNFINISHED | {NAME, "Timeout"}


def fate(file: FileOutcome) -> str:
    """What became of a file with errors: it began and was stopped, or never came to its tests."""
    return "was not finished" if any(error.name in _STOPPED for error in file.errors) else "does not load"


def explained(report: Report, sentence: str) -> Report:
    """``report`` with ``sentence`` for a reason where a test process went away; where none is told of, as unhandled."""
    files = tuple(_explained(file, sentence) for file in report.files)
    if files != report.files:
        return replace(report, files=files)
    return replace(report, unhandled=(*report.unhandled, TestError(NAME, sentence)))


def cut_off(files: Iterable[FileOutcome], ended: Collection[str], sentence: str) -> tuple[FileOutcome, ...]:
    """``files`` as far as they came when the driver went away; those not in ``ended`` say ``sentence``."""
    error = TestError(NAME, sentence)
    return tuple(file if file.file in ended else replace(file, errors=(*file.errors, error)) for file in files)


def _explained(file: FileOutcome, sentence: str) -> FileOutcome:
    errors = tuple(
        replace(error, name=NAME, message=sentence) if error.name in _UNFINISHED else error for error in file.errors
    )
    return replace(file, errors=errors)
