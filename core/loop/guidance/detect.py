"""What our own detectors find: each is a question that the rules want asked before the step at hand goes on.

They read the session alone. Their modules parse, and the screen starts without a parser: they are imported when asked.
"""

from __future__ import annotations

from beai.core.loop.moves import BY_HAND
from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Session


def before_cases(session: Session) -> tuple[OpenQuestion, ...]:
    """What must be settled before cases are proposed, of each topic one question."""
    from beai.core.loop.guidance.detectors import data_model, dependencies, design, rules, sums

    project, task = session.project, session.task
    if project is None or task is None:
        return ()
    found = (
        *dependencies.unfinished(project, task),
        *design.off_its_design(project, task),
        *data_model.off_the_schema(project, task),
        *rules.opposed(project, task),
        *sums.wrong(task),
    )
    return _once(found)


def in_review(session: Session) -> tuple[OpenQuestion, ...]:
    """What the change under review does that no document covers, nor an answer of before."""
    from beai.core.loop.guidance.detectors import contracts, heavy, new_files, schema_change

    project, task, cycle = session.project, session.task, session.cycle
    if project is None or task is None or cycle is None or cycle.review is None or cycle.purpose not in BY_HAND:
        return ()
    change = cycle.review.change
    allowed = frozenset(
        answer.topic.removeprefix("schema:") for answer in session.answers if answer.topic.startswith("schema:")
    )
    found = (
        *schema_change.off_the_design(project, task, change, allowed),
        *new_files.not_planned(project, task, change),
        *contracts.changed_for_others(project, task, change),
        *heavy.unforeseen(project, task, change),
    )
    return _once(found)


def stuck(session: Session) -> str:
    """What the debug procedure finds of the attempts of the step at hand, for the card that asks what to do."""
    from beai.core.loop.guidance.detectors.debugging import findings

    return findings(session)


def _once(found: tuple[OpenQuestion, ...]) -> tuple[OpenQuestion, ...]:
    return tuple({asked.question.topic: asked for asked in reversed(found)}.values())[::-1]
