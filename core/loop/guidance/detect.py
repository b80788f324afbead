"""What our own detectors find: each is a question that the rules want asked before the step at hand goes on.

They read the session alone. Their modules parse, and the screen starts without a parser: they are imported when asked.
"""

from __future__ import annotations

from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Session


def before_cases(session: Session) -> tuple[OpenQuestion, ...]:
    """What must be settled before cases are proposed, of each topic one question."""
    from beai.core.loop.guidance.detectors import dependencies, design

    project, task = session.project, session.task
    if project is None or task is None:
        return ()
    found = (*dependencies.unfinished(project, task), *design.off_its_design(project, task))
    return _once(found)


def in_review(session: Session) -> tuple[OpenQuestion, ...]:
    """What the change under review does that no document covers."""
    return ()


def _once(found: tuple[OpenQuestion, ...]) -> tuple[OpenQuestion, ...]:
    return tuple({asked.question.topic: asked for asked in reversed(found)}.values())[::-1]
