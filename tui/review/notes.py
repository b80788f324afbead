"""What is told of a hunk above and below its lines: state, conflict, warnings, findings, reasons, comments, rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.edits.change import Comment, Decision, Hunk, Side
from beai.core.rulebook.checks.finding import Finding
from beai.tui.review.rows import Kind, Row
from beai.tui.review.shown import wrapped

LOOKING = "looking at your edit…"
STALE = "looking at your edit… what follows was found in the draft, not in it"


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that is known of a hunk besides its lines; ``cites`` as they are shown, ``white``: only space differs.

    ``stale`` is whether warnings and findings are those of the draft, which the person wrote anew meanwhile.
    """

    decision: Decision | None = None
    comments: tuple[Comment, ...] = ()
    findings: tuple[Finding, ...] = ()
    cites: tuple[str, ...] = ()
    white: bool = False
    stale: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def warned(self) -> bool:
        """Whether more than the state stands above the lines."""
        return bool(self.warnings or self.stale)

    @property
    def noted(self) -> bool:
        """Whether anything of this stands below the lines."""
        return bool(self.findings or self.comments or self.cites or (self.decision and self.decision.reason))

    @property
    def by_line(self) -> bool:
        """Whether a line of the hunk has a comment of its own."""
        return any(one.side is not Side.WHOLE for one in self.comments)


def head(hunk: Hunk, told: Told, width: int) -> Iterator[Row]:
    """The rows above the lines."""
    decision = told.decision
    words = [decision.verdict.value if decision else "undecided"]
    words += ["edited by you"] if decision and decision.edited is not None else []
    words += ["conflict" if decision is None else "was in conflict"] if hunk.conflict else []
    words += ["white space only"] if told.white else []
    verdict = decision.verdict if decision else None
    yield Row(Kind.HUNK, " · ".join(words), hunk.file, hunk.id, verdict)
    if hunk.conflict:
        yield from _notes(Kind.WARNING, f"! {hunk.conflict}", hunk, told, width)
    if told.stale:
        words = STALE if told.warnings or told.findings else LOOKING
        yield from _notes(Kind.WARNING, f"! {words}", hunk, told, width)
    for warning in told.warnings:
        yield from _notes(Kind.WARNING, f"! {warning}", hunk, told, width)


def tail(hunk: Hunk, told: Told, width: int) -> Iterator[Row]:
    """The rows below the lines."""
    decision = told.decision
    for finding in told.findings:
        said = f"! {finding.check}  {finding.message}  {finding.citation}"
        yield from _notes(Kind.WARNING, said, hunk, told, width)
        yield from _notes(Kind.NOTE, f"→ {finding.fix}", hunk, told, width)
    if decision and decision.reason:
        yield from _notes(Kind.NOTE, f"✗ {decision.reason}", hunk, told, width)
    for one in told.comments:
        if one.side is Side.WHOLE:
            yield from comment(one, hunk, told, width)
    if hunk.why:
        yield from _notes(Kind.NOTE, f"because {hunk.why}", hunk, told, width)
    if told.cites:
        yield from _notes(Kind.NOTE, f"follows {' · '.join(told.cites)}", hunk, told, width)


def comment(one: Comment, hunk: Hunk, told: Told, width: int) -> Iterator[Row]:
    """What the person said of the hunk, or of the line above."""
    yield from _notes(Kind.COMMENT, f"» {one.text}", hunk, told, width)


def part(words: str, hunk: Hunk, told: Told) -> Row:
    """A heading among the lines of a hunk."""
    return Row(Kind.PART, words, hunk.file, hunk.id, told.decision.verdict if told.decision else None)


def _notes(kind: Kind, text: str, hunk: Hunk, told: Told, width: int) -> Iterator[Row]:
    verdict = told.decision.verdict if told.decision else None
    for line in wrapped(text, max(width - 4, 10)):
        yield Row(kind, line, hunk.file, hunk.id, verdict)
