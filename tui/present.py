"""What the frame of the screen says of a session: header, rail, notice, summary; pure, never markup."""

from __future__ import annotations

from collections.abc import Collection

from textual.content import Content

from beai.core.loop.asked import answering, asked
from beai.core.loop.effects import Suggest
from beai.core.loop.session import CaseState, Phase, Session
from beai.core.plural import plural
from beai.core.record.done import Lit
from beai.core.suggest.manner import Manner
from beai.core.text import one_line, printable
from beai.tui import spending
from beai.tui.keys import DONE_TAIL, Place, footer
from beai.tui.next_step import next_step, under_review
from beai.tui.prose import say

_TASK = 24  # cells that the task has at least, beside what else the header says
_WORD = 14  # cells that a line loses where its last word goes to the next one
_LEAST = 24  # cells of what is under way that are said before more than the seconds it takes
_FEWEST = 8  # cells of it that are said anyhow
_LONGEST = 200  # more cells than how long it takes needs
_STOPS = "   ctrl+g stops it"
_GOOD = "Right red"  # how the loop's one piece of good news begins

_TOLD = ("edit", "comment", "sent", "who")  # of what a person thinks while somebody is asked, or an answer lies there

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

LIGHT_MARKS: dict[Lit, Piece] = {
    Lit.LIT: ("●", "$success"),
    Lit.WAIVED: ("◐", "$warning"),
    Lit.DARK: ("○", "$muted"),
}
"""A glyph and a colour for each state of a light."""


def header(session: Session, width: int, pace: int | None = None, local_only: bool = False) -> Content:
    """Task on the left; branch, suggester, what was spent and sandbox on the right; cut to ``width`` cells.

    ``pace`` is how many tokens a second the reply under way is written with, ``local_only`` whether nothing may leave
    this computer. Where there is little room, the sandbox
    goes first, then the branch and the pace.
    """
    task, project = session.task, session.project
    left = [(" " + (one_line(session.task_id) or "beai"), "bold $primary")]
    if task is not None:
        left.append(("  " + one_line(task.title), "bold"))
    elif project is not None:
        left.append(("  " + one_line(project.name), "$muted"))
    branch = one_line(project.repo.branch, 40) if project else ""
    sandbox = f"sandbox {session.warm.level}" if session.warm else ""
    steps = "small steps" if _small(session) else ""
    name = answering(session, session.pending) if isinstance(session.pending, Suggest) else asked(session)
    who = ", ".join(filter(None, (one_line(name, 30), steps, "local only" if local_only else "")))
    parts = [branch, who, spending.figures(session), f"{pace} tok/s" if pace else "", sandbox]
    for gone in (None, 4, 0, 3):
        if gone is not None:
            parts[gone] = ""
        right = Content.styled(" · ".join(filter(None, parts)) + " ", "$muted")
        room = max(width - right.cell_length - 2, 1)
        if room >= _TASK:
            break
    if room < _TASK:
        return Content.assemble(*left).truncate(max(width, 1), ellipsis=True)
    return Content.assemble(*left).truncate(room, ellipsis=True, pad=True) + "  " + right


def _small(session: Session) -> bool:
    """Whether the one who is asked now was asked in small steps last."""
    sent = session.sent
    return sent is not None and sent.to == asked(session) and sent.packed.manner is Manner.SMALL


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


def summary(
    session: Session, away: bool = False, rows: int = 0, width: int = 0, waited: tuple[str, ...] = ()
) -> Content:
    """What enter does now, or what is under way; ``away`` from the review, enter means something else.

    Of the words, and of how long was ``waited`` behind them, only so much is said that how to stop it stands in
    ``rows`` of ``width``; 0 rows are enough for all.
    """
    step = next_step(session)
    if step.waits:
        busy = session.pending is not None
        words = Content(printable(step.words))
        room = rows * width - len(_STOPS) - 3 - (rows - 1) * _WORD if rows else words.cell_length + _LONGEST
        while len(waited) > 1 and room - len(_since(waited)) < min(_LEAST, words.cell_length):
            waited = waited[:-1]
        tail = (_since(waited) + _STOPS, "$muted") if busy else ("", "")
        if busy:
            words = words.truncate(max(room - len(_since(waited)), _FEWEST), ellipsis=True)
        return Content.assemble((" … " if busy else " · ", "$accent"), words, tail)
    return Content.assemble((" 3 enter " if away else " enter ", "bold $accent"), (printable(step.words), ""))


def _since(waited: tuple[str, ...]) -> str:
    return f" · {', '.join(waited)}" if waited else ""


def chosen(count: int) -> Content:
    """What stands where enter is told while lines of a hunk are chosen."""
    keys = [(key, "bold $accent") for key in (" y n s c ", " esc ")]
    return Content.assemble(keys[0], f"act on {plural(count, 'line')} ·", keys[1], "leaves")


BEHIND = Content.styled(" · the window on top has the keys", "$muted")
"""What stands where enter is told while a window lies on top."""


def footer_line(session: Session, where: Collection[Place], width: int) -> Content:
    """The keys that count now, as many as fit into ``width`` cells; ``?`` shows the rest."""
    step = next_step(session)
    told = footer(where, step.label, DONE_TAIL) if session.phase is Phase.DONE else footer(where, step.label)
    pairs = [(keys, label) for keys, label in told if _counts(label, session, step.waits)]
    dear = ("lights",) if session.phase is Phase.DONE else ()
    return key_line(pairs, width, _TOLD if isinstance(session.pending, Suggest) or under_review(session) else dear)


def key_line(
    pairs: list[tuple[str, str]] | tuple[tuple[str, str], ...], width: int, dear: Collection[str] = ()
) -> Content:
    """Key and label pairs in one line; of those that do not fit the first two stay longest, then the last and ``?``.

    After those come the ones whose labels are ``dear``.
    """
    pairs, kept, room = list(pairs), set[int](), width + 1  # two cells of space behind the last, one before the first
    wanted = [n for n, (_, label) in enumerate(pairs) if label in dear]
    for n in _ranked(len(pairs), wanted):
        taken = sum(map(len, pairs[n])) + 3
        if taken <= room:
            kept.add(n)
            room -= taken
    pieces: list[Piece] = [(" ", "")]
    for keys, label in (pairs[n] for n in sorted(kept)):
        pieces += [(keys, "bold $primary"), (f" {label}  ", "$muted")]
    return Content.assemble(*pieces).rstrip().truncate(max(width, 1), ellipsis=True)


def _counts(label: str, session: Session, waits: bool) -> bool:
    """Enter is shown while it does something, ctrl+g while there is something to stop."""
    match label:
        case "next":
            return not waits
        case "guide":
            return session.handout is None or session.question is not None
        case "stop":
            return session.pending is not None or session.handout is not None
        case _:
            return True


def _progress(session: Session) -> str:
    approved = session.approved()
    if session.phase not in (Phase.RED, Phase.GREEN, Phase.REFACTOR) or not approved:
        return ""
    at = next((n for n, case in enumerate(approved, start=1) if case.id == session.case_id), 0)
    return f" {at}/{len(approved)}" if at else ""


def cells(pairs: list[tuple[str, str]]) -> int:
    """How wide a line of keys is."""
    return 1 + sum(len(keys) + len(label) + 3 for keys, label in pairs)


def _ranked(count: int, wanted: list[int]) -> list[int]:
    """Which of the pairs to show first: what decides, how to leave and learn of the rest, what is ``wanted``, all."""
    first = (0, 1, count - 1, count - 3, *wanted, *range(2, count))
    return [n for n in dict.fromkeys(first) if 0 <= n < count]
