"""A review in the loop: what the person marks in it, how it is closed, and what the suggester is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.edits import review as reviews
from beai.core.edits.change import Decision, Receipt, Verdict
from beai.core.edits.review import Review
from beai.core.edits.review.split import split
from beai.core.loop import refused
from beai.core.loop.cycle import adopt, consult, kept
from beai.core.loop.effects import Adopt, Apply, Effect
from beai.core.loop.events.deeds import Commented, FileJudged, HunkJudged, HunkSplit, JudgementUndone, Marking
from beai.core.loop.events.passing import EditsChecked
from beai.core.loop.moves import Moved, issue, on_cycle, still
from beai.core.loop.session import Cycle, Session, Stage, Waiver
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Feedback, HunkFeedback, Purpose
from beai.core.text import one_line


def marked(session: Session, deed: Marking) -> Moved:
    """The person marked something in the review; elsewhere that changes nothing."""
    cycle = session.cycle
    if cycle is None or cycle.review is None or cycle.stage is not Stage.REVIEWING:
        return still(session)
    after, notice = marks(cycle.review, deed)
    return still(on_cycle(session, replace(cycle, review=after)), notice)


def edits_checked(session: Session, event: EditsChecked) -> Moved:
    """Keep what the checks say of an edited change, unless it was edited again or another one is there by now."""
    cycle = session.cycle
    review = cycle.review if cycle is not None and cycle.stage is Stage.REVIEWING else None
    if cycle is None or review is None or review.change != event.change or review.edits() != event.edits:
        return still(session)
    found = refused.anew(event.checked, cycle.feedback, session.answers)
    return still(on_cycle(session, replace(cycle, review=reviews.checked(review, event.edits, found))))


def close(session: Session) -> Moved:
    """Do what was decided: write the accepted hunks, or take a full rejection back to the suggester."""
    cycle = session.cycle
    review = cycle.review if cycle is not None and cycle.stage is Stage.REVIEWING else None
    if cycle is None or review is None:
        return still(session)
    if undecided := review.undecided():
        count = len(undecided)
        return still(session, f"{count} hunk{'s are' if count > 1 else ' is'} still undecided.")
    if gone := away(review):
        return still(session, gone)
    if there := tuple(dict.fromkeys(hunk.file for hunk in review.there)):
        return adopt(on_cycle(session, replace(cycle, saved=there, by_hand=True)))
    if not _accepts(review):
        return consult(on_cycle(session, replace(cycle, feedback=(*cycle.feedback, verdicts(cycle)))))
    return _apply(session, cycle, review)


def goes_on(session: Session, effect: Effect) -> bool:
    """Whether what the person wrote by hand was taken in beside hunks that are still to be written."""
    review = session.cycle.review if session.cycle is not None else None
    return isinstance(effect, Adopt) and review is not None and _accepts(review)


def adopted(session: Session, receipt: Receipt) -> Moved:
    """What the person wrote by hand is part of the task: write what they accepted besides."""
    session = kept(session, receipt)
    cycle = session.cycle
    return _apply(session, cycle, cycle.review) if cycle is not None and cycle.review is not None else still(session)


def taken(session: Session, effect: Effect, receipt: Receipt) -> Session:
    """What was decided is on disk: the suggester will hear of it, and what was accepted against a warning is kept."""
    cycle = session.cycle
    if cycle is None or cycle.review is None or not isinstance(effect, Apply | Adopt):
        return session
    told = replace(cycle, feedback=(*cycle.feedback, verdicts(cycle)))
    told_of = (*_waivers(session, cycle, cycle.review, receipt), *_declined(cycle, cycle.review))
    fresh = (one for one in told_of if one not in session.waivers)
    return replace(on_cycle(session, told), waivers=(*session.waivers, *fresh))


def verdicts(cycle: Cycle) -> Feedback:
    """What the person decided and said, hunk by hunk, for the suggester; nothing of a review that is over."""
    review = cycle.review
    if review is None or cycle.stage not in (Stage.REVIEWING, Stage.APPLYING):
        return Feedback()
    told = ((hunk, review.decision(hunk.id), review.comments_of(hunk.id)) for hunk in review.change.hunks())
    decided = tuple(HunkFeedback(hunk, decision, said) for hunk, decision, said in told if decision or said)
    there = tuple(HunkFeedback(hunk, None, review.comments_of(hunk.id), there=True) for hunk in review.there)
    return Feedback(hunks=(*decided, *there), by=cycle.by.chosen if cycle.by else None)


def marks(review: Review, deed: Marking) -> tuple[Review, str]:
    """The review with what the person marked, and what they should know of it."""
    match deed:
        case HunkJudged():
            return reviews.judge(review, deed.decision), ""
        case FileJudged():
            after, left = reviews.judge_file(review, deed.path, deed.verdict, deed.reason)
            return after, "A hunk with a warning or a conflict is decided alone." if left else ""
        case HunkSplit():
            after = split(review, deed.hunk, deed.old, deed.new, deed.decision)
            return after, "" if after is not review else "There is nothing to split there."
        case Commented():
            return reviews.comment(review, deed.comment), ""
        case JudgementUndone():
            after = reviews.undo(review)
            same = reviews.state(after) == reviews.state(review)
            return after, "Nothing is left to take back." if same else ""
        case _:
            assert_never(deed)


def away(review: Review) -> str:
    """Why what was accepted cannot be written now, ``""`` where it can."""
    accepted = {one.hunk for one in review.decisions if one.verdict is Verdict.ACCEPTED}
    files = (file for file in review.change.files if file.gone and any(hunk.id in accepted for hunk in file.hunks))
    file = next(files, None)
    return f"{one_line(file.path)}: {file.gone}" if file is not None else ""


def _accepts(review: Review) -> bool:
    return any(decision.verdict is Verdict.ACCEPTED for decision in review.decisions)


def _apply(session: Session, cycle: Cycle, review: Review) -> Moved:
    applying = on_cycle(session, replace(cycle, stage=Stage.APPLYING))
    return issue(applying, Apply(review.change, review.decisions))


def _declined(cycle: Cycle, review: Review) -> tuple[Waiver, ...]:
    """The documents of a record of which the person declined all that was proposed, each with the reason."""
    if cycle.purpose is not Purpose.RECORD:
        return ()
    given = {one.hunk: one for one in review.decisions}
    told = ((file.path, [given.get(hunk.id) for hunk in file.hunks]) for file in review.change.files)
    return tuple(
        Waiver(Waived.RECORD, _reasons(no), (path,))
        for path, no in told
        if no and all(one is not None and one.verdict is Verdict.REJECTED for one in no)
    )


def _reasons(given: list[Decision | None]) -> str:
    return "; ".join(dict.fromkeys(one.reason for one in given if one and one.reason)) or "declined"


def _waivers(session: Session, cycle: Cycle, review: Review, receipt: Receipt) -> tuple[Waiver, ...]:
    """The warnings that were accepted; once the person wrote hunks anew, those that the texts deserve as they are.

    These do not wait for the checks, which come in when they come: a replay must record the same.
    """
    change = review.change
    if review.edits():
        from beai.core.edits.match import rewarned  # here: it parses, and the screen starts without a parser

        change = refused.anew(rewarned(change, review.decisions), cycle.feedback, session.answers)
    accepted = {one.hunk for one in review.decisions if one.verdict is Verdict.ACCEPTED}
    return tuple(
        Waiver(Waived.WARNING, hunk.file, (warning,), receipt.id)
        for hunk in change.hunks()
        if hunk.id in accepted
        for warning in hunk.warnings
    )
