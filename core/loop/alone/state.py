"""A review that stands alone, as a pure step: marks, one write of what was accepted, and files that change meanwhile.

It holds what the loop holds: each effect ends in one fact, one effect is in flight, a stale ticket changes nothing, and
nothing is written but hunks that the person accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from beai.core.edits.change import Change, OnDisk, Receipt, Verdict
from beai.core.edits.review import Edits, Review
from beai.core.edits.review import checked as checked_
from beai.core.edits.review.rebase import rebase, told
from beai.core.fault import Fault, FaultKind
from beai.core.loop.alone.brought import Brought
from beai.core.loop.effects import Apply, Rebase
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Commented, FileJudged, HunkJudged, HunkSplit, JudgementUndone, ReviewClosed
from beai.core.loop.events.facts import Applied, Cancelled, Failed, Rebased
from beai.core.loop.events.passing import EditsChecked
from beai.core.loop.events.seen import Saved
from beai.core.loop.reviewing import away, marks
from beai.core.rulebook.checks.finding import Finding

Wanted = Apply | Rebase
Findings = Mapping[str, tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Checks:
    """What the checks say of each hunk of ``change`` with the person's ``edits`` in it."""

    change: Change
    edits: Edits
    findings: Findings = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alone:
    """The review and how far it is; ``over`` is whether all was decided and done, ``receipt`` what was written then.

    ``outdated`` are files that may be other now; ``stale`` is the fault by which a write found that they are.
    ``closing`` is whether the person closed the review while one was being looked at.
    """

    brought: Brought
    review: Review
    pending: Wanted | None = None
    ticket: int = 0
    outdated: tuple[str, ...] = ()
    stale: Fault | None = None
    closing: bool = False
    checks: Checks | None = None
    notice: str = ""
    fault: Fault | None = None
    receipt: Receipt | None = None
    over: bool = False

    @property
    def findings(self) -> Findings | None:
        """What the checks say of the hunks as they stand now, None while nobody has looked."""
        known, review = self.checks, self.review
        looked = known is not None and known.change is review.change and known.edits == review.edits()
        return known.findings if known is not None and looked else None


Moved = tuple[Alone, tuple[Wanted, ...]]


def begun(brought: Brought) -> Alone:
    """The review with nothing decided."""
    return Alone(brought, Review(brought.change))


def step(state: Alone, event: Event) -> Moved:
    """The review after ``event``, and what to perform: at most one thing, and none while one is in flight."""
    if state.over:
        return state, ()
    return _gate(_step(state, event))


def _step(state: Alone, event: Event) -> Moved:
    match event:
        case Saved(paths):
            return replace(state, outdated=_among(state, paths)), ()
        case EditsChecked(change, edits, checked):
            found = Checks(change, edits, {hunk.id: hunk.findings for hunk in checked.hunks()})
            same = state.review.change is change and state.review.edits() == edits
            review = checked_(state.review, edits, checked) if same else state.review
            return replace(state, checks=found, review=review), ()
        case Applied(ticket) | Rebased(ticket) | Failed(ticket) | Cancelled(ticket):
            return _fact(state, event, ticket)
        case HunkJudged() | FileJudged() | HunkSplit() | Commented() | JudgementUndone():
            if isinstance(state.pending, Apply):
                return replace(state, notice="It is being written."), ()
            review, notice = marks(state.review, event)
            return replace(state, review=review, notice=notice, fault=None, closing=False), ()
        case ReviewClosed():
            return _closed(state)
        case _:
            return state, ()


def _closed(state: Alone) -> Moved:
    """Write what was accepted, once everything is decided."""
    if isinstance(state.pending, Apply):
        return replace(state, notice="It is being written."), ()
    if state.pending is not None or state.outdated:
        return replace(state, closing=True), ()
    review = state.review
    if count := len(review.undecided()):
        return replace(state, notice=f"{count} hunk{'s are' if count > 1 else ' is'} still undecided."), ()
    if not any(one.verdict is Verdict.ACCEPTED for one in review.decisions):
        return replace(state, over=True, notice="", fault=None), ()
    if gone := away(review):
        return replace(state, notice=gone), ()
    return _issued(state, Apply(review.change, review.decisions))


def _fact(state: Alone, event: Event, ticket: int) -> Moved:
    """The effect in flight ended; a fact that belongs to another one changes nothing."""
    effect = state.pending
    if effect is None or ticket != state.ticket:
        return state, ()
    landed = replace(state, pending=None)
    match event:
        case Applied(_, receipt) if isinstance(effect, Apply):
            return replace(landed, receipt=receipt, over=True), ()
        case Rebased(_, files) if isinstance(effect, Rebase):
            return _resumed(state, _rebased(landed, effect, files))
        case Failed(_, fault) if isinstance(effect, Apply) and fault.kind is FaultKind.STALE:
            every = tuple(file.path for file in state.review.change.files)
            return replace(landed, outdated=every, stale=fault), ()
        case Failed(_, fault):
            return replace(landed, fault=fault), ()
        case Cancelled():
            return replace(landed, notice="Stopped; nothing was decided by that."), ()
        case _:
            return state, ()


def _resumed(before: Alone, state: Alone) -> Moved:
    """Close the review now if the person did so meanwhile and the look at the files changed nothing in it."""
    if not state.closing or state.outdated:
        return state, ()
    same = state.review == before.review and state.fault is None
    return _closed(replace(state, closing=False)) if same else (replace(state, closing=False), ())


def _rebased(state: Alone, effect: Rebase, files: tuple[OnDisk, ...]) -> Alone:
    """The review on what is on disk now, and in words what that did to it."""
    review, words = state.review, list[str]()
    for file in files:
        after = rebase(review, file.path, file.text, file.hash)
        words += filter(None, [told(review, after, file.path)])
        review = after
    if effect.stale is not None and not words:
        return replace(state, fault=effect.stale)
    nothing = "Nothing was written. " if effect.stale is not None and words else ""
    return replace(state, review=review, notice=f"{nothing}{' '.join(words)}" if words else state.notice)


def _gate(moved: Moved) -> Moved:
    """Let ``moved`` pass; where nothing is in flight and files may be other now, have them read."""
    state, effects = moved
    if effects or state.pending is not None or state.over or not state.outdated:
        return moved
    return _issued(replace(state, outdated=(), stale=None), Rebase(state.outdated, state.stale), state.notice)


def _issued(state: Alone, effect: Wanted, notice: str = "") -> Moved:
    return replace(state, ticket=state.ticket + 1, pending=effect, notice=notice, fault=None), (effect,)


def _among(state: Alone, paths: tuple[str, ...]) -> tuple[str, ...]:
    shown = tuple(file.path for file in state.review.change.files)
    return tuple(dict.fromkeys((*state.outdated, *(path for path in shown if path in paths))))
