"""A prompt that a person carries to a chat outside waits in the session, and their answer goes on where it was asked.

Nothing is in flight meanwhile: no clock runs, and a killed process finds the same prompt again. It stands as long as
the step asks; whatever leads the step elsewhere takes it away.
"""

from __future__ import annotations

from dataclasses import replace

from beai.core.fault import Fault, FaultKind
from beai.core.loop import cycle
from beai.core.loop.effects import Effect, Suggest
from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.moves import Moved, card, issue, on_cycle, still, ways
from beai.core.loop.session import Choice, OpenHandout, OpenQuestion, Session, Stage
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Card, Feedback
from beai.core.suggest.handout import HandOut, Pasted

_ROWS = (
    (Choice.WAIT, "Keep waiting for the chat", "The prompt stays as it is; C takes the answer."),
    (
        Choice.DRAFTER,
        "Let the drafter do this step",
        "For this step alone, offline and at once; the next one is the chat's again.",
    ),
    (
        Choice.GIVE_UP,
        "Give this prompt up",
        "Then t hands out a new one; the line at the bottom says what else.",
    ),
)


def handed_out(session: Session, effect: Effect, out: HandOut) -> Moved:
    """The prompt waits for the person."""
    if not isinstance(effect, Suggest):
        return still(session)
    return still(replace(session, handout=OpenHandout(out, effect)))


def pasted(session: Session, text: str, nonce: str) -> Moved:
    """The person brought the answer: the same is asked again, with everything that was brought so far."""
    open_ = session.handout
    if open_ is None:
        return still(session, "No prompt waits for an answer.")
    if open_.out.nonce != nonce:
        return still(session, "The answer was for an older prompt, and was not taken: another one waits now.")
    brought = (*open_.asks.pasted, Pasted(nonce, text))
    return issue(session, replace(open_.asks, pasted=brought, by=Chosen(Way.CLIPBOARD)))


def told(session: Session, nonce: str, words: str) -> Session:
    """What is to be said of the prompt at hand; of one that is gone nothing is."""
    open_ = session.handout
    return (
        session if open_ is None or open_.out.nonce != nonce else replace(session, handout=replace(open_, told=words))
    )


def interrupted(session: Session) -> Moved:
    """The person does not want to wait any more: ask what instead; the prompt stands until they answer."""
    if session.handout is None or session.question is not None:
        return still(session)
    issue_text = "A prompt waits for a chat's answer. What instead?"
    return still(replace(session, question=card(Card.HANDOUT, issue_text, _ROWS)))


def answered(session: Session, asked: OpenQuestion, event: QuestionAnswered) -> Moved:
    """What the person wants instead of waiting; own words are guidance, and make a new prompt."""
    open_, at = session.handout, session.cycle
    session = replace(session, question=None)
    if open_ is None or at is None:
        return still(session)
    if event.choice < 0:
        said = Feedback(said=event.text.strip())
        return cycle.consult(on_cycle(session, replace(at, feedback=(*at.feedback, said))), open_.asks.failing)
    choice = asked.choices[event.choice]
    if choice is Choice.WAIT:
        return still(session)
    if choice is Choice.DRAFTER:
        return issue(session, replace(open_.asks, pasted=(), by=Chosen(Way.DRAFTER)))
    words = f"Given up. {ways(session, 't hands out a new prompt')}"
    return still(replace(session, handout=None, failed=replace(open_.asks, pasted=())), words)


def unspent(effect: Effect, fault: Fault) -> Effect:
    """The effect that failed, as it is tried again: without answers where it was they that were of no use."""
    spent = isinstance(effect, Suggest) and effect.pasted and fault.kind is FaultKind.MODEL
    return replace(effect, pasted=(), by=None) if isinstance(effect, Suggest) and spent else effect


def gate(moved: Moved) -> Moved:
    """Let ``moved`` pass, without a prompt for a step that no longer asks, or that asks anew."""
    session, effects = moved
    if session.handout is None or (_stands(session) and not isinstance(session.pending, Suggest)):
        return moved
    return replace(session, handout=None), effects


def _stands(session: Session) -> bool:
    at, open_ = session.cycle, session.handout
    if at is None or open_ is None or at.stage is not Stage.ASKING:
        return False
    asks = open_.asks
    return (at.purpose, session.case_id, session.task_id) == (asks.purpose, asks.case_id, asks.task_id)


def retried(session: Session, effect: Suggest) -> Moved:
    """Ask again: with the same answers where there are any, else anew with all that is known now."""
    return issue(session, effect) if effect.pasted else cycle.consult(session, effect.failing)
