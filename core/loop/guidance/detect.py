"""What our own detectors find: each is a question that the rules want asked before the step at hand goes on."""

from __future__ import annotations

from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Session


def before_cases(session: Session) -> tuple[OpenQuestion, ...]:
    """What must be settled before cases are proposed."""
    return ()


def in_review(session: Session) -> tuple[OpenQuestion, ...]:
    """What the change under review does that no document covers."""
    return ()
