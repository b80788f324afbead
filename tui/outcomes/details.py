"""What is told of one test below its name: why it failed, where, what it printed, and how it went before; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.content import Content, Span

from beai.core.plural import plural
from beai.core.runner.classify import REMEDIES, FailureKind, classify
from beai.core.runner.report import TestError, TestOutcome, TestState
from beai.core.runner.stack import place, trim
from beai.core.text import clip, printable
from beai.tui.outcomes.compare import compared
from beai.tui.outcomes.past import Ended, bars
from beai.tui.prose import Block, fold, para
from beai.tui.review.lexer import ending, language, words

_BRIEF, _FULL = 8, 60  # lines of a comparison
_MESSAGE = {False: 3, True: 12}
_PRINTED = 200  # lines of output that are shown
_FRAMES = 6
_ERRORS = 2
_ARROW = Content.styled("→ ", "bold $warning")
_PLAIN = (FailureKind.ASSERTION, FailureKind.OTHER)  # whose message says it all
_RUNS = 12
_MARKS = {TestState.PASS: ("✓", "$success"), TestState.FAIL: ("✗", "$error")}


def details(
    test: TestOutcome, trail: Sequence[Ended], width: int, full: bool, printed: bool, procedure: str = ""
) -> Iterator[Content]:
    """The lines for a test: briefly why it failed and where, or everything there is (``full``).

    ``procedure`` is the path under test, where it is known.
    """
    failed = test.state is TestState.FAIL
    errors = test.errors or ((TestError("", "no error was reported"),) if failed else ())
    for error in errors[: None if full else _ERRORS]:
        yield from reason(error, width, full, classify(error, procedure=procedure, log=test.log))
    if not full and len(errors) > _ERRORS:
        yield Content.styled(f"and {len(errors) - _ERRORS} more, enter shows them", "$muted")
    if full or failed:
        file, line = where(test)
        yield Content.styled(tail(printable(f"{file}:{line}" if line else file), width), "$muted")
    if full:
        yield from _facts(test, trail, width)
    yield from _output(test.log, width, printed or full)


def reason(error: TestError, width: int, full: bool, kind: FailureKind) -> Iterator[Content]:
    """Why: the message, what was expected and received, of which kind it is; in full with frames and more lines."""
    told = error.expected is not None or error.actual is not None
    message = error.message if error.code in error.message else f"{error.code} {error.message}"
    if full or not (told and _repeats(error)):
        yield from _clipped(message, width, _MESSAGE[full], "$error")
    if told:
        yield from compared(error.expected, error.actual, width, _FULL if full else _BRIEF)
    if error.cause:
        yield from _clipped(f"caused by {error.cause}", width, _MESSAGE[full], "")
    if kind not in _PLAIN:
        yield from fold((Block(Content.assemble((f"{kind}: ", "$warning"), REMEDIES[kind]), _ARROW),), width)
    yield from _excerpt(error, width, full)
    if full:
        yield from _stack(error, width)


def _stack(error: TestError, width: int) -> Iterator[Content]:
    """The repository's own calls but the one that threw, which is told already; the others are counted."""
    at, trimmed = place(error), trim(error)
    for frame in [frame for frame in trimmed.frames if frame != at][:_FRAMES]:
        named = clip(f"at {printable(frame.function)} " if frame.function else "at ", max(width // 2, 4))
        yield Content.styled(named + tail(f"{printable(frame.file)}:{frame.line}", width - len(named)), "$muted")
    if trimmed.rest:
        yield Content.styled(clip(trimmed.rest, width), "$muted")


def _repeats(error: TestError) -> bool:
    """Whether the message says no more than the lines of a comparison do."""
    both = f"{error.expected or ''}{error.actual or ''}"
    return "\n" in both and error.message.startswith(("expected ", "Expected ", "expect("))


def where(test: TestOutcome) -> tuple[str, int]:
    """The place to look at: where it failed, else where it is declared; line 0 where that is unknown."""
    failed = next((frame for frame in map(place, test.errors) if frame is not None), None)
    return (failed.file, failed.line) if failed is not None else (test.key.file, test.line)


def marks(trail: Sequence[Ended], most: int) -> Content:
    """A mark for each of the last ``most`` runs, oldest first."""
    return Content.assemble(*(_MARKS[state] for state, _ in list(trail)[-most:]))


def tail(path: str, width: int) -> str:
    """A path cut at its front, where it says least."""
    if cell_len(path) <= width:
        return path
    cut, cells = len(path), 1
    while cut and cells + cell_len(path[cut - 1]) <= width:
        cut -= 1
        cells += cell_len(path[cut])
    return "…" + path[cut:]


def _facts(test: TestOutcome, trail: Sequence[Ended], width: int) -> Iterator[Content]:
    facts = [f"{test.ms:.0f} ms"] if test.ms >= 0.5 else []
    facts += [plural(test.assertions, "assertion")] if test.assertions >= 0 else []
    facts += [f"failed {test.retries}× before"] if test.retries else []
    if facts:
        yield from fold((para(" · ".join(facts), "$muted"),), width)
    if len(trail) > 1:
        times = [ms for _, ms in list(trail)[-_RUNS:]]
        graph = f"  {bars(times)}" if max(times) > 2 * min(times) else ""
        line = Content.styled("runs ", "$muted") + marks(trail, _RUNS) + Content.styled(graph, "$muted")
        yield line.truncate(width, ellipsis=True)


def _output(log: str, width: int, shown: bool) -> Iterator[Content]:
    lines = [line.rstrip() for line in printable(log).split("\n")] if log.strip() else []
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return
    count = f"{plural(len(lines), 'line')} of output"
    hint = ", o shows it" if len(count) + 14 <= width else ""
    yield Content.styled(f"▾ {count}" if shown else f"▸ {count}{hint}", "$muted")
    if not shown:
        return
    kept = (
        lines if len(lines) <= _PRINTED else [*lines[: _PRINTED - 1], f"… and {len(lines) - _PRINTED + 1} lines more"]
    )
    for line in kept:
        yield from fold((Block(Content(line), Content.styled("│ ", "$edge")),), width)


def _clipped(text: str, width: int, most: int, style: str) -> Iterator[Content]:
    """Printable lines of ``text`` folded to the pane, at most ``most``."""
    lines = [line for line in printable(text[:4000]).splitlines() if line.strip()]
    folded = fold([para(line, style) for line in lines[:most]], width)
    yield from folded if len(folded) <= most else [*folded[: most - 1], Content.styled("…", style)]


def _excerpt(error: TestError, width: int, full: bool) -> Iterator[Content]:
    """The source line that threw, in full with those around it; what they are all set in by is left out."""
    at = place(error)
    lines = [(number, printable(text)) for number, text in error.excerpt if at and (full or number == at.line)]
    shift = min((len(text) - len(text.lstrip()) for _, text in lines if text.strip()), default=0)
    for number, text in lines:
        here = at is not None and number == at.line
        line = text[shift:]
        code = Content(line)
        if at is not None and here and language(at.file) is not None:
            code = code.add_spans([Span(start, end, style) for start, end, style in words(line, (), ending(at.file))])
        code = code.truncate(max(width - 5, 4), ellipsis=True)
        margin = Content.assemble(
            (f"{number:>3}", "bold" if here else "$muted"), ("▸ " if here else "  ", "bold $error")
        )
        yield margin + (code if here else code.stylize("$muted"))
