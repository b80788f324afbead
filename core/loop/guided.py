"""What an answer to a question for guidance comes to: it is kept as a decision, and the loop goes on where it stood."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop import cases, cycle, phases, reviewing
from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.guidance import ledger, raising
from beai.core.loop.moves import Moved, on_cycle, still
from beai.core.loop.question import Choice, OpenQuestion
from beai.core.loop.remembered import Remembered
from beai.core.loop.session import Cycle, Phase, Session, Stage
from beai.core.loop.waiving import reason_of, waive
from beai.core.record.binding import answered_late
from beai.core.record.waived import Waived
from beai.core.suggest.delegated import yours
from beai.core.suggest.exchange import Answer, Decider, Feedback
from beai.core.text import one_line

_WRITTEN = "Recorded. What is written already stays as it is: h takes a change by hand."
_AS_BUILT = ("As the task:", "As the schema:")
"""How an option begins that says of a contradiction what cases are made by, as long as it is put off."""
_SAID = 200  # characters of an answer that are told where it comes late


def taken(session: Session, asked: OpenQuestion, event: QuestionAnswered, by: Decider) -> tuple[Choice, Answer]:
    """What was answered and what that does; a card that is delegated takes the option that is advised, else the first.

    Own words are an answer for whoever asked, and for a change under review a reason to have it made otherwise.
    """
    at, text = event.choice, event.text.strip()
    choice = asked.choices[at] if at >= 0 else _in_words(session, asked)
    if choice is Choice.DELEGATE:
        by, at = Decider.DELEGATED, _advised(asked)
        choice = asked.choices[at] if at >= 0 else Choice.ANSWER
        text = _yours(asked) if choice is Choice.ANSWER and asked.theirs else ""
    label = asked.question.options[at].label if at >= 0 else ""
    return choice, Answer(
        asked.question.topic,
        at,
        text or label,
        asked.question.issue,
        event.scope,
        by,
        ledger.mark(asked, session.task_id) if choice in ledger.KEPT else "",
        session.task_id,
        asked.question.cites,
        asked.asks,
    )


def kept(session: Session, asked: OpenQuestion, choice: Choice, answer: Answer) -> Session:
    """The session that holds the answer, and asks what is next on the page."""
    session = replace(raising.closed(session), answers=(*session.answers, answer))
    return session if answer.by is Decider.LEDGER else ledger.remember(session, asked, answer, choice)


def goes_on(session: Session, asked: OpenQuestion, choice: Choice, answer: Answer) -> Moved:
    """Do what the answer says, and go on once nothing else is asked."""
    if choice is Choice.PROCEED:
        reason = reason_of(asked, answer)
        session = waive(session, Waived.DEVIATION, reason, asked.question.topic, answer.by)
    label = asked.question.options[answer.choice].label if answer.choice >= 0 else ""
    if choice is Choice.ANSWER and session.phase is Phase.RECORD and not label.startswith(_AS_BUILT):
        said = f"“{one_line(answer.text, _SAID)}” was answered after every case was settled"
        session = replace(session, contract=answered_late(session.contract, said))
    at = session.cycle
    if choice is not Choice.RETRY or at is None:
        return onward(session)
    if at.stage in (Stage.REVIEWING, Stage.ASKING):
        return onward(_turned_down(session, at, asked, answer))
    moved, effects = onward(session)
    return replace(moved, notice=" ".join(filter(None, (_WRITTEN, moved.notice)))), effects


def put_off(session: Session, asked: OpenQuestion) -> Moved:
    """Go on without an answer; whoever asks next is told that there is none yet."""
    moved, effects = onward(raising.put_off(session))
    words = "Put off: Q shows it, and it is asked again before the record."
    return replace(moved, notice=" ".join(filter(None, (words, moved.notice)))), effects


def onward(session: Session) -> Moved:
    """Nothing is asked any more: the loop goes on where it stood when the page was opened."""
    at = session.cycle
    if session.question is not None or session.pending is not None:
        return still(session)
    if session.phase is Phase.UNDERSTAND:
        return phases.advance(session)
    if session.phase is Phase.RECORD and at is not None and at.stage is Stage.JUDGING:
        return cases.last_run(session)
    if at is not None and at.stage is Stage.ASKING and session.handout is None and session.fault is None:
        return cycle.consult(session)
    return still(session)


def recalled(session: Session) -> tuple[OpenQuestion, Remembered] | None:
    """A question of the page that the ledger answers, and the entry; each is answered once for a task by it."""
    done = {answer.mark for answer in session.answers if answer.mark}
    for asked in raising.page(session):
        entry = ledger.known(session, asked)
        if entry is not None and entry.mark not in done and _stands(asked, entry):
            return asked, entry
    return None


def told(asked: OpenQuestion, entry: Remembered) -> str:
    """That the ledger answered, and what: one sentence."""
    where = f"decided for {entry.task}" if entry.task else "decided before"
    when = f" on {ledger.day(entry)}" if entry.at else ""
    said = f"“{one_line(asked.question.issue, 120)}” → {one_line(entry.text, 120)}"
    return f"Answered from the ledger: {said} ({where}{when}; key {entry.key})."


def _stands(asked: OpenQuestion, entry: Remembered) -> bool:
    """Whether the option that was picked then is one that decides something now, as another version may not have it."""
    if entry.choice < 0:
        return not asked.stops
    return entry.choice in asked.own and asked.choices[entry.choice] in ledger.KEPT


def _in_words(session: Session, asked: OpenQuestion) -> Choice:
    at = session.cycle
    return Choice.RETRY if not asked.theirs and at is not None and at.stage is Stage.REVIEWING else Choice.ANSWER


def _advised(asked: OpenQuestion) -> int:
    own = asked.own
    return asked.question.advised if asked.question.advised in own else next(iter(own), -1)


def _yours(asked: OpenQuestion) -> str:
    at = asked.question.advised
    return yours(asked.question.options[at].label if at in asked.own else "")


def _turned_down(session: Session, at: Cycle, asked: OpenQuestion, answer: Answer) -> Session:
    """The change under review is to be made otherwise: whoever made it hears the verdicts, the question, the answer."""
    said = f"{asked.question.issue}\nThe decision: {answer.text}"
    hunks = reviewing.verdicts(at).hunks if at.stage is Stage.REVIEWING else ()
    feedback = (*at.feedback, Feedback(hunks=hunks, said=said))
    fresh = replace(at, stage=Stage.ASKING, attempt=1, review=None, outdated=(), stale=None, feedback=feedback)
    return on_cycle(session, fresh)
