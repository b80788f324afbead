"""How a step is left without its green: what no run has judged is put back, the reason kept, and the loop goes on."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Receipt
from beai.core.edits.receipts import written_paths
from beai.core.fault import Fault
from beai.core.loop import cases, commit, undoing
from beai.core.loop.cycle import again, begin, consult
from beai.core.loop.effects import Restore
from beai.core.loop.moves import Moved, issue, on_case, on_cycle, still
from beai.core.loop.session import CaseState, Choice, Cycle, Phase, Session, Stage
from beai.core.loop.unit import Part
from beai.core.loop.waiving import waive
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Decider, Purpose


def leave(session: Session, reason: str, by: Decider | None = Decider.PERSON) -> Moved:
    """Leave the step at hand: a case is skipped, a refactoring or a record left out; ``by`` None: nothing is to do."""
    at = session.cycle
    match session.phase:
        case Phase.RED | Phase.GREEN if at is not None:
            return put_back(session, session.case_written, Choice.SKIP, reason)
        case Phase.REFACTOR if at is not None:
            return put_back(session, at.receipts, Choice.SKIP, reason, by)
        case Phase.RECORD:
            return commit.propose(waive(session, Waived.RECORD, reason, by=by), Part.RECORD)
        case _:
            return still(session, "There is nothing to leave out here.")


def loses(session: Session, choice: Choice) -> tuple[str, ...]:
    """The files that ``choice`` puts back, where these are worth a second question: the step is left, or handwork."""
    at = session.cycle
    if at is None or not (choice in (Choice.SKIP, Choice.DROP) or (choice is Choice.REWRITE and at.by_hand)):
        return ()
    match session.phase:
        case Phase.RED | Phase.GREEN:
            return written_paths(session.case_written)
        case Phase.REFACTOR:
            return written_paths(at.receipts)
        case _:
            return ()


def put_back(
    session: Session,
    receipts: tuple[Receipt, ...],
    then: Choice,
    why: str = "",
    by: Decider | None = Decider.PERSON,
) -> Moved:
    """Restore ``receipts``, then do ``then``; with none there is nothing to restore."""
    cycle = session.cycle
    if cycle is None:
        return still(session)
    restoring = on_cycle(session, replace(cycle, stage=Stage.RESTORING, then=then, why=why, decider=by))
    return issue(restoring, Restore(receipts)) if receipts else restored(restoring, ())


def restored(session: Session, receipts: tuple[Receipt, ...]) -> Moved:
    """Before-images are back: forget those receipts, then do what they were put back for."""
    cycle, gone = session.cycle, {receipt.id for receipt in receipts}
    if cycle is None:
        return still(session)
    session = replace(
        undoing.put_back(session, receipts),
        written=commit.without(session, receipts),
        case_written=tuple(receipt for receipt in session.case_written if receipt.id not in gone),
        waivers=tuple(waiver for waiver in session.waivers if waiver.receipt not in gone),
        reviews=tuple(one for one in session.reviews if one.receipt not in gone),
    )
    session = on_cycle(_forget_test(session), replace(cycle, receipts=(), then=None))
    match cycle.then:
        case Choice.SKIP if session.phase is Phase.REFACTOR:
            return cases.next_case(waive(session, Waived.REFACTOR, cycle.why, session.case_id, cycle.decider))
        case Choice.SKIP:
            skipped = cases.skipped(waive(session, Waived.CASE, cycle.why, session.case_id), cycle.why)
            return commit.propose(skipped, Part.TEST)  # its test may be committed, and is to go from there
        case Choice.REWRITE:
            fresh = on_case(session, lambda case: replace(case, state=CaseState.OPEN, test=None, red=None))
            told = cycle.feedback if cycle.purpose is Purpose.TEST else cycle.feedback[-1:]  # the reason alone
            return begin(replace(fresh, phase=Phase.RED), Purpose.TEST, told)
        case Choice.RETRY if cycle.purpose is Purpose.TEST:
            return consult(on_case(session, lambda case: replace(case, test=None, red=None)))
        case Choice.RETRY if cycle.purpose is Purpose.CODE:
            return consult(session)
        case _:
            return again(session, "The tests were not green, so the refactoring was put back.")


def tries_again(cycle: Cycle) -> bool:
    """Whether files are put back so that a test or code can be asked for anew, which is no reason to insist."""
    return cycle.then is Choice.RETRY and cycle.purpose in (Purpose.TEST, Purpose.CODE)


def not_put_back(session: Session, fault: Fault) -> Moved:
    """Somebody changed what was to be put back before another try: it is theirs now, and the try is made from it."""
    cycle = session.cycle
    if cycle is None:
        return still(session, fault.sentence())
    moved, effects = consult(on_cycle(session, replace(cycle, receipts=(), then=None)))
    return replace(moved, notice=f"{fault.summary} Asked again from the files as they are."), effects


def _forget_test(session: Session) -> Session:
    case, standing = session.case, session.standing
    if case is None or standing is None or case.test is None or session.case_written:
        return session
    files = tuple(replace(file, tests=tuple(t for t in file.tests if t.key != case.test)) for file in standing.files)
    return replace(session, standing=replace(standing, files=files), latest=replace(standing, files=files))
