"""What the person chose to see of the tests: words to filter by, and the tests that were opened; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from beai.core.loop.events.deeds import RerunAsked
from beai.core.runner.chosen import haystack, needle, pattern, words_pattern
from beai.core.runner.report import FileOutcome, Report, TestKey, TestOutcome


class By(StrEnum):
    """What the words of a filter are looked for in."""

    ANY = "name or file"
    NAME = "name"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Choice:
    """``opened`` tests are told in full, ``printed`` ones with their output."""

    words: str = ""
    by: By = By.ANY
    opened: frozenset[TestKey] = frozenset()
    printed: frozenset[TestKey] = frozenset()

    def filtered(self, words: str, by: By) -> Choice:
        """The same with another filter."""
        return replace(self, words=words, by=by)

    def toggled(self, key: TestKey) -> Choice:
        """The test ``key`` opened, or folded again; its output goes with it."""
        return replace(self, opened=self.opened ^ {key}, printed=self.printed - {key})

    def shown_output(self, key: TestKey) -> Choice:
        """The output of ``key`` shown, or folded again."""
        return replace(self, printed=self.printed ^ {key})


class Index:
    """The tests of one report with the text that a filter looks in, made once a report."""

    def __init__(self, report: Report | None) -> None:
        self.report = report
        self.tests: tuple[TestOutcome, ...] = report.tests() if report is not None else ()
        self._names: list[str] = []

    def matching(self, choice: Choice) -> Sequence[TestOutcome]:
        """The tests that the filter lets through, in the runner's order."""
        if not (words := needle(choice.words)):
            return self.tests
        if choice.by is By.FILE:
            files = {file.file for file in self.files(choice)}
            return [test for test in self.tests if test.key.file in files]
        if not self._names:
            self._names = [haystack(test.key) for test in self.tests]
        files = {file.file for file in self.files(choice)} if choice.by is By.ANY else set()
        pairs = zip(self.tests, self._names, strict=True)
        return [test for test, name in pairs if words in name or test.key.file in files]

    def files(self, choice: Choice) -> Sequence[FileOutcome]:
        """The files whose path holds the filter's words; all where there is no filter, none where it is by name."""
        known = self.report.files if self.report is not None else ()
        words = choice.words.strip().lower()
        if not words:
            return known
        return () if choice.by is By.NAME else [file for file in known if words in file.file.lower()]

    def rerun(self, choice: Choice) -> RerunAsked | None:
        """What runs again the tests that a filter by name or by file lets through, None where there are none."""
        files = tuple(dict.fromkeys(test.key.file for test in self.matching(choice)))
        if choice.by is By.FILE:
            files = tuple(file.file for file in self.files(choice))
        if not files or not choice.words.strip():
            return None
        return RerunAsked(files=files, name="" if choice.by is By.FILE else words_pattern(choice.words))


def rerun_of(key: TestKey) -> RerunAsked:
    """What runs one test again, and only it; a file where ``key`` has no name."""
    return RerunAsked(files=(key.file,), name=pattern(key) if key.name else "")


def unloaded(files: Iterable[FileOutcome]) -> list[FileOutcome]:
    """The files that did not load."""
    return [file for file in files if file.errors]
