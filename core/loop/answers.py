"""What an answer to the open question does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from beai.core.edits.receipts import written_paths
from beai.core.loop import (
    budget,
    consent,
    contracting,
    cycle,
    guidance,
    guided,
    handing_out,
    hooking,
    judging,
    lacking,
    leaving,
    phases,
    rerunning,
    steering,
)
from beai.core.loop.effects import Probe, SwitchBranch
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import QuestionAnswered, QuestionTurned
from beai.core.loop.guidance import raising
from beai.core.loop.leaving import leave, put_back
from beai.core.loop.moves import Moved, issue, on_case, on_cycle, still
from beai.core.loop.schema_by_hand import by_hand
from beai.core.loop.session import CaseState, Choice, Cycle, OpenQuestion, Phase, Session, Stage
from beai.core.loop.subject import subject
from beai.core.loop.waiving import reason_of, waive
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Answer, Card, Decider, Feedback, Purpose

_BY_ITSELF: dict[Card, Callable[[Session, OpenQuestion, QuestionAnswered], Moved]] = {
    Card.CAP: budget.answered,
    Card.HANDOUT: handing_out.answered,
    Card.HOOKS: hooking.answered,
    Card.LIGHTS: lacking.answered,
    Card.CONTRACT: contracting.answered,
}
"""The questions whose answers mean something of their own; those of all others are in their options."""


def decided(session: Session, deed: QuestionAnswered | QuestionTurned) -> Moved:
    """What the person does on the page of questions."""
    if isinstance(deed, QuestionTurned):
        return still(raising.turned(session, deed.topic))
    return answered(session, deed)


def answered(session: Session, event: QuestionAnswered) -> Moved:
    """Record the answer in the session, then do what the picked option says; free text alone goes to the suggester."""
    asked = session.question
    if asked is None or event.choice >= len(asked.choices) or (event.choice < 0 and not event.text.strip()):
        return still(session)
    if (by_itself := _BY_ITSELF.get(asked.asks)) is not None:
        return by_itself(session, asked, event)
    if asked.back is not None:
        return _confirmed(session, asked, asked.back, event)
    if asked.guidance:
        return _guided(session, asked, event, Decider.PERSON)
    choice = asked.choices[event.choice] if event.choice >= 0 else Choice.RETRY
    if not event.text.strip() and (loses := leaving.loses(session, choice)):
        return still(replace(session, question=guidance.meant(session, asked, event.choice, loses)))
    if choice is Choice.RETRY and session.cycle is None:
        return still(session, "Pick one of the options.")
    answer = _answer(asked, choice, event)
    session = replace(session, question=None, answers=(*session.answers, answer))
    return _do(session, asked, choice, answer)


def _confirmed(session: Session, asked: OpenQuestion, back: OpenQuestion, event: QuestionAnswered) -> Moved:
    """Whether what takes work away was meant: a yes or a reason does it, else the question stands again."""
    if event.choice >= 0 and asked.choices[event.choice] is Choice.RETURN:
        return still(replace(session, question=back))
    if back.guidance:
        meant = QuestionAnswered(asked.chosen, event.text or back.question.options[asked.chosen].label)
        return _guided(replace(session, question=back), back, meant, Decider.PERSON)
    answer = _answer(back, back.choices[asked.chosen], QuestionAnswered(asked.chosen, event.text))
    session = replace(session, question=None, answers=(*session.answers, answer))
    return _do(session, back, back.choices[asked.chosen], answer)


def gate(before: Session, event: Event, moved: Moved) -> Moved:
    """Let ``moved`` pass; what the ledger knows is answered at once and said so, and no question of a page is lost."""
    session, effects = moved
    session, told = _none_lost(before, event, session), list[str]()
    while not effects and session.pending is None and (found := guided.recalled(session)) is not None:
        asked, entry = found
        told.append(guided.told(asked, entry))
        at_hand = raising.turned(session, asked.question.topic)
        said = QuestionAnswered(entry.choice, entry.text, entry.scope)
        session, effects = _guided(at_hand, asked, said, Decider.LEDGER)
    if not told:
        return session, effects
    return replace(session, notice=" ".join(filter(None, (*told, session.notice)))), effects


def _none_lost(before: Session, event: Event, session: Session) -> Session:
    """A step of the loop asks first, and the page after it."""
    asked = before.question
    if session.question is None and session.pending is None and session.waiting:
        return raising.closed(session)
    pushed = asked is not None and asked.guidance and session.question is not None and not session.question.guidance
    if asked is None or not pushed or isinstance(event, QuestionAnswered) or asked in session.waiting:
        return session
    return replace(session, waiting=(asked, *session.waiting))


def _guided(session: Session, asked: OpenQuestion, event: QuestionAnswered, by: Decider) -> Moved:
    """An answer to a question for guidance: of a page, kept as a decision, delegated or put off."""
    if event.choice >= 0 and asked.choices[event.choice] is Choice.LATER:
        return guided.put_off(session, asked)
    if event.choice < 0 and asked.stops:
        return still(session, "Your words alone lift no block: pick an option.")
    choice, answer = guided.taken(session, asked, event, by)
    if not event.text.strip() and (loses := leaving.loses(session, choice)):
        return still(replace(session, question=guidance.meant(session, asked, event.choice, loses)))
    session = guided.kept(session, asked, choice, answer)
    match choice:
        case Choice.ANSWER | Choice.PROCEED | Choice.RETRY:
            return guided.goes_on(session, asked, choice, answer)
        case Choice.STAY if session.phase not in (Phase.UNDERSTAND, Phase.CASES):
            return guided.onward(session)
        case _:
            return _do(replace(session, question=None, waiting=()), asked, choice, answer)


def _answer(asked: OpenQuestion, choice: Choice, event: QuestionAnswered) -> Answer:
    said = event.text.strip()
    if event.choice < 0 or choice is Choice.ANSWER:
        label = asked.question.options[event.choice].label if event.choice >= 0 else ""
        return Answer(asked.question.topic, event.choice, said or label, asks=asked.asks)
    label = asked.question.options[event.choice].label
    return Answer(asked.question.topic, event.choice, said or label, asks=asked.asks)


def _do(session: Session, asked: OpenQuestion, choice: Choice, answer: Answer) -> Moved:
    match choice:
        case Choice.ANSWER:
            return cycle.consult(session)
        case Choice.RETRY:
            return _told(session, answer)
        case Choice.PROVE:
            return _prove(session)
        case Choice.KEEP:
            return _keep(session)
        case Choice.REWRITE:
            return put_back(_with_reason(session, asked, answer), session.case_written, Choice.REWRITE)
        case Choice.DROP | Choice.SKIP:
            return leave(session, reason_of(asked, answer))
        case Choice.BY_HAND:
            return steering.by_hand(session)
        case Choice.SWITCH:
            wanted = guidance.branch_wanted(session)
            known = session.project.repo.branches if session.project else ()
            return issue(session, SwitchBranch(wanted, create=wanted not in known))
        case Choice.PROCEED:
            return _proceed(session, answer, reason_of(asked, answer))
        case Choice.REJUDGE:
            return _rejudge(session)
        case Choice.ADOPT:
            return _adopt(session)
        case Choice.RECASE:
            return _recase(session)
        case Choice.RERUN:
            return rerunning.rerun(session)
        case Choice.TRUST:
            return consent.accept(session)
        case Choice.STAY:
            return _stay(session, answer)
        case Choice.DELEGATE | Choice.LATER | Choice.WAIVE:
            return still(session)  # the last only where lights are dark
        case Choice.PUT_BACK | Choice.RETURN | Choice.RAISE | Choice.DRAFTER | Choice.WAIT | Choice.GIVE_UP:
            return still(session)  # only where an answer may not be meant, at a cap, and while a prompt is handed out
        case _:
            assert_never(choice)


def _told(session: Session, answer: Answer) -> Moved:
    at = session.cycle
    if at is None:
        return still(session)
    told = replace(at, attempt=1, feedback=(*at.feedback, Feedback(said=answer.text)))
    session = on_cycle(session, told)
    judged = answer.asks is Card.STUCK and guidance.wrote(at)
    return put_back(session, at.receipts, Choice.RETRY) if judged else cycle.consult(session)


def _prove(session: Session) -> Moved:
    case, at = session.case, session.cycle
    if case is None or case.test is None or at is None:
        return still(session)
    return issue(on_cycle(session, replace(at, stage=Stage.PROBING)), Probe(case.test, subject(session)))


def _keep(session: Session) -> Moved:
    at = session.cycle
    if at is None or at.report is None:
        return still(session)
    kept = waive(session, Waived.RED, "passes at once; kept unproven", session.case_id)
    return judging.settle(kept, CaseState.KEPT, at.report, None, None)


def _with_reason(session: Session, asked: OpenQuestion, answer: Answer) -> Session:
    """The session in which the test's author hears why it is to be written anew, and what the person says to that."""
    at = session.cycle
    if at is None:
        return session
    own = answer.text if answer.choice < 0 or answer.text != asked.question.options[answer.choice].label else ""
    told = Feedback(outcome=f"The test is to be rewritten. {asked.question.issue}", said=own)
    return on_cycle(session, replace(at, feedback=(*at.feedback, told)))


def _proceed(session: Session, answer: Answer, reason: str) -> Moved:
    if session.phase is Phase.UNDERSTAND:
        return phases.advance(session)
    return cycle.consult(waive(session, Waived.TYPES if answer.asks is Card.TYPES else Waived.LAST_RUN, reason))


def _adopt(session: Session) -> Moved:
    """What the person edited after accepting it is taken in, and judged before anything is recorded."""
    saved = (*written_paths(session.written), *by_hand(session))
    asked = Cycle(Purpose.REFACTOR, Stage.BY_HAND, saved=saved, by_hand=True)
    return cycle.adopt(on_cycle(replace(session, phase=Phase.REFACTOR), asked))


def _recase(session: Session) -> Moved:
    unanswered = replace(session, answers=session.answers[:-1])
    return still(replace(unanswered, phase=Phase.CASES, cycle=None))


def _rejudge(session: Session) -> Moved:
    """The approved test was changed: its case goes back to RED, and the changed file is taken in to be judged."""
    case, at = session.case, session.cycle
    if case is None or case.test is None or at is None:
        return still(session)
    session = on_case(session, lambda case: replace(case, state=CaseState.OPEN, red=None, green=None))
    again = Cycle(Purpose.TEST, Stage.BY_HAND, saved=(case.test.file,), by_hand=True)
    return cycle.adopt(on_cycle(replace(session, phase=Phase.RED), again))


def _stay(session: Session, answer: Answer) -> Moved:
    if answer.asks is Card.BRANCH:
        return phases.advance(waive(session, Waived.BRANCH, "stayed on the branch that was checked out"))
    unanswered = replace(session, answers=session.answers[:-1])
    if answer.asks is Card.TRUST:
        return consent.decline(unanswered)
    if session.phase is Phase.CASES and answer.asks is Card.STUCK:
        return still(unanswered, "Yours: + adds a case.")
    if session.phase is Phase.CASES:
        unanswered = replace(unanswered, phase=Phase.UNDERSTAND, cycle=None)
    return still(replace(unanswered, understood=False), "Stopped here; enter asks again when you are ready.")
