"""The newest commit of ours is taken back with no screen: its session goes back to the proposal, as with the key."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import UndoCommit
from beai.core.loop.events.deeds import CommitUndone
from beai.core.loop.events.facts import CommitTakenBack, Failed
from beai.core.loop.journal import Journal
from beai.core.loop.planned import Committed
from beai.core.loop.ports import Repository
from beai.core.loop.replaying import replayed
from beai.core.loop.session import Session
from beai.core.loop.step import step

_FURTHEST = 20  # sessions looked back on


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest commit that the journal knows of, with the session that made it."""

    number: int
    session: Session
    made: Committed


def newest(journal: Journal) -> Newest | Fault:
    """The newest commit of any session; a fault where there is none, or its session cannot take it back."""
    for _, kept in zip(range(_FURTHEST), journal.sessions(), strict=False):
        if isinstance(kept.entries, Fault):
            continue
        session = replayed(entry.event for entry in kept.entries)
        if not session.commits:
            continue
        after, effects = step(session, CommitUndone())
        if not effects:
            words = after.notice or "There is no commit to take back from here."
            return Fault(FaultKind.REFUSED, words, "", "Start beai, and press B there.")
        return Newest(kept.id, session, session.commits[-1])
    return Fault(FaultKind.REFUSED, "There is no commit of ours to take back.")


async def take_back(journal: Journal, repository: Repository, found: Newest, at: float) -> Fault | None:
    """Take it back, and keep that in its session; None where it is done."""
    after, effects = step(found.session, CommitUndone())
    effect = effects[0] if effects else None
    if not isinstance(effect, UndoCommit):
        return Fault(FaultKind.REFUSED, after.notice or "There is no commit to take back from here.")
    journal.resume(found.number)
    if (lost := journal.append(CommitUndone(), at)) is not None:
        return lost
    done = await repository.uncommit(effect.sha, effect.token)
    fact = Failed(after.ticket, done) if isinstance(done, Fault) else CommitTakenBack(after.ticket, done)
    lost = journal.append(fact, at)
    return done if isinstance(done, Fault) else lost
