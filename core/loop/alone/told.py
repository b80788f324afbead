"""What came of a stand-alone review, in sentences."""

from __future__ import annotations

from beai.core.edits.change import Verdict
from beai.core.loop.alone.state import Alone
from beai.core.text import one_line

_NAMED = 5


def told(state: Alone) -> tuple[str, ...]:
    """What came of the review, in sentences."""
    review, receipt = state.review, state.receipt
    verdicts = [one.verdict for one in review.decisions]
    rejected = _plural(verdicts.count(Verdict.REJECTED), "hunk")
    left = len(review.undecided())
    lines: list[str] = []
    if receipt is not None and receipt.files:
        names = ", ".join(one_line(file.path, 80) for file in receipt.files[:_NAMED])
        more = f" and {len(receipt.files) - _NAMED} more" if len(receipt.files) > _NAMED else ""
        lines.append(
            f"Wrote {_plural(verdicts.count(Verdict.ACCEPTED), 'hunk')} to {names}{more}. beai undo takes it back."
        )
        lines += (f"{one_line(path, 80)}:{line} does not parse any more." for path, line in review.broken()[:_NAMED])
    elif state.over:
        lines.append("Nothing was written.")
    elif not review.change.files and not state.brought.missing:
        lines.append("There is nothing to decide: the files read so already.")
    if Verdict.REJECTED in verdicts and state.over:
        lines.append(f"Rejected {rejected}.")
    if left and not state.over:
        lines.append(f"{_plural(left, 'hunk')} left undecided, and nothing written; the same patch goes on from here.")
    elif left:
        lines.append(f"{_plural(left, 'hunk')} {'is' if left == 1 else 'are'} undecided.")
    there = sum(one.there for one in state.brought.left)
    if there and review.change.files:
        lines.append(
            f"{_plural(there, 'edit')} of {state.brought.edits} {'was' if there == 1 else 'were'} made before."
        )
    if missing := len(state.brought.missing):
        lines.append(f"{_plural(missing, 'edit')} of {state.brought.edits} had no place here.")
    return tuple(lines)


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
