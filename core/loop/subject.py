"""Which procedure a session is about."""

from __future__ import annotations

from beai.core.loop.session import CaseState, Session
from beai.core.project.targets import targets


def subject(session: Session) -> str:
    """The path of the procedure under test (``wishlist.addItem``), ``""`` where the task names none."""
    if session.project is None or session.task is None:
        return ""
    return targets(session.task, session.project).path


def exists(session: Session) -> bool:
    """Whether the code has that procedure, as it was read or as a green case shows; True where the task names none."""
    if not subject(session):
        return True
    made = any(case.state is CaseState.GREEN for case in session.cases)
    return made or (session.project is not None and session.project.api.procedure(subject(session)) is not None)
