"""What the message of a commit of one unit says: its kind, its words, and the evidence of exactly what it holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from beai.core.edits.policy import is_test_side
from beai.core.loop import proving
from beai.core.loop.outstanding import paths, settled, token
from beai.core.loop.session import Case, CaseState, CommitDraft, Session
from beai.core.loop.unit import Part
from beai.core.record.commit import case_words, commit_type, compose, record_words, refactor_words
from beai.core.record.evidence import as_json
from beai.core.record.trailers import Trailers, retold


def told(session: Session, draft: CommitDraft, files: Mapping[str, str]) -> CommitDraft:
    """``draft``, with the cases and the message of what it holds: ``files``, each with the SHA-256 of its bytes.

    What the person worded stays, and its trailers follow.
    """
    cases = tuple(case for case in settled(session, draft.part) if _holds(session, draft, case, files))
    known = replace(draft, cases=tuple(case.id for case in cases))
    trailers = _trailers(session, known, cases, files)
    if draft.worded:
        return replace(known, message=retold(draft.message, trailers))
    return replace(known, message=_message(session, known, cases, trailers))


def settles(session: Session, draft: CommitDraft) -> tuple[str, ...]:
    """The cases of the draft that need no later commit; one that was seen red first waits for its code."""
    if not _lacks_code(session, draft):
        return draft.cases
    proven = {case.id for case in session.cases if case.state is not CaseState.GREEN}
    return tuple(id for id in draft.cases if id in proven)


def note(session: Session, draft: CommitDraft) -> str:
    """The full record of what the draft holds, as it is kept beside the commit."""
    files = {file.path: file.hash for file in draft.files if file.path in draft.paths and not file.same}
    cases = tuple(case for case in session.cases if case.id in draft.cases)
    known = _trailers(session, draft, cases, files)
    return as_json(replace(proving.evidence(session, cases, files), session=known.session, green=known.green))


def _holds(session: Session, draft: CommitDraft, case: Case, files: Collection[str]) -> bool:
    """Whether the draft has the test of ``case``, or a commit before; a test of which a hunk is out is not in it."""
    if case.test is None or case.test.file not in paths(session, draft.part):
        return True
    if case.test.file not in files:
        return False
    hunks = next((file.hunks for file in draft.files if file.path == case.test.file), ())
    if not any(hunk.id in draft.without for hunk in hunks):
        return True
    name = case.test.leaf
    naming = [hunk.id for hunk in hunks if any(name in line for line in hunk.new)]
    return bool(naming) and not any(id in draft.without for id in naming)


def _message(session: Session, draft: CommitDraft, told: tuple[Case, ...], trailers: Trailers) -> str:
    if session.task is None:
        return ""
    task, part, held = session.task, draft.part, draft.paths
    if part is Part.TEST and any(case.state is CaseState.SKIPPED for case in told):
        return compose(task, (), held, told=trailers, kind="test", words=f"take back the test of {told[0].id}")
    ideas = tuple((case.id, case.idea) for case in told)
    refactors = part is Part.REFACTOR and not settled(session, part)
    kind = "test" if part is Part.TEST else "refactor" if refactors else ""
    kind, words = kind or commit_type(task, held), ""
    if part is not Part.TASK and len(told) == 1 and (session.commits or kind != "feat"):
        words = case_words(task, told[0].idea, kind)
    elif part is Part.REFACTOR and kind == "refactor":
        words = refactor_words(task)
    elif part is Part.RECORD and kind == "docs":
        words = record_words(task)
    return compose(task, ideas, held, told=trailers, kind=kind, words=words)


def _trailers(session: Session, draft: CommitDraft, cases: tuple[Case, ...], files: Mapping[str, str]) -> Trailers:
    gone = any(case.state is CaseState.SKIPPED for case in cases)  # a test that is taken back is of no case
    seen = proving.trailers(session, () if gone else cases, dict(files))
    return replace(seen, session=token(session), green="" if _lacks_code(session, draft) else seen.green)


def _lacks_code(session: Session, draft: CommitDraft) -> bool:
    """Whether code of this unit was written and none of it is in the draft, so that nobody saw it green like that."""
    return any(map(_is_code, paths(session, draft.part))) and not any(map(_is_code, draft.paths))


def _is_code(path: str) -> bool:
    return not is_test_side(path) and not path.endswith((".md", ".mdc"))
