"""The word of the newest run: a glyph, a word that needs no colour, and the count behind it; pure."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from beai.core.loop.effects import RunTests
from beai.core.loop.session import Session
from beai.core.plural import plural
from beai.core.runner import judge
from beai.core.runner.history import RunMark
from beai.core.runner.judge import Tone, Word
from beai.core.runner.report import Report, RunKind
from beai.core.text import one_line


@dataclass(frozen=True, slots=True)
class Verdict:
    """A glyph, a word, a style, the count, and what ``judged`` says of it all, where there is a report."""

    glyph: str
    word: str
    style: str
    count: str = ""
    judged: judge.Verdict | None = None

    def content(self) -> Content:
        """The verdict in one piece."""
        return Content.assemble((self.headline, f"bold {self.style}"), (f"  {self.count}" if self.count else "", ""))

    @property
    def headline(self) -> str:
        """The glyph and the word."""
        return f"{self.glyph} {self.word}"


_GLYPHS = {
    Word.GREEN: ("✓", "$success"),
    Word.RED: ("✗", "$error"),
    Word.BROKEN: ("✗", "$error"),
    Word.NO_TESTS: ("!", "$warning"),
    Word.SKIPPED_ONLY: ("!", "$warning"),
    Word.UNPROVEN: ("!", "$warning"),
}


def shown(session: Session) -> Report | None:
    """The report that the panel shows: the newest state of every test that is known."""
    return session.latest or session.standing


def verdict(session: Session) -> Verdict:
    """What the newest run says; GREEN is said only where nothing speaks against it."""
    if session.running is not None:
        return _running(session)
    if session.unrun is not None:
        return Verdict("✗", "NO VERDICT", "$error", one_line(session.unrun.summary, 80))
    report = shown(session)
    if report is None:
        return Verdict("·", "NO RUN YET", "$muted")
    judged = _JUDGED.of(report, session.standing, session.runs)
    if session.unjudged:
        first, *more = session.unjudged
        rest = f" and {len(more)} more" if more else ""
        return Verdict("?", "SAVED, NOT JUDGED", "$warning", one_line(first, 60) + rest, judged)
    glyph, style = _GLYPHS[judged.word]
    return Verdict(glyph, judged.word.value, style, _count(judged, report, session), judged)


def verdict_line(session: Session, width: int) -> Content:
    """The verdict in one line, with what failed first; for a screen that has no room for the panel."""
    said, report = verdict(session), shown(session)
    live = said.judged is not None and said.judged.kind is RunKind.PROVISIONAL
    line = Content(" ") + said.content() + Content(" · live" if live else "")
    failed = report.failed() if report is not None and said.judged is not None else ()
    if failed:
        error = next((error for error in failed[0].errors), None)
        told = error is not None and error.expected is not None
        why = "" if error is None else f"expected {error.expected} received {error.actual}" if told else error.message
        line += Content.assemble(("  " + one_line(failed[0].key.leaf), ""), ("  " + one_line(why), "$muted"))
    return line.truncate(max(width, 1), ellipsis=True)


class _Judged:
    """The newest judgement, kept while what it was made from is the same: a panel is drawn far more often."""

    def __init__(self) -> None:
        self._made: tuple[object, ...] = ()
        self._kept: judge.Verdict | None = None

    def of(self, report: Report, standing: Report | None, runs: tuple[RunMark, ...]) -> judge.Verdict:
        """What ``report`` means."""
        made = (report, standing, runs)
        if self._kept is None or any(old is not new for old, new in zip(self._made, made, strict=True)):
            self._made, self._kept = made, judge.judge(report, standing, runs)
        return self._kept


_JUDGED = _Judged()


def _running(session: Session) -> Verdict:
    running, pending = session.running, session.pending
    assert running is not None
    whole = isinstance(pending, RunTests) and pending.request.files is None and not pending.request.affected
    report = shown(session) if whole else None
    of = f" of {len(report.tests())}" if report is not None else ""
    tail = f", {running.failing} failing" if running.failing else ""
    return Verdict("◌", "RUNNING", "$accent", f"{running.ended}{of}{tail}")


def _count(judged: judge.Verdict, report: Report, session: Session) -> str:
    match judged.word:
        case Word.BROKEN if judged.broken:
            files = len(report.files)
            return f"{judged.broken} of {plural(files, 'file')} unloaded"
        case Word.BROKEN:
            return "errors outside any test"
        case Word.RED:
            return f"{judged.failed} of {judged.tests}{_news(judged, report, session)}"
        case Word.NO_TESTS:
            return "nothing ran"
        case Word.SKIPPED_ONLY:
            return f"{judged.tests} skipped"
        case _:
            return f"{judged.passed} of {judged.tests}"


def _news(judged: judge.Verdict, report: Report, session: Session) -> str:
    """How many of the failing tests did not fail before, where some did and it is not the baseline that is shown."""
    if session.standing is None or report is session.standing or judged.tone is Tone.GOOD:
        return ""
    own = session.case.test if session.case else None
    old = judged.marked(judge.Sign.KNOWN) - {own}
    return f", {judged.failed - len(old)} new" if old else ""
