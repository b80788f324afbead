"""The last write taken back, and what was put back written again: files and session go there together."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Receipt
from beai.core.edits.receipts import written_paths
from beai.core.loop import rebasing, rereading
from beai.core.loop.effects import Apply, Effect, Redo, Restore, Undo
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Deed, WriteRedone, WriteUndone
from beai.core.loop.events.facts import Redone, Undone
from beai.core.loop.guidance import raising
from beai.core.loop.moves import Moved, issue, still
from beai.core.loop.saves import owed, touching
from beai.core.loop.session import Back, Session


def remembered(session: Session, event: Event, moved: Moved) -> Moved:
    """``moved``, which knows what the session was before it where the person set off a write by that."""
    after, effects = moved
    if not effects:
        return moved
    ours = isinstance(event, Deed) and isinstance(effects[0], Apply | Restore | Undo | Redo)
    return replace(after, before=plain(session) if ours else None), effects


def written(session: Session, effect: Effect, receipt: Receipt) -> Session:
    """Accepted hunks are on disk, and there is a way back; what a person wrote by hand is never taken back by a key."""
    if not receipt.files:
        return session
    before = session.before if isinstance(effect, Apply) else None
    return replace(session, undo=Back(before, (receipt,)) if before is not None else None, redo=None)


def put_back(session: Session, receipts: tuple[Receipt, ...]) -> Session:
    """Files were put back, and there is a way to have them again where the person had it done."""
    if not receipts:
        return session
    again = Back(session.before, receipts) if session.before is not None else None
    return owed(replace(session, undo=None, redo=again), touching(written_paths(receipts)))


def over(session: Session) -> Session:
    """What was written is committed: there is no way back any more."""
    return replace(session, undo=None, redo=None)


def wanted(session: Session, deed: WriteUndone | WriteRedone) -> Moved:
    """Take the last write back, or write again what was put back."""
    return undo(session) if isinstance(deed, WriteUndone) else redo(session)


def undo(session: Session) -> Moved:
    """Take the last write back."""
    if session.undo is None:
        return still(session, "There is no write to take back from here.")
    return issue(session, Undo(session.undo.receipts))


def redo(session: Session) -> Moved:
    """Write again what was put back."""
    if session.redo is None:
        return still(session, "Nothing was put back that could be written again.")
    return issue(session, Redo(session.redo.receipts))


def landed(session: Session, fact: Undone | Redone) -> Moved:
    """The files are as they were before, and so is the session."""
    return _undone(session, fact.receipts) if isinstance(fact, Undone) else _redone(session)


def _undone(session: Session, receipts: tuple[Receipt, ...]) -> Moved:
    back, after = session.undo, session.before
    if back is None:
        return still(session)
    again = Back(after, receipts) if after is not None else None
    words = f"Taken back: {_files(receipts)}. The review is as you left it; W writes them again."
    return still(replace(gone_to(session, back), redo=again), words)


def _redone(session: Session) -> Moved:
    back = session.redo
    if back is None:
        return still(session)
    return still(gone_to(session, back), f"Written again: {_files(back.receipts)}.")


def gone_to(session: Session, back: Back) -> Session:
    """The session of then, with what is known now of everything but the step: the tests are to run again."""
    then = replace(
        back.before,
        ticket=session.ticket,
        project=session.project,
        suggester=session.suggester,
        plan=session.plan,
        unit=session.unit,
        notes=session.notes,
        warm=session.warm,
        ran=session.ran,
        runs=session.runs,
        types=session.types,
        schema=session.schema,
        generated=session.generated,
        unread=session.unread,
        declined=session.declined,
        unjudged=session.unjudged,
        chosen=session.chosen,
        sent=session.sent,
        spent=session.spent,
        budget=session.budget,
        raised=session.raised,
        cautioned=session.cautioned,
        ledger=session.ledger,
        struggles=session.struggles,
    )
    then = raising.off_since(rereading.carried(then, session), session.deferred)
    return rebasing.outdated(owed(then, touching(written_paths(back.receipts))))


def plain(session: Session) -> Session:
    """A session to come back to: nothing is under way in it, and it asks what it asked first."""
    asked = session.question
    first = asked.back if asked is not None and asked.back is not None else asked
    return replace(session, question=first, before=None, notice="", fault=None, running=None, streamed="", noted="")


def _files(receipts: tuple[Receipt, ...]) -> str:
    count = len(written_paths(receipts))
    return "1 file" if count == 1 else f"{count} files"
