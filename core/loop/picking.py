"""A drafted commit as it would be made: seen anew when something changes, files and hunks taken in or left out."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.loop import commit, cycle, unmaking
from beai.core.loop.commit import draw, look, planned
from beai.core.loop.effects import CommitWork, Effect, PreviewCommit
from beai.core.loop.events.deeds import (
    CommitConfirmed,
    CommitDeclined,
    CommitPicked,
    Committing,
    CommitUndone,
    EditsTaken,
    MessageWorded,
)
from beai.core.loop.events.facts import CommitMade, CommitPreviewed, CommitTakenBack
from beai.core.loop.moves import Moved, on_cycle, still
from beai.core.loop.outstanding import due, paths
from beai.core.loop.planned import CommitPlan, Preview
from beai.core.loop.session import CommitDraft, Cycle, Phase, Session, Stage
from beai.core.loop.unit import Part
from beai.core.suggest.exchange import Purpose
from beai.core.text import one_line

TAKES_IN = {
    Part.TEST: (Phase.RED, Purpose.TEST),
    Part.CASE: (Phase.GREEN, Purpose.CODE),
    Part.RECORD: (Phase.RECORD, Purpose.RECORD),
}
"""The step that a person's own edits are taken in by, and judged in; a refactoring for any other part."""


def landed(session: Session, effect: Effect, fact: CommitMade | CommitPreviewed | CommitTakenBack) -> Moved:
    """A commit was made, looked at, or taken back."""
    match fact:
        case CommitMade() if isinstance(effect, CommitWork):
            return commit.made(session, effect.plan, fact.committed)
        case CommitMade():
            return still(session)
        case CommitPreviewed():
            return previewed(session, effect, fact.preview)
        case CommitTakenBack():
            return unmaking.taken_back(session, fact.repo)
        case _:
            assert_never(fact)


def previewed(session: Session, effect: Effect, preview: Preview) -> Moved:
    """The draft holds what would be committed; what the person decided while git looked is looked at again."""
    draft = session.draft
    if draft is None or not due(session) or not isinstance(effect, PreviewCommit):
        return still(session)
    if _wish(planned(session)) != _wish(effect.plan):
        return look(session)  # the person decided something while git looked
    there = {file.path for file in preview.files}
    gone = set(paths(session, draft.part)) - there
    session = replace(session, gone=tuple(sorted({*session.gone, *gone} - there)))
    told = [path for path in draft.paths if path in gone]
    ignored = [path for path in told if path in preview.ignored]
    words = f"As before this task, so not part of the commit: {', '.join(map(one_line, told))}." if told else ""
    if ignored:
        words = f"Ignored by git, so not part of the commit: {', '.join(map(one_line, ignored))}."
    moved = _other_hunks(draft, preview)
    if moved:
        words = f"{words} {', '.join(map(one_line, moved))} changed: all of its hunks are in again.".strip()
        without = tuple(id for id in draft.without if _path(id) not in moved)
        return look(replace(session, draft=replace(draft, files=preview.files, without=without), notice=words))
    return still(draw(replace(session, draft=replace(draft, files=preview.files))), words)


def decided(session: Session, deed: Committing) -> Moved:
    """The person words the message, takes files, hunks or their own edits in or out, confirms, declines, takes back."""
    draft = session.draft
    if isinstance(deed, CommitUndone):
        return unmaking.wanted(session)
    if draft is None or not due(session):
        return still(session)
    match deed:
        case MessageWorded():
            worded = draft.worded or deed.text != draft.message
            return still(replace(session, draft=replace(draft, message=deed.text, worded=worded)))
        case CommitPicked():
            return _picked(session, draft, deed)
        case EditsTaken():
            return _taken_in(session, draft, deed.path)
        case CommitConfirmed() | CommitDeclined():
            return commit.decided(session, deed)
        case _:
            assert_never(deed)


def _picked(session: Session, draft: CommitDraft, deed: CommitPicked) -> Moved:
    file = next((one for one in draft.files if one.path == deed.path), None)
    if file is None:
        return still(session)
    if not deed.hunk:
        chosen = replace(draft, left=_toggled(draft.left, file.path), without=_kept(draft.without, file.path))
        if chosen.without != draft.without:
            return _looked(replace(session, draft=chosen))
        return still(draw(replace(session, draft=chosen)))
    if deed.hunk not in {hunk.id for hunk in file.hunks}:
        return still(session)
    without = _toggled(draft.without, deed.hunk)
    if all(hunk.id in without for hunk in file.hunks):  # nothing of it is left: it is out as a whole
        out = replace(draft, left=(*draft.left, file.path), without=_kept(without, file.path))
        return _looked(replace(session, draft=out))
    left = tuple(path for path in draft.left if path != file.path)
    return _looked(replace(session, draft=replace(draft, left=left, without=without)))


def _taken_in(session: Session, draft: CommitDraft, path: str) -> Moved:
    """The file is committed as it is on disk; what was saved there since our last write is judged by a run first."""
    file = next((one for one in draft.files if one.path == path), None)
    if file is None or not (file.problem or file.more):
        return still(session, "There are no edits of yours beside this task's in that file.")
    if file.closed:
        return still(session, f"Not committed: {file.problem} {file.remedy}".strip())
    left = tuple(one for one in draft.left if one != path)
    chosen = replace(draft, left=left, without=_kept(draft.without, path))
    session = replace(session, whole=tuple(dict.fromkeys((*session.whole, path))), draft=chosen)
    if not file.edited:
        return _looked(session)  # every run of this task saw those edits
    phase, purpose = TAKES_IN.get(draft.part, (Phase.REFACTOR, Purpose.REFACTOR))
    if purpose is Purpose.RECORD and not path.endswith((".md", ".mdc")):
        phase, purpose = Phase.REFACTOR, Purpose.REFACTOR
    hand = Cycle(purpose, Stage.BY_HAND, saved=(path,), by_hand=True)
    return cycle.adopt(on_cycle(replace(session, phase=phase, draft=None), hand))


def _looked(session: Session) -> Moved:
    """See it anew; while git looks already, that ends first."""
    return still(session) if isinstance(session.pending, PreviewCommit) else look(session)


def _wish(plan: CommitPlan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return plan.whole, plan.without


def _other_hunks(draft: CommitDraft, preview: Preview) -> tuple[str, ...]:
    """The files with hunks left out that are other than they were shown, so that nobody knows which those are now."""
    shown = {file.path: file.whole for file in draft.files}
    named = {_path(id) for id in draft.without}
    return tuple(file.path for file in preview.files if file.path in named and shown.get(file.path) != file.whole)


def _toggled(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(one for one in names if one != name) if name in names else (*names, name)


def _kept(without: tuple[str, ...], path: str) -> tuple[str, ...]:
    return tuple(id for id in without if _path(id) != path)


def _path(hunk: str) -> str:
    return hunk.rpartition("#")[0]
