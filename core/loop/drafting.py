"""What the message of a commit of one unit says: its kind, its words, and the evidence of what it holds."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop import proving
from beai.core.loop.outstanding import token
from beai.core.loop.session import Case, CaseState, CommitDraft, Session
from beai.core.loop.unit import Part
from beai.core.record.commit import case_words, commit_type, compose, record_words, refactor_words
from beai.core.record.evidence import as_json
from beai.core.record.trailers import Trailers


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


def note(session: Session, draft: CommitDraft) -> str:
    """The full record of what the draft holds, as it is kept beside the commit."""
    files = {file.path: file.hash for file in draft.files if file.path in draft.paths}
    cases = tuple(case for case in session.cases if case.id in draft.cases)
    return as_json(replace(proving.evidence(session, cases, files), session=token(session)))


def _told(session: Session, told: tuple[Case, ...], paths: tuple[str, ...]) -> Trailers:
    files = {one.path: one.after_hash for receipt in session.written for one in receipt.files if one.path in paths}
    return replace(proving.trailers(session, told, files), session=token(session))
