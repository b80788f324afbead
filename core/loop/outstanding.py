"""What of a task no commit holds yet: its writes, the paths and cases of the next commit, the word it is known by."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Receipt, Written
from beai.core.edits.policy import is_test_side
from beai.core.edits.receipts import written_paths
from beai.core.loop.session import Case, CaseState, Phase, Session
from beai.core.loop.unit import Part
from beai.core.record.writes import steps

_GREEN = (CaseState.GREEN, CaseState.PROVEN, CaseState.KEPT)


def written(session: Session) -> tuple[str, ...]:
    """The files that this task wrote."""
    return written_paths(session.written)


def uncommitted(session: Session) -> tuple[Receipt, ...]:
    """What this task wrote and no commit of it holds, oldest first."""
    held = {(receipt.id, one.path) for made in session.commits for receipt in made.receipts for one in receipt.files}
    left = (
        replace(receipt, files=tuple(one for one in receipt.files if (receipt.id, one.path) not in held))
        for receipt in session.written
    )
    return tuple(receipt for receipt in left if receipt.files)


def there(session: Session) -> tuple[str, ...]:
    """The files that this task wrote and that are not as they were before it again, as far as anybody has looked."""
    return tuple(path for path in written(session) if path not in session.gone)


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


def token(session: Session) -> str:
    """The trailer by which the next commit of this task is known again after an interruption."""
    return nth(session, len(session.commits) + 1)


def nth(session: Session, count: int) -> str:
    """The trailer of the commit of this task that is or was the ``count``-th, from 1 on."""
    return session.token if count == 1 or not session.token else f"{session.token}.{count}"


def due(session: Session) -> bool:
    """Whether a commit is drafted that is not made, whose files may be other by now."""
    return session.phase is Phase.COMMIT and session.draft is not None and not session.draft.sha


def between(session: Session) -> bool:
    """Whether a commit was made just now, and the loop has not gone on yet."""
    return session.phase is Phase.COMMIT and bool(session.commits) and (session.draft is None or not due(session))


def since(session: Session) -> bool:
    """Whether the task wrote something after its newest commit."""
    back, made = session.uncommit, session.commits[-1].receipts if session.commits else ()
    known = {receipt.id for receipt in (*(back.before.written if back else ()), *made)}
    return any(receipt.id not in known for receipt in session.written)


def undoable(session: Session) -> bool:
    """Whether the newest commit can be taken back as the session stands."""
    return session.uncommit is not None and session.pending is None and not since(session)
