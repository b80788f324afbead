"""What the person steers outside a review: guidance, by hand, a waiver, a rerun, another try."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.loop import (
    commit,
    cycle,
    handing_out,
    leaving,
    replies,
    rerunning,
    reviewing,
)
from beai.core.loop.effects import (
    Adopt,
    Apply,
    CommitWork,
    ReadProject,
    Suggest,
)
from beai.core.loop.events.deeds import Guided, RerunAsked, Retried, StepSkipped, TakenByHand
from beai.core.loop.moves import BY_HAND, Moved, issue, on_cycle, still
from beai.core.loop.session import Cycle, Phase, Session, Stage
from beai.core.loop.unit import Part
from beai.core.suggest.exchange import Feedback, Purpose

_BACK = {Part.TEST: (Phase.RED, Purpose.TEST), Part.CASE: (Phase.GREEN, Purpose.CODE)}
"""Where a person who mends something by hand goes back to from a commit; from any other, to a refactoring."""


def steered(session: Session, deed: Guided | TakenByHand | StepSkipped | RerunAsked | Retried) -> Moved:
    """The person steers: guidance, by hand, a waiver, a rerun, another try."""
    at = session.cycle
    match deed:
        case Retried():
            return retried(session)
        case RerunAsked():
            return rerunning.asked(session, deed)
        case Guided():
            return _guide(session, at, deed.text)
        case TakenByHand():
            return by_hand(session)
        case StepSkipped():
            return _skip(session, deed.reason)
        case _:
            assert_never(deed)


def retried(session: Session) -> Moved:
    """Do the failed step again, on what is decided *now*: an old effect never carries out a verdict taken back."""
    at = session.cycle
    match session.failed:
        case None:
            return still(session, "Nothing failed.")
        case Apply():
            return replies.review_closed(session)
        case Adopt() if at is not None and at.review is not None:
            return replies.review_closed(session)
        case Suggest() as effect if session.cycle is not None:
            return handing_out.retried(session, effect)
        case CommitWork():
            return issue(session, ReadProject())
        case effect:
            return issue(session, effect)


def by_hand(session: Session) -> Moved:
    """The person writes this step in an editor; after the last case, a change that a hook or the last run wants."""
    at = session.cycle
    if session.draft is not None and commit.due(session):
        phase, purpose = _BACK.get(session.draft.part, (Phase.REFACTOR, Purpose.REFACTOR))
        at, session = Cycle(purpose), replace(session, phase=phase, draft=None)
    elif session.phase in (Phase.COMMIT, Phase.RECORD):
        at, session = Cycle(Purpose.REFACTOR), replace(session, phase=Phase.REFACTOR, draft=None)
    if at is None or at.purpose not in BY_HAND:
        return still(session, "Only a test or code can be taken by hand.")
    hand = replace(at, stage=Stage.BY_HAND, review=None, outdated=(), stale=None, saved=(), by_hand=True)
    words = f"a test whose name starts with {session.case_id}" if at.purpose is Purpose.TEST else "the code"
    return still(on_cycle(session, hand), f"Yours: write {words} and save. r judges what is saved.")


def _guide(session: Session, at: Cycle | None, text: str) -> Moved:
    if at is None or not text.strip():
        return still(session, "Nobody is being asked right now.")
    told = Feedback(hunks=reviewing.verdicts(at).hunks, said=text.strip())
    return cycle.consult(on_cycle(session, replace(at, feedback=(*at.feedback, told))))


def _skip(session: Session, reason: str) -> Moved:
    if session.phase not in (Phase.REFACTOR, Phase.RECORD):
        return still(session, "Only the refactoring and the record can be skipped.")
    return leaving.leave(session, reason.strip() or "skipped")
