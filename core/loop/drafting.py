"""What a commit of one unit holds and says: what no commit of the task holds yet, the cases it settles, its words."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Receipt, Written
from beai.core.edits.policy import is_test_side
from beai.core.loop import proving, undoing
from beai.core.loop.session import Case, CaseState, Session
from beai.core.loop.unit import Part
from beai.core.record.commit import case_words, commit_type, compose, record_words, refactor_words
from beai.core.record.trailers import Trailers
from beai.core.record.writes import steps

_GREEN = (CaseState.GREEN, CaseState.PROVEN, CaseState.KEPT)


def written(session: Session) -> tuple[str, ...]:
    """The files that this task wrote."""
    return undoing.paths(session.written)


def uncommitted(session: Session) -> tuple[Receipt, ...]:
    """What this task wrote and no commit of it holds, oldest first."""
    held = {(receipt.id, one.path) for made in session.commits for receipt in made.receipts for one in receipt.files}
    left = (
        replace(receipt, files=tuple(one for one in receipt.files if (receipt.id, one.path) not in held))
        for receipt in session.written
    )
    return tuple(receipt for receipt in left if receipt.files)


def there(session: Session) -> tuple[str, ...]:
    """The files that this task wrote and that are not as they were before it again, as far as a draft has looked."""
    if session.draft is None:
        return written(session)
    gone = set(undoing.paths(uncommitted(session))) - set(session.draft.paths)
    return tuple(path for path in written(session) if path not in gone)


def without(session: Session, gone: tuple[Receipt, ...]) -> tuple[Receipt, ...]:
    """What this task wrote after ``gone`` is put back; what a commit holds of it is written back by a write more."""
    ids = {receipt.id for receipt in gone}
    loose = {receipt.id: {one.path for one in receipt.files} for receipt in uncommitted(session)}
    kept, back = list[Receipt](), list[Receipt]()
    for receipt in session.written:
        held = tuple(one for one in receipt.files if one.path not in loose.get(receipt.id, ()))
        if receipt.id not in ids:
            kept.append(receipt)
        elif held:
            kept.append(replace(receipt, files=held))
            inverse = tuple(Written(one.path, one.after_hash, one.before_hash) for one in held)
            back.insert(0, Receipt(f"{receipt.id}-back", inverse))
    return (*kept, *back)


def paths(session: Session, part: Part) -> tuple[str, ...]:
    """What a commit after ``part`` holds; one of a red test holds nothing but tests."""
    every = tuple(steps(uncommitted(session)))
    return tuple(path for path in every if is_test_side(path)) if part is Part.TEST else every


def settled(session: Session, part: Part) -> tuple[Case, ...]:
    """The cases that a commit after ``part`` is about: those that no commit settled yet."""
    if part is Part.TEST:
        return tuple(case for case in session.cases if case.id == session.case_id)
    before = {id for made in session.commits if made.part is not Part.TEST for id in made.cases}
    return tuple(case for case in session.cases if case.state in _GREEN and case.id not in before)


def message(session: Session, part: Part, told: tuple[Case, ...], paths: tuple[str, ...]) -> str:
    """The message of a commit after ``part`` that settles the cases ``told`` and holds ``paths``."""
    if session.task is None:
        return ""
    if part is Part.TEST and any(case.state is CaseState.SKIPPED for case in told):
        gone = f"take back the test of {told[0].id}"
        return compose(session.task, (), paths, told=_told(session, (), paths), kind="test", words=gone)
    task, ideas = session.task, tuple((case.id, case.idea) for case in told)
    kind = "test" if part is Part.TEST else "refactor" if part is Part.REFACTOR and not told else ""
    kind, words = kind or commit_type(task, paths), ""
    if part is not Part.TASK and len(told) == 1 and (session.commits or kind != "feat"):
        words = case_words(task, told[0].idea, kind)
    elif part is Part.REFACTOR and kind == "refactor":
        words = refactor_words(task)
    elif part is Part.RECORD and kind == "docs":
        words = record_words(task)
    return compose(task, ideas, paths, told=_told(session, told, paths), kind=kind, words=words)


def _told(session: Session, told: tuple[Case, ...], paths: tuple[str, ...]) -> Trailers:
    files = {one.path: one.after_hash for receipt in session.written for one in receipt.files if one.path in paths}
    return replace(proving.trailers(session, told, files), session=token(session))


def token(session: Session) -> str:
    """The trailer by which the next commit of this task is known again after an interruption."""
    count = len(session.commits) + 1
    return session.token if count == 1 or not session.token else f"{session.token}.{count}"
