"""What the person refused in this cycle, found again in a new change: told to the suggester before anybody sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beai.core.edits.change import Change, Hunk, Verdict
from beai.core.edits.origin import Piece
from beai.core.suggest.exchange import Answer, Feedback, HunkFeedback
from beai.core.text import one_line

_SAME_AGAIN = 1  # the option by which a person wants a refused draft of ours back
_LEAST = 2  # lines with words that a refused hunk has at least to be known inside a larger one

Again = tuple[tuple[Hunk, str], ...]
"""Hunks of a new change that were refused before, with the reason."""


def refusals(feedback: Sequence[Feedback], answers: Sequence[Answer]) -> tuple[HunkFeedback, ...]:
    """The hunks that were refused and that the person did not speak of since: their later word may want them back."""
    since = 0
    for turn, told in enumerate(feedback):
        since = turn if told.said else since
    since = max([since, *map(_wanted_back, answers)])
    latest = {(one.hunk.file, one.hunk.old, one.hunk.new): one for told in feedback[since:] for one in told.hunks}
    return tuple(one for one in latest.values() if one.decision and one.decision.verdict is Verdict.REJECTED)


def resent(change: Change, refused: Sequence[HunkFeedback]) -> Again:
    """The hunks of ``change`` that are a refused one, or hold all of one that is long enough to be known."""
    found = ((hunk, next((one for one in refused if _holds(hunk, one.hunk)), None)) for hunk in change.hunks())
    return tuple((hunk, one.decision.reason) for hunk, one in found if one is not None and one.decision is not None)


def told(again: Again) -> Feedback:
    """The same, for the suggester."""
    listed = "\n".join(f"{one_line(hunk.file)}{f': {reason}' if reason else ''}" for hunk, reason in again)
    words = (
        "Not shown to your partner: the reply holds again what they REJECTED, in these files and for these reasons. "
        "Never send those lines again. Propose another way, or ask."
    )
    return Feedback(outcome=f"{words}\n{listed}")


def warned(change: Change, again: Again) -> Change:
    """``change`` with a warning on what comes back although it was refused."""
    said = {hunk.id: f"you refused this before{f': {reason}' if reason else ''}" for hunk, reason in again}
    files = (
        replace(
            file,
            hunks=tuple(
                replace(hunk, warnings=tuple(dict.fromkeys((*hunk.warnings, said[hunk.id]))))
                if hunk.id in said
                else hunk
                for hunk in file.hunks
            ),
        )
        for file in change.files
    )
    return replace(change, files=tuple(files))


def anew(change: Change, feedback: Sequence[Feedback], answers: Sequence[Answer]) -> Change:
    """``change``, in which the person wrote hunks anew, with a warning on what is still what they refused before."""
    return warned(change, resent(change, refusals(feedback, answers)))


def _wanted_back(answer: Answer) -> int:
    """How many attempts lie before the person's wish to see a refused draft again; 0 for any other answer."""
    kind, _, rest = answer.topic.partition(":")
    turn = rest.split(":")[2:3]
    return int(turn[0]) if kind == "rejected" and answer.choice == _SAME_AGAIN and turn and turn[0].isdecimal() else 0


def _holds(hunk: Hunk, refused: Hunk) -> bool:
    if hunk.file != refused.file:
        return False
    sent = (Piece(old, piece.new) for piece in refused.suggested for old in (piece.old, refused.old))
    return any(_holds_piece(hunk, piece) for piece in (Piece(refused.old, refused.new), *sent))


def _holds_piece(hunk: Hunk, refused: Piece) -> bool:
    if (hunk.old, hunk.new) == (refused.old, refused.new):
        return True
    known = sum(any(char.isalnum() for char in line) for line in refused.new) >= _LEAST
    return known and _within(refused.new, hunk.new) and _within(refused.old, hunk.old)


def _within(some: tuple[str, ...], lines: tuple[str, ...]) -> bool:
    """Whether ``some`` stand in ``lines``, one behind the other; as one text, which is searched in linear time."""
    return not some or "\n" + "".join(some) in "\n" + "".join(lines)
