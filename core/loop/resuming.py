"""Which of the journal's sessions to go on with: the newest unfinished one of the task that is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.fault import Fault
from beai.core.loop.journal import Journal
from beai.core.loop.remembered import Remembered
from beai.core.loop.replaying import stepped
from beai.core.loop.session import Phase, Session

_FURTHEST = 20  # sessions looked back on: each is replayed, which takes milliseconds

_FRESH = "it stays in the journal, and a fresh one is begun."


@dataclass(frozen=True, slots=True)
class Resumption:
    """The session to go on with, None to begin one; ``left`` is the task of a newer one that stays open, or ``""``.

    ``told`` says why there is none to go on with, where that is not the person's doing. ``decided`` is what the person
    decided in any session.
    """

    session: Session | None = None
    left: str = ""
    told: str = ""
    decided: tuple[Remembered, ...] = ()


def resume(journal: Journal, task_id: str) -> Resumption | Fault:
    """Go on with the newest unfinished session of ``task_id`` (``""``: of any task), and set the journal to it.

    Only the newest session of a task counts: ``--new`` leaves older ones behind for good. After a newest session of
    another version a fresh one is begun; a newest one that cannot be read is a fault; older ones are passed over.
    """
    left, gone_through = "", set[str]()
    for number, kept in zip(range(_FURTHEST), journal.sessions(), strict=False):
        if isinstance(kept.entries, Fault):
            if number == 0 and kept.foreign:
                return Resumption(told=f"Session {kept.id} was kept by another version of beai; {_FRESH}")
            if number == 0:
                return kept.entries
            continue
        session, tasks = Session(), set[str]()
        for session in stepped(entry.event for entry in kept.entries):
            tasks.add(session.task_id)
        task, older = session.task_id, gone_through
        gone_through = older | (tasks - {""})
        if not kept.entries or session.phase is Phase.DONE or task in older or (number > 0 and not task):
            continue
        if task_id in ("", task):
            journal.resume(kept.id)
            return Resumption(session, left)
        left = left or task
    return Resumption(None, left)
