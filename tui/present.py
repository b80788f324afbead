"""What the frame of the screen says of a session: header, rail, verdict, notice, summary; pure, never markup."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from textual.content import Content

from beai.core.loop.session import CaseState, Phase, Session
from beai.core.runner.report import Report, RunKind, TestState
from beai.core.text import one_line, printable
from beai.tui.keys import Place, footer
from beai.tui.next_step import next_step
from beai.tui.prose import say

_GOOD = "Right red"  # how the loop's one piece of good news begins

Piece = tuple[str, str]
"""A text and its style."""

CASE_MARKS: dict[CaseState, Piece] = {
    CaseState.OPEN: ("○", "$muted"),
    CaseState.RED: ("✗", "$error"),
    CaseState.GREEN: ("✓", "$success"),
    CaseState.PROVEN: ("✓", "$success"),
    CaseState.KEPT: ("=", "$warning"),
    CaseState.SKIPPED: ("–", "$muted"),
}
"""A glyph and a colour for each state of a case."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The test panel's word: a glyph, a word that needs no colour, a style, and the count behind it."""

    glyph: str
    word: str
    style: str
    count: str = ""

    def content(self) -> Content:
        """The verdict in one piece."""
        return Content.assemble(
            (f"{self.glyph} {self.word}", f"bold {self.style}"), (f"  {self.count}" if self.count else "", "")
        )


def header(session: Session, width: int) -> Content:
    """Task on the left; branch, suggester and trouble on the right; cut to ``width`` cells."""
    task, project = session.task, session.project
    left = [(" " + (one_line(session.task_id) or "beai"), "bold $primary")]
    if task is not None:
        left.append(("  " + one_line(task.title), "bold"))
    elif project is not None:
        left.append(("  " + one_line(project.name), "$muted"))
    branch = one_line(project.repo.branch, 40) if project else ""
    parts = [part for part in (branch, one_line(session.suggester, 30)) if part]
    right = Content.styled(" · ".join(parts) + " ", "$muted")
    room = max(width - right.cell_length - 2, 1)
    if room < 24:
        return Content.assemble(*left).truncate(max(width, 1), ellipsis=True)
    return Content.assemble(*left).truncate(room, ellipsis=True, pad=True) + "  " + right


def rail(session: Session, width: int) -> Content:
    """The phases: ● behind us, ◉ here and in capitals, ○ ahead; in a narrow place only where we are."""
    phases, done = list(Phase)[:-1], session.phase is Phase.DONE
    here = len(phases) if done else phases.index(session.phase)
    pieces: list[Piece] = [(" ", "")]
    for number, phase in enumerate(phases):
        if number == here:
            pieces.append((f"◉ {phase.value.upper()}{_progress(session)} ", "bold $accent"))
        elif number < here:
            pieces.append((f"● {phase.value} ", "$success"))
        else:
            pieces.append((f"○ {phase.value} ", "$muted"))
    if done:
        pieces.append(("◉ DONE", "bold $success"))
    whole = Content.assemble(*pieces)
    if whole.cell_length <= width:
        return whole
    word = f" ◉ {session.phase.value.upper()}{_progress(session)} " if not done else " ◉ DONE "
    dots = "●" * here + "○" * (len(phases) - here)
    return Content.assemble((word, "bold $accent"), (dots, "$muted")).truncate(max(width, 1), ellipsis=True)


def verdict(session: Session) -> Verdict:
    """What the newest run says. RED and GREEN are said only of a run that loaded everything and ran something."""
    if session.running is not None:
        tail = f", {session.running.failing} failing" if session.running.failing else ""
        return Verdict("◌", "RUNNING", "$accent", f"{session.running.ended}{tail}")
    report = session.latest or session.standing
    if report is None:
        return Verdict("·", "NO RUN YET", "$muted")
    return _judged(report)


def _judged(report: Report) -> Verdict:
    tests, failing = report.tests(), len(report.failed())
    broken = sum(bool(file.errors) for file in report.files)
    tail = " · live" if report.kind is RunKind.PROVISIONAL else ""
    if broken or report.unhandled:
        what = f"{broken} of {len(report.files)} files do not load" if broken else "errors outside any test"
        return Verdict("✗", "BROKEN", "$error", what + tail)
    if not tests:
        return Verdict("!", "NO TESTS", "$warning", "nothing ran" + tail)
    if failing:
        return Verdict("✗", "RED", "$error", f"{failing} of {len(tests)}{tail}")
    passed = report.count(TestState.PASS)
    return Verdict("✓", "GREEN", "$success", f"{passed} of {len(tests)}{tail}")


def verdict_line(session: Session, width: int) -> Content:
    """The verdict in one line, with what failed first; for a screen that has no room for the panel."""
    line = Content(" ") + verdict(session).content()
    report = session.latest or session.standing
    failed = report.failed() if report is not None and session.running is None else ()
    if failed:
        error = next((error for error in failed[0].errors), None)
        told = error is not None and error.expected is not None
        why = "" if error is None else f"expected {error.expected} received {error.actual}" if told else error.message
        line += Content.assemble(("  " + one_line(failed[0].key.leaf), ""), ("  " + one_line(why), "$muted"))
    return line.truncate(max(width, 1), ellipsis=True)


def notice(session: Session) -> Content | None:
    """What went wrong, or what the loop has to say; None while there is nothing."""
    if session.fault is not None:
        return Content.assemble((" ✗ ", "bold $error"), (printable(session.fault.summary), "$error")) + (
            say(" " + session.fault.remedy) if session.fault.remedy else ""
        )
    if not session.notice:
        return None
    mark, style = ("✓", "$success") if session.notice.startswith(_GOOD) else ("!", "$warning")
    return Content.assemble((f" {mark} ", f"bold {style}"), (printable(session.notice), ""))


def summary(session: Session) -> Content:
    """What enter does now, or what is under way."""
    step = next_step(session)
    if step.waits:
        busy = session.pending is not None
        tail = ("   ctrl+g stops it", "$muted") if busy else ("", "")
        return Content.assemble((" … " if busy else " · ", "$accent"), (printable(step.words), ""), tail)
    return Content.assemble((" enter ", "bold $accent"), (printable(step.words), ""))


def footer_line(session: Session, where: Collection[Place], width: int) -> Content:
    """The keys that count now, as many as fit into ``width`` cells; ``?`` shows the rest."""
    step = next_step(session)
    pairs = [(keys, label) for keys, label in footer(where, step.label) if _counts(label, session, step.waits)]
    return key_line(pairs, width)


def key_line(pairs: list[tuple[str, str]] | tuple[tuple[str, str], ...], width: int) -> Content:
    """Key and label pairs in one line; those that do not fit are left out, the last three stay."""
    kept, tail = list(pairs[:-3]), list(pairs[-3:])
    while kept and _cells(kept + tail) > width:
        kept.pop()
    pieces: list[Piece] = [(" ", "")]
    for keys, label in kept + tail:
        pieces += [(keys, "bold $primary"), (f" {label}  ", "$muted")]
    return Content.assemble(*pieces).truncate(max(width, 1), ellipsis=True)


def _counts(label: str, session: Session, waits: bool) -> bool:
    """Enter is shown while it does something, ctrl+g while there is something to stop."""
    match label:
        case "next":
            return not waits
        case "stop":
            return session.pending is not None
        case _:
            return True


def _progress(session: Session) -> str:
    approved = session.approved()
    if session.phase not in (Phase.RED, Phase.GREEN, Phase.REFACTOR) or not approved:
        return ""
    at = next((n for n, case in enumerate(approved, start=1) if case.id == session.case_id), 0)
    return f" {at}/{len(approved)}" if at else ""


def _cells(pairs: list[tuple[str, str]]) -> int:
    return 1 + sum(len(keys) + len(label) + 3 for keys, label in pairs)
