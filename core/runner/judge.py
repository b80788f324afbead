"""What a run says of the whole package: one word, and by name everything that speaks against green."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from beai.core.runner.classify import FailureKind, classify
from beai.core.runner.history import RunMark, flipping, slow
from beai.core.runner.report import FileOutcome, Report, RunKind, TestKey, TestOutcome, TestState
from beai.core.runner.signs import (
    first_of,
    hiding,
    names,
    newly_failing,
    newly_hidden,
    newly_unhandled,
    not_loading,
    told,
    unhandled,
)
from beai.core.runner.stopped import fate


class Word(StrEnum):
    """The verdict in a word. UNPROVEN: everything that ran passed, but something speaks against taking it for green."""

    GREEN = "GREEN"
    RED = "RED"
    BROKEN = "BROKEN"
    NO_TESTS = "NO TESTS"
    SKIPPED_ONLY = "SKIPPED ONLY"
    UNPROVEN = "UNPROVEN"


class Tone(StrEnum):
    """How grave it is. WARN is also a red that the baseline already had."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Sign(StrEnum):
    """What a reason speaks of."""

    NOT_LOADED = "does not load"
    UNHANDLED = "unhandled error"
    FAILING = "fails"
    NO_TESTS = "no test ran"
    EMPTY = "a file without a test"
    SKIPPED_ONLY = "only skipped"
    ONLY = "an .only hides others"
    SKIPPED = "newly skipped"
    WRITTEN = "snapshot written"
    TOUCHED = "changed during the run"
    KNOWN = "failed before"
    OBSOLETE = "obsolete snapshot"
    LEAKING = "leaks state"
    FLAKY = "flaky"
    SLOW = "slow"


NOTES = frozenset({Sign.KNOWN, Sign.OBSOLETE, Sign.LEAKING, Sign.FLAKY, Sign.SLOW})
"""The signs that a green may carry."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to know of a run, as a sentence (text from outside), with the tests and files it names.

    ``kind`` is the kind of the failure, where it is one; ``REMEDIES`` has what a person can do.
    """

    sign: Sign
    sentence: str
    tests: tuple[TestKey, ...] = ()
    files: tuple[str, ...] = ()
    kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run means. ``new`` counts failing tests and unloadable files that the baseline did not have."""

    word: Word
    tone: Tone
    kind: RunKind
    passed: int
    failed: int
    tests: int
    broken: int
    new: int
    reasons: tuple[Reason, ...] = ()

    @property
    def green(self) -> bool:
        """Whether nothing speaks against it."""
        return self.word is Word.GREEN

    @property
    def against(self) -> tuple[Reason, ...]:
        """What speaks against green."""
        return tuple(reason for reason in self.reasons if reason.sign not in NOTES)

    @property
    def notes(self) -> tuple[Reason, ...]:
        """What is worth knowing and no reason against green."""
        return tuple(reason for reason in self.reasons if reason.sign in NOTES)

    def marked(self, sign: Sign) -> frozenset[TestKey]:
        """The tests that a reason of ``sign`` names."""
        return frozenset(key for reason in self.reasons if reason.sign is sign for key in reason.tests)


def judge(
    report: Report,
    standing: Report | None = None,
    runs: tuple[RunMark, ...] = (),
    ran: tuple[TestOutcome, ...] = (),
) -> Verdict:
    """Judge all that ``report`` holds by the baseline ``standing`` (None: everything is new) and earlier ``runs``.

    Without a baseline, what is skipped now and is among ``ran``, tests as earlier runs saw them end, is hidden as well.
    """
    before = standing or Report(0, RunKind.CONFIRMED, ())
    shown = before if standing is not None else replace(before, files=(FileOutcome("", ran),))
    reasons = (*_against(before, shown, report), *_notes(before, report, runs))
    signs = {reason.sign for reason in reasons}
    word = next((word for word, spoiled in _WORDS.items() if signs & spoiled), Word.GREEN)
    broken = not_loading(report)
    old = {file.file for file in not_loading(before)}
    new = len(newly_failing(before, report)) + sum(file.file not in old for file in broken)
    news = bool(new or newly_unhandled(before, report))
    return Verdict(
        word,
        _tone(word, news),
        report.kind,
        report.count(TestState.PASS),
        len(report.failed()),
        len(report.tests()),
        len(broken),
        new,
        reasons,
    )


_WORDS: Mapping[Word, frozenset[Sign]] = {  # the gravest first
    Word.BROKEN: frozenset({Sign.NOT_LOADED, Sign.UNHANDLED}),
    Word.RED: frozenset({Sign.FAILING, Sign.KNOWN}),
    Word.NO_TESTS: frozenset({Sign.NO_TESTS}),
    Word.SKIPPED_ONLY: frozenset({Sign.SKIPPED_ONLY}),
    Word.UNPROVEN: frozenset({Sign.EMPTY, Sign.ONLY, Sign.SKIPPED, Sign.WRITTEN, Sign.TOUCHED}),
}


def _tone(word: Word, news: bool) -> Tone:
    if word is Word.GREEN:
        return Tone.GOOD
    return Tone.BAD if word in (Word.BROKEN, Word.RED) and news else Tone.WARN


def _against(before: Report, shown: Report, report: Report) -> Iterator[Reason]:
    for file in not_loading(report):
        error, log = file.errors[0], f"{file.log}\n{report.log}"
        kind = classify(error, file_error=True, log=log)
        yield Reason(Sign.NOT_LOADED, f"{file.file} {fate(file)}: {told(error)}", (), (file.file,), kind)
    for error in report.unhandled:
        kind = classify(error, log=report.log)
        yield Reason(Sign.UNHANDLED, unhandled(error), (), (error.file,) if error.file else (), kind)
    for test in newly_failing(before, report):
        kind = classify(test.errors[0]) if test.errors else FailureKind.OTHER
        yield Reason(Sign.FAILING, f"{test.key.leaf}: {first_of(test)}", (test.key,), (test.key.file,), kind)
    if not report.tests() and not not_loading(report):
        yield Reason(Sign.NO_TESTS, "No test ran.")
    elif empty := tuple(file.file for file in report.files if not file.tests and not file.errors):
        yield Reason(Sign.EMPTY, f"No test in {', '.join(empty)}.", (), empty, FailureKind.NO_TESTS)
    if report.tests() and not report.count(TestState.PASS) and not report.failed():
        yield Reason(Sign.SKIPPED_ONLY, f"All {len(report.tests())} tests are skipped or to be written.")
    yield from _hidden(shown, report)
    if report.snapshots_written:
        yield Reason(Sign.WRITTEN, f"{_many(report.snapshots_written, 'snapshot')} written instead of compared.")
    if report.touched:
        yield Reason(Sign.TOUCHED, f"Changed during the run: {', '.join(report.touched)}.", (), report.touched)


def _hidden(before: Report, report: Report) -> Iterator[Reason]:
    """What an ``.only`` hides, and what is newly skipped without one; failures among it are named."""
    hidden = tuple(test.key for test in newly_hidden(before, report))
    files = hiding(before, report)
    known = tuple(test.key for test in before.failed())
    if report.focused:
        behind = [key for key in hidden if key.file in files or not files]
        failing = [key for key in behind if key in known]
        where = f" in {', '.join(files)}" if files else ""
        tail = f", among them failing: {names(failing)}" if failing else ""
        yield Reason(Sign.ONLY, f"An .only{where} hides other tests{tail}.", tuple(behind), files)
        hidden = tuple(key for key in hidden if key not in behind)
    if hidden:
        yield Reason(Sign.SKIPPED, f"Newly skipped: {names(hidden)}.", hidden)


def _notes(before: Report, report: Report, runs: tuple[RunMark, ...]) -> Iterator[Reason]:
    new = {test.key for test in newly_failing(before, report)}
    if known := tuple(test.key for test in report.failed() if test.key not in new):
        yield Reason(Sign.KNOWN, f"Failed before as well: {names(known)}.", known)
    if report.snapshots_obsolete:
        yield Reason(Sign.OBSOLETE, f"{_many(report.snapshots_obsolete, 'snapshot')} that no test asks for.")
    if report.leaking:
        sentence = f"The result depends on what ran before, so its file is run isolated: {names(report.leaking)}."
        yield Reason(Sign.LEAKING, sentence, report.leaking)
    there = {test.key for test in report.tests()}
    retried = [test.key for test in report.tests() if test.retries and test.state is TestState.PASS]
    if flaky := tuple(dict.fromkeys((*retried, *(key for key in flipping(runs) if key in there)))):
        yield Reason(Sign.FLAKY, f"Ends now one way, now another, with nothing changed: {names(flaky)}.", flaky)
    if slower := slow(report):
        yield Reason(Sign.SLOW, f"Slow: {names(slower)}.", slower)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
