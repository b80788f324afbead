"""The rows of the test panel: the verdict, what failed with expected and received, then what passed; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from textwrap import wrap

from textual.content import Content

from beai.core.loop.session import Session
from beai.core.runner.report import FileOutcome, Report, RunKind, TestError, TestOutcome, TestState
from beai.core.text import clip, one_line, printable
from beai.tui.present import verdict

Row = Content | TestOutcome
"""A finished row, or a test that ``row`` turns into one when it is seen."""

_MARKS = {
    TestState.PASS: ("✓", "$success"),
    TestState.FAIL: ("✗", "$error"),
    TestState.SKIP: ("–", "$muted"),
    TestState.TODO: ("…", "$muted"),
}
_KINDS = {RunKind.PROVISIONAL: "live", RunKind.CONFIRMED: "confirmed"}
_DETAILED = 50  # failing tests whose errors are spelled out; a broken helper fails thousands alike
_ERROR_LINES = 6


def rows(session: Session, width: int) -> Sequence[Row]:
    """Every row of the panel for a pane ``width`` cells wide."""
    head = [verdict(session).content()]
    if session.running is not None:
        return [*head, Content(""), *_order((*session.running.failed, *session.running.recent), width)]
    report = session.latest or session.standing
    if report is None:
        return [*head, Content(""), Content.styled("r runs the tests", "$muted")]
    head += _reach(session, report, width)
    return [*head, Content(""), *_trouble(report, width), *_order(report.tests(), width)]


def row(item: Row, width: int) -> Content:
    """One row, drawn."""
    if isinstance(item, Content):
        return item
    glyph, style = _MARKS[item.state]
    ms = f" {item.ms:.0f} ms" if item.state is TestState.PASS and item.ms >= 0.5 else ""
    name = clip(one_line(item.key.leaf, 400), max(width - len(ms) - 3, 4))
    return Content.assemble((f"{glyph} ", style), (name, ""), (ms, "$muted"))


def _order(tests: Sequence[TestOutcome], width: int) -> Iterator[Row]:
    failed = [test for test in tests if test.state is TestState.FAIL]
    for number, test in enumerate(failed):
        yield from _failure(test, width) if number < _DETAILED else (test,)
    others = [test for test in tests if test.state is not TestState.FAIL]
    if failed and others:
        yield Content("")
    yield from _by_file(others, width)


def _by_file(tests: Sequence[TestOutcome], width: int) -> Iterator[Row]:
    """Each file's tests below its short name, since two files may name a test alike."""
    files: dict[str, list[TestOutcome]] = {}
    for test in tests:
        files.setdefault(test.key.file, []).append(test)
    bases = Counter(PurePosixPath(file).name for file in files)
    for file, own in files.items():
        parts = PurePosixPath(file).parts
        short = "/".join(parts[-2:] if bases[parts[-1]] > 1 else parts[-1:]) if parts else file
        yield Content.styled(_tail(one_line(short, 400), width), "$muted")
        yield from own


def _failure(test: TestOutcome, width: int) -> Iterator[Content]:
    names = wrap(one_line(test.key.leaf, 400), max(width - 2, 8)) or [""]
    yield Content.assemble(("✗ ", "bold $error"), (names[0], "bold"))
    for name in names[1:]:
        yield Content.assemble(("  " + name, "bold"))
    for error in test.errors or (TestError("", "no error was reported"),):
        yield from _error(error, width)
    where = next((error for error in test.errors if error.file), None)
    place = f"{where.file}:{where.line}" if where else f"{test.key.file}:{test.line}" if test.line else test.key.file
    yield Content.styled("  " + _tail(printable(place), width - 2), "$muted")


def _error(error: TestError, width: int) -> Iterator[Content]:
    told = error.expected is not None or error.actual is not None
    message = " ".join(filter(None, (error.code, error.message)))
    for line in _folded(message, width, 3 if told else _ERROR_LINES):
        yield Content.assemble(("  " + line, "$error"))
    if told:
        yield from _pair("expected", error.expected, "$success", width)
        yield from _pair("received", error.actual, "$error", width)


def _pair(word: str, value: str | None, style: str, width: int) -> Iterator[Content]:
    folded = _folded(value if value is not None else "nothing", width - len(word) - 1, 4) or ["(empty)"]
    for number, line in enumerate(folded):
        yield Content.assemble((f"  {word if number == 0 else ' ' * len(word)} ", "$muted"), (line, style))


def _folded(text: str, width: int, most: int) -> list[str]:
    """Printable lines of ``text`` folded to the pane, at most ``most``."""
    lines = [line for line in printable(text[:4000]).splitlines() if line.strip()]
    folded = [part for line in lines[:most] for part in wrap(line, max(width - 3, 8))]
    return folded if len(folded) <= most else [*folded[: most - 1], "…"]


def _trouble(report: Report, width: int) -> Iterator[Row]:
    for file in report.files:
        if file.errors:
            yield from _unloaded(file, width)
    for error in report.unhandled:
        yield Content.styled("✗ outside any test", "bold $error")
        yield from _error(error, width)


def _unloaded(file: FileOutcome, width: int) -> Iterator[Row]:
    yield Content.assemble(("✗ ", "bold $error"), (_tail(printable(file.file), width - 2), "bold"))
    for error in file.errors:
        yield from _error(error, width)


def _reach(session: Session, report: Report, width: int) -> Iterator[Content]:
    """How much ran: of the last judged run where there is one, since ``latest`` is merged over runs; and what it is."""
    last = session.cycle.report if session.cycle is not None and session.cycle.report is not None else report
    ran, total = len(last.files), max(last.total, report.total, len(report.files))
    ms = f" · {last.ms:.0f} ms" if last.ms else ""
    reach, kind = f"{ran} affected of {total}{ms}", _KINDS[report.kind]
    whole = f"{reach} · {kind}"
    yield from (Content.styled(line, "$muted") for line in ((whole,) if len(whole) <= width else (reach, kind)))


def _tail(path: str, width: int) -> str:
    """A path cut at its front, where it says least."""
    return path if len(path) <= width else "…" + path[-max(width - 1, 1) :]
