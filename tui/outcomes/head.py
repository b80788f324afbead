"""What stands above the tests: the verdict, how much ran and how fast, and what speaks against green; pure."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from beai.core.loop.session import Session
from beai.core.runner.judge import Sign
from beai.core.runner.report import Report, RunKind
from beai.core.text import printable
from beai.tui import lamps
from beai.tui.outcomes.choice import Choice
from beai.tui.outcomes.past import bars
from beai.tui.outcomes.verdict import Verdict, shown
from beai.tui.prose import Block, fold, say

_KINDS = {RunKind.PROVISIONAL: ("◐", "live"), RunKind.CONFIRMED: ("●", "confirmed")}
_BARS = 10
_TOLD = 6  # lines of reasons
_BELOW = frozenset({Sign.FAILING, Sign.NOT_LOADED, Sign.UNHANDLED, Sign.KNOWN, Sign.NO_TESTS, Sign.SKIPPED_ONLY})
_TAGGED = frozenset({Sign.SLOW, Sign.FLAKY, Sign.LEAKING})


def headline(verdict: Verdict, width: int) -> Content:
    """The verdict; its count goes below it where both have no room beside each other."""
    whole = verdict.content()
    if whole.cell_length <= width or not verdict.count:
        return whole
    return Content("\n").join(
        [Content.styled(verdict.headline, f"bold {verdict.style}"), *fold((Block(say(verdict.count)),), width)]
    )


def facts(session: Session, verdict: Verdict, choice: Choice, width: int) -> Content:
    """The lines below the verdict."""
    lines = list[Content]()
    if session.unrun is not None:
        lines += fold((Block(say(session.unrun.remedy)),), width) if session.unrun.remedy else []
    report = last(session)
    if report is not None:
        lines += _reach(session, report, width)
    lines += lamps.lines(session, width)
    lines += _against(verdict, width)
    if choice.words:
        lines += fold((Block(say(f"{choice.by}: {choice.words}"), Content.styled("/ ", "bold $accent")),), width)
    return Content("\n").join(lines)


def last(session: Session) -> Report | None:
    """The newest run by itself; ``shown`` is merged over runs."""
    judged = session.cycle.report if session.cycle is not None else None
    return session.ran or judged or shown(session)


def _reach(session: Session, report: Report, width: int) -> Iterator[Content]:
    known = shown(session) or report
    total = max(report.total, known.total, len(report.files))
    glyph, kind = _KINDS[report.kind]
    affected = "all" if len(report.files) >= total else f"{len(report.files)} affected"
    words = f"{affected} of {total}"
    graph = bars([mark.ms for mark in session.runs[-_BARS:]])
    pieces = [
        Content.styled(words, "$muted"),
        Content.styled(f"{glyph} {kind}", "$muted"),
        Content.assemble((graph, "$primary"), (" " if graph else "", ""), (f"{report.ms:.0f} ms", "$muted")),
    ]
    yield from flowed(pieces if report.ms else pieces[:2], width)
    if report.why_all:
        yield from fold(
            (Block(Content.styled(printable(report.why_all), "$muted"), Content.styled("all: ", "$muted")),), width
        )


def flowed(pieces: list[Content], width: int) -> Iterator[Content]:
    """The pieces with two cells between them, as many in a line as fit."""
    line = pieces[0]
    for piece in pieces[1:]:
        if line.cell_length + piece.cell_length + 2 > width:
            yield line
            line = piece
        else:
            line = line + Content("  ") + piece
    yield line


def _against(verdict: Verdict, width: int) -> list[Content]:
    """What the rows below do not say by themselves."""
    if verdict.judged is None:
        return []
    told = [reason for reason in verdict.judged.reasons if reason.sign not in _BELOW | _TAGGED]
    blocks = [Block(say(reason.sentence), Content.styled("! ", "bold $warning")) for reason in told]
    lines = fold(blocks, width)
    return lines if len(lines) <= _TOLD else [*lines[: _TOLD - 1], Content.styled("…", "$muted")]
