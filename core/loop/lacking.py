"""What an answer to the question about dark lights does: the work is taken up again, or left out in own words."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop import cases, commit, cycle, finishing, steering
from beai.core.loop.covering import facts
from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.guidance import raising
from beai.core.loop.lights import lit
from beai.core.loop.moves import Moved, still
from beai.core.loop.session import Choice, Cycle, OpenQuestion, Phase, Session
from beai.core.loop.unit import Part
from beai.core.record.contract import open_points
from beai.core.record.done import COMMIT, CONTEXT, LOGIC, SCHEMA, dark
from beai.core.suggest.exchange import Answer, Purpose


def answered(session: Session, asked: OpenQuestion, event: QuestionAnswered) -> Moved:
    """Back to work, or left out with the person's reason; without one nothing is left out."""
    choice = asked.choices[event.choice] if event.choice >= 0 else Choice.WAIVE
    if choice is Choice.RETURN:
        return _back(replace(session, question=None))
    if not (reason := event.text.strip()):
        return still(session, "Say why, in your own words: tab, then the reason.")
    answer = Answer(asked.question.topic, event.choice, reason, asked.question.issue, asks=asked.asks)
    answered = replace(session, question=None, answers=(*session.answers, answer))
    return finishing.finish(finishing.waived(answered, asked.question.considered, reason))


def _back(session: Session) -> Moved:
    """To where the first dark light can be lit."""
    missing = dark(lit(session))
    if not missing:
        return finishing.finish(session)
    match missing[0].name:
        case name if name == LOGIC:
            return _logic(session)
        case name if name in (CONTEXT, SCHEMA):
            return cycle.begin(replace(session, phase=Phase.RECORD, case_id=""), Purpose.RECORD)
        case name if name == COMMIT:
            return commit.propose(session, Part.RECORD)
        case _:
            return steering.by_hand(replace(session, phase=Phase.RECORD, case_id=""))


def _logic(session: Session) -> Moved:
    if not session.approved():
        return still(replace(session, phase=Phase.CASES))
    if any(not case.state.settled for case in session.approved()):
        return cases.next_case(session)
    if session.deferred:
        recording = replace(session, phase=Phase.RECORD, case_id="", cycle=Cycle(Purpose.RECORD))
        return still(raising.turned(recording, session.deferred[0].question.topic))
    if open_points(facts(session)):
        return still(replace(session, phase=Phase.CASES), "b binds a case, x leaves a point out, + adds a case.")
    if session.written:
        return steering.by_hand(replace(session, phase=Phase.RECORD, case_id=""))
    return still(replace(session, phase=Phase.CASES), "Switch cases on, or add some with +; what is settled stays.")
