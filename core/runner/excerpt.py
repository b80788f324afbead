"""The source lines around each failure, read once a run is over, so that what is shown is what was run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from beai.core.runner.report import FileOutcome, Report, TestError, TestOutcome
from beai.core.runner.stack import excerpt, place

_FAILURES, _FILES = 20, 10  # that are read for, so that a broken dependency costs no more than one failure does
_BYTES, _LINE = 512 * 1024, 400


def excerpted(report: Report, repo: Path) -> Report:
    """``report`` with the lines around the first failures, as far as they lie in files of ``repo``."""
    if not report.failed() and not any(file.errors for file in report.files):
        return report
    source = _Source(repo.resolve())
    return replace(report, files=tuple(source.file(file) for file in report.files))


class _Source:
    def __init__(self, repo: Path) -> None:
        self._repo = repo
        self._left = _FAILURES
        self._texts: dict[str, str] = {}

    def file(self, file: FileOutcome) -> FileOutcome:
        if not file.errors and not any(test.errors for test in file.tests):
            return file
        return replace(file, tests=tuple(self._test(test) for test in file.tests), errors=self._errors(file.errors))

    def _test(self, test: TestOutcome) -> TestOutcome:
        return replace(test, errors=self._errors(test.errors)) if test.errors and self._left > 0 else test

    def _errors(self, errors: tuple[TestError, ...]) -> tuple[TestError, ...]:
        """The first error that has a place, with its lines."""
        at, frame = next(((at, found) for at, error in enumerate(errors) if (found := place(error))), (0, None))
        if frame is None or self._left <= 0:
            return errors
        self._left -= 1
        around = excerpt(frame, self._text(frame.file))
        lines = tuple((number, text[:_LINE]) for number, text in around.lines) if around is not None else ()
        return (*errors[:at], replace(errors[at], excerpt=lines), *errors[at + 1 :])

    def _text(self, name: str) -> str:
        if name not in self._texts and len(self._texts) < _FILES:
            self._texts[name] = self._read(name)
        return self._texts.get(name, "")

    def _read(self, name: str) -> str:
        """A file's text; empty for what is no ordinary file of the repository, or is too large to be a source."""
        try:
            path = (self._repo / name).resolve()
            if not path.is_relative_to(self._repo) or not path.is_file() or path.stat().st_size > _BYTES:
                return ""
            return path.read_bytes().decode("utf-8", "replace")
        except (OSError, ValueError):
            return ""
