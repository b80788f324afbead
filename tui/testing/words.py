"""A verdict and its failures in words: what failed, what was expected, where, what was printed, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from beai.core.loop.told import Explained, Judged
from beai.core.runner.classify import REMEDIES, FailureKind, classify
from beai.core.runner.judge import Reason, Sign, Tone, Verdict, Word
from beai.core.runner.report import FileOutcome, Report, RunKind, TestError, TestOutcome, TestState
from beai.core.runner.signs import not_loading
from beai.core.runner.stopped import fate
from beai.tui.testing.paint import Paint, cells

Source = Callable[[str], Sequence[str]]
"""The lines of a file of the repository, none where it cannot be read."""

_STYLES = {Tone.GOOD: "green", Tone.WARN: "yellow", Tone.BAD: "red"}
_SHOWN = 50  # failing tests that are shown whole; the others are counted
_LINES, _FRAMES, _PRINTED = 40, 8, 30  # of one message or value, of one stack, of one output
_AROUND = 2  # source lines above and below the one that failed
_COLUMN = re.compile(r":(\d+):(\d+)\)?$")
_TOLD_BELOW = frozenset({Sign.FAILING, Sign.NOT_LOADED, Sign.KNOWN, Sign.UNHANDLED, Sign.NO_TESTS})


def failures(report: Report, paint: Paint, source: Source) -> list[str]:
    """Everything that went wrong in ``report``, the gravest first."""
    lines: list[str] = []
    for file in not_loading(report):
        lines += _unloaded(file, paint, source)
    failed = report.failed()
    for test in failed[:_SHOWN]:
        lines += _failure(test, paint, source)
    if len(failed) > _SHOWN:
        lines += [paint(f"… and {len(failed) - _SHOWN} more that fail", "red"), ""]
    for error in report.unhandled:
        lines += [paint("✗ unhandled error", "red", "bold"), *_error(error, paint, source), ""]
    return lines


def files(report: Report, paint: Paint) -> list[str]:
    """One line for each test file that ran."""
    return [_file(file, paint) for file in report.files]


def verdict(judged: Judged, paint: Paint) -> list[str]:
    """The verdict in a line, and below it what else is to be known."""
    found = judged.verdict
    style = _STYLES[found.tone]
    sure = "" if found.kind is RunKind.CONFIRMED else " provisional"
    head = paint(f" {found.word}{sure} ", "reverse", "bold", style) if paint.colours else f"{found.word}{sure}"
    lines = [f"{head} {paint(counts(found), style)}{paint(f' · {extent(judged)}', 'dim')}"]
    lines += [paint(f"  {reason.sentence}", "yellow") for reason in found.reasons if _own_line(reason, found)]
    if judged.ran.why_all:
        lines.append(paint(f"  every test ran: {judged.ran.why_all}", "dim"))
    return lines


def counts(found: Verdict) -> str:
    """How many tests passed and how many did not."""
    left = found.tests - found.passed - found.failed
    parts = (
        f"{found.failed} failed" if found.failed else "",
        f"{_many(found.broken, 'file')} broken" if found.broken else "",
        f"{found.passed} passed",
        f"{left} skipped" if left else "",
    )
    return " · ".join(part for part in parts if part)


def extent(judged: Judged) -> str:
    """How much of everything ran, and how long it took."""
    ran, known = len(judged.ran.tests()), len(judged.standing.tests())
    narrow = judged.ran.changed and not judged.ran.whole
    what = f"{ran} affected of {known}" if narrow else _many(len(judged.ran.files), "file")
    return f"{what} · {took(judged.ms)}"


def took(ms: float) -> str:
    """A time for people."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def explanation(told: Explained, paint: Paint) -> list[str]:
    """What a change would run and why, each test with the imports that lead to it."""
    reach = told.reach
    head = f"{told.path}: {len(reach.files)} of {_many(reach.total, 'test file')}"
    lines = [paint(head, "bold"), paint(f"  {reach.trigger} – {reach.reason}".rstrip(" –"), "dim")]
    for reached in reach.files:
        lines.append(f"  {paint(reached.file, 'cyan')}  {paint(reached.reason, 'dim')}")
        if len(reached.chain) > 1:
            lines.append(paint(f"    {' → '.join(reached.chain)}", "dim"))
    return lines


def one_failure(test: TestOutcome, paint: Paint) -> str:
    """A failing test in one line, as it is told while others still run."""
    said = test.errors[0].message.partition("\n")[0] if test.errors else ""
    return f"{paint('✗', 'red')} {paint(_named(test))}{paint(f'  {said}', 'dim')}"


def _unloaded(file: FileOutcome, paint: Paint, source: Source) -> Iterator[str]:
    yield paint(f"✗ {file.file} {fate(file)}", "red", "bold")
    for error in file.errors[:3]:
        yield from _error(error, paint, source)
        yield from _remedy(classify(error, file_error=True, log=file.log), paint)
    yield from _printed(file.log, paint)
    yield ""


def _failure(test: TestOutcome, paint: Paint, source: Source) -> Iterator[str]:
    yield paint(f"✗ {_named(test)}", "red", "bold")
    for error in test.errors[:3]:
        yield from _error(error, paint, source)
    if test.errors:
        yield from _remedy(classify(test.errors[0], log=test.log), paint)
    yield from _printed(test.log, paint)
    yield ""


def _error(error: TestError, paint: Paint, source: Source) -> Iterator[str]:
    message = f"{error.name}: {error.message}" if error.name and error.name not in error.message else error.message
    yield from (paint(f"  {line}") for line in _clipped(message.splitlines(), _LINES))
    if error.cause:
        yield from (paint(f"  caused by {line}") for line in _clipped(error.cause.splitlines(), _LINES))
    yield from _compared(error, paint)
    yield from _excerpt(error, paint, source)
    frames = error.stack or ((f"{error.file}:{error.line}",) if error.file else ())
    yield from (paint(f"  at {frame}", "dim") for frame in frames[:_FRAMES])


def _compared(error: TestError, paint: Paint) -> Iterator[str]:
    if error.expected is None and error.actual is None:
        return
    expected, actual = (error.expected or "").splitlines(), (error.actual or "").splitlines()
    if len(expected) <= 1 and len(actual) <= 1:
        yield f"  expected  {paint(''.join(expected), 'green')}"
        yield f"  received  {paint(''.join(actual), 'red')}"
        return
    for line in _clipped(error.diff.splitlines() or [*expected, "↑ expected, received ↓", *actual], _LINES):
        style = {"-": ("green",), "+": ("red",)}.get(line.lstrip()[:1], ("dim",))
        yield f"  {paint(line, *style)}"


def _excerpt(error: TestError, paint: Paint, source: Source) -> Iterator[str]:
    """The source around the error, with a caret below the column where the stack tells it."""
    lines = source(error.file) if error.file and error.line else ()
    if error.line > len(lines):
        return
    first = max(error.line - _AROUND, 1)
    width = len(str(error.line + _AROUND))
    for number, text in enumerate(lines[first - 1 : error.line + _AROUND], first):
        here = number == error.line
        yield f"  {paint('>' if here else ' ', 'red')} {paint(f'{number:{width}} │', 'dim')} {paint(text)}"
        if here and (column := _column(error)):
            before = " " * cells(paint.plain(text[: column - 1]))
            yield f"    {paint(' ' * width + ' │', 'dim')} {before}{paint('^', 'red', 'bold')}"


def _column(error: TestError) -> int:
    """The column of the error's own place in its stack, 0 where no frame has it."""
    for frame in error.stack:
        found = _COLUMN.search(frame)
        if found and int(found[1]) == error.line and error.file in frame:
            return int(found[2])
    return 0


def _remedy(kind: FailureKind, paint: Paint) -> Iterator[str]:
    """What to do about it; an assertion speaks for itself."""
    if kind not in (FailureKind.ASSERTION, FailureKind.OTHER):
        yield paint(f"  {kind}: {REMEDIES[kind]}", "yellow")


def _printed(log: str, paint: Paint) -> Iterator[str]:
    if log.strip():
        yield paint("  printed", "dim")
        yield from (f"  {paint('│', 'dim')} {paint(line)}" for line in _clipped(log.rstrip().splitlines(), _PRINTED))


def _file(file: FileOutcome, paint: Paint) -> str:
    failed = sum(test.state is TestState.FAIL for test in file.tests)
    ms = sum(test.ms for test in file.tests)
    if file.errors or failed:
        what = fate(file) if file.errors else f"{failed} of {_many(len(file.tests), 'test')} failed"
        return f"{paint('✗', 'red')} {paint(file.file)}  {paint(what, 'red')}"
    mark = paint("✓", "green") if any(test.state is TestState.PASS for test in file.tests) else paint("○", "dim")
    told = f"{_many(len(file.tests), 'test')} · {took(ms)}"
    return f"{mark} {paint(file.file)}  {paint(told, 'dim')}"


def _own_line(reason: Reason, found: Verdict) -> bool:
    """Whether the failures above do not say it already."""
    return reason.sign not in _TOLD_BELOW or (reason.sign is Sign.NO_TESTS and found.word is Word.NO_TESTS)


def _named(test: TestOutcome) -> str:
    place = f"{test.key.file}:{test.line}" if test.line else test.key.file
    return f"{place} › {test.key.name.replace(' > ', ' › ')}"


def _clipped(lines: Sequence[str], most: int) -> list[str]:
    kept = list(lines[:most])
    return kept if len(lines) <= most else [*kept, f"… {len(lines) - most} more lines"]


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
