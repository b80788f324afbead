"""A finding of a detector as a guidance card: why it is asked, what was compared, and what would be advised."""

from __future__ import annotations

from beai.core.loop.question import Choice, OpenQuestion
from beai.core.suggest.exchange import Card, Option, Question, Trigger

Row = tuple[Choice, str, str]


def guide(
    topic: str,
    trigger: Trigger,
    issue: str,
    rows: tuple[Row, ...],
    *,
    task: str,
    cites: tuple[str, ...],
    considered: tuple[str, ...],
    advised: int = 0,
    asks: Card = Card.GUIDANCE,
) -> OpenQuestion:
    """The card; ``considered`` are its lines, ``advised`` the option that the detector would take (0-based)."""
    cited = tuple(dict.fromkeys(filter(None, cites)))
    options = tuple(Option(label, consequence) for _, label, consequence in rows)
    lines = "\n".join(filter(None, considered))
    question = Question(topic, issue, cited, lines, options, trigger, task, advised)
    return OpenQuestion(question, tuple(choice for choice, _, _ in rows), asks)


def ways(stands: str, without: str) -> tuple[Row, ...]:
    """The three ways on from a finding in a change under review: it ``stands``, it is made ``without``, or by hand."""
    return (
        (Choice.PROCEED, "Take it as it is", f"{stands}; recorded as a deviation. The hunks are still yours to judge."),
        (Choice.RETRY, "Turn it down", f"Who suggested it is told, and suggests again: {without}."),
        (Choice.BY_HAND, "I write it myself", "The change is dropped; save yours in your editor, and it is judged."),
    )
