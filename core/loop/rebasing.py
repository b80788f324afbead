"""A file under review that somebody saved is read again, and the review goes on with what it holds now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beai.core.edits.change import OnDisk
from beai.core.edits.review.rebase import rebase, told
from beai.core.fault import Fault
from beai.core.loop.effects import Apply, Effect, Rebase
from beai.core.loop.moves import Moved, issue, on_cycle, still
from beai.core.loop.session import Session, Stage

_UNDER_REVIEW = (Stage.REVIEWING, Stage.APPLYING)


def outdated(session: Session, paths: Sequence[str] | None = None) -> Session:
    """Remember which files under review may be other now; without ``paths``, all of them."""
    cycle = session.cycle
    if cycle is None or cycle.review is None or cycle.stage not in _UNDER_REVIEW:
        return session
    shown = tuple(file.path for file in cycle.review.change.files)
    saved = shown if paths is None else tuple(path for path in shown if path in paths)
    return on_cycle(session, replace(cycle, outdated=tuple(dict.fromkeys((*cycle.outdated, *saved)))))


def stale(session: Session, fault: Fault) -> Session:
    """Applying found a file changed; nothing was written, and the review goes on with what is there now."""
    session = outdated(session)
    cycle = session.cycle
    if cycle is None:
        return session
    return replace(on_cycle(session, replace(cycle, stage=Stage.REVIEWING, stale=fault)), fault=None, failed=None)


def gate(moved: Moved) -> Moved:
    """Let ``moved`` pass; where the session stands still on an outdated review, have its files read."""
    session, effects = moved
    cycle = session.cycle
    if effects or session.pending is not None or cycle is None or cycle.stage is not Stage.REVIEWING:
        return moved
    if not cycle.outdated:
        return moved
    effect = Rebase(cycle.outdated, cycle.stale)
    after, effects = issue(on_cycle(session, replace(cycle, outdated=(), stale=None)), effect)
    return replace(after, failed=session.failed, fault=session.fault, notice=session.notice), effects


def rebased(session: Session, effect: Effect, files: tuple[OnDisk, ...]) -> Moved:
    """The review on what is on disk now, and in words what that did to it."""
    cycle = session.cycle
    if cycle is None or cycle.review is None or cycle.stage is not Stage.REVIEWING or not isinstance(effect, Rebase):
        return still(session)
    review, words = cycle.review, list[str]()
    for file in files:
        after = rebase(review, file.path, file.text, file.hash)
        words += filter(None, [told(review, after, file.path)])
        review = after
    session = on_cycle(session, replace(cycle, review=review))
    if effect.stale is not None and not words:
        again = Apply(review.change, review.decisions)
        return still(replace(session, fault=effect.stale, failed=again))
    nothing = "Nothing was written. " if effect.stale is not None else ""
    return still(session, f"{nothing}{' '.join(words)}" if words else "")
