"""No test runs before the person agreed to its configuration: a run that was about to begin is held until they did."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.receipts import written_paths
from beai.core.fault import FaultKind
from beai.core.loop.effects import Agree, GenerateClient, Probe, ReadProject, RunTests
from beai.core.loop.events import Event
from beai.core.loop.events.facts import Applied, ProjectRead, Redone, Restored, Undone
from beai.core.loop.events.seen import Saved
from beai.core.loop.moves import Moved, card, issue, still
from beai.core.loop.session import Choice, OpenQuestion, Session
from beai.core.project.configuration import is_configuration
from beai.core.suggest.exchange import Card

_RUNNING = RunTests | Probe | GenerateClient  # what runs code of the repository
_SHOWN = 6  # files named in the question


def noticed(session: Session, event: Event) -> Session:
    """The session that knows of ``event`` whether the configuration of the tests must be read again."""
    match event:
        case Saved(paths=paths):
            changed = paths
        case Applied(receipt=receipt):
            changed = written_paths((receipt,))
        case Restored(receipts=receipts) | Undone(receipts=receipts) | Redone(receipts=receipts):
            changed = written_paths(receipts)
        case ProjectRead():
            return replace(session, unread=False)
        case _:
            return session
    known = dict(session.project.configuration.files) if session.project else {}
    touched = any(path in known or is_configuration(path) for path in changed)
    return replace(session, unread=True) if touched and known else session


def gate(moved: Moved) -> Moved:
    """Let ``moved`` pass, but for a run that the person did not agree to; where it is due, look, or ask."""
    session, effects = moved
    if effects and not isinstance(effects[0], _RUNNING):
        return moved
    if effects:
        if settled(session):
            return moved
        return _next(replace(session, pending=None, held=session.pending))
    if isinstance(session.failed, _RUNNING) and session.fault and session.fault.kind is FaultKind.REFUSED:
        session = replace(session, held=session.failed, failed=None, fault=None, unread=True)  # changed unheard
    if session.pending is not None or session.question is not None or session.fault is not None:
        return still(session)
    return _next(session)


def settled(session: Session) -> bool:
    """Whether tests may run by themselves: the configuration was read since it changed, and agreed to."""
    return not session.unread and (session.project is None or session.project.configuration.agreed)


def agreed(session: Session) -> Moved:
    """The agreement is kept."""
    if session.project is None:
        return still(session)
    configuration = replace(session.project.configuration, agreed=True)
    return still(replace(session, project=replace(session.project, configuration=configuration)))


def accept(session: Session) -> Moved:
    """The person agrees to what the question showed."""
    return still(session) if session.project is None else issue(session, Agree(session.project.configuration))


def decline(session: Session) -> Moved:
    """Nothing runs, and nothing asks again until the person or another change does."""
    mark = session.project.configuration.mark if session.project else ""
    rest = replace(session, held=None, failed=session.held or session.failed, declined=mark)
    return still(rest, "No test runs until you agree: t asks again.")


def _next(session: Session) -> Moved:
    """What a session that stands still has to do about the configuration."""
    if session.unread:
        moved, effects = issue(session, ReadProject())
        return replace(moved, failed=session.failed, notice=session.notice), effects
    if session.project is None:
        return still(session)
    if settled(session):
        return still(session) if session.held is None else issue(replace(session, held=None), session.held)
    if session.held is None and (session.standing is None or session.declined == session.project.configuration.mark):
        return still(session)
    return still(replace(session, question=_question(session)))


def _question(session: Session) -> OpenQuestion:
    configuration = session.project.configuration if session.project else None
    changed = configuration.changed if configuration else ()
    named = changed or tuple(path for path, _ in (configuration.files if configuration else ()))
    rest = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    listed = ", ".join(named[:_SHOWN]) + rest
    rows = (
        (Choice.TRUST, "Run them, and from now on", "Until the configuration of the tests changes."),
        (Choice.STAY, "Not now", "Nothing of the repository runs; t asks again."),
    )
    issue_text = (
        f"What decides how tests run has changed: {listed}."
        if changed
        else "Running tests runs this repository's own code, here for the first time."
    )
    mark = configuration.mark if configuration else ""
    return card(Card.TRUST, issue_text, rows, considered=listed, about=mark)
