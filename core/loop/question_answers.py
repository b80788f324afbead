"""Answers to questions that were written down beforehand, and how far each reaches."""

from __future__ import annotations

from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.guidance import raising
from beai.core.loop.session import Choice, OpenQuestion, Session
from beai.core.suggest.exchange import Card, Scope

Written = tuple[tuple[str, int | str], ...]
"""A topic, its part before ``:``, or ``*``, perhaps with ``@sprint`` or ``@project``; then an option or words."""

_BY_NAME = frozenset({Card.CAP, Card.LIGHTS, Card.CONTRACT})
"""What ``*`` never answers: what costs, and what a task is done without."""

_OURS = {
    "you decide": Choice.DELEGATE,
    "you decide, and record it": Choice.DELEGATE,
    "not now": Choice.LATER,
}


def to_question(session: Session, asked: OpenQuestion, written: Written) -> QuestionAnswered | None:
    """The answer to ``asked``; one that comes back although it was answered waits for a person."""
    if asked.back is not None:  # decided with the answer that it asks about
        return QuestionAnswered(asked.choices.index(Choice.PUT_BACK))
    topic = asked.question.topic
    stood = raising.settled(session, asked) if asked.guidance else session.answered(asked.asks, topic)
    if stood is not None or (asked.asks is Card.CAP and session.raised):
        return None
    found = _named(asked, written)
    if found is None:
        return None
    said, scope = found
    ours = _OURS.get(said.strip().casefold().rstrip(".")) if isinstance(said, str) else None
    if ours is not None and ours not in asked.choices:  # a step of the loop is neither put off nor delegated
        return None
    at = asked.choices.index(ours) if ours is not None else said - 1 if isinstance(said, int) else -1
    if isinstance(said, str) and ours is None:
        return QuestionAnswered(-1, said, scope)
    if not 0 <= at < len(asked.choices) or (asked.insists and asked.choices[at] is Choice.LATER):
        return None  # what cannot be put off would be asked for ever
    return QuestionAnswered(at, scope=scope)


def _named(asked: OpenQuestion, written: Written) -> tuple[int | str, Scope] | None:
    """What is written for a question, by its nearest name."""
    known, topic, every = dict(written), asked.question.topic, () if asked.asks in _BY_NAME else ("*",)
    for name in (topic, topic.partition(":")[0], *every):
        for key, scope in ((name, Scope.TASK), *((f"{name}@{scope}", scope) for scope in Scope)):
            if key in known:
                return known[key], scope
    return None
