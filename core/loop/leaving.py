"""How a step is left without its green: what no run has judged is put back, the reason kept, and the loop goes on."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Receipt
from beai.core.loop import cases, commit
from beai.core.loop.cycle import again, begin
from beai.core.loop.effects import Restore
from beai.core.loop.moves import Moved, issue, on_case, on_cycle, still
from beai.core.loop.session import CaseState, Choice, Phase, Session, Stage, Waiver
from beai.core.suggest.exchange import Purpose


def leave(session: Session, reason: str) -> Moved:
    """Leave the step at hand: a case is skipped, a refactoring or a record left out."""
    at = session.cycle
    match session.phase:
        case Phase.RED | Phase.GREEN if at is not None:
            return put_back(session, session.case_written, Choice.SKIP, reason)
        case Phase.REFACTOR if at is not None:
            return put_back(session, at.receipts, Choice.SKIP, reason)
        case Phase.RECORD:
            return commit.propose(waive(session, "record", reason))
        case _:
            return still(session, "There is nothing to leave out here.")


def put_back(session: Session, receipts: tuple[Receipt, ...], then: Choice, why: str = "") -> Moved:
    """Restore ``receipts``, then do ``then``; with none there is nothing to restore."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    restoring = on_cycle(session, replace(cycle, stage=Stage.RESTORING, then=then, why=why))
    return issue(restoring, Restore(receipts)) if receipts else restored(restoring, ())


def restored(session: Session, receipts: tuple[Receipt, ...]) -> Moved:
    """Before-images are back: forget those receipts, then do what they were put back for."""
    cycle, gone = session.cycle, {receipt.id for receipt in receipts}
    if cycle is None:
        return still(session)
    session = replace(
        session,
        written=tuple(receipt for receipt in session.written if receipt.id not in gone),
        case_written=tuple(receipt for receipt in session.case_written if receipt.id not in gone),
    )
    session = on_cycle(_forget_test(session), replace(cycle, receipts=(), then=None))
    match cycle.then:
        case Choice.SKIP if session.phase is Phase.REFACTOR:
            return cases.next_case(waive(session, f"refactor {session.case_id}".strip(), cycle.why))
        case Choice.SKIP:
            return cases.next_case(cases.skipped(session, cycle.why))
        case Choice.REWRITE:
            fresh = on_case(session, lambda case: replace(case, state=CaseState.OPEN, test=None, red=None))
            return begin(replace(fresh, phase=Phase.RED), Purpose.TEST, cycle.feedback)
        case _:
            return again(session, "The tests were not green, so the refactoring was put back.")


def waive(session: Session, what: str, reason: str) -> Session:
    """The session with one more step left out, and why; what is left out for the same reason again is told with it."""
    *earlier, last = session.waivers or (Waiver("", ""),)
    kind, _, which = what.partition(" ")
    if which and last.reason == reason and last.what.startswith(f"{kind} "):
        told = Waiver(f"{last.what}, {which}", reason)
        return replace(session, waivers=(*earlier, told))
    return replace(session, waivers=(*session.waivers, Waiver(what, reason)))


def _forget_test(session: Session) -> Session:
    case, standing = session.case, session.standing
    if case is None or standing is None or case.test is None or session.case_written:
        return session
    files = tuple(replace(file, tests=tuple(t for t in file.tests if t.key != case.test)) for file in standing.files)
    return replace(session, standing=replace(standing, files=files), latest=replace(standing, files=files))
