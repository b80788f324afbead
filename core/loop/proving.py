"""What the session can show for itself: proofs with the state of the files they were seen on, decisions, trailers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beai.core.edits.change import Receipt, Verdict
from beai.core.edits.receipts import hashes_after
from beai.core.edits.tamper.marks import marked
from beai.core.loop.case import Case, CaseState, Proof
from beai.core.loop.effects import Apply, Effect
from beai.core.loop.lights import who
from beai.core.loop.session import Reviewed, Session
from beai.core.record.evidence import Answered, CaseEvidence, Evidence, WaiverEvidence
from beai.core.record.trailers import How, Red, Trailers, fingerprint
from beai.core.runner.report import Report
from beai.core.runner.verdict import merge

_HOW = {CaseState.GREEN: How.BEFORE, CaseState.RED: How.BEFORE, CaseState.PROVEN: How.BROKEN, CaseState.KEPT: How.NEVER}


def proof(session: Session, report: Report, message: str) -> Proof:
    """What ``report`` showed, with what this task had written by then."""
    return Proof(report.run, report.at, message, fingerprint(hashes_after(session.written)))


def remarked(session: Session, report: Report) -> Session:
    """The session in which each case knows the mark of its test as ``report`` saw it."""
    if not report.marks:
        return session
    return replace(session, cases=tuple(_remarked(case, report) for case in session.cases))


def taken(session: Session, report: Report) -> Session:
    """``report`` is evidence: it becomes what stands, and the test files it saw are sealed as they were."""
    sealed = {**dict(session.sealed), **dict(report.seen)}
    known = merge(session.standing or report, report)
    return replace(remarked(session, report), standing=known, sealed=tuple(sorted(sealed.items())))


def reviewed(session: Session, effect: Effect, receipt: Receipt) -> Session:
    """The session that keeps what the person decided of the change that is on disk now."""
    cycle = session.cycle
    if not isinstance(effect, Apply) or not receipt.files or cycle is None:
        return session
    told = [one for one in effect.decisions if one.verdict is Verdict.REJECTED]
    kept = [one for one in effect.decisions if one.verdict is Verdict.ACCEPTED]
    edited = sum(one.edited is not None for one in kept)
    by = cycle.by.chosen.name if cycle.by is not None else ""
    reasons = tuple(one.reason for one in told if one.reason)
    seen = Reviewed(receipt.id, cycle.purpose, session.case_id, len(kept), edited, len(told), reasons, by)
    return replace(session, reviews=(*session.reviews, seen))


def trailers(session: Session, cases: Sequence[Case], files: dict[str, str]) -> Trailers:
    """What the message of a commit says that settles ``cases`` and holds ``files``, each with its SHA-256.

    Where a case was seen red and its code is not there yet, the files were not seen green, and nothing says so.
    """
    red = tuple(Red(case.id, case.mark, _HOW[case.state]) for case in cases if case.state in _HOW)
    green = "" if any(case.state is CaseState.RED for case in cases) else fingerprint(files)
    return Trailers(session.task_id, tuple(case.id for case in cases), red, green, session.token)


def evidence(session: Session, cases: Sequence[Case], files: dict[str, str]) -> Evidence:
    """The full record of a commit that settles ``cases`` and holds ``files``."""
    told = trailers(session, cases, files)
    return Evidence(
        task=session.task_id,
        session=session.token,
        green=told.green,
        cases=tuple(_case(session, case) for case in cases),
        files=tuple(sorted(files.items())),
        waivers=tuple(WaiverEvidence(one.what, one.reason, one.by or "", who(one)) for one in session.waivers),
        answers=tuple(Answered(one.topic, one.text, one.by, one.scope) for one in session.answers),
    )


def _case(session: Session, case: Case) -> CaseEvidence:
    seen = [one for one in session.reviews if one.case == case.id]
    return CaseEvidence(
        id=case.id,
        text=case.idea.text,
        kind=case.idea.kind.value,
        criterion=case.idea.criterion,
        state=case.state.value,
        test=case.test,
        mark=case.mark,
        red=_seen(case.red),
        green=_seen(case.green),
        waiver=case.waiver,
        authors=tuple(dict.fromkeys(one.by for one in seen if one.by)),
        accepted=sum(one.accepted for one in seen),
        edited=sum(one.edited for one in seen),
        rejected=sum(one.rejected for one in seen),
        reasons=tuple(reason for one in seen for reason in one.reasons),
    )


def _seen(proof: Proof | None) -> tuple[float, str, str] | None:
    return None if proof is None else (proof.at, proof.message, proof.tree)


def _remarked(case: Case, report: Report) -> Case:
    test = case.test
    if test is None:
        return case
    there = tuple((name, mark) for file, name, mark in report.marks if file == test.file)
    found = marked(there, test.name, case.id)
    return replace(case, mark=found) if found else case
