"""Questions of ours are put on one page: what was answered before is not asked, the rest waits in order."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Session


def raised(session: Session, found: tuple[OpenQuestion, ...]) -> Session:
    """The session in which those of ``found`` that have no answer yet stand open, the first of them at hand."""
    open_now = (*session.waiting, session.question) if session.question is not None else session.waiting
    known = {asked.question.topic for asked in open_now}
    topics = (asked.question.topic for asked in found)
    fresh = tuple(
        asked
        for asked, topic in zip(found, topics, strict=True)
        if topic not in known and session.answered(topic) is None
    )
    if session.question is not None:
        return replace(session, waiting=(*session.waiting, *fresh))
    return replace(session, question=fresh[0], waiting=fresh[1:]) if fresh else session
