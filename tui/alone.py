"""What the screen of a stand-alone review says, and what enter does in it, made from its state alone."""

from __future__ import annotations

from textual.content import Content

from beai.core.loop.alone.feedback import feedback
from beai.core.loop.alone.state import Alone
from beai.core.loop.alone.told import told
from beai.core.loop.effects import Apply
from beai.core.plural import plural
from beai.core.text import one_line, printable
from beai.tui import keys
from beai.tui.keys import Place
from beai.tui.next_step import Step, closing
from beai.tui.present import cells
from beai.tui.prose import GAP, Prose, heading, item, para

_SHOWN = (
    "accept",
    "reject",
    "alone_help",
    "edit",
    "comment",
    "reject_file",
    "quit",
    "unplaced",
    "feedback",
)
"""The keys of a review that are shown before all others, the most needed first."""
_LAST = tuple(keys.key(id).label for id in ("alone_help", "quit"))


def next_step(state: Alone) -> Step:
    """What enter does."""
    if state.over:
        return Step("leaves", label="leave")
    if isinstance(state.pending, Apply):
        return Step("writing…")
    return closing(state.review)


def header(state: Alone, width: int) -> Content:
    """Whence the patch is, how far the decisions are, and how much of it has a place."""
    review, brought = state.review, state.brought
    hunks = len(review.change.hunks())
    parts = [
        (plural(len(review.change.files), "file"), ""),
        (f"{hunks - len(review.undecided())} of {hunks} decided", ""),
    ]
    if brought.missing:
        parts.append((f"{brought.placed} of {brought.edits} edits placed", "bold $warning"))
    if brought.notes:
        parts.append((plural(len(brought.notes), "note"), "$warning"))
    tail = Content(" · ").join([Content.styled(words, style) for words, style in parts])
    room = max(width - tail.cell_length - 18, 8)
    return Content.assemble((" beai review ", "bold $primary"), (f"{one_line(brought.source, room)}  ", "$muted"), tail)


def notice(state: Alone) -> Content | None:
    """What went wrong, or what happened, or what has no place; None where there is nothing to say."""
    if state.fault is not None:
        return Content.styled(f" ✗ {printable(state.fault.sentence())}", "$error")
    if state.notice:
        return Content.styled(f" {printable(state.notice)}", "$accent")
    missing = len(state.brought.missing)
    if missing and not state.over:
        verb = "has" if missing == 1 else "have"
        return Content.styled(
            f" ! {plural(missing, 'edit')} {verb} no place here: m shows which, and the nearest lines.", "$warning"
        )
    if state.brought.notes and not state.over:
        more = f" (m: {len(state.brought.notes) - 1} more)" if len(state.brought.notes) > 1 else ""
        return Content.styled(f" {one_line(state.brought.notes[0], 240)}{more}", "$muted")
    return None


def summary(state: Alone) -> Content:
    """What enter does, in words."""
    return Content.assemble((" enter ", "bold $accent"), (printable(next_step(state).words), ""))


def footer(state: Alone, width: int) -> tuple[tuple[str, str], ...]:
    """The keys that count now, as many as ``width`` has room for: those that decide first."""
    step = next_step(state)
    where = (Place.ALONE,) if state.over else (Place.REVIEW, Place.ALONE)
    told = bool(state.brought.left or state.brought.notes)
    pairs = [
        pair
        for pair in keys.footer(where, step.label, ("alone_help", "quit"))
        if told or pair[1] != keys.key("unplaced").label
    ]
    if state.over:
        return tuple(pairs)
    order = {keys.key(id).label: at for at, id in enumerate(_SHOWN)}
    ranked = sorted(pairs, key=lambda pair: order.get(pair[1], len(order)))
    while cells(ranked) > width and len(ranked) > 1:
        ranked.pop()
    return tuple(sorted(ranked, key=lambda pair: pair[1] in _LAST))


def ending(state: Alone) -> Prose:
    """The last page: what was written, and what to tell whoever wrote the patch."""
    page: Prose = (heading("Done"), *(item("·", "$muted", line) for line in told(state)), GAP)
    text = feedback(state)
    if not text:
        return page
    words = "F copies this for whoever wrote the patch; --feedback prints it."
    return (*page, para(words, "$accent"), GAP, *(para(line or " ") for line in printable(text).split("\n")))
