"""Questions of ours are put on one page: what was answered before is not asked, the rest waits in order."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.guidance.ledger import mark
from beai.core.loop.question import Choice, OpenQuestion
from beai.core.loop.session import Session
from beai.core.suggest.exchange import Answer, Option, Trigger

_DELEGATE = Option("You decide, and record it", "The option that is advised, else the first, is taken and recorded.")
_THEIRS = Option("You decide, and record it", "Whoever asks decides, and says what was chosen; it is recorded.")
_LATER = Option("Not now", "The work goes on; it is asked again before the record.")


def raised(session: Session, found: tuple[OpenQuestion, ...]) -> Session:
    """The session in which those of ``found`` that have no answer yet stand open, the first of them at hand.

    What is open or was put off is not put again; nor is what was answered for this task so that the work goes on.
    """
    for asked in found:
        session = _with(session, guided(asked, session.task_id))
    return session


def guided(asked: OpenQuestion, task_id: str) -> OpenQuestion:
    """``asked`` as a whole card for guidance: about a task, for a reason, with the two options that each has."""
    if asked.question.trigger is None and not asked.theirs:
        return asked
    question = replace(
        asked.question, task=asked.question.task or task_id, trigger=asked.question.trigger or Trigger.UNCLEAR
    )
    if Choice.LATER in asked.choices:
        return replace(asked, question=question)
    options = (*question.options, _THEIRS if asked.theirs else _DELEGATE, _LATER)
    choices = (*asked.choices, Choice.DELEGATE, Choice.LATER)
    return replace(asked, question=replace(question, options=options), choices=choices)


def page(session: Session) -> tuple[OpenQuestion, ...]:
    """All that is asked now, in the order in which it came."""
    at_hand = (session.question,) if session.question is not None else ()
    return tuple(sorted((*at_hand, *session.waiting), key=lambda asked: asked.number))


def closed(session: Session) -> Session:
    """The question at hand has its answer: the next one of the page is at hand."""
    rest = session.waiting
    return replace(session, question=rest[0] if rest else None, waiting=rest[1:])


def turned(session: Session, topic: str) -> Session:
    """Another question of the page is at hand, or one that was put off and is on the page again."""
    if session.question is not None and session.question.back is not None:
        return session
    again = next((asked for asked in session.deferred if asked.question.topic == topic), None)
    if again is not None:
        session = _on_page(replace(session, deferred=tuple(one for one in session.deferred if one != again)), again)
    everything = page(session)
    wanted = next((n for n, asked in enumerate(everything) if asked.question.topic == topic), None)
    if wanted is None:
        return session
    around = (*everything[wanted + 1 :], *everything[:wanted])
    return replace(session, question=everything[wanted], waiting=around)


def settled(session: Session, asked: OpenQuestion) -> Answer | None:
    """What was answered to this very question for this task, or None."""
    if asked.question.trigger is None and not asked.theirs:
        return session.answered(asked.asks, asked.question.topic)
    wanted = mark(asked, session.task_id)
    same = (one for one in reversed(session.answers) if one.mark == wanted and one.asks is asked.asks)
    return next((answer for answer in same if asked.theirs or answer.topic == asked.question.topic), None)


def put_off(session: Session) -> Session:
    """The question at hand is put off."""
    asked = session.question
    return session if asked is None else replace(closed(session), deferred=(*session.deferred, asked))


def off_since(session: Session, deferred: tuple[OpenQuestion, ...]) -> Session:
    """The session that also puts off what was put off in the meantime, unless it asks that itself."""
    stand = {mark(one, session.task_id) for one in (*page(session), *session.deferred)}
    more = tuple(one for one in deferred if mark(one, session.task_id) not in stand)
    return replace(session, deferred=(*session.deferred, *more))


def due(session: Session) -> Session | None:
    """The session that asks again what was put off, once before the record; None where there is nothing to ask."""
    marks = {mark(asked, session.task_id): asked for asked in session.deferred}
    fresh = [asked for one, asked in marks.items() if one not in session.reminded]
    if not fresh:
        return None
    left = tuple(asked for asked in session.deferred if asked not in fresh)
    again = replace(session, deferred=left, reminded=(*session.reminded, *marks))
    for asked in fresh:
        again = _on_page(again, _late(asked))
    return again


def _late(asked: OpenQuestion) -> OpenQuestion:
    """The card as it is put when everything is written: an option to begin nothing stops nothing any more."""
    options = tuple(
        replace(option, consequence="Nothing is decided, and what is written stays.")
        if n < len(asked.choices) and asked.choices[n] is Choice.STAY
        else option
        for n, option in enumerate(asked.question.options)
    )
    return replace(asked, question=replace(asked.question, options=options))


def _with(session: Session, asked: OpenQuestion) -> Session:
    topics = {one.question.topic for one in page(session)}
    if asked.question.topic in topics:
        return session
    answer = settled(session, asked)
    if answer is not None and not (asked.guidance and _told_again(asked, answer)):
        return session
    off = next((one for one in session.deferred if _same(session, one, asked)), None)
    if off is not None and not asked.theirs:
        return session
    rest = tuple(one for one in session.deferred if one is not off)
    return _on_page(replace(session, deferred=rest), replace(asked, insists=off is not None))


def _told_again(asked: OpenQuestion, answer: Answer) -> bool:
    """Whether the answer has to be given each time that the question comes: it does not let the work go on as it is."""
    in_words = not 0 <= answer.choice < len(asked.choices)  # of a change under review: a reason to have it otherwise
    again = Choice.RETRY in asked.choices if in_words else asked.choices[answer.choice] is Choice.RETRY
    return again and not asked.theirs


def _same(session: Session, one: OpenQuestion, other: OpenQuestion) -> bool:
    return mark(one, session.task_id) == mark(other, session.task_id)


def _on_page(session: Session, asked: OpenQuestion) -> Session:
    asked = replace(asked, number=max((one.number for one in page(session)), default=0) + 1)
    if session.question is None:
        return replace(session, question=asked)
    return replace(session, waiting=(*session.waiting, asked))
