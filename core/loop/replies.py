"""What a suggester answered, and what the person decided of it; nothing of it is on disk yet."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.edits.change import Change, Verdict
from beai.core.loop import cases, guidance
from beai.core.loop.cycle import again, review
from beai.core.loop.guidance import detect, raising
from beai.core.loop.leaving import leave
from beai.core.loop.moves import Moved, still
from beai.core.loop.observed import struggled
from beai.core.loop.reviewing import close
from beai.core.loop.session import Phase, Session, Stage
from beai.core.suggest.exchange import Ask, BeyondMe, Doubt, NothingToDo, ProposeCases, Purpose


def replied(session: Session, reply: ProposeCases | Change | Ask | NothingToDo | Doubt | BeyondMe) -> Moved:
    """Show what the suggester answered."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    match reply:
        case ProposeCases() if session.phase is Phase.CASES:
            return cases.proposed(session, reply)
        case ProposeCases():
            return again(session, "The reply held cases where an edit was wanted.")
        case Change() if not reply.hunks():
            return nothing_to_do(session, "The suggestion changes nothing.", settled=False)
        case Change():
            shown = review(session, reply)
            return still(raising.raised(shown, detect.in_review(shown)))
        case Ask():
            return _asked(session, reply)
        case Doubt() if session.phase in (Phase.RED, Phase.GREEN):
            told = struggled(session, f"The suggester doubted the test: {reply.reason}")
            return still(replace(told, question=guidance.doubted(session, reply.reason)))
        case Doubt() | BeyondMe():
            return still(replace(session, question=guidance.stuck(session, reply.reason, detect.stuck(session))))
        case NothingToDo():
            return nothing_to_do(session, reply.reason)
        case _:
            assert_never(reply)


def _asked(session: Session, reply: Ask) -> Moved:
    """Put the questions on a page; where each was answered for this task before, the answers stand."""
    begun = session.phase is not Phase.CASES or bool(session.cases)
    found = tuple(guidance.from_suggester(question, begun) for question in (reply.question, *reply.more))
    after = raising.raised(session, found)
    if after.question is not None:
        off = tuple(one for one in session.deferred if one not in after.deferred)
        return still(after, "It cannot go on without this answer." if off else "")
    stand = (answer for asked in found if (answer := raising.settled(session, asked)) is not None)
    told = "; ".join(f"{answer.topic}: {answer.text}" for answer in stand)
    return again(session, f"You asked this before; the answer stands: {told}")


def nothing_to_do(session: Session, reason: str, settled: bool = True) -> Moved:
    """Go on where that is an answer; where something is needed, ask the person, or the suggester again."""
    if session.phase in (Phase.REFACTOR, Phase.RECORD):
        return leave(session, reason, by=None)
    if not settled:
        return again(session, reason)
    return still(replace(session, question=guidance.stuck(session, reason, detect.stuck(session))))


def review_closed(session: Session) -> Moved:
    """Enter in a review. Declining a whole refactoring or record is an answer, not a failure."""
    cycle = session.cycle
    if cycle is None or cycle.review is None or cycle.stage is not Stage.REVIEWING or cycle.review.undecided():
        return close(session)
    decisions = cycle.review.decisions
    refused = bool(decisions) and all(decision.verdict is Verdict.REJECTED for decision in decisions)
    declined = refused and not cycle.review.there
    reasons = "; ".join(decision.reason for decision in decisions if decision.reason)
    if declined and (cycle.purpose is Purpose.RECORD or (cycle.purpose is Purpose.REFACTOR and not reasons)):
        return leave(session, reasons or "declined")
    return close(session)
