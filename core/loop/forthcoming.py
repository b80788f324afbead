"""What a session asks for next: what is in flight, else what the loop itself would issue if all goes as hoped."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop import cases, commit, leaving, replies, steering
from beai.core.loop.cycle import begin, consult
from beai.core.loop.effects import Suggest
from beai.core.loop.moves import Moved, on_case, still
from beai.core.loop.phase import Phase
from beai.core.loop.session import CaseState, Cycle, Session, Stage
from beai.core.suggest.exchange import Purpose


def forthcoming(session: Session) -> Suggest | None:
    """The next request, as the session is now; None where nothing more is asked for."""
    waits = session.handout.asks if session.handout is not None else session.pending
    if isinstance(waits, Suggest):
        return waits
    _, effects = _next(replace(session, question=None, pending=None), asks=session.question is not None)
    return next((effect for effect in effects if isinstance(effect, Suggest)), None)


def _next(session: Session, asks: bool) -> Moved:
    """The move that leads to the next request; ``asks`` is whether an answer of the person's leads there."""
    at = session.cycle
    if at is None:
        return _begun(session)
    match at.stage:
        case Stage.ASKING:
            return steering.retried(session) if isinstance(session.failed, Suggest) else consult(session)
        case Stage.RESTORING:
            return leaving.restored(session, ())
        case Stage.REVIEWING:
            moved = replies.review_closed(session)
            return moved if any(isinstance(effect, Suggest) for effect in moved[1]) else _hoped(session, at)
        case _:
            return consult(session) if asks else _hoped(session, at)


def _begun(session: Session) -> Moved:
    """Outside a cycle: the cases are next, or the test of the first that is approved."""
    match session.phase:
        case Phase.UNDERSTAND:
            return begin(replace(session, phase=Phase.CASES), Purpose.CASES)
        case Phase.CASES:
            return cases.next_case(session)
        case Phase.COMMIT if session.draft is not None:
            return commit.onward(session, session.draft.part)
        case _:
            return still(session)


def _hoped(session: Session, at: Cycle) -> Moved:
    """After the cycle at hand, where what it is about is accepted and judged as it should be."""
    match at.purpose:
        case Purpose.CASES:
            return cases.next_case(session)
        case Purpose.TEST:
            red = session.case.red if session.case is not None else None
            return begin(replace(session, phase=Phase.GREEN), Purpose.CODE, failing=red.message if red else "")
        case Purpose.CODE:
            green = on_case(session, lambda case: replace(case, state=CaseState.GREEN))
            return begin(replace(green, phase=Phase.REFACTOR), Purpose.REFACTOR)
        case Purpose.REFACTOR:
            moved = cases.next_case(session)
            return moved if any(isinstance(effect, Suggest) for effect in moved[1]) else _recorded(moved[0])
        case _:
            return _recorded(session) if at.review is None else still(session)


def _recorded(session: Session) -> Moved:
    """The words on what was done, once everything is judged; where every case was skipped, there are none."""
    return begin(session, Purpose.RECORD) if session.phase is Phase.RECORD else still(session)
