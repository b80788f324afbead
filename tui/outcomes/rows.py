"""The rows of the test panel: what failed first, then what passed, file by file; a test becomes a row when seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from textual.content import Content

from beai.core.loop.session import Session
from beai.core.loop.subject import subject
from beai.core.runner.classify import classify
from beai.core.runner.judge import Sign
from beai.core.runner.report import FileOutcome, TestKey, TestOutcome, TestState
from beai.core.text import one_line, printable
from beai.tui.outcomes.choice import Choice, Index, unloaded
from beai.tui.outcomes.details import details, reason, tail
from beai.tui.outcomes.past import Past
from beai.tui.outcomes.verdict import Verdict

BRIEFED = 10
"""Failing tests whose errors are spelled out unasked; a broken dependency fails thousands alike."""

INDENT = 3
"""Cells before what is told of a test: the mark of the row at hand, the glyph, a space."""

_GLYPHS = {
    TestState.PASS: ("✓", "$success"),
    TestState.FAIL: ("✗", "bold $error"),
    TestState.SKIP: ("–", "$muted"),
    TestState.TODO: ("…", "$muted"),
}
_WIDE = 64  # cells from which on a test is told with the describes around it


@dataclass(frozen=True, slots=True)
class Line:
    """A finished row; ``key`` is the test that it tells of, or None."""

    content: Content
    key: TestKey | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A row above others: a file, or what they have in common."""

    words: str


GAP = Line(Content(""))
"""An empty row."""

Row = TestOutcome | FileOutcome | Line | Heading
"""A test and a file that does not load can be at hand; the other rows belong to one, or to none."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that decides how the rows look: marks by test, what the person chose, how it went before.

    ``procedure`` is the path under test, where the case at hand has one.
    """

    past: Past
    choice: Choice
    leaking: frozenset[TestKey] = frozenset()
    flaky: frozenset[TestKey] = frozenset()
    known: frozenset[TestKey] = frozenset()
    procedure: str = ""

    def tags(self, test: TestOutcome) -> str:
        """What is remarkable about ``test``, in words."""
        key = test.key
        tags = (("leaks", key in self.leaking), ("flaky", key in self.flaky), ("slow", self.past.slow(test)))
        return " ".join(word for word, so in tags if so)


def board(session: Session, verdict: Verdict, past: Past, choice: Choice) -> Board:
    """The marks that the verdict names; the test of the case at hand is never an old failure."""
    judged = verdict.judged
    if judged is None:
        return Board(past, choice)
    own = {session.case.test} if session.case else set()
    baseline = session.latest is None or session.latest is session.standing
    known = frozenset() if baseline else judged.marked(Sign.KNOWN) - own
    leaking, flaky = judged.marked(Sign.LEAKING), judged.marked(Sign.FLAKY)
    return Board(past, choice, leaking, flaky, known, subject(session))


def rows(index: Index, seen: Board, width: int) -> list[Row]:
    """Every row for the report of ``index``, for a list ``width`` cells wide."""
    tests, choice = index.matching(seen.choice), seen.choice
    found: list[Row] = []
    for file in unloaded(index.files(choice)):
        found += _unloaded(file, width)
    for error in index.report.unhandled if index.report is not None and not choice.words else ():
        found += [Line(Content.styled(" ✗ outside any test", "bold $error"))]
        found += (_indented(line) for line in reason(error, width - INDENT, False, classify(error)))
    failed = [test for test in tests if test.state is TestState.FAIL]
    new = [test for test in failed if test.key not in seen.known]
    found += failures(new, seen, width)
    if len(new) < len(failed):
        found += [*([GAP] if found else []), Heading("failed before as well")]
        found += failures([test for test in failed if test.key in seen.known], seen, width, max(BRIEFED - len(new), 0))
    others = [test for test in tests if test.state is not TestState.FAIL]
    found += [GAP] if found and others else []
    found += by_file(others, seen, width)
    return found or [Line(Content.styled(" no test matches", "$muted"))]


def failures(tests: Sequence[TestOutcome], seen: Board, width: int, briefed: int = BRIEFED) -> Iterator[Row]:
    """Failing tests, the first few with why they failed."""
    for number, test in enumerate(tests):
        yield test
        for part in _name(test, width)[1:]:
            yield Line(Content(" " * INDENT) + Content.styled(part, "bold"), test.key)
        if number < briefed or test.key in seen.choice.opened or test.key in seen.choice.printed:
            yield from _details(test, seen, width)


def by_file(tests: Iterable[TestOutcome], seen: Board, width: int) -> Iterator[Row]:
    """Each file's tests below its short name, since two files may name a test alike."""
    files: dict[str, list[TestOutcome]] = {}
    for test in tests:
        files.setdefault(test.key.file, []).append(test)
    bases = Counter(PurePosixPath(file).name for file in files)
    told = seen.choice.opened | seen.choice.printed
    for file, own in files.items():
        parts = PurePosixPath(file).parts
        yield Heading("/".join(parts[-2:] if bases[parts[-1]] > 1 else parts[-1:]) if parts else file)
        if not told:
            yield from own
            continue
        for test in own:
            yield test
            if test.key in told:
                yield from _details(test, seen, width)


def key_of(row: object) -> TestKey | None:
    """The test, or the file that does not load (with no name), that a row is or tells of."""
    match row:
        case TestOutcome(key=key) | Line(key=key):
            return key
        case FileOutcome(file=file):
            return TestKey(file, "")
        case _:
            return None


def draw(row: Row, seen: Board, width: int, here: bool) -> Content:
    """One row; ``here`` is the one at hand."""
    match row:
        case Line(content=content):
            return content
        case Heading(words=words):
            return Content.styled(" " + tail(one_line(words, 400), width - 1), "$secondary")
        case FileOutcome(file=file):
            return _mark(here) + Content.assemble(
                ("✗ ", "bold $error"), (tail(printable(file), width - INDENT), "bold" if here else "")
            )
        case _:
            return _test(row, seen, width, here)


def _test(test: TestOutcome, seen: Board, width: int, here: bool) -> Content:
    glyph, style = _GLYPHS[test.state]
    tags = seen.tags(test)
    ms = f"{test.ms:.0f} ms" if test.state is TestState.PASS and test.ms >= 0.5 else ""
    right = " ".join(filter(None, (tags, ms)))
    room = max(width - INDENT - (len(right) + 1 if right else 0), 6)
    words = _name(test, width)[0] if test.state is TestState.FAIL else _words(test, width)
    name = Content(words).truncate(room, ellipsis=True)
    strong = "bold" if here or test.state is TestState.FAIL else ""
    line = _mark(here) + Content.assemble((f"{glyph} ", style)) + name.stylize(strong)
    if not right:
        return line
    gap = " " * max(width - line.cell_length - len(right), 1)
    return line + Content.assemble(gap, (tags, "$warning"), (" " if tags and ms else "", ""), (ms, "$muted"))


def _words(test: TestOutcome, width: int) -> str:
    return one_line(" › ".join(test.key.names) if width >= _WIDE else test.key.leaf, 400)


def _name(test: TestOutcome, width: int) -> list[str]:
    """The name of a failing test in lines, the first of them with room for a tag."""
    room = max(width - INDENT - len("leaks "), 8)
    return [line.plain for line in Content(_words(test, width)).wrap(room)] or [""]


def _mark(here: bool) -> Content:
    return Content.styled("▸" if here else " ", "bold $accent")


def _details(test: TestOutcome, seen: Board, width: int) -> Iterator[Line]:
    full, printed = test.key in seen.choice.opened, test.key in seen.choice.printed
    trail = seen.past.trail(test.key)
    for line in details(test, trail, width - INDENT, full, printed, seen.procedure):
        yield _indented(line, test.key)


def _unloaded(file: FileOutcome, width: int) -> Iterator[Row]:
    yield file
    for error in file.errors:
        kind = classify(error, file_error=True, log=file.log)
        yield from (_indented(line, TestKey(file.file, "")) for line in reason(error, width - INDENT, False, kind))


def _indented(line: Content, key: TestKey | None = None) -> Line:
    return Line(Content(" " * INDENT) + line, key)
